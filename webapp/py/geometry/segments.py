"""Label maps over a rectangle of an image: the segment at a point, its pixels, and those along a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point
from webapp.py.geometry.masks import Rect

_AT_ONCE = 1e-12
"""Largest share of a line that counts as nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """The segments of the rectangle ``rect`` of an image.

    Parameters
    ----------
    labels : array of int32, shape (rows, columns)
        The segment of each pixel, numbered from 1. The map may be coarser than the rectangle: each image
        pixel then belongs to the segment of the map pixel that contains its center (nearest neighbor).
    boxes : array of int32, shape (segments, 4)
        Left, top, right and bottom of each segment in the map. Right and bottom are exclusive.
    rect : (x, y, width, height)
        The area that the map covers, in image pixels.
    """

    labels: NDArray[np.int32]
    boxes: NDArray[np.int32]
    rect: Rect

    def at(self, point: Point) -> int | None:
        """Return the segment at a point of the image, or None outside the rectangle.

        Examples
        --------
        >>> halves = Segments(np.array([[1, 2]]), np.array([[0, 0, 1, 1], [1, 0, 2, 1]]), (10, 0, 4, 2))
        >>> halves.at((11.9, 1)), halves.at((12, 1)), halves.at((9, 1))
        (1, 2, None)
        """
        found = self.along(point, point)
        return found[0] if found else None

    def along(self, start: Point, end: Point) -> list[int]:
        """Return the segments whose pixels a straight line crosses, in order, each once.

        Examples
        --------
        >>> halves = Segments(np.array([[1, 2]]), np.array([[0, 0, 1, 1], [1, 0, 2, 1]]), (10, 0, 4, 2))
        >>> halves.along((0, 1), (99, 1))
        [1, 2]
        """
        columns, rows = pixels_along(start, end)
        x, y, width, height = self.rect
        columns, rows = columns - x, rows - y
        within = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        high, wide = self.labels.shape
        crossed = self.labels[
            _to_map(rows[within], height, high), _to_map(columns[within], width, wide)
        ].tolist()
        return list(dict.fromkeys(crossed))

    def pixels(self, segment: int) -> tuple[Rect, NDArray[np.uint8]]:
        """Return the rectangle around a segment and its pixels in it, in image pixels.

        Returns
        -------
        (x, y, width, height), array of uint8, shape (height, width)
            1 = in the segment. Every segment contains the center of an image pixel, because the map is never
            finer than the image.

        Examples
        --------
        >>> halves = Segments(np.array([[1, 2]]), np.array([[0, 0, 1, 1], [1, 0, 2, 1]]), (10, 0, 4, 2))
        >>> halves.pixels(2)
        ((12, 0, 2, 2), array([[1, 1],
               [1, 1]], dtype=uint8))
        """
        left, top, right, bottom = self.boxes[segment - 1].tolist()
        x, y, width, height = self.rect
        high, wide = self.labels.shape
        first_column, last_column = _from_map(left, width, wide), _from_map(right, width, wide)
        first_row, last_row = _from_map(top, height, high), _from_map(bottom, height, high)
        columns = _to_map(np.arange(first_column, last_column, dtype=np.intp), width, wide)
        rows = _to_map(np.arange(first_row, last_row, dtype=np.intp), height, high)
        on = (self.labels[np.ix_(rows, columns)] == segment).astype(np.uint8)
        return (x + first_column, y + first_row, last_column - first_column, last_row - first_row), on


def pixels_along(start: Point, end: Point) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return columns and rows of the pixels that a straight line crosses, in order.

    Every pixel whose interior the line crosses is included.

    Returns
    -------
    columns, rows : arrays of shape (pixels,), intp

    Examples
    --------
    >>> columns, rows = pixels_along((0.5, 0.5), (2.5, 1.5))
    >>> list(zip(columns.tolist(), rows.tolist()))
    [(0, 0), (1, 0), (1, 1), (2, 1)]
    """
    (x0, y0), (x1, y1) = start, end
    times = np.concatenate([[0.0, 1.0], _grid_times(x0, x1), _grid_times(y0, y1)])
    times.sort()
    # Between two grid lines the line stays in one pixel: that of the middle. At a corner of pixels it meets
    # two grid lines at once, with no pixel between.
    middles = ((times[1:] + times[:-1]) / 2)[np.diff(times) > _AT_ONCE]
    columns = np.floor(x0 + middles * (x1 - x0)).astype(np.intp)
    rows = np.floor(y0 + middles * (y1 - y0)).astype(np.intp)
    is_new = np.ones(len(columns), dtype=bool)
    is_new[1:] = (np.diff(columns) != 0) | (np.diff(rows) != 0)
    return columns[is_new], rows[is_new]


def _grid_times(start: float, end: float) -> NDArray[np.float64]:
    """Return where a line meets the borders of pixels along one axis, as shares of the line."""
    low, high = min(start, end), max(start, end)
    lines = np.arange(np.floor(low) + 1, np.ceil(high), dtype=np.float64)
    return (lines - start) / (end - start) if len(lines) else lines


def _to_map(index: NDArray[np.intp], image: int, coarse: int) -> NDArray[np.intp]:
    """Return the column (or row) of the map that contains the center of each image column."""
    return ((2 * index + 1) * coarse) // (2 * image)


def _from_map(index: int, image: int, coarse: int) -> int:
    """Return the first image column (or row) whose center is in a column of the map or after it."""
    # The smallest i with (2 i + 1) coarse >= 2 image index.
    return -(-(2 * image * index - coarse) // (2 * coarse)) if index else 0
