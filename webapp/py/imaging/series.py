"""Series of DICOM images: which images belong together, in which order, and what is wrong with them.

The order follows geometry (DICOM PS3.3 C.7.6.2): the position along the normal, never the name of the file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from webapp.py.imaging import texts
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.series_splitting import Member, Part, in_time, split

SAME_PLACE = (1e-4, 0.01)
"""Limits of the largest distance of two slices at the same position, in mm."""
SAME_SHARE = 0.1
"""Largest distance of two slices at the same position, as a share of the mean distance of all slices."""
SAME_SIZE = 1e-3
"""Largest relative difference of the spacings of one stack."""
SAME_DIRECTION = 1e-3
"""Largest difference of the direction cosines of parallel slices."""
UNEVEN = 0.1
"""By which share of the usual distance a distance may differ before it counts as a gap."""

Vector = tuple[float, float, float]
_Kind = tuple[tuple[object, ...], tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Slice:
    """One image of a stack: its item, and its position along the normal in mm."""

    item: int
    place: float


@dataclass(frozen=True, slots=True)
class Stack:
    """Parallel slices in order.

    ``distance`` is the usual distance of neighbors in mm, 0 if positions are not known. ``gaps`` counts the
    distances that are larger. ``repeated`` are slices left out because another one has the same position.
    ``name`` says by what the stack differs from others of the series, empty if it is the only one.

    Examples
    --------
    >>> Stack("1.2", (Slice(0, 0.0), Slice(1, 5.0)), distance=2.5, gaps=1).remarks
    ['Slices are missing in 1 place, where the distance is not 2.5 mm.']
    """

    series: str
    slices: tuple[Slice, ...]
    distance: float = 0.0
    gaps: int = 0
    repeated: tuple[Slice, ...] = ()
    name: str = ""

    @property
    def remarks(self) -> list[str]:
        """What a person should know about the stack, as sentences."""
        said = [texts.slices_missing(self.gaps, self.distance)] if self.gaps else []
        return [*said, texts.slices_repeated(len(self.repeated))] if self.repeated else said


def stacks_of(headers: Sequence[Header | None]) -> list[Stack]:
    """Return the stacks of a folder of DICOM images, ordered by series number and first file.

    Images of different series, size, spacing, orientation or frame of reference belong to different stacks,
    and so do several images at the same places: one stack for each echo, time, b-value, and so on. Images at
    a single place, such as a movie, form a stack in the order of time. Images without geometry are ordered by
    instance number.

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
    >>> def at(z): return Header(rows=2, columns=2, position=(0, 0, z), orientation=flat)
    >>> (stack,) = stacks_of([at(5.0), at(0.0), at(2.5)])
    >>> [one.item for one in stack.slices], stack.distance
    ([1, 2, 0], 2.5)
    """
    groups: list[tuple[_Kind, list[tuple[int, Header]]]] = []
    for item, header in enumerate(headers):
        if header is None:
            continue
        kind = _kind(header)
        for other, members in groups:
            if _alike(kind, other):
                members.append((item, header))
                break
        else:
            groups.append((kind, [(item, header)]))
    series = sorted((members for _, members in groups), key=lambda one: (one[0][1].series_number, one[0][0]))
    return [stack for members in series for stack in _stacks(members, _size_name(members[0][1], series))]


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


def _kind(header: Header) -> _Kind:
    """Return what images of a stack have in common: what is equal, directions in space, and spacing."""
    placed = header.position and normal_of(header.orientation) is not None
    key = (
        header.study,
        header.series,
        header.frame_of_reference,
        header.rows,
        header.columns,
        header.color,
        header.at_detector,
    )
    return key, header.orientation if placed else (), header.spacing


def _alike(one: _Kind, other: _Kind) -> bool:
    return (
        one[0] == other[0]
        and (one[1] == other[1] or _parallel(one[1], other[1]))
        and (one[2] == other[2] or _same_size(one[2], other[2]))
    )


def _parallel(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(one) == len(other) and all(
        abs(first - second) < SAME_DIRECTION for first, second in zip(one, other, strict=True)
    )


def _same_size(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(one) == len(other) and all(
        math.isclose(first, second, rel_tol=SAME_SIZE) for first, second in zip(one, other, strict=True)
    )


def _size_name(header: Header, groups: Sequence[Sequence[tuple[int, Header]]]) -> str:
    """Return the size of the pixels as a name if the series has pixels of other sizes, too."""
    others = [members[0][1] for members in groups if members[0][1].series == header.series]
    if len(header.spacing) != 2 or all(_same_size(one.spacing, header.spacing) for one in others):
        return ""
    return texts.pixels_of(header.spacing[1], header.spacing[0])


def _stacks(members: list[tuple[int, Header]], name: str) -> list[Stack]:
    first = members[0][1]
    normal = normal_of(first.orientation)
    placed = normal is not None and all(header.position for _, header in members)
    heights = {item: _along(header.position, normal) for item, header in members} if placed and normal else {}
    places = _places(heights)
    if (len(set(places.values())) < 2 and len(members) > 1) or not placed:
        ordered = sorted(members, key=lambda member: in_time(member[1], member[0]))
        return [Stack(first.series, tuple(Slice(item, 0.0) for item, _ in ordered), name=name)]
    parts = split([Member(item, header, places[item]) for item, header in members])
    return [_stack(first.series, part, heights, name) for part in parts]


def _median(values: Sequence[float]) -> float:
    ordered, middle = sorted(values), len(values) // 2
    return (ordered[middle] + ordered[~middle]) / 2 if ordered else 0.0


def _along(position: Sequence[float], normal: Vector) -> float:
    # Written out, as above.
    (x, y, z), (a, b, c) = position, normal
    return float(x * a + y * b + z * c)


def _places(heights: dict[int, float]) -> dict[int, int]:
    """Return which place each image is at, counted along the normal, by item; the heights are in mm."""
    ordered = sorted(heights, key=lambda item: heights[item])
    if not ordered:
        return {}
    mean = (heights[ordered[-1]] - heights[ordered[0]]) / max(len(ordered) - 1, 1)
    same = min(max(SAME_SHARE * mean, SAME_PLACE[0]), SAME_PLACE[1])
    places, start, place = {}, heights[ordered[0]], 0
    for item in ordered:
        if heights[item] - start >= same:
            start, place = heights[item], place + 1
        places[item] = place
    return places


def _stack(series: str, part: Part, heights: dict[int, float], name: str) -> Stack:
    def slices(members: Sequence[Member]) -> tuple[Slice, ...]:
        return tuple(Slice(member.item, heights[member.item]) for member in members)

    kept = slices(part.kept)
    ways = [after.place - before.place for before, after in pairwise(kept)]
    usual = _median(ways)
    gaps = sum(way > usual * (1 + UNEVEN) for way in ways)
    title = " · ".join(filter(None, (name, part.name)))
    return Stack(series, kept, round(usual, 6), gaps, slices(part.repeated), title)
