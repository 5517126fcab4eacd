"""What is under the pointer."""

from __future__ import annotations

import math

from webapp.py.domain.shapes import Box, Mask, Other, Point, Points, Polygon, Polyline, Shape
from webapp.py.geometry.masks import is_on
from webapp.py.geometry.polygons import contains, nearest_edge, nearest_point
from webapp.py.geometry.shapes import Bounds, bounds


def hit(shape: Shape, point: Point, tolerance: float) -> bool:
    """Return whether a point is in a shape, or within ``tolerance`` of its contour.

    Parameters
    ----------
    shape : Shape
        The shape. A mask is hit only on its pixels, and `Other` never.
    point : (x, y)
        In pixels.
    tolerance : float
        In pixels.

    Examples
    --------
    >>> box = Box(x=0, y=0, width=4, height=4)
    >>> hit(box, (5, 2), tolerance=1), hit(box, (5, 2), tolerance=0.5)
    (True, False)
    """
    edges = bounds(shape)
    if edges is None or distance_to_bounds(edges, point) > tolerance:
        return False
    match shape:
        case Box():
            return True
        case Polygon():
            return inside(shape, point) or distance_to_contour(shape, point) <= tolerance
        case Polyline():
            return distance_to_contour(shape, point) <= tolerance
        case Points():
            return nearest_point(shape.points, point)[1] <= tolerance
        case Mask():
            return is_on(shape, math.floor(point[0]), math.floor(point[1]))
        case Other():
            return False


def inside(polygon: Polygon, point: Point) -> bool:
    """Return whether a point is inside a polygon and in none of its holes (even-odd rule).

    Examples
    --------
    >>> ring = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    >>> inside(ring, (1, 1)), inside(ring, (4, 4))
    (True, False)
    """
    return sum(contains(contour, point) for contour in (polygon.points, *polygon.holes)) % 2 == 1


def distance_to_contour(shape: Box | Polygon | Polyline, point: Point) -> float:
    """Return the distance in pixels from a point to the outline of a shape, or of its holes.

    Examples
    --------
    >>> distance_to_contour(Box(x=0, y=0, width=10, height=10), (3, 5))
    3.0
    """
    match shape:
        case Box():
            x, y, right, bottom = shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
            contours = [[(x, y), (right, y), (right, bottom), (x, bottom)]]
        case Polygon():
            contours = [shape.points, *shape.holes]
        case Polyline():
            return nearest_edge(shape.points, point, closed=False)[1]
    return min(nearest_edge(contour, point)[1] for contour in contours)


def distance_to_bounds(edges: Bounds, point: Point) -> float:
    """Return the distance in pixels from a point to a rectangle, 0 inside it.

    Examples
    --------
    >>> distance_to_bounds((0, 0, 4, 4), (7, 8)), distance_to_bounds((0, 0, 4, 4), (1, 1))
    (5.0, 0.0)
    """
    left, top, right, bottom = edges
    x, y = point
    return math.hypot(max(left - x, x - right, 0.0), max(top - y, y - bottom, 0.0))


def within(shape: Shape, area: Bounds) -> bool:
    """Return whether a shape is completely inside a rectangle (`Other` never is).

    Examples
    --------
    >>> box = Box(x=1, y=1, width=2, height=2)
    >>> within(box, (0, 0, 4, 4)), within(box, (0, 0, 2, 4))
    (True, False)
    """
    edges = bounds(shape)
    return edges is not None and (
        edges[0] >= area[0] and edges[1] >= area[1] and edges[2] <= area[2] and edges[3] <= area[3]
    )
