"""Series of DICOM images: which images belong together, in which order, and what is wrong with them.

The order follows geometry (DICOM PS3.3 C.7.6.2): the position along the normal, never the name of the file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from webapp.py.imaging import texts
from webapp.py.imaging.dicom_header import Header

SAME_PLACE = 0.01
"""Largest distance of two slices at the same position, in mm."""
SAME_DIRECTION = 1e-3
"""Largest difference of the direction cosines of parallel slices."""
UNEVEN = 0.1
"""By which share of the usual distance a distance may differ before it counts as a gap."""

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Slice:
    """One frame of a stack: its item (file), its frame, and its position along the normal in mm."""

    item: int
    frame: int
    place: float


@dataclass(frozen=True, slots=True)
class Stack:
    """Parallel slices in order.

    ``distance`` is the usual distance of neighbors in mm, 0 if positions are not known. ``gaps`` counts the
    distances that are larger. ``repeated`` are slices left out because another one has the same position.

    Examples
    --------
    >>> Stack("1.2", (Slice(0, 0, 0.0), Slice(1, 0, 5.0)), distance=2.5, gaps=1).remarks
    ['Slices are missing in 1 place, where the distance is not 2.5 mm.']
    """

    series: str
    slices: tuple[Slice, ...]
    distance: float = 0.0
    gaps: int = 0
    repeated: tuple[Slice, ...] = ()

    @property
    def remarks(self) -> list[str]:
        """What a person should know about the stack, as sentences."""
        said = [texts.slices_missing(self.gaps, self.distance)] if self.gaps else []
        return [*said, texts.slices_repeated(len(self.repeated))] if self.repeated else said


def stacks_of(headers: Sequence[Header | None]) -> list[Stack]:
    """Return the stacks of a folder of DICOM images, ordered by series number and first file.

    Images of different series, size, orientation or frame of reference belong to different stacks. Images
    without geometry are ordered by instance number.

    Parameters
    ----------
    headers
        One for each file; None for a file that could not be read.

    References
    ----------
    DICOM PS3.3 C.7.6.2.1.1.

    Examples
    --------
    >>> flat = (1, 0, 0, 0, 1, 0)
    >>> def at(z): return Header(rows=2, columns=2, positions=[(0, 0, z)], orientation=flat)
    >>> (stack,) = stacks_of([at(5.0), at(0.0), at(2.5)])
    >>> [one.item for one in stack.slices], stack.distance
    ([1, 2, 0], 2.5)
    """
    groups: list[tuple[tuple[object, ...], tuple[float, ...], list[tuple[int, Header]]]] = []
    for item, header in enumerate(headers):
        if header is None:
            continue
        key, directions = _key(header), _directions(header)
        for other, others, members in groups:
            if other == key and _parallel(directions, others):
                members.append((item, header))
                break
        else:
            groups.append((key, directions, [(item, header)]))
    made = [_stack(members) for _, _, members in groups]
    return sorted(
        made,
        key=lambda stack: (
            _known(headers[stack.slices[0].item]).series_number,
            min(one.item for one in stack.slices),
        ),
    )


def normal_of(orientation: Sequence[float]) -> Vector | None:
    """Return the unit normal of an image plane, or None if rows and columns do not span a plane.

    Examples
    --------
    >>> normal_of((1, 0, 0, 0, 1, 0))
    (0.0, 0.0, 1.0)
    """
    if len(orientation) != 6:
        return None
    a, b, c, d, e, f = orientation
    # Written out: numpy takes a hundred times as long for three numbers, and this runs for every slice.
    x, y, z = b * f - c * e, c * d - a * f, a * e - b * d
    length = math.sqrt(x * x + y * y + z * z)
    return (x / length, y / length, z / length) if 0.5 < length < 2.0 else None


def _known(header: Header | None) -> Header:
    assert header is not None
    return header


def _key(header: Header) -> tuple[object, ...]:
    return (
        header.study,
        header.series,
        header.frame_of_reference,
        header.rows,
        header.columns,
        header.color,
    )


def _directions(header: Header) -> tuple[float, ...]:
    """Return the direction cosines of an image with a position in space, nothing for other images."""
    placed = header.positions and normal_of(header.orientation) is not None
    return header.orientation if placed else ()


def _parallel(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(one) == len(other) and all(
        abs(first - second) < SAME_DIRECTION for first, second in zip(one, other, strict=True)
    )


def _stack(members: list[tuple[int, Header]]) -> Stack:
    first = members[0][1]
    normal = normal_of(first.orientation)
    if normal is None or not all(header.positions for _, header in members):
        ordered = sorted(members, key=lambda member: (member[1].instance_number, member[0]))
        flat = [Slice(item, frame, 0.0) for item, header in ordered for frame in range(header.frames)]
        return Stack(first.series, tuple(flat))
    slices = sorted(
        (
            Slice(item, frame, float(np.dot(position, normal)))
            for item, header in members
            for frame, position in enumerate(header.positions)
        ),
        key=lambda one: (one.place, one.item, one.frame),
    )
    kept: list[Slice] = []
    repeated: list[Slice] = []
    for one in slices:
        if kept and one.place - kept[-1].place < SAME_PLACE:
            repeated.append(one)
        else:
            kept.append(one)
    ways = [after.place - before.place for before, after in pairwise(kept)]
    usual = float(np.median(ways)) if ways else 0.0
    gaps = sum(way > usual * (1 + UNEVEN) for way in ways)
    return Stack(first.series, tuple(kept), round(usual, 4), gaps, tuple(repeated))
