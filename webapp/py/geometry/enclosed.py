"""The area around a point that lines enclose: a face of the arrangement of the lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point, Polygon
from webapp.py.geometry.polygons import contains, signed_area

Segments = NDArray[np.float64]
"""Segments, an array of shape (n, 4): x and y of the start, x and y of the end."""
_DECIMALS = 6
"""Points that agree to so many decimals, in pixels, are one."""
_PAIRS_AT_ONCE = 200_000
Indices = NDArray[np.intp]


def enclosed_area(segments: Segments, point: Point) -> Polygon | None:
    """Return the area around a point up to the segments around it, or None if they do not enclose it.

    Segments may cross, touch, and lie on each other; their loose ends do not matter. What is inside the
    area becomes its holes.

    Parameters
    ----------
    segments : array of float, shape (n, 4)
        Start and end of each, in pixels.
    point : (x, y)
        In pixels, on no segment.

    Returns
    -------
    Polygon or None
        Its contours are segments and parts of them.

    References
    ----------
    M. de Berg et al., Computational Geometry, 3rd ed. (2008), section 2.2: the doubly-connected edge list.

    Examples
    --------
    >>> lines = segments_of([([(0, 0), (9, 0), (9, 9), (0, 9)], True), ([(4, -2), (4, 12)], False)])
    >>> enclosed_area(lines, (2, 5)).points, enclosed_area(lines, (12, 5))
    ([(0.0, 0.0), (4.0, 0.0), (4.0, 9.0), (0.0, 9.0)], None)
    """
    if not len(segments):
        return None
    loops = _loops(*_split(segments))
    areas = np.array([signed_area(loop) for loop in loops])
    boxes = np.array([[*np.min(loop, axis=0), *np.max(loop, axis=0)] for loop in loops]).reshape(-1, 4)
    around = _smallest_around(loops, areas, boxes, point)
    if around is None:
        return None
    inside = _boxes_within(boxes, boxes[around])
    holes = []
    for at in np.flatnonzero(inside & (areas < 0)).tolist():
        # A loop around faces that are in another one is a hole of that.
        nearer = inside & (areas > 0) & (areas < areas[around]) & _boxes_around(boxes, boxes[at])
        between = (loops[face] for face in np.flatnonzero(nearer).tolist())
        if _encloses(loops[around], loops[at]) and not any(_encloses(face, loops[at]) for face in between):
            holes.append([loops[at][0], *reversed(loops[at][1:])])
    return Polygon(loops[around], holes)


def segments_of(lines: Iterable[tuple[Sequence[Point], bool]]) -> Segments:
    """Return the edges of lines, each with whether it is closed.

    Examples
    --------
    >>> segments_of([([(0, 0), (4, 0), (4, 4)], True)]).tolist()
    [[0.0, 0.0, 4.0, 0.0], [4.0, 0.0, 4.0, 4.0], [4.0, 4.0, 0.0, 0.0]]
    """
    found = [np.zeros((0, 4))]
    for points, closed in lines:
        start = np.asarray(points, dtype=np.float64)
        edges = np.hstack([start, np.roll(start, -1, axis=0)])
        found.append(edges if closed else edges[:-1])
    return np.concatenate(found)


def _split(segments: Segments) -> tuple[NDArray[np.float64], Indices]:
    """Return vertices and edges between them, once every segment is cut where another one meets it."""
    segments = np.round(segments, _DECIMALS)
    owners: list[Indices] = [np.arange(len(segments)), np.arange(len(segments))]
    points = [segments[:, :2], segments[:, 2:]]
    for first, second in _near_pairs(segments):
        for owner, place in _meetings(segments, first, second):
            owners.append(owner)
            points.append(place)
    owner, point = np.concatenate(owners), np.round(np.concatenate(points), _DECIMALS)
    unique, inverse = np.unique(point, axis=0, return_inverse=True)
    vertices: NDArray[np.float64] = unique.astype(np.float64)
    number: Indices = inverse.reshape(-1).astype(np.intp)
    # Along each segment in order: the way from its start grows.
    start, end = segments[owner, :2], segments[owner, 2:]
    far = np.einsum("ij,ij->i", vertices[number] - start, end - start)
    order = np.lexsort((far, owner))
    owner, number = owner[order], number[order]
    joined = (owner[1:] == owner[:-1]) & (number[1:] != number[:-1])
    pairs = np.sort(np.stack([number[:-1][joined], number[1:][joined]], axis=1), axis=1)
    edges: Indices = np.unique(pairs, axis=0).astype(np.intp)
    return vertices, edges


def _near_pairs(segments: Segments) -> Iterator[tuple[Indices, Indices]]:
    """Yield the pairs of segments whose boxes overlap, in blocks."""
    low = np.minimum(segments[:, :2], segments[:, 2:])
    high = np.maximum(segments[:, :2], segments[:, 2:])
    order = np.argsort(low[:, 0], kind="stable")
    places = np.arange(len(segments))
    others = np.searchsorted(low[order, 0], high[order, 0], side="right") - places - 1
    blocks = np.cumsum(others, dtype=np.int64) // _PAIRS_AT_ONCE
    for block in range(int(blocks[-1]) + 1):
        chosen = places[blocks == block]
        first = np.repeat(chosen, others[chosen])
        ahead = np.arange(len(first)) - np.repeat(np.cumsum(others[chosen]) - others[chosen], others[chosen])
        one, other = order[first], order[first + 1 + ahead]
        near = (low[one, 1] <= high[other, 1]) & (low[other, 1] <= high[one, 1])
        yield one[near], other[near]


def _meetings(segments: Segments, first: Indices, second: Indices) -> list[tuple[Indices, Segments]]:
    """Return which segments are cut, and where: at crossings, and at ends that lie on another segment."""
    a, b = segments[first, :2], segments[first, 2:]
    c, d = segments[second, :2], segments[second, 2:]
    found: list[tuple[Indices, Segments]] = []
    for owner, start, end, place in (
        *((first, a, b, c), (first, a, b, d)),
        *((second, c, d, a), (second, c, d, b)),
    ):
        on = _on_segment(start, end, place)
        found.append((owner[on], place[on]))
    along, across = b - a, d - c
    turn = along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0]
    offset = c - a
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (offset[:, 0] * across[:, 1] - offset[:, 1] * across[:, 0]) / turn
        other = (offset[:, 0] * along[:, 1] - offset[:, 1] * along[:, 0]) / turn
    crossing = (turn != 0) & (share > 0) & (share < 1) & (other > 0) & (other < 1)
    place = a[crossing] + share[crossing, None] * along[crossing]
    return [*found, (first[crossing], place), (second[crossing], place)]


def _on_segment(start: Segments, end: Segments, place: Segments) -> NDArray[np.bool_]:
    """Return which places are on their segments, up to rounding."""
    along, offset = end - start, place - start
    length = np.hypot(along[:, 0], along[:, 1])
    turn = np.abs(along[:, 0] * offset[:, 1] - along[:, 1] * offset[:, 0])
    far = np.einsum("ij,ij->i", along, offset)
    slack = 10.0**-_DECIMALS
    inside = (far > -slack * length) & (far < length * (length + slack))
    return np.asarray((length > 0) & (turn <= slack * length) & inside)


def _loops(vertices: NDArray[np.float64], edges: Indices) -> list[list[Point]]:
    """Return the contours of all faces: counterclockwise in the plane around a face, else of what is in one.

    Edges with the same face on both sides, such as loose ends, are removed first.
    """
    while True:
        origin = np.concatenate([edges[:, 0], edges[:, 1]])
        twin = (np.arange(len(origin)) + len(edges)) % max(len(origin), 1)
        following = _following(vertices, origin, twin)
        number = _cycles(following)
        loose = number[: len(edges)] == number[len(edges) :]
        if not loose.any():
            break
        edges = edges[~loose]
    loops: list[list[Point]] = []
    seen = np.zeros(len(origin), np.bool_)
    places = [(float(x), float(y)) for x, y in vertices]
    for first in range(len(origin)):
        if seen[first]:
            continue
        loop, at = [], first
        while not seen[at]:
            seen[at] = True
            loop.append(places[origin[at]])
            at = int(following[at])
        loops.append(_without_straight(loop))
    return loops


def _following(vertices: NDArray[np.float64], origin: Indices, twin: Indices) -> Indices:
    """Return for each directed edge the next one around the face on its left."""
    way = vertices[origin[twin]] - vertices[origin]
    angle = np.arctan2(way[:, 1], way[:, 0])
    order = np.lexsort((angle, origin))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    start = np.searchsorted(origin[order], origin[order], side="left")
    stop = np.searchsorted(origin[order], origin[order], side="right")
    # At the end of an edge, the one before the way back in order of angle.
    back = rank[twin]
    before = np.where(back == start[back], stop[back] - 1, back - 1)
    return np.asarray(order[before], dtype=np.intp)


def _cycles(following: Indices) -> Indices:
    """Return a number for each directed edge, the same along one contour."""
    number = np.full(len(following), -1, np.intp)
    steps = following.tolist()
    for first in range(len(steps)):
        at = first
        while number[at] < 0:
            number[at] = first
            at = steps[at]
    return number


def _without_straight(loop: list[Point]) -> list[Point]:
    """Return a contour without points on a straight line between their neighbors."""
    xy = np.asarray(loop)
    before, after = xy - np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0) - xy
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    kept = [point for point, bent in zip(loop, turn != 0, strict=True) if bent]
    return kept if len(kept) >= 3 else loop


def _smallest_around(
    loops: Sequence[list[Point]], areas: NDArray[np.float64], boxes: NDArray[np.float64], point: Point
) -> int | None:
    """Return the number of the smallest face around a point, or None."""
    likely = np.flatnonzero((areas > 0) & _boxes_around(boxes, np.array([*point, *point])))
    for face in likely[np.argsort(areas[likely])].tolist():
        if contains(loops[face], point):
            return int(face)
    return None


def _boxes_within(boxes: NDArray[np.float64], outer: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray((boxes[:, :2] >= outer[:2]).all(axis=1) & (boxes[:, 2:] <= outer[2:]).all(axis=1))


def _boxes_around(boxes: NDArray[np.float64], inner: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray((boxes[:, :2] <= inner[:2]).all(axis=1) & (boxes[:, 2:] >= inner[2:]).all(axis=1))


def _encloses(face: Sequence[Point], loop: Sequence[Point]) -> bool:
    """Return whether a loop of another part of the arrangement is inside a face."""
    own = set(face)
    free = next((point for point in loop if point not in own), None)
    return free is not None and contains(face, free)
