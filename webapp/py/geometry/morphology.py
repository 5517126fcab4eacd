"""Cleaning, growing, shrinking, smoothing and splitting masks, exact on pixels and computed on their spans.

Nothing here makes an array of the whole image: the cost grows with the outline of the mask [1]_. Pieces are
pixels that share sides (4-connectivity), as for contours.

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
"""Most spans, or pixels, in memory at once."""


def fill_holes(mask: Mask) -> Mask:
    """Return the mask with its holes filled.

    A hole is background without a path of shared sides to the outside, as in
    ``scipy.ndimage.binary_fill_holes``. A ring that is closed only by corners encloses a hole.

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
    """Return the mask without pieces of fewer than ``size`` pixels, or None if none is left.

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
    """Return the connected pieces of a mask, ordered by their topmost, then leftmost pixels.

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
    """Return the mask of all pixels within a distance of a mask.

    This is dilation by a disk, with Euclidean distances between the centers of pixels, as in
    ``skimage.morphology.isotropic_dilation``.

    Parameters
    ----------
    mask
        The mask.
    distance
        Largest distance, in pixels.
    width, height
        Size of the image, in pixels.

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
    """Return the pixels of a mask that are farther than a distance from every pixel that is off.

    This is erosion by a disk, the counterpart of `grow`. Nothing outside the image counts as off, so a mask
    does not retreat from the edge of the image. The result is None if no pixel is left.

    Parameters
    ----------
    mask
        The mask.
    distance
        In pixels.
    width, height
        Size of the image, in pixels.

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
    """Return the mask with each pixel set as most pixels around it are, or None if none is left.

    This is the median filter over a disk [1]_, which rounds corners and removes what is thinner than its
    radius, but keeps straight edges in place. It works as ``scipy.ndimage.median_filter`` with the mode
    ``nearest``: the pixels at the edge of the image continue outside.

    Parameters
    ----------
    mask
        The mask.
    radius
        Radius of the disk, in pixels.
    width, height
        Size of the image, in pixels.

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
    """Yield smoothed strips of a frame with their first rows, so that large images need little memory."""
    left, top, wide, high = frame
    reach = [math.isqrt(radius * radius - down * down) for down in range(radius + 1)]
    most = sum(2 * r + 1 for r in reach[1:]) * 2 + 2 * radius + 1
    rows = max(_AT_ONCE // (wide + 2 * radius), 1)
    for row in range(0, high, rows):
        first, last = max(row - radius, 0), min(row + rows + radius, high)
        pixels = spans_pixels(spans, wide, (0, first, wide, last - first))
        across = radius, radius
        down = first - (row - radius), min(row + rows, high) + radius - last
        # If the frame ends inside the image, the mask ends there. At the edge of the image it continues.
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
    """Pad pixels on each side: with the pixels at the edge if it is that of the image, else with 0."""
    for axis, (before, after), (at_first, at_last) in ((1, across, edge[:2]), (0, down, edge[2:])):
        for amount, goes_on in (((before, 0), at_first), ((0, after), at_last)):
            margins = [(0, 0), (0, 0)]
            margins[axis] = amount
            pixels = np.pad(pixels, margins, mode="edge" if goes_on else "constant")
    return pixels


def _dilated(spans: Spans, distance: int, frame: Rect) -> Spans:
    """Return the spans moved to every row of a disk, and widened by its width there."""
    size = frame[2] * frame[3]
    grown, held = NOTHING, 0
    copies: list[Spans] = []
    for down in range(-distance, distance + 1):
        half = math.isqrt(distance * distance - down * down)
        step = down * frame[2]
        starts, ends = spans.starts + (step - half), spans.ends + (step + half)
        copies.append(
            _some(Spans(np.maximum(starts, 0), np.minimum(ends, size)), (starts < size) & (ends > 0))
        )
        held += len(starts)
        if held > _AT_ONCE or down == distance:
            grown, held = union(grown, *copies), 0
            copies = []
    return grown


def _frame(mask: Mask, margin: int) -> Rect:
    return mask.x - margin, mask.y - margin, mask.width + 2 * margin, mask.height + 2 * margin


def _some(spans: Spans, chosen: NDArray[np.bool_]) -> Spans:
    return Spans(spans.starts[chosen], spans.ends[chosen])
