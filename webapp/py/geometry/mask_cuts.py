"""Lines through the regions of slices: what an object of many slices looks like where a plane cuts them.

An area on a slice is known by its spans: row, first column and end column of each. A row or a column of it
costs what its outline costs; nothing is made pixels but the line itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Box, Mask, Polygon, Shape
from webapp.py.geometry.filling import polygon_mask
from webapp.py.geometry.masks import clip
from webapp.py.geometry.spans import Places, mask_spans, rows_of


class Area(NamedTuple):
    """Spans of pixels that are on in an image: the row of each, its first column and its end column."""

    rows: Places
    lefts: Places
    rights: Places

    def row(self, row: int, width: int) -> NDArray[np.uint8]:
        """Return the pixels of a row of the image, of shape (width,), 1 = on."""
        here = self.rows == row
        steps = np.zeros(width + 1, np.int8)
        steps[self.lefts[here].astype(np.intp)] += 1
        steps[self.rights[here].astype(np.intp)] -= 1
        return np.cumsum(steps[:-1], dtype=np.int8).view(np.uint8)

    def column(self, column: int, height: int) -> NDArray[np.uint8]:
        """Return the pixels of a column of the image, of shape (height,), 1 = on."""
        line = np.zeros(height, np.uint8)
        line[self.rows[(self.lefts <= column) & (column < self.rights)].astype(np.intp)] = 1
        return line


def area_of(shape: Shape, width: int, height: int) -> Area | None:
    """Return what a shape covers of an image; None where it covers nothing, as lines and points do.

    Polygons and boxes cover the pixels whose centres they hold.

    Examples
    --------
    >>> area = area_of(Mask(x=1, y=2, width=2, height=2, runs=[0, 3, 1]), 5, 6)
    >>> area.row(2, 5).tolist(), area.column(2, 6).tolist()
    ([0, 1, 1, 0, 0], [0, 0, 1, 0, 0, 0])
    >>> area_of(Box(x=0.6, y=0.0, width=2.0, height=1.0), 5, 6).row(0, 5).tolist()
    [0, 1, 1, 0, 0]
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
    frame = (0, 0, width, height)
    return Area(*rows_of(mask_spans(mask, frame), width))
