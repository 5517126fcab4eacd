"""Image planes in patient space: which point a pixel shows, which slice shows a point, where planes cross.

Points in space are in mm in patient coordinates: x to the left, y to the back, z to the head (DICOM PS3.3
C.7.6.2.1.1). Points in images are in pixels as in `webapp.py.domain.shapes`, so the center of the first
pixel, whose position the file gives, is (0.5, 0.5).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.py.domain.shapes import Point
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.series import SAME_DIRECTION, Vector, normal_of

SMALLEST = 1e-6
"""Smallest width and height of a pixel, in mm."""
ACROSS = math.cos(math.radians(45))
"""Cosine of the smallest angle at which planes count as crossing each other steeply."""
SQUARE = 1e-2
"""Largest cosine between the directions of rows and columns that count as perpendicular."""


@dataclass(frozen=True, slots=True)
class Plane:
    """The position of an image of ``columns`` x ``rows`` pixels in space.

    Parameters
    ----------
    origin
        The center of the first pixel, in mm.
    across, down
        The directions along a row and along a column: perpendicular, each of length 1.
    spacing
        Distance from column to column and from row to row in mm: along x and y, unlike `Header.spacing`.
    columns, rows
        Size of the image in pixels.
    space
        The UID of the frame of reference. Points of planes with different ones cannot be compared. Empty if
        the file has none.

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
        """The direction perpendicular to rows and columns, of length 1."""
        (ax, ay, az), (dx, dy, dz) = self.across, self.down
        return ay * dz - az * dy, az * dx - ax * dz, ax * dy - ay * dx

    @property
    def center(self) -> Vector:
        """The center of the image, in mm."""
        return self.to_patient((self.columns / 2, self.rows / 2))

    def to_patient(self, point: Point) -> Vector:
        """Return the point in space, in mm, of a point of the image in pixels."""
        right, below = (point[0] - 0.5) * self.spacing[0], (point[1] - 0.5) * self.spacing[1]
        x, y, z = (
            start + across * right + down * below
            for start, across, down in zip(self.origin, self.across, self.down, strict=True)
        )
        return x, y, z

    def to_image(self, place: Vector) -> Point:
        """Return the point of the plane nearest to a point in space, in pixels of the image."""
        way = _between(self.origin, place)
        return _dot(way, self.across) / self.spacing[0] + 0.5, _dot(way, self.down) / self.spacing[1] + 0.5

    def distance(self, place: Vector) -> float:
        """Return the distance of a point in space from the plane in mm, negative against the normal."""
        return _dot(_between(self.origin, place), self.normal)


def plane_of(header: Header) -> Plane | None:
    """Return the plane of a frame, or None if its file does not define one.

    Examples
    --------
    >>> flat = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    >>> header = Header(rows=2, columns=4, spacing=(2.0, 0.5), position=(0, 0, 7), orientation=flat)
    >>> plane_of(header).to_patient((4.0, 2.0))
    (1.75, 3.0, 7.0)
    >>> plane_of(Header(rows=2, columns=4)) is None
    True
    """
    position, spacing = header.position, header.spacing
    if normal_of(header.orientation) is None or len(position) != 3 or len(spacing) != 2:
        return None
    if min(spacing) < SMALLEST or header.at_detector:
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
    """Return whether positions of two planes can be compared: both have the same frame of reference.

    Examples
    --------
    >>> plane = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0), 2, 2, "1.2")
    >>> same_space(plane, plane), same_space(plane, None)
    (True, False)
    """
    return one is not None and other is not None and one.space != "" and one.space == other.space


def nearest_slice(place: Vector, planes: Sequence[Plane | None]) -> int | None:
    """Return which plane is nearest to a point in space, measured along its own normal.

    Of two equally near planes it is the first. A point beyond a stack is nearest to the slice at that end.

    Parameters
    ----------
    place
        The point, in mm.
    planes
        The planes, None where unknown. If all are, the result is None.

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
    """Return which slice a linked stack shows after another one has moved to a slice.

    Parameters
    ----------
    leader
        The plane that the leading stack shows now; None if its file does not define one.
    leader_index, leader_count
        Which slice of how many it is.
    follower
        The planes of the following stack in order; at least one.
    same_space
        Whether positions in both stacks can be compared (`same_space`).
    present
        Which slice the following stack shows now, if any.

    Returns
    -------
    int
        If positions can be compared, the slice nearest to the center of the leader's slice, in any direction.
        But a slice that crosses the leader's steeply stays, because it shows the same place already. If they
        cannot be compared, the slice at the same share of its stack: first and last slices match, and stacks
        of equal length move slice by slice.

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
        if present is not None and shown is not None and _crosses_steeply(leader, shown):
            return present
        found = nearest_slice(leader.center, follower)
        if found is not None:
            return found
    share = leader_index / (leader_count - 1) if leader_count > 1 else 0.0
    return min(max(math.floor(share * (len(follower) - 1) + 0.5), 0), len(follower) - 1)


def _crosses_steeply(one: Plane, other: Plane) -> bool:
    return abs(_dot(one.normal, other.normal)) < ACROSS and crossing(one, other) is not None


def crossing(plane: Plane, other: Plane) -> tuple[Point, Point] | None:
    """Return the reference line of another image: where its plane crosses this image.

    Parameters
    ----------
    plane
        The plane of this image.
    other
        The plane of the other image.

    Returns
    -------
    (point, point) or None
        The ends of the line in pixels of this image, within both images. None if the planes are parallel, the
        images do not reach each other, or their positions cannot be compared.

    Examples
    --------
    >>> axial = Plane((0.0, 0.0, 10.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0), 20, 20, "1.2")
    >>> sagittal = Plane((4.0, 5.0, 30.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0), (1.0, 1.0), 8, 40, "1.2")
    >>> crossing(axial, sagittal)  # the column through x = 4 mm, from y = 4.5 mm to 12.5 mm
    ((4.5, 5.0), (4.5, 13.0))
    """
    if not same_space(plane, other):
        return None
    # The distance of a point of this image from the other plane is linear in x and in y.
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
    """Return which part of a line is also inside an image, in units of the way from start to end.

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
