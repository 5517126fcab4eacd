"""Brings the list of a dataset's images, page by page: what is needed first, the rest behind.

Images are only ever appended to a dataset, so a full page that is kept on this machine stays as it is and is
not asked for again; the last page is, as it tells how many images there are by now. Nobody waits for that who
wants an image that is on it already.
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
"""Pages that are brought unasked, those nearest to the image at hand."""


class AssetPages:
    """The pages of one dataset, each brought once.

    Parameters
    ----------
    dataset
        The dataset's id.
    local
        Where pages are kept on this machine.
    ports
        The server, None in a solo workspace.
    took
        Given each page that was brought.
    fail
        Told what the server refused, as a sentence.
    """

    total = reactive[int | None](None)
    """Number of images as far as is known."""
    busy = reactive(False)
    """Whether pages are being loaded."""

    def __init__(
        self,
        dataset: str,
        local: LocalStore,
        ports: Ports | None,
        took: Callable[[AssetPage], None],
        fail: Callable[[str], None],
    ) -> None:
        self.dataset = dataset
        self._local = local
        self._ports = ports
        self._took = took
        self._fail = fail
        self._here: set[int] = set()
        self._kept_short: dict[int, int] = {}
        """Numbers of images on kept pages that may have grown since, by start."""
        self._unreachable = False
        self._closed = False
        self._one_at_a_time = asyncio.Lock()

    @property
    def complete(self) -> bool:
        """Whether all images are listed."""
        return self.total is not None and not any(
            start not in self._here for start in range(0, self.total, MOST_ASSETS)
        )

    def close(self) -> None:
        """Bring nothing more."""
        self._closed = True

    async def bring(self, ordinal: int, *, ask: bool = True) -> bool:
        """Bring the page that an image is on, with ``ask`` from the server too; False if there is none."""
        start = ordinal // MOST_ASSETS * MOST_ASSETS
        async with self._one_at_a_time:
            if start in self._here and ordinal - start < self._kept_short.get(start, MOST_ASSETS):
                return True
            if self.total is not None and start > self.total:
                return False
            page = None if self._closed else await self._page(ordinal, ask)
            if page is None or self._closed:
                return False
            self._here.add(start)
            self._took(page)
            return True

    async def bring_rest(self, near: int) -> None:
        """Bring the last page, for it tells how many there are, then the others, the nearest first."""
        self.busy, self._unreachable = True, False
        try:
            await self._renew()
            await self.bring(self.total or 0)
            middle = near // MOST_ASSETS
            first = max(middle - MOST_PAGES, 0)
            numbers = range(first, min(middle + MOST_PAGES, ((self.total or 0) - 1) // MOST_ASSETS) + 1)
            for number in sorted(numbers, key=lambda number: abs(number - middle))[:MOST_PAGES]:
                if self._closed:
                    return
                await self.bring(number * MOST_ASSETS, ask=not self._unreachable)
            await self._correct_first_page()
        finally:
            self.busy = False

    def hole(self, ordinal: int, other: int | None, by: int) -> int | None:
        """Return the first image behind ``ordinal``, in the direction of ``by``, whose page is not here.

        Only pages up to the ``other`` image are looked at, all of them for None.
        """
        start = ordinal // MOST_ASSETS * MOST_ASSETS
        end = (self.total or 0) - 1 if by > 0 else 0
        last = (end if other is None else other) // MOST_ASSETS * MOST_ASSETS
        while start != last and (last - start) * by > 0:
            start += MOST_ASSETS if by > 0 else -MOST_ASSETS
            if start not in self._here:
                return start
        return None

    async def _page(self, ordinal: int, ask: bool) -> AssetPage | None:
        start = ordinal // MOST_ASSETS * MOST_ASSETS
        kept = await self._local.get_assets(self.dataset, start)
        if kept is not None:
            self.total = max(self.total or 0, kept.total)
            if len(kept.assets) >= MOST_ASSETS:
                return kept
        if self._ports is None or not ask:
            return kept
        if kept is not None and start not in self._kept_short and ordinal - start < len(kept.assets):
            self._kept_short[start] = len(kept.assets)
            return kept
        return await self._asked(start) or kept

    async def _asked(self, start: int) -> AssetPage | None:
        assert self._ports is not None
        try:
            page = await self._ports.server.asset_page(self.dataset, start)
        except Offline:
            self._unreachable = True
        except SyncProblem as problem:
            self._unreachable = True
            self._fail(str(problem))
        else:
            self._kept_short.pop(start, None)
            self.total = page.total
            if page.assets or start == 0:
                await self._keep(page)
            return page
        return None

    async def _renew(self) -> None:
        """Ask for the kept pages that may have grown."""
        async with self._one_at_a_time:
            for start in sorted(self._kept_short):
                page = None if self._closed else await self._asked(start)
                if page is not None and not self._closed:
                    self._took(page)

    async def _correct_first_page(self) -> None:
        """Keep the number of images with the first page, which is looked at before a project is opened."""
        first = await self._local.get_assets(self.dataset, 0)
        if first is not None and self.total is not None and first.total != self.total:
            first.total = self.total
            await self._keep(first)

    async def _keep(self, page: AssetPage) -> None:
        # A list that is not kept is fetched again; that people's work is not saved is told elsewhere.
        with contextlib.suppress(StorageProblem):
            await self._local.put_assets(page)
