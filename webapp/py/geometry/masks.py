"""Masks: pixels to run lengths and back, and set operations on two masks.

Pixel arrays are uint8 (or bool) of shape (height, width), row-major, 1 = on. Column ``x`` and row ``y`` are
their position in the image.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Mask
from webapp.py.geometry.memory import remembered
from webapp.py.geometry.spans import Rect as Rect
from webapp.py.geometry.spans import (
    Spans,
    at_least,
    mask_spans,
    pixel_spans,
    spans_line,
    spans_mask,
    spans_pixels,
    without,
)
from webapp.py.geometry.spans import union as joined

Pixels = NDArray[np.uint8]


def encode(pixels: NDArray[np.uint8] | NDArray[np.bool_], x: int = 0, y: int = 0) -> Mask | None:
    """Return the mask of the pixels that are on, with a tight box, or None if none is.

    Parameters
    ----------
    pixels : array of shape (height, width), bool or uint8
        Everything except 0 is on.
    x, y : int
        Column and row of ``pixels[0, 0]`` in the image.

    Raises
    ------
    ValueError
        If it has more runs than a mask can have (`webapp.py.domain.shapes.MOST_RUNS`).

    Examples
    --------
    >>> encode(np.array([[0, 0, 0], [0, 1, 1], [0, 0, 1]]), x=10)
    Mask(x=11, y=1, width=2, height=2, runs=[0, 2, 1, 1])
    """
    height, width = pixels.shape
    return spans_mask(pixel_spans(pixels), (x, y, width, height))


def decode(mask: Mask, on: int = 1) -> Pixels:
    """Return the pixels of the box of a mask.

    Parameters
    ----------
    mask : Mask
        The mask.
    on : int
        The value of pixels that are on, up to 255. The others are 0.

    Returns
    -------
    array of shape (mask.height, mask.width), uint8

    Examples
    --------
    >>> decode(Mask(x=11, y=1, width=2, height=2, runs=[0, 2, 1, 1]))
    array([[1, 1],
           [0, 1]], dtype=uint8)
    """
    return decode_rows(mask, 0, mask.height, on)


def decode_rows(mask: Mask, first: int, last: int, on: int = 1) -> Pixels:
    """Return the pixels of some rows of the box of a mask.

    Parameters
    ----------
    mask
        The mask.
    first, last
        First row and end row (exclusive), counted from the top of the box.
    on
        The value of pixels that are on, up to 255. The others are 0.

    Returns
    -------
    array of shape (last - first, mask.width), uint8

    Examples
    --------
    >>> decode_rows(Mask(x=11, y=1, width=2, height=2, runs=[0, 2, 1, 1]), 1, 2)
    array([[0, 1]], dtype=uint8)
    """
    turns = _ends(mask)
    starts, ends = turns[0:-1:2], turns[1::2]
    begin, end = first * mask.width, last * mask.width
    near = slice(int(np.searchsorted(ends, begin, "right")), int(np.searchsorted(starts, end)))
    rows = Spans(np.maximum(starts[near], begin) - begin, np.minimum(ends[near], end) - begin)
    return spans_line(rows, end - begin, on).reshape(last - first, mask.width)


def decode_rect(mask: Mask, rect: Rect) -> Pixels:
    """Return the pixels of a rectangle inside the box of a mask, relative to its top-left corner.

    Examples
    --------
    >>> decode_rect(Mask(x=11, y=1, width=2, height=2, runs=[0, 2, 1, 1]), (1, 0, 1, 2))
    array([[1],
           [1]], dtype=uint8)
    """
    turns = _ends(mask)
    return spans_pixels(Spans(turns[0:-1:2], turns[1::2]), mask.width, rect)


def decode_into(mask: Mask, width: int, height: int) -> Pixels:
    """Return the pixels of an image with a mask, without parts of the mask outside the image.

    Parameters
    ----------
    mask
        The mask.
    width, height
        Size of the image, in pixels.

    Returns
    -------
    array of shape (height, width), uint8

    Examples
    --------
    >>> decode_into(Mask(x=-1, y=0, width=2, height=1, runs=[0, 2]), 3, 2)
    array([[1, 0, 0],
           [0, 0, 0]], dtype=uint8)
    """
    pixels = np.zeros((height, width), dtype=np.uint8)
    rect = clip_rect((mask.x, mask.y, mask.width, mask.height), width, height)
    if rect is not None:
        left, top, wide, high = rect
        crop = decode_rect(mask, (left - mask.x, top - mask.y, wide, high))
        pixels[top : top + high, left : left + wide] = crop
    return pixels


def clip(mask: Mask, width: int, height: int) -> Mask | None:
    """Return the part of a mask inside an image, or None if there is none.

    Parameters
    ----------
    mask
        The mask.
    width, height
        Size of the image, in pixels.

    Examples
    --------
    >>> clip(Mask(x=-1, y=0, width=3, height=1, runs=[0, 3]), 9, 9)
    Mask(x=0, y=0, width=2, height=1, runs=[0, 2])
    """
    inside = clip_rect(_rect(mask), width, height)
    return None if inside is None else spans_mask(mask_spans(mask, inside), inside)


def clip_rect(rect: Rect, width: int, height: int) -> Rect | None:
    """Return the part of a rectangle inside an image, or None if there is none.

    Parameters
    ----------
    rect : (x, y, width, height)
        The rectangle, in pixels.
    width, height
        Size of the image, in pixels.

    Examples
    --------
    >>> clip_rect((-2, 3, 5, 9), 100, 10)
    (0, 3, 3, 7)
    """
    x, y, wide, high = rect
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + wide, width), min(y + high, height)
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def join_rects(first: Rect | None, second: Rect | None) -> Rect | None:
    """Return the smallest rectangle around two others. None stands for an empty one.

    Examples
    --------
    >>> join_rects((0, 0, 2, 2), (4, 1, 1, 3)), join_rects(None, (1, 1, 1, 1))
    ((0, 0, 5, 4), (1, 1, 1, 1))
    """
    if first is None or second is None:
        return first or second
    left, top = min(first[0], second[0]), min(first[1], second[1])
    right = max(first[0] + first[2], second[0] + second[2])
    bottom = max(first[1] + first[3], second[1] + second[3])
    return left, top, right - left, bottom - top


def area(mask: Mask) -> int:
    """Return the number of pixels that are on.

    Examples
    --------
    >>> area(Mask(x=11, y=1, width=2, height=2, runs=[0, 2, 1, 1]))
    3
    """
    return sum(mask.runs[1::2])


def is_on(mask: Mask, column: int, row: int) -> bool:
    """Return whether a pixel of the image is on in a mask.

    Parameters
    ----------
    mask
        The mask.
    column, row
        The pixel of the image.

    Examples
    --------
    >>> mask = Mask(x=11, y=1, width=2, height=2, runs=[0, 2, 1, 1])
    >>> is_on(mask, 11, 1), is_on(mask, 11, 2), is_on(mask, 0, 0)
    (True, False, False)
    """
    right, down = column - mask.x, row - mask.y
    if not (0 <= right < mask.width and 0 <= down < mask.height):
        return False
    return bool(np.searchsorted(_ends(mask), down * mask.width + right, side="right") % 2)


def touches(mask: Mask, point: tuple[float, float], radius: float, square: bool = False) -> bool:
    """Return whether the tip of a brush covers a pixel of a mask that is on.

    A pixel is covered if its center is in the disk or square. The pixel under ``point`` always is.

    Parameters
    ----------
    mask
        The mask.
    point
        The center of the tip, in pixels.
    radius
        Radius of the disk, or half the side of the square, in pixels.
    square
        Whether the tip is a square instead of a disk.

    Examples
    --------
    >>> corner = Mask(x=10, y=10, width=2, height=1, runs=[1, 1])  # the pixel in column 11, row 10
    >>> touches(corner, (8.5, 10.5), 3.0), touches(corner, (8.5, 10.5), 2.9)
    (True, False)
    """
    x, y = point
    left, top = max(int(np.floor(x - radius)), mask.x), max(int(np.floor(y - radius)), mask.y)
    right = min(int(np.floor(x + radius)) + 1, mask.x + mask.width)
    bottom = min(int(np.floor(y + radius)) + 1, mask.y + mask.height)
    if left >= right or top >= bottom:
        return False
    crop = decode_rect(mask, (left - mask.x, top - mask.y, right - left, bottom - top))
    across = np.abs(np.arange(left, right) + 0.5 - x)[None, :]
    down = np.abs(np.arange(top, bottom) + 0.5 - y)[:, None]
    reach = np.maximum(across, down) if square else np.hypot(across, down)
    return bool(crop[reach <= radius].any()) or is_on(mask, int(np.floor(x)), int(np.floor(y)))


@remembered(most=16)
def _ends(mask: Mask) -> NDArray[np.int64]:
    return np.cumsum(np.fromiter(mask.runs, np.int64, count=len(mask.runs)))


def union(first: Mask, second: Mask) -> Mask:
    """Return the mask of the pixels that are on in either mask.

    Examples
    --------
    >>> pixel = Mask(x=0, y=0, width=1, height=1, runs=[0, 1])
    >>> union(pixel, Mask(x=2, y=0, width=1, height=1, runs=[0, 1]))
    Mask(x=0, y=0, width=3, height=1, runs=[0, 1, 1, 1])
    """
    frame, one, other = _together(first, second)
    return spans_mask(joined(one, other), frame) or first


def subtract(first: Mask, second: Mask) -> Mask | None:
    """Return the mask of the pixels that are on in the first mask only, or None if none is.

    Examples
    --------
    >>> pair = Mask(x=0, y=0, width=2, height=1, runs=[0, 2])
    >>> subtract(pair, Mask(x=1, y=0, width=9, height=1, runs=[0, 9]))
    Mask(x=0, y=0, width=1, height=1, runs=[0, 1])
    """
    frame, one, other = _together(first, second)
    return spans_mask(without(one, other, frame[2] * frame[3]), frame)


def intersect(first: Mask, second: Mask) -> Mask | None:
    """Return the mask of the pixels that are on in both, or None if none is.

    Examples
    --------
    >>> pair = Mask(x=0, y=0, width=2, height=1, runs=[0, 2])
    >>> intersect(pair, Mask(x=1, y=0, width=9, height=1, runs=[0, 9]))
    Mask(x=1, y=0, width=1, height=1, runs=[0, 1])
    """
    frame, one, other = _together(first, second)
    return spans_mask(at_least(2, [one, other]), frame)


def _together(first: Mask, second: Mask) -> tuple[Rect, Spans, Spans]:
    """Return a frame around two masks, and the spans of both in it."""
    frame = join_rects(_rect(first), _rect(second))
    assert frame is not None
    return frame, mask_spans(first, frame), mask_spans(second, frame)


def _rect(mask: Mask) -> Rect:
    return mask.x, mask.y, mask.width, mask.height
