"""Removing points from lines drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point
from webapp.py.geometry.crossings import Coordinates, is_simple

_EVERY_POINT = 1e-6
"""Smallest tolerance at which points are removed, in pixels."""


def simplify(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Return an open line with fewer points, of which all removed ones are near the result.

    This is the algorithm of Ramer, Douglas and Peucker [1]_ [2]_. The result may cross itself where the line
    almost did.

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels.
    tolerance : float
        Largest distance in pixels of a removed point from the segment between the kept points around it.

    Returns
    -------
    list of (x, y)
        Some of ``points`` in order, including both ends.

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
    """Return a simple closed contour with fewer points, which stays simple.

    It is simplified as by `simplify`, from the first point to the farthest one and back. If the contour would
    then cross or touch itself, fewer points are removed.

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels.
    tolerance : float
        Largest distance in pixels of a removed point from the edge between the kept points around it.

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
    """Return which points of an open line are kept. Its ends always are."""
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
