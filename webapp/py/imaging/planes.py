"""Image planes in the patient's space: which pixel is which point, which slice shows it, where planes meet.

Points of space are millimetres in the patient's coordinates: x to the left, y to the back, z to the head
(DICOM PS3.3 C.7.6.2.1.1). Points of images are pixels as in `webapp.py.domain.shapes`, so that the middle of
the first pixel, whose place the file tells, is (0.5, 0.5).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.py.domain.shapes import Point
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.series import SAME_DIRECTION, Vector, normal_of

SMALLEST = 1e-6
"""Millimetres that a pixel is wide and high at least."""
ACROSS = math.cos(math.radians(45))
"""Cosine of the angle from which on planes stand across each other."""
SQUARE = 1e-2
"""Largest cosine between the directions of rows and columns that stand square on each other."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Where an image of ``columns`` x ``rows`` pixels lies in space.

    Parameters
    ----------
    origin
        The middle of the first pixel, in mm.
    across, down
        The directions along a row and along a column, each of length 1 and square on the other.
    spacing
        Millimetres from column to column and from row to row: along x and y, unlike `Header.spacing`.
    columns, rows
        Size of the image in pixels.
    space
        The UID of the frame of reference; points of planes with another one cannot be compared. Empty where
        the file names none.

    References
    ----------
    DICOM PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1.

    Examples
    --------
    >>> plane = Plane((-10.0, -20.0, 5.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.5, 2.0), 4, 3, "1.2")
    >>> plane.to_patient((0.5, 0.5)), plane.to_patient((2.5, 1.5))
    ((-10.0, -20.0, 5.0), (-9.0, -18.0, 5.0))
    >>> plane.to_image((-9.0, -18.0, 77.0))
    (2.5, 1.5)
    >>> plane.normal, plane.distance((0.0, 0.0, 8.0))
    ((0.0, 0.0, 1.0), 3.0)
    """

    origin: Vector
    across: Vector
    down: Vector
    spacing: tuple[float, float]
    columns: int
    rows: int
    space: str = ""

    @property
    def normal(self) -> Vector:
        """The direction square on rows and columns, of length 1."""
        (ax, ay, az), (dx, dy, dz) = self.across, self.down
        return ay * dz - az * dy, az * dx - ax * dz, ax * dy - ay * dx

    @property
    def center(self) -> Vector:
        """The middle of the image, in mm."""
        return self.to_patient((self.columns / 2, self.rows / 2))

    def to_patient(self, point: Point) -> Vector:
        """Return where a point of the image, in pixels, lies in space."""
        right, below = (point[0] - 0.5) * self.spacing[0], (point[1] - 0.5) * self.spacing[1]
        x, y, z = (
            start + across * right + down * below
            for start, across, down in zip(self.origin, self.across, self.down, strict=True)
        )
        return x, y, z

    def to_image(self, place: Vector) -> Point:
        """Return the point of the plane, in pixels of the image, that is nearest to a point of space."""
        way = _between(self.origin, place)
        return _dot(way, self.across) / self.spacing[0] + 0.5, _dot(way, self.down) / self.spacing[1] + 0.5

    def distance(self, place: Vector) -> float:
        """Return how far a point of space lies from the plane, in mm; below 0 against the normal."""
        return _dot(_between(self.origin, place), self.normal)


def plane_of(header: Header, frame: int = 0) -> Plane | None:
    """Return where a frame of an image lies; None where its file does not say, or not in a way that can be.

    Examples
    --------
    >>> flat = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    >>> header = Header(rows=2, columns=4, spacing=(2.0, 0.5), positions=[(0, 0, 7)], orientation=flat)
    >>> plane_of(header).to_patient((4.0, 2.0))
    (1.75, 3.0, 7.0)
    >>> plane_of(Header(rows=2, columns=4)) is None
    True
    """
    if normal_of(header.orientation) is None or not 0 <= frame < len(header.positions):
        return None
    position, spacing = header.positions[frame], header.spacing
    if len(position) != 3 or len(spacing) != 2 or min(spacing) < SMALLEST or header.at_detector:
        return None
    across, down = _unit(header.orientation[:3]), _unit(header.orientation[3:])
    if not all(map(math.isfinite, (*position, *across, *down, *spacing))) or abs(_dot(across, down)) > SQUARE:
        return None
    x, y, z = (float(value) for value in position)
    return Plane(
        (x, y, z),
        across,
        down,
        (float(spacing[1]), float(spacing[0])),
        header.columns,
        header.rows,
        header.frame_of_reference,
    )


def same_space(one: Plane | None, other: Plane | None) -> bool:
    """Tell whether places of two planes can be compared: both name the same frame of reference.

    Examples
    --------
    >>> plane = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0), 2, 2, "1.2")
    >>> same_space(plane, plane), same_space(plane, None)
    (True, False)
    """
    return one is not None and other is not None and one.space != "" and one.space == other.space


def nearest_slice(place: Vector, planes: Sequence[Plane | None]) -> int | None:
    """Return which plane lies nearest to a point of space, along its own normal; None where none is known.

    Of two that are as near the first. A point beyond a stack is nearest to the slice at that end.

    Examples
    --------
    >>> def at(z): return Plane((0.0, 0.0, z), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0), 8, 8, "1.2")
    >>> nearest_slice((3.0, 99.0, 5.4), [at(0.0), at(3.0), at(6.0)])
    2
    """
    known = [index for index, plane in enumerate(planes) if plane is not None]

    def away(index: int) -> float:
        plane = planes[index]
        assert plane is not None
        return abs(plane.distance(place))

    return min(known, key=away, default=None)


def linked_index(
    leader: Plane | None,
    leader_index: int,
    leader_count: int,
    follower: Sequence[Plane | None],
    same_space: bool,
    present: int | None = None,
) -> int:
    """Return which slice a linked stack goes to when another one has gone to a slice.

    Parameters
    ----------
    leader
        Where the slice lies that the leading stack shows now; None where its file does not say.
    leader_index, leader_count
        Which slice of how many it is.
    follower
        Where the slices of the following stack lie, in their order; at least one.
    same_space
        Whether places in both stacks can be compared (`same_space`).
    present
        Which slice the following stack shows now, if any.

    Returns
    -------
    int
        By position: the slice nearest to the middle of the leader's, whatever the directions of both; but a
        slice that stands across the leader's and meets it stays, for it shows the same place already. Where
        positions cannot be compared: the one as far through its stack, so that first and last slices meet and
        stacks of equal length go slice by slice.

    Examples
    --------
    >>> def at(z): return Plane((0.0, 0.0, z), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0), 8, 8, "1.2")
    >>> linked_index(at(6.4), 3, 4, [at(0.0), at(3.0), at(6.0), at(9.0), at(12.0)], same_space=True)
    2
    >>> linked_index(at(6.4), 3, 4, [None] * 9, same_space=False)
    8
    """
    if same_space and leader is not None:
        shown = follower[present] if present is not None else None
        if present is not None and shown is not None and _stands_across(leader, shown):
            return present
        found = nearest_slice(leader.center, follower)
        if found is not None:
            return found
    share = leader_index / (leader_count - 1) if leader_count > 1 else 0.0
    return min(max(math.floor(share * (len(follower) - 1) + 0.5), 0), len(follower) - 1)


def _stands_across(one: Plane, other: Plane) -> bool:
    return abs(_dot(one.normal, other.normal)) < ACROSS and crossing(one, other) is not None


def crossing(plane: Plane, other: Plane) -> tuple[Point, Point] | None:
    """Return the reference line of another image: where its plane crosses this image.

    Returns
    -------
    (point, point) or None
        The ends of the line in pixels of this image, as far as both images reach. None where the planes are
        parallel, where the images do not reach each other, or where their places cannot be compared.

    Examples
    --------
    >>> axial = Plane((0.0, 0.0, 10.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0), 20, 20, "1.2")
    >>> sagittal = Plane((4.0, 5.0, 30.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0), (1.0, 1.0), 8, 40, "1.2")
    >>> crossing(axial, sagittal)  # the column through x = 4 mm, from y = 4.5 mm to 12.5 mm
    ((4.5, 5.0), (4.5, 13.0))
    """
    if not same_space(plane, other):
        return None
    # How far a point of this image lies from the other plane grows evenly along x and along y.
    right = _dot(plane.across, other.normal)
    below = _dot(plane.down, other.normal)
    if math.hypot(right, below) < SAME_DIRECTION:
        return None
    right, below = right * plane.spacing[0], below * plane.spacing[1]
    share = -other.distance(plane.to_patient((0.0, 0.0))) / (right * right + below * below)
    foot = right * share, below * share
    beside = foot[0] - below, foot[1] + right
    start, end = other.to_image(plane.to_patient(foot)), other.to_image(plane.to_patient(beside))
    within = _within(foot, beside, (plane.columns, plane.rows), (-math.inf, math.inf))
    within = _within(start, end, (other.columns, other.rows), within)
    if not within[0] < within[1]:
        return None
    first, last = ((foot[0] - below * step, foot[1] + right * step) for step in within)
    return (first, last) if first <= last else (last, first)


def _within(
    start: Point, end: Point, size: tuple[int, int], steps: tuple[float, float]
) -> tuple[float, float]:
    """Return which part of a line lies in an image as well, in steps of the way from start to end.

    Y.-D. Liang and B. A. Barsky, A new concept and method for line clipping, ACM Transactions on Graphics 3
    (1984), 1-22.
    """
    low, high = steps
    for begin, step, most in zip(start, _flat_between(start, end), size, strict=True):
        if abs(step) < 1e-12:
            if not 0 <= begin <= most:
                return 0.0, 0.0
            continue
        enters, leaves = sorted((-begin / step, (most - begin) / step))
        low, high = max(low, enters), min(high, leaves)
    return low, high


def _flat_between(start: Point, end: Point) -> Point:
    return end[0] - start[0], end[1] - start[1]


def _between(start: Vector, end: Vector) -> Vector:
    return end[0] - start[0], end[1] - start[1], end[2] - start[2]


def _dot(one: Vector, other: Vector) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _unit(direction: Sequence[float]) -> Vector:
    length = math.hypot(*direction)
    x, y, z = (value / length for value in direction)
    return x, y, z
