"""The points by which shapes are reshaped: the handles of boxes, the vertices of polygons.

Handles are numbered: the eight of a box as in `boxes.box_handles`; the vertices of a polygon along its
contour, then along each hole.
"""

from __future__ import annotations

from itertools import chain

from webapp.py.domain.shapes import Box, Point, Polygon, Shape
from webapp.py.geometry.boxes import box_handles, resize_box
from webapp.py.geometry.polygons import crosses_at, nearest_edge, nearest_point


def handle_points(shape: Shape) -> list[Point]:
    """Return the handles of a box or polygon; shapes of other kinds have none.

    Examples
    --------
    >>> handle_points(Polygon([(0, 0), (4, 0), (0, 4)]))
    [(0, 0), (4, 0), (0, 4)]
    """
    match shape:
        case Box():
            return box_handles(shape)
        case Polygon():
            return list(chain(shape.points, *shape.holes))
        case _:
            return []


def handle_at(shape: Shape, point: Point, tolerance: float) -> int | None:
    """Return the handle nearest to a point, None when none is within ``tolerance`` pixels.

    Examples
    --------
    >>> handle_at(Box(x=0, y=0, width=4, height=4), (4.5, 3.9), tolerance=1)
    4
    """
    points = handle_points(shape)
    if not points:
        return None
    index, distance = nearest_point(points, point)
    return index if distance <= tolerance else None


def drag_handle_to(shape: Shape, handle: int, point: Point) -> Shape | None:
    """Return the shape with a handle dragged to ``point``.

    None when that is no shape: a box without area, or a polygon that begins to cross itself there (one that
    did before may go on doing so).

    Examples
    --------
    >>> drag_handle_to(Polygon([(0, 0), (4, 0), (0, 4)]), 1, (5, 1)).points
    [(0, 0), (5, 1), (0, 4)]
    """
    match shape:
        case Box():
            return resize_box(shape, handle, point)
        case Polygon():
            contours = [list(contour) for contour in (shape.points, *shape.holes)]
            contour, index = _place(shape, handle)
            crossed = crosses_at(contours[contour], index)
            contours[contour][index] = point
            if not crossed and crosses_at(contours[contour], index):
                return None
            return Polygon(contours[0], contours[1:])
        case _:
            return None


def delete_vertex(polygon: Polygon, vertex: int) -> Polygon | None:
    """Return the polygon without a vertex, None when its contour has only three.

    Examples
    --------
    >>> delete_vertex(Polygon([(0, 0), (4, 0), (4, 4), (0, 4)]), 2).points
    [(0, 0), (4, 0), (0, 4)]
    """
    contours = [list(contour) for contour in (polygon.points, *polygon.holes)]
    contour, index = _place(polygon, vertex)
    if len(contours[contour]) <= 3:
        return None
    del contours[contour][index]
    return Polygon(contours[0], contours[1:])


def insert_vertex(polygon: Polygon, point: Point, tolerance: float) -> Polygon | None:
    """Return the polygon with a vertex more, on the edge nearest to ``point`` where that is nearest.

    None when no edge is within ``tolerance`` pixels.

    Examples
    --------
    >>> insert_vertex(Polygon([(0, 0), (4, 0), (4, 4), (0, 4)]), (3, 0.5), tolerance=1).points
    [(0, 0), (3.0, 0.0), (4, 0), (4, 4), (0, 4)]
    """
    contours = [list(contour) for contour in (polygon.points, *polygon.holes)]
    found = [(nearest_edge(contour, point), contour) for contour in contours]
    (edge, distance, foot), contour = min(found, key=lambda one: one[0][1])
    if distance > tolerance:
        return None
    contour.insert(edge + 1, foot)
    return Polygon(contours[0], contours[1:])


def _place(polygon: Polygon, vertex: int) -> tuple[int, int]:
    """Return the contour (0 is the outer one) and the index in it of a numbered vertex."""
    for number, contour in enumerate((polygon.points, *polygon.holes)):
        if vertex < len(contour):
            return number, vertex
        vertex -= len(contour)
    raise IndexError("the polygon has no such vertex")
