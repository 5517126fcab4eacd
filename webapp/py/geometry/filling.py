"""Polygons to pixels: a pixel is inside if its center is."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Mask, Polygon
from webapp.py.geometry.masks import Pixels, Rect, clip_rect
from webapp.py.geometry.shapes import bounds
from webapp.py.geometry.spans import Spans, spans_mask, spans_pixels, union

_DOUBT = 1e-8  # above the rounding error of a crossing, for coordinates within ±1e6


def fill(polygon: Polygon, rect: Rect) -> Pixels:
    """Return which pixels of a rectangle of the image are inside a polygon.

    This is the even-odd rule over the contour and its holes, exact at pixel centers: scanlines [1]_, and
    rational numbers where a crossing is so near to a center that floating point could be wrong. A center
    exactly on a left or upper edge is inside, and on a right or lower edge outside, so polygons that share an
    edge share no pixel.

    Parameters
    ----------
    polygon : Polygon
        The polygon, in pixels.
    rect : (x, y, width, height)
        The rectangle, in pixels.

    Returns
    -------
    array of shape (height, width), uint8
        1 inside, 0 outside.

    References
    ----------
    .. [1] J. D. Foley et al., Computer Graphics: Principles and Practice, 2nd ed. (1990), section 3.6.

    Examples
    --------
    >>> fill(Polygon([(0, 0), (3, 0), (0, 3)]), (0, 0, 3, 3))
    array([[1, 1, 0],
           [1, 0, 0],
           [0, 0, 0]], dtype=uint8)
    """
    _, _, width, height = rect
    return spans_pixels(_inside(polygon, rect), width, (0, 0, width, height))


def polygon_mask(polygon: Polygon, width: int, height: int) -> Mask | None:
    """Return the mask of a polygon, or None if no pixel center is inside.

    Parameters
    ----------
    polygon
        The polygon, in pixels.
    width, height
        Size of the image, in pixels.

    Examples
    --------
    >>> polygon_mask(Polygon([(1, 1), (3, 1), (3, 2), (1, 2)]), 10, 10)
    Mask(x=1, y=1, width=2, height=1, runs=[0, 2])
    """
    edges = bounds(polygon)
    assert edges is not None
    x, y, right, bottom = math.floor(edges[0]), math.floor(edges[1]), math.ceil(edges[2]), math.ceil(edges[3])
    rect = clip_rect((x, y, right - x, bottom - y), width, height)
    return None if rect is None else spans_mask(_inside(polygon, rect), rect)


def _inside(polygon: Polygon, rect: Rect) -> Spans:
    """Return the spans of a rectangle of the image that are inside."""
    left, top, width, height = rect
    rows, columns = _crossings(polygon, top, top + height)
    columns = np.clip(columns - left, 0, width)
    # Along the pixels of the rectangle, in row-major order, every crossing switches inside and outside.
    turns = np.sort((rows - top).astype(np.int64) * width + columns)
    starts, ends = turns[0::2], turns[1::2]
    some = starts < ends
    return union(Spans(starts[some], ends[some]))


def _crossings(polygon: Polygon, top: int, bottom: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where edges cross the centers of rows ``top`` to ``bottom``.

    The results are the row of every crossing, and the first column whose center is not to its left.
    """
    starts, ends = [], []
    for contour in (polygon.points, *polygon.holes):
        start = np.asarray(contour, dtype=np.float64)
        starts.append(start)
        ends.append(np.roll(start, -1, axis=0))
    start, end = np.concatenate(starts), np.concatenate(ends)
    down = start[:, 1] <= end[:, 1]
    upper, lower = np.where(down[:, None], start, end), np.where(down[:, None], end, start)
    first = np.clip(np.ceil(upper[:, 1] - 0.5), top, bottom).astype(np.intp)
    count = np.clip(np.ceil(lower[:, 1] - 0.5), top, bottom).astype(np.intp) - first
    edge = np.repeat(np.arange(len(start)), count)
    rows = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    (x0, y0), (x1, y1) = upper[edge].T, lower[edge].T
    place = x0 + (rows + 0.5 - y0) / (y1 - y0) * (x1 - x0) - 0.5
    columns = np.ceil(place).astype(np.intp)
    for i in np.flatnonzero((np.abs(place - np.rint(place)) < _DOUBT) & (x0 != x1)):
        ax, ay, bx, by = (Fraction(float(value)) for value in (x0[i], y0[i], x1[i], y1[i]))
        exact = ax + (int(rows[i]) + Fraction(1, 2) - ay) / (by - ay) * (bx - ax) - Fraction(1, 2)
        columns[i] = math.ceil(exact)
    return rows, columns
