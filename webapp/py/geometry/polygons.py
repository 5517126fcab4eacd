"""Contours of points: area, containment, distance.

A contour is a sequence of (x, y) points in image pixels, closed from the last to the first.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from webapp.py.domain.shapes import Point


def signed_area(points: Sequence[Point]) -> float:
    """Return the area of a contour, positive if it runs clockwise on screen (y down).

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels.

    Returns
    -------
    float
        In square pixels, by the shoelace formula [1]_. Parts around which a self-crossing contour runs
        counterclockwise count as negative.

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
    """Return whether a point is inside a contour by the even-odd rule.

    Points on left and upper edges count as inside, and points on right and lower edges as outside, so
    contours that share an edge share no point.

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
    """Return the edge of a line that is nearest to a point.

    Parameters
    ----------
    points : sequence of (x, y)
        One or more, in pixels.
    point : (x, y)
        In pixels.
    closed : bool
        Whether an edge connects the last point to the first.

    Returns
    -------
    edge : int
        Edge ``i`` runs from point ``i`` to the next one.
    distance : float
        In pixels.
    foot : (x, y)
        The nearest point of that edge.

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

    Of equally near points it is the last one, because that is drawn on top.

    Examples
    --------
    >>> nearest_point([(0, 0), (4, 0)], (3, 0))
    (1, 1.0)
    """
    xy = np.asarray(points, dtype=np.float64)
    distance = np.hypot(xy[:, 0] - point[0], xy[:, 1] - point[1])
    index = len(distance) - 1 - int(np.argmin(distance[::-1]))
    return index, float(distance[index])
