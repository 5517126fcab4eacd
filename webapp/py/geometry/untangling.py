"""Outlines drawn by hand that cross themselves, split into loops that do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from webapp.py.domain.shapes import Point
from webapp.py.geometry.crossings import crossing_edges, is_simple
from webapp.py.geometry.polygons import signed_area


def largest_loop(points: Sequence[Point]) -> tuple[list[Point], float] | None:
    """Return the largest simple loop of a closed contour, and its share of the area of all loops.

    A contour that crosses itself is split at the crossings: everything between two visits of a point is a
    loop of its own.

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels.

    Returns
    -------
    loop : list of (x, y)
        A loop that neither crosses nor touches itself: ``points`` without repetitions, if they do not.
    share : float
        Its area divided by the sum of the areas of all loops: 1 if there is only one.

    None if no loop has an area.

    Examples
    --------
    >>> largest_loop([(0, 0), (8, 0), (8, 8), (2, 8), (2, -2)])
    ([(2.0, 0.0), (8.0, 0.0), (8.0, 8.0), (2.0, 8.0)], 0.96)
    """
    xy = np.asarray(points, dtype=np.float64)
    xy = xy[np.any(xy != np.roll(xy, 1, axis=0), axis=1)]
    if len(xy) < 3:
        return None
    around: list[Point] = [(float(x), float(y)) for x, y in xy]
    if is_simple(around):
        return around, 1.0
    loops = [(abs(signed_area(loop)), loop) for loop in _loops(_with_crossings(around)) if is_simple(loop)]
    if not loops:
        return None
    total = sum(area for area, _ in loops)
    area, loop = max(loops, key=lambda one: one[0])
    return (loop, area / total) if area > 0 else None


def _with_crossings(points: Sequence[Point]) -> list[Point]:
    """Return the contour with a new point on both edges wherever two edges meet."""
    extra: dict[int, set[Point]] = {}
    count = len(points)
    for first, second in crossing_edges(points):
        a, b, c, d = points[first], points[(first + 1) % count], points[second], points[(second + 1) % count]
        for place in _meeting(a, b, c, d):
            extra.setdefault(first, set()).add(place)
            extra.setdefault(second, set()).add(place)
    line: list[Point] = []
    for edge, (x, y) in enumerate(points):
        line.append((x, y))
        line += sorted(extra.get(edge, ()), key=lambda at: (at[0] - x) ** 2 + (at[1] - y) ** 2)
    return [point for i, point in enumerate(line) if point != line[i - 1]]


def _meeting(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    """Return the point where two segments meet, or the ends of what they share."""
    ux, uy, vx, vy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    cross = ux * vy - uy * vx
    if cross:
        share = min(max(((c[0] - a[0]) * vy - (c[1] - a[1]) * vx) / cross, 0.0), 1.0)
        return [(a[0] + share * ux, a[1] + share * uy)]
    low, high = sorted((a, b))
    start, end = sorted((c, d))
    return [max(low, start), min(high, end)]


def _loops(line: Sequence[Point]) -> list[list[Point]]:
    """Split a contour at the points that it visits more than once."""
    loops: list[list[Point]] = []
    path: list[Point] = []
    place: dict[Point, int] = {}
    for point in line:
        if point in place:
            start = place[point]
            loops.append(path[start:])
            for passed in path[start + 1 :]:
                del place[passed]
            del path[start + 1 :]
        else:
            place[point] = len(path)
            path.append(point)
    return [loop for loop in (*loops, path) if len(loop) >= 3]
