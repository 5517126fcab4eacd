"""Fewer points for lines drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point
from webapp.py.geometry.crossings import Coordinates, is_simple

_EVERY_POINT = 1e-6
"""Pixels; below such a tolerance nothing is left out."""


def simplify(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Return fewer of the points of an open line, so that every one left out is near the line that is left.

    The algorithm of Ramer, Douglas and Peucker [1]_ [2]_. The line that is left may cross itself where the
    one given came near to doing so.

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels.
    tolerance : float
        Largest distance in pixels from a point left out to the segment between those kept beside it.

    Returns
    -------
    list of (x, y)
        Points of ``points``, in their order, with both ends.

    References
    ----------
    .. [1] U. Ramer, An iterative procedure for the polygonal approximation of plane curves, Computer
       Graphics and Image Processing 1 (1972) 244-256.
    .. [2] D. H. Douglas, T. K. Peucker, Algorithms for the reduction of the number of points required to
       represent a digitized line or its caricature, Cartographica 10 (1973) 112-122.

    Examples
    --------
    >>> simplify([(0, 0), (1, 0.1), (2, 0), (2, 3)], tolerance=0.2)
    [(0, 0), (2, 0), (2, 3)]
    """
    if len(points) < 3:
        return list(points)
    kept = _kept(np.asarray(points, dtype=np.float64), tolerance)
    return [points[i] for i in np.flatnonzero(kept).tolist()]


def simplify_outline(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Return fewer of the points of a simple closed contour, which stays simple.

    `simplify` from the first point to the one farthest from it and back. Where the contour would cross or
    touch itself then, fewer points are left out.

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels.
    tolerance : float
        Largest distance in pixels from a point left out to the edge between those kept beside it.

    Examples
    --------
    >>> simplify_outline([(0, 0), (2, 0.1), (4, 0), (4, 4), (0, 4)], tolerance=0.2)
    [(0, 0), (4, 0), (4, 4), (0, 4)]
    """
    xy = np.asarray(points, dtype=np.float64)
    far = int(np.argmax(np.hypot(*(xy - xy[0]).T)))
    around = np.concatenate((xy, xy[:1]))
    while tolerance > _EVERY_POINT:
        kept = np.concatenate((_kept(around[: far + 1], tolerance)[:-1], _kept(around[far:], tolerance)[:-1]))
        left = [points[i] for i in np.flatnonzero(kept).tolist()]
        if len(left) >= 3 and is_simple(left):
            return left
        tolerance /= 2
    return list(points)


def _kept(xy: Coordinates, tolerance: float) -> NDArray[np.bool_]:
    """Return which points of an open line are kept; its ends are."""
    kept = np.zeros(len(xy), dtype=np.bool_)
    kept[[0, -1]] = True
    spans = [(0, len(xy) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        distance = _distances(xy[first + 1 : last], xy[first], xy[last])
        farthest = int(np.argmax(distance))
        if distance[farthest] > tolerance:
            middle = first + 1 + farthest
            kept[middle] = True
            spans += [(first, middle), (middle, last)]
    return kept


def _distances(xy: Coordinates, start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distances of points from a segment."""
    along = end - start
    length = float(along @ along)
    share = np.clip((xy - start) @ along / length, 0.0, 1.0) if length > 0 else np.zeros(len(xy))
    gap = xy - start - share[:, None] * along
    return np.asarray(np.hypot(gap[:, 0], gap[:, 1]))
