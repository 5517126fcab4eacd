"""Which image is next: in the folder, in the list, and to do. Loads the pages of the list that it needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from webapp.py.domain.model import Asset
from webapp.py.pages.workbench.images.asset_index import AssetIndex
from webapp.py.pages.workbench.images.asset_pages import AssetPages
from webapp.py.pages.workbench.images.list_order import ListOrder


class ImageSteps:
    """Finds images from the current one on.

    Parameters
    ----------
    index
        The images listed so far.
    pages
        Loads more of them.
    """

    def __init__(self, index: AssetIndex, pages: AssetPages) -> None:
        self._index, self._pages = index, pages
        self._made: tuple[int, ListOrder] | None = None

    @property
    def order(self) -> ListOrder:
        """The listed images in their order across folders."""
        if self._made is None or self._made[0] != self._index.revision:
            self._made = self._index.revision, ListOrder(self._index)
        return self._made[1]

    @property
    def total(self) -> int:
        """How many images match the filter; without a filter, how many the dataset has."""
        if self._index.filter.active:
            return self.order.count
        return max(self.order.count, self._pages.total or 0)

    @property
    def complete(self) -> bool:
        """Whether all images are listed."""
        return self._pages.complete

    def beside(self, ordinals: Sequence[int]) -> Asset | None:
        """Return the first image of the list after the last of these, and not among them; None for none."""
        order, last = self.order, ordinals[-1] if ordinals else None
        known = last is not None and last in self._index.assets
        following = order.following(last, 1) if known and last is not None else order.at(0)
        for _ in range(len(ordinals) + 1):
            following = order.at(0) if following is None else following
            if following is None:
                return None
            if following not in ordinals:
                return self._index.assets[following]
            following = order.following(following, 1)
        return None

    async def following(self, ordinal: int, by: int, *, everywhere: bool = False) -> Asset | None:
        """Return the image that is ``by`` images further, after loading the pages in between.

        The images are those of the folder; with ``everywhere``, those of all folders.
        """
        if ordinal not in self._index.assets:
            return None
        while True:
            found = (self.order if everywhere else self._index).following(ordinal, by)
            gap = self._pages.gap(ordinal, found, by)
            if gap is None or not await self._pages.load(gap):
                return None if found is None else self._index.assets[found]

    async def next_to_do(
        self, ordinal: int, leaving: Collection[int] = (), *, wrap: bool = True
    ) -> Asset | None:
        """Return the next image to do, after loading the pages that may have it.

        With ``wrap``, the first image comes after the last one. ``leaving`` are images that do not count.
        """
        while ordinal in self._index.assets:
            found, ahead = self.order.next_to_do(ordinal, leaving)
            gap = None if ahead else self._pages.gap(ordinal, None, 1)
            if gap is None and wrap and found is None:
                gap = self._pages.gap(ordinal, None, -1)
            if gap is None or not await self._pages.load(gap):
                return self._index.assets[found] if found is not None and (ahead or wrap) else None
        return None
