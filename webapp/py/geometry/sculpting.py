"""Pushing the contours of a polygon with a disk, from inside or outside.

The area that the disk sweeps is added to the polygon (pushed from inside) or removed from it (from outside),
as in set operations on polygons after Weiler and Atherton [1]_. This area is convex, which keeps the code
short. Every result is checked before it is returned, so no contour ever crosses itself or another.

References
----------
.. [1] K. Weiler, P. Atherton, Hidden surface removal using polygon area sorting, SIGGRAPH Computer Graphics
   11, 2 (1977) 214-222.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from webapp.py.domain.shapes import Point, Polygon
from webapp.py.geometry.crossings import Coordinates, are_nested, is_simple, turns
from webapp.py.geometry.polygons import contains, nearest_edge, signed_area

_TAPER = 0.03
"""How much narrower the swept area is at its start, as a share of the radius. Otherwise its rim would run
along the contour that the step before has made, and such lines have no clear crossings."""
_RADII = (1.0, 0.9991, 0.9977, 0.9953, 0.992)
"""Shares of the radius to try in turn, if the rim still touches a vertex or runs along an edge."""
_CLOSE = 0.4
"""Share of the spacing: points closer than this to where contour and rim meet are left out ..."""
_STRAIGHT = 0.4
"""... if that changes the contour by less than this share of it."""


def sculpt(
    polygon: Polygon, start: Point, end: Point, radius: float, spacing: float, *, outward: bool
) -> Polygon | None:
    """Return the polygon after pushing a disk straight from ``start`` to ``end``.

    Parameters
    ----------
    polygon : Polygon
        A polygon whose contours do not cross themselves or each other, in pixels.
    start, end : (x, y)
        Centers of the disk, in pixels.
    radius : float
        Radius of the disk, in pixels.
    spacing : float
        Largest distance of points along the rim of the disk, in pixels.
    outward : bool
        Whether the swept area is added to the polygon instead of removed. A gap that is closed becomes a
        hole. If the polygon is split, the largest piece is kept.

    Returns
    -------
    Polygon or None
        ``polygon`` itself if the disk touches none of its contours. None if nothing would be left.

    Examples
    --------
    >>> square = Polygon([(0, 0), (40, 0), (40, 40), (0, 40)])
    >>> pushed = sculpt(square, (20, 20), (35, 20), radius=10, spacing=2, outward=True)
    >>> round(max(x for x, y in pushed.points), 1)
    45.0
    >>> sculpt(square, (20, 20), (21, 20), radius=5, spacing=2, outward=True) is square
    True
    """
    for share in _RADII:
        rim = _rim(start, end, radius * share, spacing)
        try:
            loops = _combined(_oriented(polygon), rim, outward)
        except _Unclear:
            continue
        if loops is None:
            return polygon
        for closest in (spacing * _CLOSE, 0.0):
            result = _polygon(loops, closest)
            if result is None:
                return None
            if all(is_simple(contour) for contour in (result.points, *result.holes)) and are_nested(result):
                return result
    return polygon


class _Unclear(Exception):
    """Contour and rim touch or run along each other, so it is not clear where they cross."""


@dataclass(slots=True)
class _Piece:
    """Consecutive points of a loop. Those of a contour start and end where it meets the rim."""

    points: list[Point]
    is_rim: bool


Loop = list[_Piece]


def _rim(start: Point, end: Point, radius: float, spacing: float) -> list[Point]:
    """Return the outline of the swept area, clockwise on screen: two arcs with straight sides between."""
    (x0, y0), (x1, y1) = start, end
    length, way = math.dist(start, end), math.atan2(y1 - y0, x1 - x0)
    narrow = radius * (1 - _TAPER)
    if length <= radius - narrow:
        return _arc(end, radius, way + 0.1, way + 0.1 + math.tau, spacing)[:-1]
    # The angle between the direction and the points where the tangents touch both circles.
    angle = math.acos((narrow - radius) / length)
    front = _arc(end, radius, way - angle, way + angle, spacing)
    back = _arc(start, narrow, way + angle, way - angle + math.tau, max(spacing, radius / 3))
    return [*front, *_between(front[-1], back[0], spacing), *back, *_between(back[-1], front[0], spacing)]


def _arc(middle: Point, radius: float, begin: float, end: float, spacing: float) -> list[Point]:
    count = max(math.ceil((end - begin) * radius / spacing), 8)
    angles = np.linspace(begin, end, count + 1)
    xs, ys = middle[0] + radius * np.cos(angles), middle[1] + radius * np.sin(angles)
    return list(zip(xs.tolist(), ys.tolist(), strict=True))


def _between(begin: Point, end: Point, spacing: float) -> list[Point]:
    count = math.ceil(math.dist(begin, end) / spacing)
    (x0, y0), (x1, y1) = begin, end
    return [(x0 + (x1 - x0) * i / count, y0 + (y1 - y0) * i / count) for i in range(1, count)]


def _oriented(polygon: Polygon) -> list[list[Point]]:
    """Return the contours, each with the inside of the polygon on its right."""
    contours = [polygon.points, *polygon.holes]
    wanted = [True] + [False] * len(polygon.holes)
    return [
        list(contour) if (signed_area(contour) > 0) == clockwise else list(reversed(contour))
        for contour, clockwise in zip(contours, wanted, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Crossing:
    """Where a contour crosses the rim: how far along each of them, and whether inwards."""

    contour: int
    along: float
    on_rim: float
    point: Point
    entering: bool


def _combined(contours: Sequence[list[Point]], rim: list[Point], outward: bool) -> list[Loop] | None:
    """Return the loops that contours and rim form together, or None if the rim changes nothing."""
    crossings: list[_Crossing] = []
    swallowed: list[int] = []
    kept: list[int] = []
    around = np.asarray(rim, dtype=np.float64)
    for number, contour in enumerate(contours):
        found = _crossings(number, np.asarray(contour, dtype=np.float64), around)
        crossings += found
        if not found:
            (swallowed if _covers(around, contour[0]) else kept).append(number)
    if not crossings and not swallowed:
        return None
    loops: list[Loop] = [[_Piece(contours[number], False)] for number in kept]
    if not crossings:
        if outward:
            return [[_Piece(rim, True)]] if 0 in swallowed else loops
        return [] if 0 in swallowed else [*loops, [_Piece(rim[::-1], True)]]
    return [*loops, *_traced(contours, rim, crossings, outward)]


def _crossings(number: int, contour: Coordinates, rim: Coordinates) -> list[_Crossing]:
    """Return the crossings of a contour with the rim, ordered along the contour."""
    ahead = np.roll(contour, -1, axis=0)
    low, high = rim.min(axis=0), rim.max(axis=0)
    near = ((np.maximum(contour, ahead) >= low) & (np.minimum(contour, ahead) <= high)).all(axis=1)
    edges = np.flatnonzero(near)
    if not len(edges):
        return []
    first = np.repeat(edges, len(rim))
    second = np.tile(np.arange(len(rim)), len(edges))
    a, b = contour[first], ahead[first]
    c, d = rim[second], np.roll(rim, -1, axis=0)[second]
    close = ((np.maximum(a, b) >= np.minimum(c, d)) & (np.minimum(a, b) <= np.maximum(c, d))).all(axis=1)
    first, second = first[close], second[close]
    a, b, c, d = (one[close] for one in (a, b, c, d))
    to_c, to_d, to_a, to_b = turns(a, b, c), turns(a, b, d), turns(c, d, a), turns(c, d, b)
    if np.any((to_c * to_d <= 0) & (to_a * to_b <= 0) & (to_a * to_b * to_c * to_d == 0)):
        raise _Unclear
    crossing = (to_c * to_d < 0) & (to_a * to_b < 0)
    first, second = first[crossing], second[crossing]
    a, b, c, d = (one[crossing] for one in (a, b, c, d))
    entering = to_b[crossing] > 0
    u, v, w = b - a, d - c, c - a
    cross = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    along = np.clip((w[:, 0] * v[:, 1] - w[:, 1] * v[:, 0]) / cross, 0.0, 1.0 - 1e-12)
    on_rim = np.clip((w[:, 0] * u[:, 1] - w[:, 1] * u[:, 0]) / cross, 0.0, 1.0 - 1e-12)
    points = a + along[:, None] * u
    found = [
        _Crossing(number, edge + share, other + part, (x, y), inwards)
        for edge, share, other, part, (x, y), inwards in zip(
            first.tolist(),
            along.tolist(),
            second.tolist(),
            on_rim.tolist(),
            points.tolist(),
            entering.tolist(),
            strict=True,
        )
    ]
    found.sort(key=lambda one: one.along)
    _must_alternate(found)
    return found


def _must_alternate(crossings: Sequence[_Crossing]) -> None:
    if any(one.entering == crossings[i - 1].entering for i, one in enumerate(crossings)):
        raise _Unclear


def _covers(rim: Coordinates, point: Point) -> bool:
    """Return whether a point is inside the convex rim."""
    at = np.broadcast_to(np.asarray(point, dtype=np.float64), rim.shape)
    return bool(np.all(turns(rim, np.roll(rim, -1, axis=0), at) > 0))


def _traced(
    contours: Sequence[list[Point]], rim: list[Point], crossings: Sequence[_Crossing], outward: bool
) -> list[Loop]:
    """Follow contours outside the rim, and the rim from where one enters to where one leaves."""
    on_contour: dict[int, list[_Crossing]] = {}
    for one in crossings:
        on_contour.setdefault(one.contour, []).append(one)
    on_rim = sorted(crossings, key=lambda one: one.on_rim)
    _must_alternate(on_rim)
    place = {id(one): index for index, one in enumerate(on_rim)}
    following = {
        id(one): line[(index + 1) % len(line)]
        for line in on_contour.values()
        for index, one in enumerate(line)
    }
    open_ends = {id(one): one for one in crossings if not one.entering}
    loops: list[Loop] = []
    while open_ends:
        _, leaving = open_ends.popitem()
        first, loop = leaving, list[_Piece]()
        while True:
            entry = following[id(leaving)]
            outside = _stretch(contours[leaving.contour], leaving.along, entry.along)
            loop.append(_Piece([leaving.point, *outside, entry.point], False))
            leaving = on_rim[(place[id(entry)] + (1 if outward else -1)) % len(on_rim)]
            if outward:
                edge = _stretch(rim, entry.on_rim, leaving.on_rim)
            else:
                edge = _stretch(rim, leaving.on_rim, entry.on_rim)[::-1]
            loop.append(_Piece(edge, True))
            if leaving is first:
                break
            if open_ends.pop(id(leaving), None) is None:
                raise _Unclear
        loops.append(loop)
    return loops


def _stretch(points: list[Point], begin: float, end: float) -> list[Point]:
    """Return the points between two places on a closed line, each the number of an edge plus a share."""
    first, last = int(begin) + 1, int(end)
    return points[first : last + 1] if end > begin else points[first:] + points[: last + 1]


def _polygon(loops: Sequence[Loop], closest: float) -> Polygon | None:
    """Return the polygon of the largest outline with its holes, or None if no outline is left."""
    contours = [_thinned(loop, closest) for loop in loops]
    areas = [signed_area(contour) if len(contour) >= 3 else 0.0 for contour in contours]
    if max(areas, default=0.0) <= 0:
        return None
    outline = contours[areas.index(max(areas))]
    new = [len(loop) > 1 for loop in loops]
    smallest = [(3 * closest) ** 2 if is_new else 0.0 for is_new in new]
    holes = [
        contour
        for contour, area, least in zip(contours, areas, smallest, strict=True)
        if -area > least and contains(outline, contour[0])
    ]
    return Polygon(outline, holes)


def _thinned(loop: Loop, closest: float) -> list[Point]:
    """Return the points of a loop without those too close to a joint or, on the rim, to each other."""
    if len(loop) == 1:
        return loop[0].points
    points: list[Point] = []
    for piece in loop:
        if piece.is_rim:
            for point in piece.points:
                if math.dist(point, points[-1]) >= closest:
                    points.append(point)
            continue
        leaving, *outside, entry = piece.points
        _join(points, leaving, closest)
        begin = 0
        while begin < len(outside) - 1 and _is_unnecessary(
            leaving, outside[begin], outside[begin + 1], closest
        ):
            begin += 1
        points += outside[begin:]
        _join(points, entry, closest)
    while len(points) > 3 and _is_unnecessary(points[0], points[-1], points[-2], closest):
        points.pop()
    return points


def _join(points: list[Point], joint: Point, closest: float) -> None:
    """Add a joint, and remove the points before it that it makes unnecessary."""
    while len(points) > 1 and _is_unnecessary(joint, points[-1], points[-2], closest):
        points.pop()
    points.append(joint)


def _is_unnecessary(joint: Point, point: Point, beyond: Point, closest: float) -> bool:
    """Return whether a point is close to the joint before it and almost on the line to the next."""
    near = math.dist(point, joint) < closest
    return near and nearest_edge((joint, beyond), point, closed=False)[1] < closest * _STRAIGHT
