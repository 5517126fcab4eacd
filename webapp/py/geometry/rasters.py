"""The pixels of a mask while it is painted. Only those near the brush are made."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from webapp.py.domain.shapes import Mask, Point
from webapp.py.geometry.masks import Pixels, Rect, clip_rect
from webapp.py.geometry.spans import (
    NOTHING,
    Spans,
    at_least,
    mask_spans,
    pixel_spans,
    rows_of,
    spans_mask,
    spans_pixels,
    union,
    without,
)
from webapp.py.geometry.strokes import Tip, reach, steps, stroke

TILE = 256
"""Width and height of a tile, in pixels."""

Patch = tuple[int, int, Pixels]
"""Column and row of the top-left pixel, and the pixels."""


class Raster:
    """The pixels of a mask in an image of ``width`` x ``height``, which can be changed.

    They are in tiles, which are made from the runs of the mask when they are first needed. At the end only
    these tiles become runs again. So the cost depends on what is touched, not on the size of the image.

    Parameters
    ----------
    mask : Mask or None
        What is on at first; None for nothing. Parts outside the image are dropped with the first change.
    width, height : int
        Size of the image, in pixels.

    Examples
    --------
    >>> raster = Raster(Mask(x=1, y=0, width=1, height=1, runs=[0, 1]), 9, 9)
    >>> patches = raster.stroke((4, 1), (4, 1), radius=1)
    >>> raster.mask()
    Mask(x=1, y=0, width=4, height=2, runs=[0, 1, 1, 2, 2, 2])
    """

    def __init__(self, mask: Mask | None, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._mask = mask
        self._spans: Spans | None = None
        self._tiles: dict[tuple[int, int], Pixels] = {}
        self._written = False

    def read(self, rect: Rect) -> Pixels:
        """Return a copy of the pixels of a rectangle inside the image, of shape (height, width), 1 = on."""
        left, top, wide, high = rect
        pixels = np.empty((high, wide), np.uint8)
        for tile, part in self._parts(rect):
            x, y, width, height = part
            here = self._tile(tile)[y % TILE :, x % TILE :][:height, :width]
            pixels[y - top : y - top + height, x - left : x - left + width] = here
        return pixels

    def write(self, rect: Rect, pixels: Pixels) -> None:
        """Set the pixels of a rectangle inside the image, of shape (height, width): 1 = on, 0 = off."""
        left, top, _, _ = rect
        self._written = True
        for tile, (x, y, width, height) in self._parts(rect):
            there = self._tile(tile)[y % TILE :, x % TILE :][:height, :width]
            there[:] = pixels[y - top : y - top + height, x - left : x - left + width]

    def stroke(
        self, start: Point, end: Point, radius: float, tip: Tip = "round", value: int = 1
    ) -> list[Patch]:
        """Draw a stroke as `webapp.py.geometry.strokes.stroke` does, and return what may have changed."""
        patches: list[Patch] = []
        for here, there in steps(start, end, radius):
            rect = clip_rect(reach(here, there, radius), self.width, self.height)
            if rect is not None:
                pixels = self.read(rect)
                stroke(pixels, here, there, radius, tip, value, rect[0], rect[1])
                self.write(rect, pixels)
                patches.append((rect[0], rect[1], pixels))
        return patches

    def touches(self, patch: Patch) -> bool:
        """Return whether a pixel of a patch inside the image is on here, or beside one that is.

        Examples
        --------
        >>> raster = Raster(Mask(x=1, y=0, width=1, height=1, runs=[0, 1]), 9, 9)
        >>> on = np.ones((1, 1), np.uint8)
        >>> raster.touches((2, 0, on)), raster.touches((2, 1, on)), raster.touches((3, 0, on))
        (True, False, False)
        """
        x, y, pixels = patch
        high, wide = pixels.shape
        rect = clip_rect((x - 1, y - 1, wide + 2, high + 2), self.width, self.height)
        if rect is None or not (self._written or _overlap(self._mask, rect)):
            return False
        around = np.zeros((high + 2, wide + 2), np.bool_)
        left, top = rect[0] - (x - 1), rect[1] - (y - 1)
        around[top : top + rect[3], left : left + rect[2]] = self.read(rect)
        near = around[1:-1, 1:-1] | around[:-2, 1:-1] | around[2:, 1:-1]
        near |= around[1:-1, :-2] | around[1:-1, 2:]
        return bool(near[pixels > 0].any())

    def mask(self) -> Mask | None:
        """Return the mask of the pixels that are on now, or None if none is."""
        if not self._written:
            return self._mask
        width, frame = self.width, (0, 0, self.width, self.height)
        corners = np.array(list(self._tiles), np.int64) * TILE
        places = corners[:, 1] * width + corners[:, 0]
        rows, lefts, rights = rows_of(pixel_spans(np.concatenate(list(self._tiles.values()))), TILE)
        line = places[(rows // TILE).astype(np.intp)] + rows % TILE * width
        painted = at_least(1, [Spans(line + lefts, line + rights)])
        rest = self._old()
        if len(rest.starts):
            first = (places[:, None] + np.arange(TILE) * width).reshape(-1)
            last = first + np.repeat(np.minimum(TILE, width - corners[:, 0]), TILE)
            inside = first < width * self.height
            rest = without(rest, at_least(1, [Spans(first[inside], last[inside])]), width * self.height)
        return spans_mask(union(rest, painted), frame)

    def _old(self) -> Spans:
        if self._spans is None:
            frame = (0, 0, self.width, self.height)
            self._spans = NOTHING if self._mask is None else mask_spans(self._mask, frame)
        return self._spans

    def _tile(self, tile: tuple[int, int]) -> Pixels:
        pixels = self._tiles.get(tile)
        if pixels is None:
            rect = (tile[0] * TILE, tile[1] * TILE, TILE, TILE)
            pixels = self._tiles[tile] = spans_pixels(self._old(), self.width, rect)
        return pixels

    def _parts(self, rect: Rect) -> Iterator[tuple[tuple[int, int], Rect]]:
        """Yield every tile that a rectangle touches, and the part of the rectangle in it."""
        left, top, wide, high = rect
        for row in range(top // TILE, (top + high - 1) // TILE + 1):
            upper, lower = max(top, row * TILE), min(top + high, (row + 1) * TILE)
            for column in range(left // TILE, (left + wide - 1) // TILE + 1):
                x, right = max(left, column * TILE), min(left + wide, (column + 1) * TILE)
                yield (column, row), (x, upper, right - x, lower - upper)


def _overlap(mask: Mask | None, rect: Rect) -> bool:
    """Return whether the box of a mask and a rectangle share a pixel."""
    if mask is None:
        return False
    x, y, wide, high = rect
    across = mask.x < x + wide and x < mask.x + mask.width
    return across and mask.y < y + high and y < mask.y + mask.height
