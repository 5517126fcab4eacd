"""Brush strokes on pixel arrays, exact at pixel centers."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point
from webapp.py.geometry.masks import Pixels, Rect, clip_rect, join_rects

Tip = Literal["round", "square"]
_LONG = 64.0


def stroke(
    pixels: Pixels,
    start: Point,
    end: Point,
    radius: float,
    tip: Tip = "round",
    value: int = 1,
    x: int = 0,
    y: int = 0,
) -> Rect | None:
    """Draw the straight stroke of a brush from ``start`` to ``end``, in place.

    Parameters
    ----------
    pixels : array of shape (height, width), uint8
        Pixels of the image, 1 = on. Changed in place.
    start, end : (x, y)
        In pixels of the image, inside or outside. Equal points make a single stamp.
    radius : float
        In pixels. A pixel is covered if its center is at most ``radius`` away from a point of the line.
    tip : {"round", "square"}
        A round tip uses the Euclidean distance, a square one the larger of the distances in x and y.
    value : int
        1 paints, 0 erases.
    x, y : int
        Column and row of ``pixels[0, 0]`` in the image.

    Returns
    -------
    (x, y, width, height) or None
        The rectangle of the image that may have changed, or None if the brush stayed outside of ``pixels``.

    Examples
    --------
    >>> pixels = np.zeros((3, 5), dtype=np.uint8)
    >>> stroke(pixels, (1.5, 1.5), (3.5, 1.5), radius=1)
    (0, 0, 5, 3)
    >>> pixels
    array([[0, 1, 1, 1, 0],
           [1, 1, 1, 1, 1],
           [0, 1, 1, 1, 0]], dtype=uint8)
    """
    dirty: Rect | None = None
    for here, there in steps(start, end, radius):
        dirty = join_rects(dirty, _piece(pixels, (x, y), here, there, radius, tip, value))
    return dirty


def steps(start: Point, end: Point, radius: float) -> list[tuple[Point, Point]]:
    """Split a stroke into pieces, because a long slanted one has a large rectangle with little in it.

    Parameters
    ----------
    start, end, radius
        As for `stroke`, in pixels.

    Examples
    --------
    >>> steps((0, 0), (100, 0), radius=10)
    [((0, 0), (50.0, 0.0)), ((50.0, 0.0), (100, 0))]
    """
    count = max(1, math.ceil(math.dist(start, end) / max(4 * radius, _LONG)))
    dx, dy = (end[0] - start[0]) / count, (end[1] - start[1]) / count
    points = [start, *((start[0] + i * dx, start[1] + i * dy) for i in range(1, count)), end]
    return list(pairwise(points))


def reach(start: Point, end: Point, radius: float) -> Rect:
    """Return a rectangle that contains the stroke of a brush, inside and outside the image.

    Parameters
    ----------
    start, end, radius
        As for `stroke`, in pixels.

    Examples
    --------
    >>> reach((2.5, 2), (4, 2), radius=1)
    (1, 1, 4, 2)
    """
    (ax, ay), (bx, by) = start, end
    left, top = math.floor(min(ax, bx) - radius), math.floor(min(ay, by) - radius)
    right, bottom = math.ceil(max(ax, bx) + radius), math.ceil(max(ay, by) + radius)
    return left, top, right - left, bottom - top


def stamp(pixels: Pixels, center: Point, radius: float, tip: Tip = "round", value: int = 1) -> Rect | None:
    """Draw a disk or a square, in place.

    Parameters
    ----------
    pixels : array of shape (height, width), uint8
        Pixels of the image, 1 = on. Changed in place.
    center
        Center of the brush, in pixels.
    radius, tip, value
        As for `stroke`.

    Examples
    --------
    >>> pixels = np.zeros((2, 2), dtype=np.uint8)
    >>> stamp(pixels, (0.5, 0.5), radius=1)
    (0, 0, 2, 2)
    >>> pixels
    array([[1, 1],
           [1, 0]], dtype=uint8)
    """
    return stroke(pixels, center, center, radius, tip, value)


def _piece(
    pixels: Pixels, corner: tuple[int, int], start: Point, end: Point, radius: float, tip: Tip, value: int
) -> Rect | None:
    (ax, ay), (bx, by), (x, y) = start, end, corner
    left, top, wide, high = reach(start, end, radius)
    height, width = pixels.shape
    inside = clip_rect((left - x, top - y, wide, high), width, height)
    if inside is None:
        return None
    left, top, wide, high = inside[0] + x, inside[1] + y, inside[2], inside[3]
    columns = np.arange(left, left + wide, dtype=np.float64) + (0.5 - ax)
    rows = np.arange(top, top + high, dtype=np.float64) + (0.5 - ay)
    cover = _round if tip == "round" else _square
    covered = cover(columns, rows[:, None], bx - ax, by - ay, radius)
    window = pixels[top - y : top - y + high, left - x : left - x + wide]
    if value:
        np.bitwise_or(window, covered, out=window)
    else:
        np.bitwise_and(window, ~covered, out=window)
    return left, top, wide, high


def _round(
    x: NDArray[np.float64], y: NDArray[np.float64], dx: float, dy: float, radius: float
) -> NDArray[np.bool_]:
    """Return what two disks and the strip between them cover: an interval in each row.

    The ends of the interval are computed for each row. Only the pixels next to them are checked exactly.
    """
    rows = y[:, 0]
    lefts, rights = _disk(rows, radius)
    if dx or dy:
        far_lefts, far_rights = _disk(rows - dy, radius)
        between_lefts, between_rights = _strip(rows, dx, dy, radius)
        lefts = np.minimum(np.minimum(lefts, far_lefts + dx), between_lefts)
        rights = np.maximum(np.maximum(rights, far_rights + dx), between_rights)
    # Not `np.clip`, whose overhead is larger than the work on a column.
    before = np.minimum(np.maximum(np.ceil(lefts - x[0]) - 1, -2), len(x)).astype(np.intp)
    after = np.minimum(np.maximum(np.floor(rights - x[0]) + 1, -2), len(x)).astype(np.intp)
    columns = np.arange(len(x))
    near = (columns > before[:, None] + 1) & (columns < after[:, None] - 1)
    edge = np.minimum(np.maximum(np.array([before, before + 1, after - 1, after]), 0), len(x) - 1)
    near[np.arange(len(rows)), edge] = _is_near(x[edge], rows, dx, dy, radius)
    return np.asarray(near)


def _disk(rows: NDArray[np.float64], radius: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where a disk around 0 starts and ends in each row: inf and -inf where it does not reach."""
    half = np.sqrt(np.maximum(radius * radius - rows * rows, 0.0))
    half[np.abs(rows) > radius] = -np.inf
    return -half, half


def _strip(
    rows: NDArray[np.float64], dx: float, dy: float, radius: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the strip along the line starts and ends in each row, as `_disk` does."""
    length = math.hypot(dx, dy)
    lefts, rights = np.full(rows.shape, -np.inf), np.full(rows.shape, np.inf)
    # Along the line from 0 to its length, and across it up to the radius.
    for slope, start, least, most in ((dx, rows * dy, 0.0, length), (dy, rows * -dx, -radius, radius)):
        low, high = least * length - start, most * length - start
        if slope:
            low, high = low / slope, high / slope
            lefts = np.maximum(lefts, np.minimum(low, high))
            rights = np.minimum(rights, np.maximum(low, high))
        else:
            lefts[(low > 0) | (high < 0)] = np.inf
    nothing = lefts > rights
    lefts[nothing], rights[nothing] = np.inf, -np.inf
    return lefts, rights


def _is_near(
    x: NDArray[np.float64], y: NDArray[np.float64], dx: float, dy: float, radius: float
) -> NDArray[np.bool_]:
    reach, length = radius * radius, dx * dx + dy * dy
    near = x * x + y * y <= reach
    if length > 0:
        # Without division, centers exactly at the radius stay exact for slanted lines, too.
        near |= (x - dx) ** 2 + (y - dy) ** 2 <= reach
        along = x * dx + y * dy
        near |= (along >= 0) & (along <= length) & ((x * dy - y * dx) ** 2 <= reach * length)
    return np.asarray(near)


def _square(
    x: NDArray[np.float64], y: NDArray[np.float64], dx: float, dy: float, radius: float
) -> NDArray[np.bool_]:
    (x0, x1), (y0, y1) = _times(x, dx, radius), _times(y, dy, radius)
    return np.asarray(np.maximum(np.maximum(x0, y0), 0.0) <= np.minimum(np.minimum(x1, y1), 1.0))


def _times(
    offset: NDArray[np.float64], way: float, radius: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return when each pixel is within ``radius`` on one axis: first and last share of the line."""
    if way == 0:
        within = np.abs(offset) <= radius
        return np.where(within, -np.inf, np.inf), np.where(within, np.inf, -np.inf)
    first, last = (offset - radius) / way, (offset + radius) / way
    return np.minimum(first, last), np.maximum(first, last)
