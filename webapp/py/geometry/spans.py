"""Regions as sorted spans of pixels: set operations whose cost depends on the outline, not on the area.

A rectangle of the image, the frame, is read row by row as one line of pixels: pixel (column, row) is at
``(row - y) * width + (column - x)``. A region is the spans of that line that are on: the start and the end
(exclusive) of each, in order, without two that touch. If a frame is wider than the region in it, spans never
continue from one row to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Mask

Places = NDArray[np.int64]
Rect = tuple[int, int, int, int]
"""Left column, top row, width and height, in pixels."""

_WORD = 8
_ALL_ON = np.uint64(0x0101010101010101)


class Spans(NamedTuple):
    """Starts and ends (exclusive) of the spans of a region, each of shape (count,), int64."""

    starts: Places
    ends: Places

    @property
    def lengths(self) -> Places:
        """The number of pixels of each span."""
        return self.ends - self.starts


NOTHING = Spans(np.zeros(0, np.int64), np.zeros(0, np.int64))


def mask_spans(mask: Mask, frame: Rect) -> Spans:
    """Return the spans of a mask in a frame, without parts outside the frame.

    Examples
    --------
    >>> mask_spans(Mask(x=1, y=0, width=2, height=2, runs=[0, 3, 1]), (0, 0, 4, 3))
    Spans(starts=array([1, 5]), ends=array([3, 6]))
    """
    turns = np.cumsum(np.fromiter(mask.runs, np.int64, count=len(mask.runs)))
    spans = Spans(turns[0:-1:2], turns[1::2])
    return move_spans(spans, (mask.x, mask.y, mask.width, mask.height), frame)


def move_spans(spans: Spans, old: Rect, new: Rect) -> Spans:
    """Return spans of one frame in another frame, without parts outside it.

    Parameters
    ----------
    spans
        Spans in the old frame.
    old, new : (x, y, width, height)
        The frames, in pixels of the image.

    Examples
    --------
    >>> move_spans(Spans(np.array([1]), np.array([4])), (0, 0, 3, 2), (-1, 0, 3, 2))
    Spans(starts=array([2, 4]), ends=array([3, 5]))
    """
    rows, lefts, rights = rows_of(spans, old[2])
    rows += old[1] - new[1]
    lefts = np.maximum(lefts + (old[0] - new[0]), 0)
    rights = np.minimum(rights + (old[0] - new[0]), new[2])
    inside = (lefts < rights) & (rows >= 0) & (rows < new[3])
    if not inside.all():
        rows, lefts, rights = rows[inside], lefts[inside], rights[inside]
    return union(Spans(rows * new[2] + lefts, rows * new[2] + rights))


def rows_of(spans: Spans, width: int) -> tuple[Places, Places, Places]:
    """Return row, first column and end column of each span. Spans over several rows are split.

    Examples
    --------
    >>> rows_of(Spans(np.array([1]), np.array([4])), 3)
    (array([0, 1]), array([1, 0]), array([3, 1]))
    """
    first, last = spans.starts // width, (spans.ends - 1) // width
    lefts, rights = spans.starts - first * width, spans.ends - last * width
    count = (last - first + 1).astype(np.intp)
    if not len(count) or count.max() == 1:
        return first, lefts, rights
    ends = np.cumsum(count)
    rows = np.repeat(first, count) + np.arange(ends[-1]) - np.repeat(ends - count, count)
    wide_lefts, wide_rights = np.zeros_like(rows), np.full_like(rows, width)
    wide_lefts[ends - count] = lefts
    wide_rights[ends - 1] = rights
    return rows, wide_lefts, wide_rights


def spans_mask(spans: Spans, frame: Rect) -> Mask | None:
    """Return the mask of the spans of a frame, with a tight box, or None if there are no spans.

    Raises
    ------
    ValueError
        If it has more runs than a mask can have (`webapp.py.domain.shapes.MOST_RUNS`).

    Examples
    --------
    >>> spans_mask(Spans(np.array([1, 5]), np.array([3, 6])), (0, 0, 4, 3))
    Mask(x=1, y=0, width=2, height=2, runs=[0, 3, 1])
    """
    if not len(spans.starts):
        return None
    rows, lefts, rights = rows_of(spans, frame[2])
    top, left = int(rows[0]), int(lefts.min())
    width, height = int(rights.max()) - left, int(rows[-1]) + 1 - top
    line = (rows - top) * width - left
    tight = union(Spans(line + lefts, line + rights))
    turns = np.empty(2 * len(tight.starts) + 1, np.int64)
    turns[0:-1:2], turns[1::2], turns[-1] = tight.starts, tight.ends, width * height
    runs = np.diff(turns, prepend=0)
    filled = runs[:-1] if runs[-1] == 0 else runs
    return Mask(x=frame[0] + left, y=frame[1] + top, width=width, height=height, runs=filled.tolist())


def pixel_spans(pixels: NDArray[np.uint8] | NDArray[np.bool_]) -> Spans:
    """Return the spans of an array of pixels of shape (height, width), which is the frame.

    Words of eight equal pixels, which most are, are skipped.

    Examples
    --------
    >>> pixel_spans(np.array([[0, 1, 1], [1, 0, 7]], dtype=np.uint8))
    Spans(starts=array([1, 5]), ends=array([4, 6]))
    """
    line = np.ascontiguousarray(pixels if pixels.itemsize == 1 else pixels != 0).reshape(-1).view(np.uint8)
    whole = line.size // _WORD * _WORD
    words = line[:whole].view("<u8")
    chosen = _turning(words)
    # The rest is one more word, filled up with pixels that are off.
    rest = np.zeros(_WORD, np.uint8)
    rest[: line.size - whole] = line[whole:]
    before = np.where(chosen > 0, words[chosen - 1], np.uint64(0)) if whole else words[:0]
    values = np.append(words[chosen], rest.view("<u8"))
    before = np.append(before, words[-1:] if whole else np.zeros(1, np.uint64))
    turns = np.flatnonzero(_turns(values, before))
    places = np.append(chosen, whole // _WORD).astype(np.int64)[turns // _WORD] * _WORD + turns % _WORD
    return Spans(places[0::2], places[1::2])


def _turns(words: NDArray[np.uint64], before: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return whether each pixel of words differs from the one before; ``before`` are the words before."""
    if np.any((words | before) & ~_ALL_ON):  # pixels that are on may have other values than 1
        words, before = ((part.view(np.uint8) != 0).view("<u8") for part in (words, before))
    return (words ^ (words << np.uint64(8) | before >> np.uint64(56))).view(np.bool_)


def _turning(words: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return the indices of words whose pixels may differ from each other or from the pixel before."""
    changes = np.append(np.flatnonzero(words[1:] != words[:-1]) + 1, len(words))
    if len(words):
        changes = np.insert(changes, 0, 0)
    # Most words equal the one before. Equal words count too if they are neither all off nor all on.
    first, values = changes[:-1], words[changes[:-1]]
    times = np.where((values == 0) | (values == _ALL_ON), 1, np.diff(changes))
    ends = np.cumsum(times)
    return np.repeat(first - ends + times, times) + np.arange(ends[-1] if len(ends) else 0)


def spans_line(spans: Spans, size: int, on: int = 1) -> NDArray[np.uint8]:
    """Return all pixels of a frame as one line.

    Pixels are set in words of eight. Only the ends of spans are set one by one.

    Parameters
    ----------
    spans
        Spans in the frame.
    size
        Number of pixels of the frame.
    on
        The value of pixels that are on, up to 255. The others are 0.

    Returns
    -------
    array of shape (size,), uint8

    Examples
    --------
    >>> spans_line(Spans(np.array([1, 5]), np.array([3, 6])), 7)
    array([0, 1, 1, 0, 0, 1, 0], dtype=uint8)
    """
    first, last = -(-spans.starts // _WORD), spans.ends // _WORD
    whole = first < last
    steps = np.zeros(size // _WORD + 1, np.int8)
    steps[first[whole].astype(np.intp)] += 1
    steps[last[whole].astype(np.intp)] -= 1
    line = (np.cumsum(steps, dtype=np.int8).astype(np.uint64) * (_ALL_ON * np.uint64(on))).view(np.uint8)
    lefts = np.concatenate([spans.starts, last[whole] * _WORD])
    rights = np.concatenate([np.where(whole, first * _WORD, spans.ends), spans.ends[whole]])
    count = (rights - lefts).astype(np.intp)
    ends = np.cumsum(count)
    line[np.repeat(lefts.astype(np.intp) - ends + count, count) + np.arange(count.sum())] = on
    return line[:size]


def spans_pixels(spans: Spans, width: int, rect: Rect) -> NDArray[np.uint8]:
    """Return the pixels of a rectangle of a frame of ``width`` columns, 1 = on.

    Parameters
    ----------
    spans : Spans
        Spans in the frame.
    width : int
        Width of the frame, in pixels.
    rect : (x, y, width, height)
        A rectangle inside the frame, relative to its top-left corner.

    Returns
    -------
    array of shape (height, width), uint8

    Examples
    --------
    >>> spans_pixels(Spans(np.array([1, 5]), np.array([3, 6])), 4, (1, 0, 2, 2))
    array([[1, 1],
           [1, 0]], dtype=uint8)
    """
    left, top, wide, high = rect
    # Only the spans of these rows, then only their parts inside the rectangle.
    first = int(np.searchsorted(spans.ends, top * width, side="right"))
    last = int(np.searchsorted(spans.starts, (top + high) * width, side="left"))
    if first == last:
        return np.zeros((high, wide), np.uint8)
    near = Spans(spans.starts[first:last], spans.ends[first:last])
    rows, lefts, rights = rows_of(near, width)
    rows = rows - top
    lefts, rights = np.clip(lefts - left, 0, wide), np.clip(rights - left, 0, wide)
    shown = (lefts < rights) & (rows >= 0) & (rows < high)
    rows, lefts, rights = rows[shown], lefts[shown], rights[shown]
    steps = np.zeros((high, wide + 1), np.int8)
    flat = steps.reshape(-1)
    flat[(rows * (wide + 1) + lefts).astype(np.intp)] = 1
    flat[(rows * (wide + 1) + rights).astype(np.intp)] -= 1
    return np.cumsum(steps[:, :wide], axis=1, dtype=np.int8).view(np.uint8)


def at_least(count: int, regions: Sequence[Spans]) -> Spans:
    """Return the pixels that are on in ``count`` or more of the regions of one frame.

    In sorted order, from start number ``i`` (from 0) to end number ``i - count + 1``, pixels are in ``count``
    or more regions. So a count of 1 gives the union, and ``len(regions)`` the intersection.

    Examples
    --------
    >>> one, other = Spans(np.array([0]), np.array([5])), Spans(np.array([3, 8]), np.array([6, 9]))
    >>> at_least(2, [one, other])
    Spans(starts=array([3]), ends=array([5]))
    """
    starts = np.sort(np.concatenate([region.starts for region in regions]), kind="stable")
    ends = np.sort(np.concatenate([region.ends for region in regions]), kind="stable")
    starts, ends = starts[count - 1 :], ends[: len(ends) - count + 1]
    if count > 1:
        shared = starts < ends
        starts, ends = starts[shared], ends[shared]
    return _joined(starts, ends)


def union(*regions: Spans) -> Spans:
    """Return the pixels that are on in any of the regions of one frame.

    Examples
    --------
    >>> union(Spans(np.array([0, 7]), np.array([5, 8])), Spans(np.array([5]), np.array([6])))
    Spans(starts=array([0, 7]), ends=array([6, 8]))
    """
    return _joined(*regions[0]) if len(regions) == 1 else at_least(1, regions)


def _joined(starts: Places, ends: Places) -> Spans:
    """Merge sorted spans that touch or overlap."""
    apart = starts[1:] > ends[:-1]
    if apart.all():
        return Spans(starts, ends)
    return Spans(
        np.concatenate([starts[:1], starts[1:][apart]]), np.concatenate([ends[:-1][apart], ends[-1:]])
    )


def gaps(region: Spans, size: int) -> Spans:
    """Return the pixels of a frame of ``size`` pixels that are not on in a region.

    Examples
    --------
    >>> gaps(Spans(np.array([0, 7]), np.array([5, 8])), 9)
    Spans(starts=array([5, 8]), ends=array([7, 9]))
    """
    starts, ends = np.insert(region.ends, 0, 0), np.append(region.starts, size)
    some = starts < ends
    return Spans(starts[some], ends[some])


def without(region: Spans, other: Spans, size: int) -> Spans:
    """Return the pixels of a region that are not in another one.

    Parameters
    ----------
    region, other
        Spans in the same frame.
    size
        Number of pixels of the frame.

    Examples
    --------
    >>> without(Spans(np.array([0]), np.array([5])), Spans(np.array([1]), np.array([2])), 9)
    Spans(starts=array([0, 2]), ends=array([1, 5]))
    """
    return at_least(2, [region, gaps(other, size)])


def rect_spans(rect: Rect, frame: Rect) -> Spans:
    """Return the spans of a rectangle of the image in a frame that contains it.

    Examples
    --------
    >>> rect_spans((1, 1, 2, 2), (0, 0, 4, 4))
    Spans(starts=array([5, 9]), ends=array([ 7, 11]))
    """
    starts = (np.arange(rect[3], dtype=np.int64) + (rect[1] - frame[1])) * frame[2] + (rect[0] - frame[0])
    return union(Spans(starts, starts + rect[2]))


def pieces(region: Spans, width: int) -> NDArray[np.intp]:
    """Number the connected pieces of a region. Pixels that share a side are connected (4-connectivity).

    Spans are connected to those that they touch in the next row. Each step attaches the piece with the larger
    number to a neighbor and shortens all paths [1]_. The number of steps is logarithmic.

    Parameters
    ----------
    region : Spans
    width : int
        Width of the frame, in which an empty column separates the rows.

    Returns
    -------
    array of shape (spans,), intp
        The piece of each span, numbered from 0 in the order of first spans.

    References
    ----------
    .. [1] Y. Shiloach and U. Vishkin, An O(log n) parallel connectivity algorithm, Journal of Algorithms 3
       (1982) 57-67.

    Examples
    --------
    >>> pieces(Spans(np.array([0, 2, 5]), np.array([1, 4, 7])), 5)
    array([0, 1, 0])
    """
    below = region.starts + width, region.ends + width
    first = np.searchsorted(region.ends, below[0], side="right")
    count = np.maximum(np.searchsorted(region.starts, below[1], side="left") - first, 0)
    upper = np.repeat(np.arange(len(first)), count)
    ends = np.cumsum(count)
    lower = np.repeat(first, count) + np.arange(len(upper)) - np.repeat(ends - count, count)
    number = np.arange(len(first))
    while True:
        one, other = number[upper], number[lower]
        apart = one != other
        if not apart.any():
            return np.unique(number, return_inverse=True)[1].astype(np.intp)
        upper, lower, one, other = upper[apart], lower[apart], one[apart], other[apart]
        np.minimum.at(number, np.maximum(one, other), np.minimum(one, other))
        shorter = number[number]
        while (shorter != number).any():
            number, shorter = shorter, shorter[shorter]
