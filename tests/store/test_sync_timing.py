"""When the browser syncs: after an edit, after a pause, and from which tab."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.support.fake_sync_server import Server, add, opened
from tests.support.store_stories import SCOPE, play
from webapp.py.store.leading import Standing, SyncWish
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.store.sync import (
    Sync,
    delay,
)


class Never:
    """A tab beside one that leads."""

    on_lead = on_standing = on_wish = None

    async def lead(self) -> bool:
        return False

    def step_down(self) -> None: ...

    def tell(self, standing: Standing) -> None: ...

    def wish(self, wish: SyncWish) -> None: ...


def test_only_the_leading_tab_sends_and_the_others_still_see() -> None:
    async def story() -> None:
        server = Server()

        store, sync = await opened(server, leadership=Never())
        other = await Store.open(MemoryLocalStore(store.local.disk), SCOPE)  # type: ignore[attr-defined]
        await add(other)
        await sync.run_once()
        assert server.requests == [] and len(store.records("annotation")) == 1

    play(story)


def test_two_tabs_that_both_send_do_no_harm() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        local = MemoryLocalStore(store.local.disk)  # type: ignore[attr-defined]
        other = await Store.open(local, SCOPE)
        second = Sync(local, server, "client")
        second.watch(other)
        await add(store, 3)
        await add(other, 3)
        await asyncio.gather(sync.run_once(), second.run_once())
        await asyncio.gather(sync.run_once(), second.run_once())
        assert len(server.log) == 6
        assert (store.status.unsynced, other.status.unsynced) == (0, 0)
        assert dict(store.records("annotation")) == dict(other.records("annotation"))

    play(story)


def test_an_edit_goes_up_as_soon_as_it_is_durable_and_stopping_is_clean() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        runner = asyncio.ensure_future(sync.run_forever())
        await until(lambda: sync.synced_at is not None and sync.state == "idle")
        await add(store)
        await until(lambda: store.status.unsynced == 0)
        runner.cancel()
        with pytest.raises(asyncio.CancelledError):
            await runner

    play(story)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never happened")


def test_the_pause_after_failures_grows_to_two_minutes_and_is_never_in_step() -> None:
    assert [delay(failures, 0.999999) for failures in range(1, 9)] == pytest.approx(
        [2, 4, 8, 16, 32, 64, 120, 120], rel=1e-5
    )
    assert delay(10**9, 0.5) == 90
