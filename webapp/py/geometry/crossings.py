"""Where lines and contours of points cross or touch themselves and each other.

All results are exact: where floating point could be wrong, rational numbers decide [1]_. A contour is closed
from its last point to its first. Touching counts as crossing.

References
----------
.. [1] J. R. Shewchuk, Adaptive precision floating-point arithmetic and fast robust geometric
   predicates, Discrete & Computational Geometry 18 (1997) 305-363 (its filter for orient2d).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point, Polygon
from webapp.py.geometry.polygons import contains

Coordinates = NDArray[np.float64]
"""Points, an array of shape (n, 2)."""
_ROUNDING = 3.3306690738754716e-16  # (3 + 16 eps) eps of Shewchuk's filter, eps = 2 ** -53
_PAIRS_AT_ONCE = 100_000


def is_simple(points: Sequence[Point]) -> bool:
    """Return whether a closed contour neither crosses nor touches itself. Repeated points count once.

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels.

    Examples
    --------
    >>> is_simple([(0, 0), (4, 0), (4, 4), (0, 4)]), is_simple([(0, 0), (4, 4), (4, 0), (0, 4)])
    (True, False)
    """
    xy = np.asarray(points, dtype=np.float64)
    xy = xy[np.any(xy != np.roll(xy, 1, axis=0), axis=1)]
    if len(xy) < 3:
        return False
    return not any(np.any(_meets(xy, first, second)) for first, second in _near_pairs(xy))


def crossing_edges(points: Sequence[Point]) -> list[tuple[int, int]]:
    """Return the pairs of edges of a closed contour that meet anywhere but where neighbors join.

    Edge ``i`` runs from point ``i`` to the next one. Consecutive points must differ.

    Examples
    --------
    >>> crossing_edges([(0, 0), (4, 4), (4, 0), (0, 4)])
    [(0, 2)]
    """
    xy = np.asarray(points, dtype=np.float64)
    pairs: set[tuple[int, int]] = set()
    for first, second in _near_pairs(xy):
        meets = _meets(xy, first, second)
        low, high = np.minimum(first, second)[meets], np.maximum(first, second)[meets]
        pairs.update(zip(low.tolist(), high.tolist(), strict=True))
    return sorted(pairs)


def crosses_at(points: Sequence[Point], index: int) -> bool:
    """Return whether one of the two edges at a point of a closed contour meets another edge.

    The same test as `is_simple`, for the edges that change when one point is dragged.

    Examples
    --------
    >>> crosses_at([(0, 0), (4, 4), (4, 0), (0, 4)], 2), crosses_at([(0, 0), (4, 0), (4, 4), (0, 4)], 2)
    (True, False)
    """
    xy = np.asarray(points, dtype=np.float64)
    moved = xy[index]
    kept = np.any(xy != np.roll(xy, 1, axis=0), axis=1)
    xy = xy[kept]
    if len(xy) < 3:
        return True
    corner = int(np.flatnonzero((xy == moved).all(axis=1))[0])
    edges = np.arange(len(xy))
    for edge in (corner, (corner - 1) % len(xy)):
        others = edges[edges != edge]
        if np.any(_meets(xy, np.full_like(others, edge), others)):
            return True
    return False


def line_crosses(points: Sequence[Point], end: Point) -> bool:
    """Return whether an open line would meet itself if it continued straight from its last point to ``end``.

    Examples
    --------
    >>> line_crosses([(0, 0), (4, 0), (4, 4)], (2, -2)), line_crosses([(0, 0), (4, 0), (4, 4)], (0, 4))
    (True, False)
    """
    xy = np.asarray(points, dtype=np.float64)
    xy = xy[np.any(xy != np.roll(xy, 1, axis=0), axis=1) | (np.arange(len(xy)) == 0)]
    last, target = xy[-1:], np.asarray([end], dtype=np.float64)
    if len(xy) < 2 or np.array_equal(last, target):
        return False
    before = xy[-2:-1]
    if _folds_back(before, last, target)[0]:
        return True
    start, stop = xy[:-2], xy[1:-1]
    return bool(
        np.any(segments_meet(np.repeat(last, len(start), 0), np.repeat(target, len(start), 0), start, stop))
    )


def contours_meet(one: Sequence[Point], other: Sequence[Point]) -> bool:
    """Return whether two closed contours cross or touch each other.

    Examples
    --------
    >>> square = [(0, 0), (4, 0), (4, 4), (0, 4)]
    >>> contours_meet(square, [(1, 1), (2, 1), (1, 2)]), contours_meet(square, [(1, 1), (4, 1), (1, 2)])
    (False, True)
    """
    a, c = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    b, d = np.roll(a, -1, axis=0), np.roll(c, -1, axis=0)
    a, b = _within_box_of(a, b, c)
    c, d = _within_box_of(c, d, np.concatenate((a, b))) if len(a) else (c[:0], d[:0])
    rows = max(1, _PAIRS_AT_ONCE // max(len(c), 1))
    for row in range(0, len(a), rows):
        some = np.repeat(np.arange(row, min(row + rows, len(a))), len(c))
        every = np.tile(np.arange(len(c)), len(some) // max(len(c), 1))
        if np.any(segments_meet(a[some], b[some], c[every], d[every])):
            return True
    return False


def are_nested(polygon: Polygon) -> bool:
    """Return whether contours do not meet, and holes are inside the outline but not in each other.

    Use `is_simple` to check that no contour crosses itself.

    Examples
    --------
    >>> outline = [(0, 0), (9, 0), (9, 9), (0, 9)]
    >>> are_nested(Polygon(outline, [[(1, 1), (3, 1), (3, 3)]]))
    True
    >>> are_nested(Polygon(outline, [[(1, 1), (3, 1), (3, 3)], [(2, 1.5), (2.5, 1.5), (2.5, 2)]]))
    False
    """
    for hole in polygon.holes:
        if contours_meet(polygon.points, hole) or not contains(polygon.points, hole[0]):
            return False
    return not any(
        contours_meet(one, other) or contains(one, other[0]) or contains(other, one[0])
        for one, other in combinations(polygon.holes, 2)
    )


def segments_meet(a: Coordinates, b: Coordinates, c: Coordinates, d: Coordinates) -> NDArray[np.bool_]:
    """Return whether pairs of segments, a to b and c to d, share a point. Ends count.

    Parameters
    ----------
    a, b, c, d : array of shape (n, 2)
        In pixels. Segments can have no length.

    Returns
    -------
    array of shape (n,), bool

    Examples
    --------
    >>> rising, falling = np.array([[0.0, 0.0], [4.0, 4.0]]), np.array([[0.0, 4.0], [4.0, 0.0]])
    >>> segments_meet(rising[:1], rising[1:], falling[:1], falling[1:])
    array([ True])
    """
    near = (np.maximum(a, b) >= np.minimum(c, d)) & (np.minimum(a, b) <= np.maximum(c, d))
    chosen = np.flatnonzero(near.all(axis=1))
    a, b, c, d = a[chosen], b[chosen], c[chosen], d[chosen]
    to_c, to_d, to_a, to_b = turns(a, b, c), turns(a, b, d), turns(c, d, a), turns(c, d, b)
    crossing = (to_c * to_d < 0) & (to_a * to_b < 0)
    touching = (
        ((to_c == 0) & _between(a, b, c))
        | ((to_d == 0) & _between(a, b, d))
        | ((to_a == 0) & _between(c, d, a))
        | ((to_b == 0) & _between(c, d, b))
    )
    meets = np.zeros(len(near), dtype=np.bool_)
    meets[chosen] = crossing | touching
    return meets


def turns(p: Coordinates, q: Coordinates, r: Coordinates) -> NDArray[np.int8]:
    """Return the exact sign of each turn p, q, r: 1 clockwise on screen, -1 counterclockwise, 0 straight.

    Parameters
    ----------
    p, q, r : array of shape (n, 2)
        In pixels.

    Returns
    -------
    array of shape (n,), int8

    Examples
    --------
    >>> turns(np.array([[0.0, 0.0]]), np.array([[4.0, 0.0]]), np.array([[4.0, 4.0]]))
    array([1], dtype=int8)
    """
    first = (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1])
    second = (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])
    turn = first - second
    sign = np.sign(turn).astype(np.int8)
    for i in np.flatnonzero(np.abs(turn) <= _ROUNDING * (np.abs(first) + np.abs(second))):
        (px, py), (qx, qy), (rx, ry) = ([Fraction(float(v)) for v in point[i]] for point in (p, q, r))
        exact = (qx - px) * (ry - py) - (qy - py) * (rx - px)
        sign[i] = (exact > 0) - (exact < 0)
    return sign


def _near_pairs(xy: Coordinates) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the pairs of edges of a closed contour that overlap from left to right, in blocks."""
    start, end = xy, np.roll(xy, -1, axis=0)
    left = np.minimum(start[:, 0], end[:, 0])
    right = np.maximum(start[:, 0], end[:, 0])
    order = np.argsort(left, kind="stable")
    # Only edges that start before this one ends, from left to right, can meet it.
    places = np.arange(len(xy))
    others = np.searchsorted(left[order], right[order], side="right") - places - 1
    blocks = np.cumsum(others, dtype=np.int64) // _PAIRS_AT_ONCE
    for block in range(int(blocks[-1]) + 1):
        chosen = places[blocks == block]
        first = np.repeat(chosen, others[chosen])
        ahead = np.arange(len(first)) - np.repeat(np.cumsum(others[chosen]) - others[chosen], others[chosen])
        yield order[first], order[first + 1 + ahead]


def _meets(xy: Coordinates, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return whether pairs of edges meet anywhere but where neighbors join."""
    count = len(xy)
    swap = (first - second) % count == 1
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    joined = (second - first) % count == 1
    a, b, c, d = xy[first], xy[(first + 1) % count], xy[second], xy[(second + 1) % count]
    meets = np.zeros(len(first), dtype=np.bool_)
    # Neighbors share a point. They only meet elsewhere if they fold back onto each other.
    meets[joined] = _folds_back(a[joined], b[joined], d[joined])
    apart = ~joined
    meets[apart] = segments_meet(a[apart], b[apart], c[apart], d[apart])
    return meets


def _folds_back(before: Coordinates, joint: Coordinates, after: Coordinates) -> NDArray[np.bool_]:
    back = np.einsum("ij,ij->i", before - joint, after - joint) > 0
    return np.asarray(back & (turns(before, joint, after) == 0))


def _within_box_of(
    start: Coordinates, end: Coordinates, other: Coordinates
) -> tuple[Coordinates, Coordinates]:
    low, high = other.min(axis=0), other.max(axis=0)
    near = ((np.maximum(start, end) >= low) & (np.minimum(start, end) <= high)).all(axis=1)
    return start[near], end[near]


def _between(p: Coordinates, q: Coordinates, r: Coordinates) -> NDArray[np.bool_]:
    """Return whether ``r``, known to be on the line through ``p`` and ``q``, is within their box."""
    inside = (np.minimum(p, q) <= r) & (r <= np.maximum(p, q))
    return np.asarray(inside.all(axis=-1))
