"""The images in the order of the list, across folders: positions, neighbors, and which one is next to do."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator

from webapp.py.pages.workbench.images.asset_index import AssetIndex, Folder


class ListOrder:
    """The listed images, folder by folder; subfolders come before the images of the same folder.

    Making one is a pass over all folders, not over all images. Folders that the person has closed count.

    Parameters
    ----------
    index
        The images; when its ``revision`` changes, a new order is needed.

    Examples
    --------
    >>> from webapp.py.domain.model import Asset
    >>> index = AssetIndex()
    >>> names = [("b/1.png", "b"), ("2.png", ""), ("b/3.png", "b")]
    >>> index.add(Asset(ordinal=n, name=at, folder=to, url=at) for n, (at, to) in enumerate(names))
    >>> order = ListOrder(index)
    >>> [order.at(number) for number in range(order.count)], order.following(2, 1)
    ([0, 2, 1], 1)
    """

    def __init__(self, index: AssetIndex) -> None:
        self._index = index
        self._folders: list[Folder] = []
        self._starts: list[int] = []
        self._numbers: dict[str, int] = {}
        self.count = 0
        """Number of listed images."""
        for folder in _in_order(index.root):
            self._numbers[folder.path] = len(self._folders)
            self._folders.append(folder)
            self._starts.append(self.count)
            self.count += len(folder.shown)

    def place(self, ordinal: int) -> int | None:
        """Return the position of an image, from 0; None for an image that the filter hides."""
        inside, _ = self._index.place(ordinal)
        return None if inside is None else self._starts[self._number_of(ordinal)] + inside

    def at(self, place: int) -> int | None:
        """Return the image at a position, from 0; None if there is none."""
        if not 0 <= place < self.count:
            return None
        number = bisect_right(self._starts, place) - 1
        return self._folders[number].shown[place - self._starts[number]]

    def following(self, ordinal: int, by: int) -> int | None:
        """Return the image that is ``by`` images further; None beyond the ends."""
        shown = self._index.folder_of(ordinal).shown
        inside = bisect_left(shown, ordinal)
        hidden = inside == len(shown) or shown[inside] != ordinal
        return self.at(self._starts[self._number_of(ordinal)] + inside + by - (hidden and by > 0))

    def next_to_do(self, ordinal: int, leaving: Collection[int] = ()) -> tuple[int | None, bool]:
        """Return the next image to do, after the last one the first, and whether it comes after ``ordinal``.

        ``leaving`` are images that do not count, such as the other slices of its stack.
        """
        here = self._number_of(ordinal)
        beyond = self._folders[here + 1 :]
        ahead = self._first_to_do(self._folders[here : here + 1], ordinal, leaving)
        found = ahead if ahead is not None else self._first_to_do(beyond, ordinal, leaving, whole=True)
        if found is not None:
            return found, True
        return self._first_to_do(self._folders[: here + 1], ordinal, leaving, whole=True), False

    def _first_to_do(
        self, folders: list[Folder], ordinal: int, leaving: Collection[int], *, whole: bool = False
    ) -> int | None:
        """Return the first image to do in some folders; unless ``whole``, only those after ``ordinal``."""
        for folder in folders:
            for one in self._index.to_do(folder, -1 if whole else ordinal):
                if one != ordinal and one not in leaving:
                    return one
        return None

    def _number_of(self, ordinal: int) -> int:
        return self._numbers[self._index.folder_of(ordinal).path]


def _in_order(root: Folder) -> Iterator[Folder]:
    """Yield the folders with images of their own, each after its subfolders."""
    waiting: list[tuple[Folder, bool]] = [(root, False)]
    while waiting:
        folder, opened = waiting.pop()
        if opened:
            if folder.members:
                yield folder
            continue
        waiting.append((folder, True))
        below = sorted(folder.children.values(), key=lambda one: one.first, reverse=True)
        waiting += [(one, False) for one in below]
