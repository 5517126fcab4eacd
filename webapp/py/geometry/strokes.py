"""Brush strokes on pixel arrays, exact by pixel centres."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point
from webapp.py.geometry.masks import Pixels, Rect, clip_rect, join_rects

Tip = Literal["round", "square"]
_LONG = 64.0


def stroke(
    pixels: Pixels, start: Point, end: Point, radius: float, tip: Tip = "round", value: int = 1
) -> Rect | None:
    """Draw what a brush covers on its straight way from ``start`` to ``end``, in place.

    Parameters
    ----------
    pixels : array of shape (height, width), uint8
        The image's pixels, 1 = on; changed in place.
    start, end : (x, y)
        In pixels; they may lie outside the image. Equal ones make a single stamp.
    radius : float
        In pixels. A pixel is covered when its centre is at most ``radius`` away from a point of the way:
        Euclidean distance for a round tip, the larger of the distances in x and y for a square one.
    tip : {"round", "square"}
    value : int
        1 paints, 0 erases.

    Returns
    -------
    (x, y, width, height) or None
        The rectangle that may have changed; None when the brush stayed outside the image.

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
    # A long slanted way has a large rectangle with little in it: pieces touch fewer pixels.
    pieces = max(1, math.ceil(math.dist(start, end) / max(2 * radius, _LONG)))
    dirty: Rect | None = None
    here = start
    for piece in range(1, pieces + 1):
        share = piece / pieces
        there = (
            end
            if piece == pieces
            else (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
        )
        dirty = join_rects(dirty, _piece(pixels, here, there, radius, tip, value))
        here = there
    return dirty


def stamp(pixels: Pixels, centre: Point, radius: float, tip: Tip = "round", value: int = 1) -> Rect | None:
    """Draw a disk or a square around ``centre``, in place; see `stroke`.

    Examples
    --------
    >>> pixels = np.zeros((2, 2), dtype=np.uint8)
    >>> stamp(pixels, (0.5, 0.5), radius=1)
    (0, 0, 2, 2)
    >>> pixels
    array([[1, 1],
           [1, 0]], dtype=uint8)
    """
    return stroke(pixels, centre, centre, radius, tip, value)


def _piece(pixels: Pixels, start: Point, end: Point, radius: float, tip: Tip, value: int) -> Rect | None:
    (ax, ay), (bx, by) = start, end
    left, top = math.floor(min(ax, bx) - radius), math.floor(min(ay, by) - radius)
    right, bottom = math.ceil(max(ax, bx) + radius), math.ceil(max(ay, by) + radius)
    height, width = pixels.shape
    rect = clip_rect((left, top, right - left, bottom - top), width, height)
    if rect is None:
        return None
    left, top, wide, high = rect
    columns = np.arange(left, left + wide, dtype=np.float64) + (0.5 - ax)
    rows = np.arange(top, top + high, dtype=np.float64) + (0.5 - ay)
    cover = _round if tip == "round" else _square
    covered = cover(columns, rows[:, None], bx - ax, by - ay, radius)
    window = pixels[top : top + high, left : left + wide]
    if value:
        np.bitwise_or(window, covered, out=window)
    else:
        np.bitwise_and(window, ~covered, out=window)
    return rect


def _round(
    x: NDArray[np.float64], y: NDArray[np.float64], dx: float, dy: float, radius: float
) -> NDArray[np.bool_]:
    reach, length = radius * radius, dx * dx + dy * dy
    near = x * x + y * y <= reach
    if length > 0:
        # Without a division: centres exactly at the radius stay so for slanted ways too.
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
    """Return from when to when, as shares of the way, each pixel is within ``radius`` on one axis."""
    if way == 0:
        within = np.abs(offset) <= radius
        return np.where(within, -np.inf, np.inf), np.where(within, np.inf, -np.inf)
    first, last = (offset - radius) / way, (offset + radius) / way
    return np.minimum(first, last), np.maximum(first, last)
