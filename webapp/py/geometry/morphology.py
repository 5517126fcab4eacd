"""Masks made cleaner, larger, smaller, smoother, or taken apart; exact on pixels, worked out on their spans.

Nothing here makes an array of the whole image: what is computed grows with the outline of the mask [1]_.
Pieces are pixels that share sides (4-connectivity), as for the contours.

References
----------
.. [1] T. M. Breuel, Binary morphology and related operations on run-length representations, Proceedings of
   the International Conference on Computer Vision Theory and Applications (VISAPP) 2008, 159-166.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import clip_rect
from webapp.py.geometry.spans import (
    NOTHING,
    Rect,
    Spans,
    gaps,
    mask_spans,
    move_spans,
    pieces,
    pixel_spans,
    rect_spans,
    spans_mask,
    spans_pixels,
    union,
    without,
)

_AT_ONCE = 4_000_000
"""Spans, or pixels, that are held in memory at once."""


def fill_holes(mask: Mask) -> Mask:
    """Return the mask with everything filled that it encloses.

    A hole is background from which no way leads outside over sides of pixels, as in
    ``scipy.ndimage.binary_fill_holes``: a ring closed by corners alone encloses.

    Examples
    --------
    >>> fill_holes(Mask(x=0, y=0, width=3, height=3, runs=[0, 4, 1, 4]))
    Mask(x=0, y=0, width=3, height=3, runs=[0, 9])
    """
    frame = _frame(mask, 1)
    spans = mask_spans(mask, frame)
    around = gaps(spans, frame[2] * frame[3])
    holes = pieces(around, frame[2]) > 0  # the first span of the background is outside
    return spans_mask(union(spans, _some(around, holes)), frame) or mask


def remove_specks(mask: Mask, size: int) -> Mask | None:
    """Return the mask without its pieces of fewer than ``size`` pixels; None when none is left.

    Examples
    --------
    >>> remove_specks(Mask(x=0, y=0, width=4, height=1, runs=[0, 1, 1, 2]), 2)
    Mask(x=2, y=0, width=2, height=1, runs=[0, 2])
    """
    frame = _frame(mask, 1)
    spans = mask_spans(mask, frame)
    number = pieces(spans, frame[2])
    large = np.bincount(number, weights=spans.lengths) >= size
    return spans_mask(_some(spans, large[number]), frame)


def split(mask: Mask) -> list[Mask]:
    """Return the connected pieces of a mask, in the order of their topmost, then leftmost pixels.

    Examples
    --------
    >>> split(Mask(x=0, y=0, width=3, height=1, runs=[0, 1, 1, 1]))
    [Mask(x=0, y=0, width=1, height=1, runs=[0, 1]), Mask(x=2, y=0, width=1, height=1, runs=[0, 1])]
    """
    frame = _frame(mask, 1)
    spans = mask_spans(mask, frame)
    number = pieces(spans, frame[2])
    order = np.argsort(number, kind="stable")
    bounds = np.cumsum(np.bincount(number))[:-1]
    found = zip(np.split(spans.starts[order], bounds), np.split(spans.ends[order], bounds), strict=True)
    return [piece for piece in (spans_mask(Spans(*one), frame) for one in found) if piece is not None]


def grow(mask: Mask, distance: int, width: int, height: int) -> Mask:
    """Return all pixels of an image of ``width`` x ``height`` at most ``distance`` away from the mask.

    Dilation by a disk: Euclidean distance between the centers of pixels, as in
    ``skimage.morphology.isotropic_dilation``.

    Examples
    --------
    >>> grow(Mask(x=1, y=1, width=1, height=1, runs=[0, 1]), 1, 9, 9)
    Mask(x=0, y=0, width=3, height=3, runs=[1, 1, 1, 3, 1, 1, 1])
    """
    frame = _frame(mask, distance + 1)
    grown = _dilated(mask_spans(mask, frame), distance, frame)
    inside = clip_rect(frame, width, height)
    return (None if inside is None else spans_mask(move_spans(grown, frame, inside), inside)) or mask


def shrink(mask: Mask, distance: int, width: int, height: int) -> Mask | None:
    """Return the pixels of a mask more than ``distance`` away from every pixel that is off; None if none is.

    Erosion by a disk, the counterpart of `grow`. What lies outside of the image of ``width`` x ``height``
    is not off: a mask that the edge of the image cuts does not retreat from it.

    Examples
    --------
    >>> shrink(Mask(x=0, y=1, width=3, height=3, runs=[0, 9]), 1, 9, 9)
    Mask(x=0, y=2, width=2, height=1, runs=[0, 2])
    """
    frame = _frame(mask, distance + 1)
    inside = clip_rect(frame, width, height)
    if inside is None:
        return None
    spans = mask_spans(mask, frame)
    size = frame[2] * frame[3]
    off = without(rect_spans(inside, frame), spans, size)
    return spans_mask(without(spans, _dilated(off, distance, frame), size), frame)


def smooth(mask: Mask, radius: int, width: int, height: int) -> Mask | None:
    """Return the mask with each pixel as most pixels are within ``radius`` of it; None when none is left.

    The median filter over a disk, which rounds corners and takes away what is thinner than its radius, but
    leaves straight edges where they are [1]_; as ``scipy.ndimage.median_filter`` with the mode ``nearest``:
    the pixels at the edge of the image go on outside.

    References
    ----------
    .. [1] T. S. Huang, G. J. Yang, G. Y. Tang, A fast two-dimensional median filtering algorithm, IEEE
       Transactions on Acoustics, Speech, and Signal Processing 27 (1979) 13-18.

    Examples
    --------
    >>> smooth(Mask(x=4, y=4, width=3, height=3, runs=[1, 1, 1, 6]), 1, 20, 20)  # a bump goes
    Mask(x=4, y=5, width=3, height=2, runs=[0, 6])
    """
    frame = clip_rect((mask.x, mask.y, mask.width, mask.height), width, height)
    if frame is None:
        return None
    spans = mask_spans(mask, frame)
    found = [
        Spans(part.starts + row * frame[2], part.ends + row * frame[2])
        for row, part in _smooth_strips(spans, frame, radius, width, height)
    ]
    return spans_mask(union(*found), frame)


def _smooth_strips(
    spans: Spans, frame: Rect, radius: int, width: int, height: int
) -> Iterator[tuple[int, Spans]]:
    """Work strip by strip, so that a large image needs little memory; the frame's edge is off or goes on."""
    left, top, wide, high = frame
    reach = [math.isqrt(radius * radius - down * down) for down in range(radius + 1)]
    most = sum(2 * r + 1 for r in reach[1:]) * 2 + 2 * radius + 1
    rows = max(_AT_ONCE // (wide + 2 * radius), 1)
    for row in range(0, high, rows):
        first, last = max(row - radius, 0), min(row + rows + radius, high)
        pixels = spans_pixels(spans, wide, (0, first, wide, last - first))
        across = radius, radius
        down = first - (row - radius), min(row + rows, high) + radius - last
        # Where the frame ends within the image, the mask ends; at the edge of the image it goes on.
        edge = left == 0, left + wide == width, top + first == 0, top + last == height
        padded = _extended(pixels, across, down, edge)
        sums = np.cumsum(np.pad(padded, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
        count = np.zeros((min(rows, high - row), wide), np.int32)
        for offset in range(-radius, radius + 1):
            half = reach[abs(offset)]
            line = sums[radius + offset : radius + offset + len(count)]
            count += line[:, radius + half + 1 : radius + half + 1 + wide]
            count -= line[:, radius - half : radius - half + wide]
        yield row, pixel_spans(2 * count > most)


def _extended(
    pixels: NDArray[np.uint8],
    across: tuple[int, int],
    down: tuple[int, int],
    edge: tuple[bool, bool, bool, bool],
) -> NDArray[np.uint8]:
    """Pad pixels on each side: with those at the edge where that is the image's, else with 0."""
    for axis, (before, after), (at_first, at_last) in ((1, across, edge[:2]), (0, down, edge[2:])):
        for amount, goes_on in (((before, 0), at_first), ((0, after), at_last)):
            margins = [(0, 0), (0, 0)]
            margins[axis] = amount
            pixels = np.pad(pixels, margins, mode="edge" if goes_on else "constant")
    return pixels


def _dilated(spans: Spans, distance: int, frame: Rect) -> Spans:
    """Return the spans moved to every row of a disk and widened as the disk is there."""
    size = frame[2] * frame[3]
    grown, waiting = NOTHING, 0
    copies: list[Spans] = []
    for down in range(-distance, distance + 1):
        half = math.isqrt(distance * distance - down * down)
        step = down * frame[2]
        starts, ends = spans.starts + (step - half), spans.ends + (step + half)
        copies.append(
            _some(Spans(np.maximum(starts, 0), np.minimum(ends, size)), (starts < size) & (ends > 0))
        )
        waiting += len(starts)
        if waiting > _AT_ONCE or down == distance:
            grown, waiting = union(grown, *copies), 0
            copies = []
    return grown


def _frame(mask: Mask, margin: int) -> Rect:
    return mask.x - margin, mask.y - margin, mask.width + 2 * margin, mask.height + 2 * margin


def _some(spans: Spans, chosen: NDArray[np.bool_]) -> Spans:
    return Spans(spans.starts[chosen], spans.ends[chosen])
