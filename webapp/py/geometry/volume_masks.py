"""A region of a volume as one mask for each slice, all made at once because array operations are costly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from webapp.py.geometry.spans import Places, Rect, Spans, gaps, pieces, pixel_spans, rows_of, union


class MaskRuns(NamedTuple):
    """A mask as its box and run lengths, an array of uint32 (see `webapp.py.domain.shapes.Mask`)."""

    box: Rect
    runs: NDArray[np.uint32]


def volume_masks(
    pixels: NDArray[np.bool_], x: int = 0, y: int = 0, fill_holes: bool = False
) -> list[MaskRuns | None]:
    """Return the mask of each slice of a region.

    Parameters
    ----------
    pixels : array of bool, shape (slices, rows, columns)
        Which voxels belong to the region.
    x, y : int
        Column and row of ``pixels[:, 0, 0]`` in the images.
    fill_holes : bool
        Whether to fill the holes of each mask, as `webapp.py.geometry.morphology.fill_holes` does.

    Returns
    -------
    list of MaskRuns or None
        Masks with tight boxes; None for a slice without pixels.

    Examples
    --------
    >>> ring = np.array([[[1, 1, 1], [1, 0, 1], [1, 1, 1]], [[0, 0, 0], [0, 0, 0], [0, 0, 0]]], bool)
    >>> volume_masks(ring, x=5)
    [MaskRuns(box=(5, 0, 3, 3), runs=array([0, 4, 1, 4], dtype=uint32)), None]
    >>> volume_masks(ring, x=5, fill_holes=True)[0].runs
    array([0, 9], dtype=uint32)
    """
    slices, rows, columns = pixels.shape
    # One tall image. A row between slices and a column at the side are off, as the outside of all slices.
    framed = np.zeros((slices * (rows + 1) + 1, columns + 1), bool)
    framed[1:].reshape(slices, rows + 1, columns + 1)[:, :rows, :columns] = pixels
    spans = pixel_spans(framed)
    if fill_holes:
        around = gaps(spans, framed.size)
        holes = pieces(around, columns + 1) > 0  # the first span of the background is outside
        spans = union(spans, Spans(around.starts[holes], around.ends[holes]))
    line, lefts, rights = rows_of(spans, columns + 1)
    places, line = np.divmod(line - 1, rows + 1)
    found: list[MaskRuns | None] = [None] * slices
    if len(places):
        for place, (box, runs) in _masks(places, line, lefts, rights):
            found[place] = MaskRuns((x + box[0], y + box[1], box[2], box[3]), runs)
    return found


def _masks(places: Places, rows: Places, lefts: Places, rights: Places) -> list[tuple[int, MaskRuns]]:
    """Return the masks of runs of pixels, which are sorted by slice, row and column."""
    slices, heads = np.unique(places, return_index=True)
    tails = np.append(heads[1:], len(places)) - 1
    left, right = np.minimum.reduceat(lefts, heads), np.maximum.reduceat(rights, heads)
    top, width, height = rows[heads], right - left, rows[tails] + 1 - rows[heads]
    own = np.repeat(np.arange(len(slices)), tails - heads + 1)
    starts = (rows - top[own]) * width[own] + lefts - left[own]
    ends = starts + rights - lefts
    # A run can continue from the end of a row to the start of the next.
    continues = (starts[1:] == ends[:-1]) & (own[1:] == own[:-1])
    begins, stops = np.append(True, ~continues), np.append(~continues, True)
    starts, ends, own = starts[begins], ends[stops], own[begins]
    bounds = np.searchsorted(own, np.arange(len(slices) + 1))
    before = np.append(np.int64(0), ends[:-1])
    before[bounds[:-1]] = 0
    runs = np.stack([starts - before, ends - starts], axis=1).reshape(-1).astype(np.uint32)
    rest = (width * height - ends[bounds[1:] - 1]).astype(np.uint32)
    found: list[tuple[int, MaskRuns]] = []
    for at, place in enumerate(slices.tolist()):
        own_runs = runs[2 * bounds[at] : 2 * bounds[at + 1]]
        box = int(left[at]), int(top[at]), int(width[at]), int(height[at])
        found.append((place, MaskRuns(box, np.append(own_runs, rest[at]) if rest[at] else own_runs.copy())))
    return found
