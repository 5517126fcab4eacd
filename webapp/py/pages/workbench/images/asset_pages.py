"""Loads the list of a dataset's images page by page: first what is needed, then the rest.

Images are only ever appended to a dataset, so a full page that is stored on this computer never changes and
is not requested again. The last page is, because it contains the current number of images; an image that is
already on the stored page is available without waiting for that.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from webapp.py.domain.wire import MOST_ASSETS, AssetPage
from webapp.py.pages.ports.ports import Ports
from webapp.py.store.local import LocalStore, StorageProblem
from webapp.py.store.sync import Offline, SyncProblem
from webapp.py.ui.reactive import reactive

MOST_PAGES = 250
"""Most pages that are loaded in the background, those nearest to the current image."""


class AssetPages:
    """The pages of one dataset, each loaded once.

    Parameters
    ----------
    dataset
        The dataset's id.
    local
        Stores pages on this computer.
    ports
        The server, None in a solo workspace.
    loaded
        Called with each page that was loaded.
    fail
        Shows the server's error message.
    """

    total = reactive[int | None](None)
    """Number of images, if known."""
    busy = reactive(False)
    """Whether pages are loading."""

    def __init__(
        self,
        dataset: str,
        local: LocalStore,
        ports: Ports | None,
        loaded: Callable[[AssetPage], None],
        fail: Callable[[str], None],
    ) -> None:
        self.dataset = dataset
        self._local = local
        self._ports = ports
        self._loaded = loaded
        self._fail = fail
        self._present: set[int] = set()
        self._stored_short: dict[int, int] = {}
        """Numbers of images on stored pages that may have grown since, by start."""
        self._unreachable = False
        self._closed = False
        self._one_at_a_time = asyncio.Lock()

    @property
    def complete(self) -> bool:
        """Whether all images are listed."""
        return self.total is not None and not any(
            start not in self._present for start in range(0, self.total, MOST_ASSETS)
        )

    def close(self) -> None:
        """Load no more pages."""
        self._closed = True

    async def load(self, ordinal: int, *, ask: bool = True) -> bool:
        """Load the page of an image, with ``ask`` also from the server; return False if there is none."""
        start = ordinal // MOST_ASSETS * MOST_ASSETS
        async with self._one_at_a_time:
            if start in self._present and ordinal - start < self._stored_short.get(start, MOST_ASSETS):
                return True
            if self.total is not None and start > self.total:
                return False
            page = None if self._closed else await self._page(ordinal, ask)
            if page is None or self._closed:
                return False
            self._present.add(start)
            self._loaded(page)
            return True

    async def load_rest(self, near: int) -> None:
        """Load the last page, which contains the number of images, then the others, the nearest first."""
        self.busy, self._unreachable = True, False
        try:
            await self._renew()
            await self.load(self.total or 0)
            middle = near // MOST_ASSETS
            first = max(middle - MOST_PAGES, 0)
            numbers = range(first, min(middle + MOST_PAGES, ((self.total or 0) - 1) // MOST_ASSETS) + 1)
            for number in sorted(numbers, key=lambda number: abs(number - middle))[:MOST_PAGES]:
                if self._closed:
                    return
                await self.load(number * MOST_ASSETS, ask=not self._unreachable)
            await self._correct_first_page()
        finally:
            self.busy = False

    def gap(self, ordinal: int, other: int | None, by: int) -> int | None:
        """Return the first image after ``ordinal``, in the direction of ``by``, whose page is not loaded.

        Only pages up to the ``other`` image are checked, all of them if it is None.
        """
        start = ordinal // MOST_ASSETS * MOST_ASSETS
        end = (self.total or 0) - 1 if by > 0 else 0
        last = (end if other is None else other) // MOST_ASSETS * MOST_ASSETS
        while start != last and (last - start) * by > 0:
            start += MOST_ASSETS if by > 0 else -MOST_ASSETS
            if start not in self._present:
                return start
        return None

    async def _page(self, ordinal: int, ask: bool) -> AssetPage | None:
        start = ordinal // MOST_ASSETS * MOST_ASSETS
        stored = await self._local.get_assets(self.dataset, start)
        if stored is not None:
            self.total = max(self.total or 0, stored.total)
            if len(stored.assets) >= MOST_ASSETS:
                return stored
        if self._ports is None or not ask:
            return stored
        if stored is not None and start not in self._stored_short and ordinal - start < len(stored.assets):
            self._stored_short[start] = len(stored.assets)
            return stored
        return await self._request(start) or stored

    async def _request(self, start: int) -> AssetPage | None:
        assert self._ports is not None
        try:
            page = await self._ports.server.asset_page(self.dataset, start)
        except Offline:
            self._unreachable = True
        except SyncProblem as problem:
            self._unreachable = True
            self._fail(str(problem))
        else:
            self._stored_short.pop(start, None)
            self.total = page.total
            if page.assets or start == 0:
                await self._store(page)
            return page
        return None

    async def _renew(self) -> None:
        """Request the stored pages that may have grown."""
        async with self._one_at_a_time:
            for start in sorted(self._stored_short):
                page = None if self._closed else await self._request(start)
                if page is not None and not self._closed:
                    self._loaded(page)

    async def _correct_first_page(self) -> None:
        """Store the number of images with the first page, which is read before a project is opened."""
        first = await self._local.get_assets(self.dataset, 0)
        if first is not None and self.total is not None and first.total != self.total:
            first.total = self.total
            await self._store(first)

    async def _store(self, page: AssetPage) -> None:
        # A list that isn't stored is requested again; problems with saving work are shown elsewhere.
        with contextlib.suppress(StorageProblem):
            await self._local.put_assets(page)
