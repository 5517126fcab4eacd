"""Positions of the rows of the image list, found by bisection so that only visible rows are made.

Subfolders come before the images of the same folder. A list of 100,000 images is 5.4 million CSS pixels high;
browsers lay out at least 17 million.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

from webapp.py.pages.workbench.images.asset_index import AssetIndex, Folder

FOLDER_HEIGHT = 42
"""Height of a folder's row, in CSS pixels."""
ASSET_HEIGHT = 54
"""Height of an image's row, in CSS pixels."""

_MOST_MADE = 1000

RowKey: TypeAlias = str | int
"""Identifies a row: a folder's path, or an image's ordinal."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the list: a folder if ``ordinal`` is None, else an image of that folder.

    ``top`` and ``height`` are CSS pixels; it is the ``position``-th (from 1) of ``siblings`` on ``level``.
    """

    folder: Folder
    ordinal: int | None
    top: int
    height: int
    level: int
    position: int
    siblings: int

    @property
    def key(self) -> RowKey:
        """The folder's path, or the image's ordinal."""
        return self.folder.path if self.ordinal is None else self.ordinal


@dataclass(frozen=True, slots=True)
class _Block:
    """A folder's own row, or all rows of its images."""

    folder: Folder
    images: bool
    before: int
    siblings: int

    @property
    def count(self) -> int:
        return len(self.folder.shown) if self.images else 1

    @property
    def row_height(self) -> int:
        return ASSET_HEIGHT if self.images else FOLDER_HEIGHT


class Rows:
    """All rows of a list, computed folder by folder.

    Parameters
    ----------
    index
        The images; when its ``revision`` changes, new rows are needed.
    closed
        Paths of the folders whose contents are not listed.
    """

    def __init__(self, index: AssetIndex, closed: Collection[str]) -> None:
        self._index = index
        self._blocks: list[_Block] = []
        self._tops: list[int] = []
        self._starts: list[int] = []
        self._heads: dict[str, int] = {}
        self._runs: dict[str, int] = {}
        self._made: dict[int, Row] = {}
        self.height = 0
        """Height of all rows together, in CSS pixels."""
        self.count = 0
        """Number of rows."""
        blocks = self._inside(index.root)
        while blocks:
            block = blocks.pop()
            self._put(block)
            if not block.images and block.folder.path not in closed:
                blocks += self._inside(block.folder)

    def between(self, first: float, last: float) -> list[Row]:
        """Return the rows that are at least partly between two heights."""
        rows: list[Row] = []
        at = max(bisect_right(self._tops, first) - 1, 0)
        while at < len(self._blocks) and self._tops[at] <= last:
            block, top = self._blocks[at], self._tops[at]
            low = max(int((first - top) // block.row_height), 0)
            high = min(int((last - top) // block.row_height) + 1, block.count)
            rows += [self._row(at, line) for line in range(low, high)]
            at += 1
        return rows

    def row(self, number: int) -> Row:
        """Return a row by its number, from 0, or the nearest one. There must be rows."""
        number = min(max(number, 0), self.count - 1)
        at = bisect_right(self._starts, number) - 1
        return self._row(at, number - self._starts[at])

    def number_of(self, key: RowKey) -> int | None:
        """Return the number of a row, from 0; None if it is not listed."""
        if isinstance(key, str):
            head = self._heads.get(key)
            return None if head is None else self._starts[head]
        if key not in self._index.assets:
            return None
        folder = self._index.folder_of(key)
        run = self._runs.get(folder.path)
        line = bisect_left(folder.shown, key)
        if run is None or line == len(folder.shown) or folder.shown[line] != key:
            return None
        return self._starts[run] + line

    def find(self, key: RowKey) -> Row | None:
        """Return the row of a folder or an image; None if it is not listed."""
        number = self.number_of(key)
        return None if number is None else self.row(number)

    def _inside(self, folder: Folder) -> list[_Block]:
        """Return the blocks below a folder's row, the last first."""
        below = sorted((one for one in folder.children.values() if one.matches), key=lambda one: one.first)
        siblings = len(below) + len(folder.shown)
        blocks = [_Block(one, False, place, siblings) for place, one in enumerate(below)]
        if folder.shown:
            blocks.append(_Block(folder, True, len(below), siblings))
        return blocks[::-1]

    def _put(self, block: _Block) -> None:
        known = self._runs if block.images else self._heads
        known[block.folder.path] = len(self._blocks)
        self._blocks.append(block)
        self._tops.append(self.height)
        self._starts.append(self.count)
        self.height += block.count * block.row_height
        self.count += block.count

    def _row(self, at: int, line: int) -> Row:
        """Return a row; the same object while it is visible, so that it is drawn only once."""
        number = self._starts[at] + line
        row = self._made.get(number)
        if row is None:
            if len(self._made) >= _MOST_MADE:
                self._made.clear()
            row = self._made[number] = self._make(at, line)
        return row

    def _make(self, at: int, line: int) -> Row:
        block = self._blocks[at]
        folder = block.folder
        return Row(
            folder,
            folder.shown[line] if block.images else None,
            self._tops[at] + line * block.row_height,
            block.row_height,
            folder.level + block.images,
            block.before + line + 1,
            block.siblings,
        )
