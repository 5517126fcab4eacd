"""The stores of the app: opens them, keeps them in sync and repeats failed writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from webapp.py.domain.model import Asset, Invalid
from webapp.py.domain.wire import MOST_ASSETS, SETUP, AssetPage
from webapp.py.pages.ports.machine import SOLO
from webapp.py.pages.ports.observed_store import observe
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.shell import texts
from webapp.py.pages.shell.closed_projects import ClosedProjects
from webapp.py.pages.shell.state import ShellState, total_status
from webapp.py.store.local import LocalStore, News, StorageProblem
from webapp.py.store.store import Store
from webapp.py.store.sync import Sync, SyncProblem

_RETRY_SECONDS = 5.0
_OTHER_TAB_S = 20
"""Longest wait for another tab that syncs for this one."""


class Stores:
    """Everything that is stored on this computer and synced.

    Parameters
    ----------
    state
        What the shell shows. The save status is part of it.
    ports
        Browser, server and worker.
    say
        Shows a toast.
    """

    def __init__(self, state: ShellState, ports: Ports, say: Callable[[str], None]) -> None:
        self._state, self._ports, self._say = state, ports, say
        self.local: LocalStore | None = None
        self.sync: Sync | None = None
        self.owner = ""
        """Whose local store is open; empty while none is."""
        self._opened: LocalStore | None = None
        self.closed = ClosedProjects(state, ports.machine)
        self._retry_set = False

    async def open_local(self, person: str) -> LocalStore:
        """Open what this computer stores for a person, once. Raises `StorageProblem`."""
        if self.owner == person and self._opened is not None:
            return self._opened
        local = await self._ports.machine.open_local(person, self._heard, self._recovered)
        tell = local.on_change

        def written(news: News) -> None:
            if tell is not None:
                tell(news)
            self.closed.heard(news)
            if news.scope == SETUP and self._state.setup is not None:
                # A setting that could not be read is listed there.
                self._ports.machine.spawn(self._state.setup.refresh(news))

        local.on_change = written
        await self.closed.open(local)
        self.owner, self._opened = person, local
        return local

    async def open_setup(self, local: LocalStore, *, solo: bool = False) -> Store:
        """Open datasets, instructions and projects."""
        setup = await Store.open(local, SETUP, solo=solo)
        observe(setup)
        setup.subscribe_status(self.count_edits)
        return setup

    async def start_sync(self, local: LocalStore, setup: Store) -> None:
        """Start to sync for the person whose store is open."""
        self.sync = sync = await self._ports.server.start_sync(local, self.owner)
        sync.subscribe(self._sync_changed)
        sync.watch(setup)
        if not setup.records("project"):
            await sync.run_once()

    def keep_synced(self, store: Store) -> Callable[[], None]:
        """Keep a store up to date. Return a function that stops it."""
        stops = [observe(store), store.subscribe_status(self.count_edits)]
        self._state.kept = (*self._state.kept, store)
        self.count_edits()
        self._ports.machine.spawn(self.closed.remember_name(store.scope))
        if self.sync is not None:
            self.sync.watch(store)
            self.sync.wake()

        def stop() -> None:
            for stop_one in stops:
                stop_one()
            self._state.stored = {**self._state.stored, store.scope: store.status}
            self._state.kept = tuple(one for one in self._state.kept if one is not store)
            self._ports.machine.spawn(self.closed.count())
            self.count_edits()
            if self.sync is not None:
                self.sync.unwatch(store)

        return stop

    def sync_now(self) -> None:
        """Sync now, in whichever tab syncs."""
        if self.sync is not None:
            self.sync.sync_now()

    async def fetch_setup(self) -> None:
        """Fetch datasets, instructions and projects now. Raises `SyncProblem`."""
        if self.sync is not None:
            await self.sync.fetch(SETUP)

    async def send_setup(self) -> None:
        """Wait until the setup is on this computer and, if there is one, on the server.

        Raises
        ------
        StorageProblem, SyncProblem
            If it is not, with the reason.
        """
        setup, sync = self._state.setup, self.sync
        assert setup is not None
        await setup.flushed()
        if setup.status.storage_problem:
            raise StorageProblem(setup.status.storage_problem)
        if sync is None:
            return
        sent = asyncio.Event()
        stop = setup.subscribe_status(lambda: sent.set() if not setup.status.unsynced else None)
        try:
            await sync.run_once()
            if setup.status.unsynced and sync.state in ("idle", "syncing"):
                await asyncio.wait_for(sent.wait(), _OTHER_TAB_S)  # another tab syncs
        except TimeoutError:
            pass
        finally:
            stop()
        if setup.status.unsynced:
            raise SyncProblem(sync.problem or texts.SYNC_NOT_READY)

    async def keep_assets(self, dataset: str, assets: Sequence[Asset]) -> None:
        """Save the image list of a dataset on this computer, page by page."""
        assert self.local is not None
        for start in range(0, max(len(assets), 1), MOST_ASSETS):
            part = list(assets[start : start + MOST_ASSETS])
            await self.local.put_assets(
                AssetPage(dataset=dataset, start=start, total=len(assets), assets=part)
            )

    async def load_totals(self) -> None:
        """Load how many images the datasets of all projects have."""
        setup, local = self._state.setup, self.local
        if setup is None or local is None:
            return
        for fields in list(setup.records("project").values()):
            dataset = fields.get("dataset", "")
            page = await local.get_assets(dataset, 0)
            if page is None and self._state.mode == "server":
                try:
                    page = await self._ports.server.asset_page(dataset, 0)
                except SyncProblem:
                    continue  # the card shows no number, and opening the project says why
                await local.put_assets(page)
            if page is not None:
                self.set_total(dataset, page.total)

    def set_total(self, dataset: str, count: int) -> None:
        """Set how many images a dataset has."""
        self._state.totals = {**self._state.totals, dataset: count}

    # --- what could not be saved or synced

    def retry_storage(self) -> None:
        """Try failed writes again."""
        for store in self._state.stores:
            self._ports.machine.spawn(store.retry())

    def save_entry(self, name: str, content: bytes) -> None:
        """Offer an entry of a store's lists as a JSON file."""
        self._ports.machine.save_file(name, content, "application/json")

    async def save_unsynced(self) -> None:
        """Offer a file with everything that the server does not have."""
        session = self._state.session
        try:
            await self.closed.save_file(session.email or session.person or SOLO)
        except StorageProblem as problem:
            self._say(str(problem))

    def dismiss(self, store: Store, entry: str) -> None:
        """Drop a refused op or an unreadable entry when the dialog that lists it is closed."""
        self._state.dismissed = {**self._state.dismissed, entry: store}

    def keep(self, entry: str) -> None:
        """Keep what was dismissed."""
        dismissed = self._state.dismissed.items()
        self._state.dismissed = {other: store for other, store in dismissed if other != entry}

    def send_again(self, store: Store, op_id: str) -> None:
        """Send a refused op again."""
        self._try(lambda: store.send_again([op_id]))
        self._ports.machine.spawn(self._send(store))

    async def _send(self, store: Store) -> None:
        await store.flushed()
        self.sync_now()

    def bring_back(self, store: Store, entry: str) -> None:
        """Restore a value that someone else has overwritten."""
        self._try(lambda: store.bring_back(entry))

    def _try(self, edit: Callable[[], None]) -> None:
        try:
            edit()
        except Invalid as invalid:
            self._say(texts.no_longer_possible(str(invalid)))

    # --- notifications

    def _heard(self, news: News) -> None:
        store = next((store for store in self._state.stores if store.scope == news.scope), None)
        self._ports.machine.spawn(self._take_news(store, news))

    async def _take_news(self, store: Store | None, news: News) -> None:
        if store is not None:
            await store.refresh(news)
            status = store.status
        else:
            status = await self.closed.take_news(news)
        # This tab may have to sync. Only with unsynced changes, or two tabs would wake each other forever.
        if status.unsynced and self.sync is not None:
            self.sync.wake()

    def _recovered(self, count: int) -> None:
        self._state.recovered += count

    def count_edits(self) -> None:
        """Count the edits of the open stores, and try again later what could not be written."""
        self._state.open_status = total_status([store.status for store in self._state.stores])
        if self._state.status.storage_problem and not self._retry_set:
            self._retry_set = True
            self._ports.machine.later(_RETRY_SECONDS, self._retry_later)

    def _retry_later(self) -> None:
        self._retry_set = False
        if self._state.status.storage_problem:
            self.retry_storage()

    def _sync_changed(self) -> None:
        if self.sync is not None:
            self._state.sync_state = self.sync.state
            self._state.sync_problem = self.sync.problem
            self._state.rejected = dict(self.sync.rejected)
