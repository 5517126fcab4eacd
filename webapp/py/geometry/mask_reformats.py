"""Planes through the areas of slices: what an object over many slices looks like where a plane crosses it.

An object is stored as spans, each with slice, row, first column and end column. A plane costs what the
outlines cost. Only the plane itself becomes pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Box, Mask, Polygon, Shape
from webapp.py.geometry.filling import polygon_mask
from webapp.py.geometry.masks import Pixels, clip
from webapp.py.geometry.spans import Places, mask_spans, rows_of


class Area(NamedTuple):
    """Spans of the pixels of an area: the row of each, its first column and its end column."""

    rows: Places
    lefts: Places
    rights: Places


class Solid(NamedTuple):
    """Areas on slices: the slice, row, first column and end column of each span."""

    slices: Places
    rows: Places
    lefts: Places
    rights: Places

    def across_row(self, row: int, count: int, width: int) -> Pixels:
        """Return one row of each of ``count`` slices, of shape (count, width), 1 = on."""
        here = self.rows == row
        steps = np.zeros((count, width + 1), np.int8)
        lines = self.slices[here].astype(np.intp)
        # Spans of one slice may overlap, if several annotations form one object.
        np.add.at(steps, (lines, self.lefts[here].astype(np.intp)), 1)
        np.add.at(steps, (lines, self.rights[here].astype(np.intp)), -1)
        on: NDArray[np.bool_] = np.cumsum(steps[:, :width], axis=1, dtype=np.int16) > 0
        return on.view(np.uint8)

    def across_column(self, column: int, count: int, height: int) -> Pixels:
        """Return one column of each of ``count`` slices, of shape (count, height), 1 = on."""
        here = (self.lefts <= column) & (column < self.rights)
        pixels = np.zeros((count, height), np.uint8)
        pixels[self.slices[here].astype(np.intp), self.rows[here].astype(np.intp)] = 1
        return pixels


def area_of(shape: Shape, width: int, height: int) -> Area | None:
    """Return the area of an image that a shape covers, or None if there is none, as for lines and points.

    Polygons and boxes cover the pixels whose centers are inside them.

    Parameters
    ----------
    shape
        The shape, in pixels.
    width, height
        Size of the image, in pixels.

    Examples
    --------
    >>> area_of(Mask(x=1, y=2, width=2, height=2, runs=[0, 3, 1]), 5, 6)
    Area(rows=array([2, 3]), lefts=array([1, 1]), rights=array([3, 2]))
    """
    mask: Mask | None = None
    if isinstance(shape, Mask):
        mask = clip(shape, width, height)
    elif isinstance(shape, Polygon):
        mask = polygon_mask(shape, width, height)
    elif isinstance(shape, Box):
        right, bottom = shape.x + shape.width, shape.y + shape.height
        corners = [(shape.x, shape.y), (right, shape.y), (right, bottom), (shape.x, bottom)]
        mask = polygon_mask(Polygon(corners), width, height)
    if mask is None:
        return None
    return Area(*rows_of(mask_spans(mask, (0, 0, width, height)), width))


def solid_of(areas: Mapping[int, list[Area]]) -> Solid:
    """Return the solid that areas form together, from the areas of each slice.

    Examples
    --------
    >>> area = Area(np.array([2, 3]), np.array([1, 1]), np.array([3, 2]))
    >>> solid = solid_of({0: [area], 2: [area]})
    >>> solid.across_row(2, 3, 4).tolist()
    [[0, 1, 1, 0], [0, 0, 0, 0], [0, 1, 1, 0]]
    >>> solid.across_column(1, 3, 5).tolist()
    [[0, 0, 1, 1, 0], [0, 0, 0, 0, 0], [0, 0, 1, 1, 0]]
    """
    placed = [(slice_, area) for slice_, members in areas.items() for area in members]
    if not placed:
        return Solid(*(np.zeros(0, np.int64) for _ in range(4)))
    slices = np.repeat(
        np.array([slice_ for slice_, _ in placed], np.int64), [len(area.rows) for _, area in placed]
    )
    rows, lefts, rights = (np.concatenate(parts) for parts in zip(*(area for _, area in placed), strict=True))
    return Solid(slices, rows, lefts, rights)
