"""Handles of shapes: the eight of a box, the vertices of polygons and lines, and single points.

Handles are numbered: those of a box as in `boxes.box_handles`, the vertices of a polygon along its contour
and then along each hole, and the points of a line or a set of points in order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain, pairwise

from webapp.py.domain.shapes import Box, Point, Points, Polygon, Polyline, Shape
from webapp.py.geometry.boxes import box_handles, resize_box
from webapp.py.geometry.crossings import are_nested, crosses_at
from webapp.py.geometry.polygons import nearest_edge, nearest_point

Line = Polygon | Polyline
"""Shapes with edges between vertices."""


def handle_points(shape: Shape) -> list[Point]:
    """Return the handles of a shape, in pixels. Masks and `Other` have none.

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
        case Polyline() | Points():
            return shape.points
        case _:
            return []


def handle_at(shape: Shape, point: Point, tolerance: float) -> int | None:
    """Return the number of the handle nearest to a point, or None if none is near.

    Parameters
    ----------
    shape, point
        In pixels.
    tolerance
        Largest distance, in pixels.

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
    """Return the shape after dragging a handle to a point, or None if that is not a valid shape.

    Not valid are boxes without area, lines of equal points, and polygons whose contours start to cross
    themselves or each other there. A polygon whose contours crossed before can still be changed.

    Parameters
    ----------
    shape
        The shape, in pixels.
    handle
        Number of the handle.
    point
        Its new place, in pixels.

    Examples
    --------
    >>> drag_handle_to(Polygon([(0, 0), (4, 0), (0, 4)]), 1, (5, 1)).points
    [(0, 0), (5, 1), (0, 4)]
    """
    match shape:
        case Box():
            return resize_box(shape, handle, point)
        case Polygon():
            contours = _contours(shape)
            contour, index = _place(contours, handle)
            contours[contour][index] = point
            return _unless_crossing(shape, contours, contour, index)
        case Polyline() | Points():
            points = [*shape.points]
            points[handle] = point
            if isinstance(shape, Points):
                return Points(points)
            return Polyline(points) if len(set(points)) > 1 else None
        case _:
            return None


def delete_vertex(shape: Line | Points, vertex: int) -> Shape | None:
    """Return the shape without a vertex. A hole with three points disappears with any of them.

    The result is None if too few points would be left (three for a polygon, two for a line, one for a set of
    points), or if the contour would cross itself or another.

    Examples
    --------
    >>> delete_vertex(Polygon([(0, 0), (4, 0), (4, 4), (0, 4)]), 2).points
    [(0, 0), (4, 0), (0, 4)]
    """
    if not isinstance(shape, Polygon):
        points = [*shape.points[:vertex], *shape.points[vertex + 1 :]]
        if isinstance(shape, Points):
            return Points(points) if points else None
        return Polyline(points) if len(set(points)) > 1 else None
    contours = _contours(shape)
    contour, index = _place(contours, vertex)
    if len(contours[contour]) > 3:
        del contours[contour][index]
        return _unless_crossing(shape, contours, contour, index % len(contours[contour]), index - 1)
    if contour > 0:
        del contours[contour]
        return Polygon(contours[0], contours[1:])
    return None


def insert_vertex(shape: Line, point: Point, tolerance: float) -> tuple[Line, int] | None:
    """Return the shape with a new vertex, and the number of that vertex, or None if no edge is near.

    Parameters
    ----------
    shape
        The shape, in pixels.
    point
        The vertex is placed where the nearest edge is nearest to this point, in pixels.
    tolerance
        Largest distance of the edge, in pixels.

    Examples
    --------
    >>> polygon, vertex = insert_vertex(Polygon([(0, 0), (4, 0), (4, 4), (0, 4)]), (3, 0.5), tolerance=1)
    >>> polygon.points, vertex
    ([(0, 0), (3.0, 0.0), (4, 0), (4, 4), (0, 4)], 1)
    """
    contours = _contours(shape)
    closed = isinstance(shape, Polygon)
    found = [(nearest_edge(contour, point, closed=closed), number) for number, contour in enumerate(contours)]
    (edge, distance, foot), number = min(found, key=lambda one: one[0][1])
    if distance > tolerance:
        return None
    contours[number].insert(edge + 1, foot)
    vertex = sum(len(contour) for contour in contours[:number]) + edge + 1
    return (Polygon(contours[0], contours[1:]) if closed else Polyline(contours[0])), vertex


def midpoints(shape: Shape, shortest: float) -> tuple[Point, ...]:
    """Return the midpoints of the edges of a line or polygon that are long enough.

    Parameters
    ----------
    shape
        In pixels. Shapes without edges between vertices have no midpoints.
    shortest
        Length of the shortest edge with a midpoint, in pixels.

    Examples
    --------
    >>> midpoints(Polygon([(0, 0), (4, 0), (4, 2)]), shortest=3)
    ((2.0, 0.0), (2.0, 1.0))
    """
    if not isinstance(shape, Polygon | Polyline):
        return ()
    edges = [
        (start, end)
        for points in _contours(shape)
        for start, end in (
            *pairwise(points),
            *([(points[-1], points[0])] if isinstance(shape, Polygon) else []),
        )
    ]
    return tuple(
        ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        for start, end in edges
        if math.dist(start, end) >= shortest
    )


def _contours(shape: Line) -> list[list[Point]]:
    """Return copies of the lines of a shape: the outline, then the holes."""
    holes = shape.holes if isinstance(shape, Polygon) else []
    return [[*shape.points], *([*hole] for hole in holes)]


def _place(contours: Sequence[Sequence[Point]], vertex: int) -> tuple[int, int]:
    """Return the contour (0 is the outer one) of a numbered vertex, and its index there."""
    for number, contour in enumerate(contours):
        if vertex < len(contour):
            return number, vertex
        vertex -= len(contour)
    raise IndexError("the polygon has no such vertex")


def _unless_crossing(
    before: Polygon, contours: Sequence[list[Point]], contour: int, *changed: int
) -> Polygon | None:
    """Return the polygon of ``contours``, or None if it starts to cross at the changed vertices."""
    after = Polygon(contours[0], list(contours[1:]))
    was = [before.points, *before.holes][contour]
    own = any(crosses_at(contours[contour], index) for index in changed)
    others = bool(before.holes) and not are_nested(after)
    if own and not any(crosses_at(was, index) for index in changed):
        return None
    return None if others and are_nested(before) else after
