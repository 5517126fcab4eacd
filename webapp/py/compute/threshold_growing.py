"""Growing a region over connected values of a slice or a volume, such as Hounsfield units."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from webapp.py.compute import texts
from webapp.py.compute.color_growing import connected
from webapp.py.compute.mask_operations import Packed
from webapp.py.compute.protocol import ComputeProblem, Progress
from webapp.py.domain.shapes import MOST_RUNS
from webapp.py.geometry.volume_masks import volume_masks

FIRST_REACH = 64.0
"""How far to look on each side at first, in mm (or pixels), doubled where that is not enough."""


class GrownBox(TypedDict):
    """A region: the index of the first voxel of a box around it, and which voxels of the box belong to it."""

    start: list[int]
    pixels: NDArray[np.bool_]


class GrownMasks(TypedDict):
    """A region as masks: its first slice, and its mask in that slice and in those that follow."""

    first: int
    masks: list[Packed]


def grow_volume(
    volume: NDArray[Any],
    seed: Sequence[int],
    low: float,
    high: float,
    distance: float = 0.0,
    spacing: Sequence[float] | None = None,
    fill_holes: bool = False,
) -> Generator[Progress, None, GrownMasks]:
    """Grow a region as `grow_values` does, and return it as one mask for each slice.

    Parameters
    ----------
    volume : array, shape (slices, rows, columns)
        Values, such as HU. Use one slice to grow within it.
    seed : (slice, row, column)
        Where it starts.
    low, high, distance, spacing
        As for `grow_values`.
    fill_holes : bool
        Whether voxels that the region encloses within a slice belong to it, whatever their values.

    Yields
    ------
    Progress
        While it grows, and before masks are made.

    Returns
    -------
    GrownMasks
        At least one mask, each as from `mask_operations.pack_region`.

    Raises
    ------
    ComputeProblem
        As for `grow_values`, or if the outline in a slice is too ragged for a mask.

    Examples
    --------
    >>> volume = np.array([[[450, 430, 90]], [[90, 480, 481]]], np.int16)
    >>> steps = grow_volume(volume, (0, 0, 0), -30, 30)
    >>> try:
    ...     while next(steps): pass
    ... except StopIteration as stop: stop.value["first"], [mask["box"] for mask in stop.value["masks"]]
    (0, [[0, 0, 2, 1], [1, 0, 1, 1]])
    """
    steps = tuple(spacing) if spacing is not None else None
    grown = yield from grow_values(volume, tuple(seed), low, high, distance, steps)
    _, top, left = grown["start"]
    yield Progress(0.9, texts.MAKING_MASKS)
    found = volume_masks(grown["pixels"], left, top, fill_holes)
    places = [place for place, mask in enumerate(found) if mask is not None]
    first = grown["start"][0] + places[0]
    masks: list[Packed] = []
    for mask in found[places[0] : places[-1] + 1]:
        assert mask is not None  # a connected region skips no slice
        if len(mask.runs) > MOST_RUNS:
            raise ComputeProblem(texts.TOO_RAGGED)
        masks.append({"kind": "mask", "box": list(mask.box), "runs": mask.runs})
    return {"first": first, "masks": masks}


def grow_values(
    values: NDArray[Any],
    seed: tuple[int, ...],
    low: float,
    high: float,
    distance: float = 0.0,
    spacing: tuple[float, ...] | None = None,
) -> Generator[Progress, None, GrownBox]:
    """Grow a region over connected values within a range around the value of the seed.

    Parameters
    ----------
    values : array, shape (rows, columns) or (slices, rows, columns)
        Values, such as HU.
    seed : index
        Where it starts.
    low, high : float
        The range relative to the value of the seed: -30 and 30 around a seed of 450 include 420 to 480.
    distance : float
        Largest distance from the seed, from center to center, in the unit of ``spacing``; 0: no limit.
    spacing : tuple of float, optional
        Distance of neighbors along each axis, for example in mm; 1 (pixels) by default.

    Yields
    ------
    Progress
        At the start, and each time the box grows.

    Returns
    -------
    GrownBox
        The region in the box that was examined. The seed always belongs to it. Neighbors share an edge in a
        slice, and a face in space.

    Raises
    ------
    ComputeProblem
        If the seed is outside, its value is not a number, or the range does not include it.

    References
    ----------
    R. Adams and L. Bischof, "Seeded region growing", IEEE Transactions on Pattern Analysis and Machine
    Intelligence 16(6), 1994.

    Examples
    --------
    >>> def done(steps):
    ...     try:
    ...         while True:
    ...             next(steps)
    ...     except StopIteration as stop:
    ...         return stop.value
    >>> slice_of_hu = np.array([[450, 430, 90], [419, 480, 481]], np.int16)
    >>> done(grow_values(slice_of_hu, (0, 0), -30, 30))
    {'start': [0, 0], 'pixels': array([[ True,  True, False],
           [False,  True, False]])}
    """
    steps = tuple(spacing) if spacing is not None else (1.0,) * values.ndim
    if len(seed) != values.ndim or not all(
        0 <= at < size for at, size in zip(seed, values.shape, strict=True)
    ):
        raise ComputeProblem(texts.START_OUTSIDE)
    middle = float(values[seed])
    if not np.isfinite(middle):
        raise ComputeProblem(texts.START_WITHOUT_VALUE)
    if low > 0 or high < 0 or min(steps) <= 0:
        raise ComputeProblem(texts.RANGE_WITHOUT_START)
    yield Progress(0.0, texts.GROWING)
    most = [
        int(np.ceil(distance / step)) if distance > 0 else size
        for step, size in zip(steps, values.shape, strict=True)
    ]
    ways = [[min(int(np.ceil(FIRST_REACH / step)), far)] * 2 for step, far in zip(steps, most, strict=True)]
    while True:
        box = tuple(
            slice(max(at - before, 0), min(at + after + 1, size))
            for at, (before, after), size in zip(seed, ways, values.shape, strict=True)
        )
        inner = tuple(at - side.start for at, side in zip(seed, box, strict=True))
        part = values[box]
        allowed = _in_range(part, middle + low, middle + high)
        if distance > 0:
            allowed &= _within(part.shape, inner, distance, steps)
        region = connected(allowed, inner, 1)
        open_sides = [
            (axis, end)
            for axis, end in _open_sides(region, box, values.shape)
            if ways[axis][end] < most[axis]
        ]
        if not open_sides:
            return {"start": [side.start for side in box], "pixels": region}
        yield Progress(min(0.9, part.size / values.size), texts.GROWING)
        for axis, end in open_sides:
            ways[axis][end] = min(2 * ways[axis][end], most[axis])


def _in_range(values: NDArray[Any], low: float, high: float) -> NDArray[np.bool_]:
    if values.dtype.kind in "iu":
        # Integers of the same type, moved so that the range starts at 0. Read as unsigned, lower values are
        # large ones, so one comparison checks both ends.
        ends, plain = np.iinfo(values.dtype), np.dtype(f"u{values.dtype.itemsize}")
        least, most = max(int(np.ceil(low)), ends.min), min(int(np.floor(high)), ends.max)
        moved = np.subtract(values, values.dtype.type(least)).view(plain)
        return np.asarray(moved <= plain.type(most - least))
    return np.asarray((values >= low) & (values <= high))


def _within(
    shape: tuple[int, ...], seed: tuple[int, ...], distance: float, steps: tuple[float, ...]
) -> NDArray[np.bool_]:
    squares = [
        ((np.arange(size) - at) * step) ** 2 for size, at, step in zip(shape, seed, steps, strict=True)
    ]
    # Spacings are decimal fractions in the file. A center at exactly this distance is included.
    return np.asarray(sum(np.ix_(*squares)) <= distance**2 * (1 + 1e-9))


def _open_sides(
    region: NDArray[np.bool_], box: tuple[slice, ...], shape: tuple[int, ...]
) -> Iterator[tuple[int, int]]:
    """Return the sides of its box, as axis and end (0, 1), beyond which a region may continue."""
    for axis, (side, size) in enumerate(zip(box, shape, strict=True)):
        if side.start > 0 and region.take(0, axis).any():
            yield axis, 0
        if side.stop < size and region.take(-1, axis).any():
            yield axis, 1
