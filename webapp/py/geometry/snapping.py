"""Points on closed contours, and the way along a contour from one to another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from webapp.py.domain.shapes import Point
from webapp.py.geometry.polygons import nearest_edge, nearest_point


@dataclass(frozen=True, slots=True)
class Foot:
    """A point on a closed contour.

    Attributes
    ----------
    point
        In pixels.
    place
        Where it is along the contour: ``edge + share``, from 0 up to the number of points. A whole number is
        a point of the contour.
    """

    point: Point
    place: float


def foot_on(contour: Sequence[Point], point: Point, reach: float) -> Foot | None:
    """Return the point of a closed contour near a point, or None if none is near.

    A vertex within reach comes before the edges, even if an edge is nearer.

    Parameters
    ----------
    contour : sequence of (x, y)
        In pixels.
    point : (x, y)
        In pixels.
    reach : float
        Largest distance, in pixels.

    Examples
    --------
    >>> square = [(0, 0), (8, 0), (8, 8), (0, 8)]
    >>> foot_on(square, (7.5, 0.5), 1), foot_on(square, (4, 0.5), 1), foot_on(square, (4, 4), 1)
    (Foot(point=(8, 0), place=1.0), Foot(point=(4.0, 0.0), place=0.5), None)
    """
    vertex, distance = nearest_point(contour, point)
    if distance <= reach:
        return Foot(contour[vertex], float(vertex))
    edge, distance, at = nearest_edge(contour, point)
    if distance > reach:
        return None
    start, end = contour[edge], contour[(edge + 1) % len(contour)]
    # Below 1, so that the place is on this edge.
    share = min(math.dist(start, at) / math.dist(start, end), math.nextafter(1.0, 0.0))
    return Foot(at, edge + share)


def way_along(contour: Sequence[Point], start: Foot, end: Foot, *, longer: bool = False) -> list[Point]:
    """Return the vertices of a closed contour strictly between two of its points, the shorter way round.

    Parameters
    ----------
    contour : sequence of (x, y)
        In pixels.
    start, end
        Points on it, as `foot_on` returns them.
    longer
        Whether to take the longer way.

    Examples
    --------
    >>> square = [(0, 0), (8, 0), (8, 8), (0, 8)]
    >>> top, right = foot_on(square, (6, 0), 1), foot_on(square, (8, 3), 1)
    >>> way_along(square, top, right), way_along(square, top, right, longer=True)
    ([(8, 0)], [(0, 0), (0, 8), (8, 8)])
    """
    count = len(contour)
    ahead = end.place if end.place >= start.place else end.place + count
    onward = [contour[at % count] for at in range(math.floor(start.place) + 1, math.ceil(ahead))]
    behind = end.place if end.place <= start.place else end.place - count
    back = [contour[at % count] for at in range(math.ceil(start.place) - 1, math.floor(behind), -1)]
    is_shorter = _length([start.point, *onward, end.point]) <= _length([start.point, *back, end.point])
    return onward if is_shorter != longer else back


def _length(line: Sequence[Point]) -> float:
    return sum(math.dist(one, other) for one, other in pairwise(line))
