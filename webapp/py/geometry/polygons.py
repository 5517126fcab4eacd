"""Contours of points: area, containment, distance, self-crossing.

A contour is a sequence of (x, y) points in image pixels, closed from the last to the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point

Coordinates = NDArray[np.float64]
_ROUNDING = 3.3306690738754716e-16  # (3 + 16 eps) eps of Shewchuk's filter, eps = 2 ** -53
_PAIRS_AT_ONCE = 100_000


def signed_area(points: Sequence[Point]) -> float:
    """Return the area of a contour, positive when it runs clockwise on screen (y down).

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels.

    Returns
    -------
    float
        In square pixels, by the shoelace formula [1]_. Parts that a self-crossing contour goes around
        the other way count as negative.

    References
    ----------
    .. [1] B. Braden, The surveyor's area formula, College Math. J. 17 (1986) 326-337.

    Examples
    --------
    >>> signed_area([(0, 0), (4, 0), (4, 3), (0, 3)])
    12.0
    """
    xy = np.asarray(points, dtype=np.float64)
    x, y = (xy - xy[0]).T  # near the origin, for precision
    return float(np.dot(x, np.roll(y, -1)) - np.dot(np.roll(x, -1), y)) / 2


def contains(points: Sequence[Point], point: Point) -> bool:
    """Tell whether a point is inside a contour by the even-odd rule.

    On an edge, points of left and upper edges count as inside and those of right and lower ones as outside,
    so that contours that share an edge share no point.

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels.
    point : (x, y)
        In pixels.

    Examples
    --------
    >>> square = [(0, 0), (4, 0), (4, 4), (0, 4)]
    >>> contains(square, (1, 1)), contains(square, (5, 1))
    (True, False)
    """
    start = np.asarray(points, dtype=np.float64)
    end = np.roll(start, -1, axis=0)
    x, y = point
    crosses = (start[:, 1] <= y) != (end[:, 1] <= y)
    start, end = start[crosses], end[crosses]
    share = (y - start[:, 1]) / (end[:, 1] - start[:, 1])
    at = start[:, 0] + share * (end[:, 0] - start[:, 0])
    return bool(np.count_nonzero(at <= x) % 2)


def nearest_edge(points: Sequence[Point], point: Point, *, closed: bool = True) -> tuple[int, float, Point]:
    """Find the edge of a line of points that is nearest to a point.

    Parameters
    ----------
    points : sequence of (x, y)
        One or more, in pixels.
    point : (x, y)
        In pixels.
    closed : bool
        Whether an edge joins the last point to the first.

    Returns
    -------
    edge : int
        Edge ``i`` runs from point ``i`` to the next one.
    distance : float
        In pixels.
    foot : (x, y)
        The point of that edge which is nearest.

    Examples
    --------
    >>> nearest_edge([(0, 0), (4, 0), (4, 4), (0, 4)], (3, 2))
    (1, 1.0, (4.0, 2.0))
    """
    start = np.asarray(points, dtype=np.float64)
    end = np.roll(start, -1, axis=0)
    if not closed and len(start) > 1:
        start, end = start[:-1], end[:-1]
    along = end - start
    offset = np.asarray(point, dtype=np.float64) - start
    length = np.einsum("ij,ij->i", along, along)
    share = np.einsum("ij,ij->i", offset, along) / np.where(length > 0, length, 1.0)
    foot = start + np.clip(share, 0.0, 1.0)[:, None] * along
    distance = np.hypot(foot[:, 0] - point[0], foot[:, 1] - point[1])
    edge = int(np.argmin(distance))
    return edge, float(distance[edge]), (float(foot[edge, 0]), float(foot[edge, 1]))


def nearest_point(points: Sequence[Point], point: Point) -> tuple[int, float]:
    """Return the index of the point nearest to ``point`` and its distance in pixels.

    Of points equally near the last one counts, for it is drawn on top.

    Examples
    --------
    >>> nearest_point([(0, 0), (4, 0)], (3, 0))
    (1, 1.0)
    """
    xy = np.asarray(points, dtype=np.float64)
    distance = np.hypot(xy[:, 0] - point[0], xy[:, 1] - point[1])
    index = len(distance) - 1 - int(np.argmin(distance[::-1]))
    return index, float(distance[index])


def is_simple(points: Sequence[Point]) -> bool:
    """Tell whether a closed contour neither crosses nor touches itself. Points repeated in a row count once.

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels.

    Returns
    -------
    bool
        Exact for the coordinates given: where floating point could be wrong, rational numbers decide [1]_.

    References
    ----------
    .. [1] J. R. Shewchuk, Adaptive precision floating-point arithmetic and fast robust geometric
       predicates, Discrete & Computational Geometry 18 (1997) 305-363 (its filter for orient2d).

    Examples
    --------
    >>> is_simple([(0, 0), (4, 0), (4, 4), (0, 4)]), is_simple([(0, 0), (4, 4), (4, 0), (0, 4)])
    (True, False)
    """
    xy = np.asarray(points, dtype=np.float64)
    xy = xy[np.any(xy != np.roll(xy, 1, axis=0), axis=1)]
    if len(xy) < 3:
        return False
    start, end = xy, np.roll(xy, -1, axis=0)
    left = np.minimum(start[:, 0], end[:, 0])
    right = np.maximum(start[:, 0], end[:, 0])
    order = np.argsort(left, kind="stable")
    # Only edges that begin before this one ends, from left to right, can meet it.
    places = np.arange(len(xy))
    others = np.searchsorted(left[order], right[order], side="right") - places - 1
    blocks = np.cumsum(others, dtype=np.int64) // _PAIRS_AT_ONCE
    for block in range(int(blocks[-1]) + 1):
        chosen = places[blocks == block]
        first = np.repeat(chosen, others[chosen])
        ahead = np.arange(len(first)) - np.repeat(np.cumsum(others[chosen]) - others[chosen], others[chosen])
        if _any_meet(xy, order[first], order[first + 1 + ahead]):
            return False
    return True


def crosses_at(points: Sequence[Point], index: int) -> bool:
    """Tell whether one of the two edges at a point of a closed contour meets another edge.

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
        if _any_meet(xy, np.full_like(others, edge), others):
            return True
    return False


def _any_meet(xy: Coordinates, first: NDArray[np.intp], second: NDArray[np.intp]) -> bool:
    """Tell whether edges meet in pairs, elsewhere than where neighbours join."""
    count = len(xy)
    swap = (first - second) % count == 1
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    joined = (second - first) % count == 1
    a, b, c, d = xy[first], xy[(first + 1) % count], xy[second], xy[(second + 1) % count]
    # Neighbours share a point; they meet elsewhere only when they fold back onto each other.
    before, joint, after = a[joined], b[joined], d[joined]
    back = np.einsum("ij,ij->i", before - joint, after - joint) > 0
    if np.any(back & (_turns(before, joint, after) == 0)):
        return True
    near = (np.maximum(a, b) >= np.minimum(c, d)) & (np.minimum(a, b) <= np.maximum(c, d))
    chosen = near.all(axis=1) & ~joined
    a, b, c, d = a[chosen], b[chosen], c[chosen], d[chosen]
    to_c, to_d, to_a, to_b = _turns(a, b, c), _turns(a, b, d), _turns(c, d, a), _turns(c, d, b)
    crossing = (to_c * to_d < 0) & (to_a * to_b < 0)
    touching = (
        ((to_c == 0) & _between(a, b, c))
        | ((to_d == 0) & _between(a, b, d))
        | ((to_a == 0) & _between(c, d, a))
        | ((to_b == 0) & _between(c, d, b))
    )
    return bool(np.any(crossing | touching))


def _between(p: Coordinates, q: Coordinates, r: Coordinates) -> NDArray[np.bool_]:
    """Tell whether ``r``, known to be on the line through ``p`` and ``q``, is within their box."""
    inside = (np.minimum(p, q) <= r) & (r <= np.maximum(p, q))
    return np.asarray(inside.all(axis=-1))


def _turns(p: Coordinates, q: Coordinates, r: Coordinates) -> NDArray[np.int8]:
    """Return the exact sign of each turn p, q, r: 1, 0 or -1."""
    first = (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1])
    second = (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])
    turn = first - second
    sign = np.sign(turn).astype(np.int8)
    for i in np.flatnonzero(np.abs(turn) <= _ROUNDING * (np.abs(first) + np.abs(second))):
        (px, py), (qx, qy), (rx, ry) = ([Fraction(float(v)) for v in point[i]] for point in (p, q, r))
        exact = (qx - px) * (ry - py) - (qy - py) * (rx - px)
        sign[i] = (exact > 0) - (exact < 0)
    return sign
