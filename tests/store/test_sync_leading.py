"""Several tabs of one person: who sends, what the others show, and who goes on when the sender can't."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.support.fake_sync_server import Server, add
from tests.support.store_stories import SCOPE, annotation, play
from webapp.py.domain.ops import create
from webapp.py.domain.wire import SyncRequest
from webapp.py.store import sync as syncing
from webapp.py.store.leading import Standing, SyncState, SyncWish
from webapp.py.store.memory import Disk, MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.store.sync import Offline, ProtocolMismatch, SignedOut, Sync, Transport

OTHER = "project/q"


class Browser:
    """The tabs of a browser. The first one in the row leads, as with a Web Lock."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.row: list[Tab] = []

    async def tab(self, transport: Transport, scope: str = SCOPE) -> Tab:
        tab = Tab(self)
        local = MemoryLocalStore(self.disk)
        tab.store = await Store.open(local, scope)
        tab.sync = Sync(local, transport, "client", leadership=tab)
        tab.sync.watch(tab.store)
        self.row.append(tab)
        return tab

    def pass_on(self) -> None:
        if self.row and self.row[0].on_lead is not None:
            self.row[0].on_lead()


class Tab:
    on_lead: Callable[[], None] | None = None
    on_standing: Callable[[Standing], None] | None = None
    on_wish: Callable[[SyncWish], None] | None = None
    store: Store
    sync: Sync

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def lead(self) -> bool:
        await asyncio.sleep(0)
        return self.browser.row[0] is self

    def step_down(self) -> None:
        self.browser.row.append(self.browser.row.pop(0))
        self.browser.pass_on()

    def close(self) -> None:
        self.browser.row.remove(self)
        self.browser.pass_on()

    def tell(self, standing: Standing) -> None:
        for tab in self.browser.row:
            if tab is not self and tab.on_standing is not None:
                tab.on_standing(standing)

    def wish(self, wish: SyncWish) -> None:
        for tab in self.browser.row:
            if tab is not self and tab.on_wish is not None:
                tab.on_wish(wish)

    @property
    def is_woken(self) -> bool:
        """Whether this tab would sync at once."""
        return self.sync._woken.is_set()


class OldServerSide:
    """What a page of an older version reads from the server of today."""

    async def __call__(self, request: object) -> object:
        raise ProtocolMismatch("This page and the server have different versions.")


@pytest.mark.parametrize(
    ("problem", "state"), [(SignedOut("Sign in again."), "signed_out"), (Offline("No network."), "offline")]
)
def test_a_tab_that_does_not_send_shows_how_the_other_one_fares(problem: Exception, state: SyncState) -> None:
    async def story() -> None:
        browser, server = Browser(), Server()
        first, second = await browser.tab(server), await browser.tab(server)
        await first.sync.run_once()
        server.faults = [problem]
        await first.sync.run_once()
        assert (second.sync.state, second.sync.problem) == (state, str(problem))
        late = await browser.tab(server)
        await late.sync.run_once()
        assert late.sync.state == state
        await first.sync.run_once()
        assert (second.sync.state, late.sync.state) == ("idle", "idle")

    play(story)


def test_whoever_asks_to_sync_wakes_the_tab_that_sends() -> None:
    async def story() -> None:
        browser, server = Browser(), Server()
        first, second = await browser.tab(server), await browser.tab(server)
        for tab in (first, second, first):
            await tab.sync.run_once()
        assert not first.is_woken
        second.sync.sync_now()
        assert first.is_woken

    play(story)


def test_the_tab_that_sends_also_reads_what_is_open_in_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        browser, server = Browser(), Server()
        first, second = await browser.tab(server), await browser.tab(server, OTHER)
        theirs = create("annotation", annotation("theirs"))
        server.answer(SyncRequest(protocol=1, client_id="other", scope=OTHER, ops=[theirs]))
        await first.sync.run_once()
        await second.sync.run_once()
        assert first.is_woken
        await first.sync.run_once()
        await second.sync.run_once()
        assert list(second.store.records("annotation")) == ["theirs"]
        assert not first.is_woken
        now = syncing.now_ms()
        monkeypatch.setattr(syncing, "now_ms", lambda: now + 200_000)
        server.requests.clear()
        await first.sync.run_once()
        assert [request.scope for request in server.requests] == [SCOPE]

    play(story)


def test_when_the_sending_tab_is_closed_the_next_one_sends_at_once() -> None:
    async def story() -> None:
        browser, server = Browser(), Server()
        first, second = await browser.tab(server), await browser.tab(server)
        await first.sync.run_once()
        await second.sync.run_once()
        await add(second.store)
        await second.sync.run_once()
        assert second.store.status.unsynced == 1
        first.close()
        assert second.is_woken
        await second.sync.run_once()
        assert second.store.status.unsynced == 0

    play(story)


def test_an_outdated_tab_lets_a_newer_one_send_its_edits_and_stays_outdated() -> None:
    async def story() -> None:
        browser, server = Browser(), Server()
        old = await browser.tab(OldServerSide())  # type: ignore[arg-type]
        new = await browser.tab(server)
        await add(old.store)
        await old.sync.run_once()
        assert old.sync.state == "outdated"
        assert new.is_woken and new.sync.state != "outdated"
        await new.sync.run_once()
        await old.store.refresh()
        assert old.store.status.unsynced == 0
        assert len(server.log) == 1
        assert old.sync.state == "outdated"

    play(story)


def test_a_single_outdated_tab_goes_on_trying_but_not_at_once() -> None:
    async def story() -> None:
        browser = Browser()
        old = await browser.tab(OldServerSide())  # type: ignore[arg-type]
        await old.sync.run_once()
        assert not old.is_woken
        assert await old.lead()
        await old.sync.run_once()
        assert (old.sync.state, old.sync.failures) == ("outdated", 2)

    play(story)
