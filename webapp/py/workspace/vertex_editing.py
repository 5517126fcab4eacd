"""Editing and showing the vertices of outlines, lines and points, for several tools."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from webapp.py.domain.shapes import Box, Point, Points, Polygon, Polyline, Shape
from webapp.py.geometry.boxes import HANDLE_CURSORS
from webapp.py.geometry.handles import (
    Line,
    delete_vertex,
    handle_at,
    handle_points,
    insert_vertex,
    midpoints,
)
from webapp.py.geometry.polygons import nearest_point
from webapp.py.workspace import texts
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.context import Context
from webapp.py.workspace.gesture_parts import Gesture, drag_handle
from webapp.py.workspace.messages import Cursor, Delete, Draft, Edit, Handles, Notice, Pointer, Update

LAST_POINTS = {
    Polygon: texts.POLYGON_KEEPS_POINT,
    Polyline: texts.LINE_KEEPS_POINT,
}
_LONG = 32.0
"""Length of the shortest edge, in screen pixels, whose midpoint can be dragged."""
_APART = 16.0
"""If a quarter of the vertices are closer together than this, in screen pixels, not all are shown."""
_AROUND = 60.0
"""Then only the vertices within this distance of the pointer are shown, in screen pixels."""


def selected_alone(ctx: Context, *kinds: type[Shape]) -> AnnotationView | None:
    """Return the only selected annotation if its shape is one of ``kinds`` and can be changed."""
    chosen = ctx.chosen()
    return chosen[0] if len(chosen) == 1 and isinstance(chosen[0].shape, kinds) else None


def edit_vertices(view: AnnotationView, press: Pointer, ctx: Context) -> Gesture:
    """Delete the pressed vertex, or insert a vertex into the pressed edge and drag it."""
    shape = view.shape
    if not isinstance(shape, Polygon | Polyline | Points):
        return []
    vertex = handle_at(shape, press.point, press.tolerance)
    if vertex is not None:
        return _without(view, delete_vertex(shape, vertex))
    found = insert_vertex(shape, press.point, press.tolerance) if not isinstance(shape, Points) else None
    if found is None:
        return []
    more, vertex = found
    edits = yield from drag_handle(AnnotationView(view.id, more, view.class_id), vertex, press, ctx)
    return edits or [Update(view.id, {"shape": more})]


def midpoint_at(view: AnnotationView, pointer: Pointer) -> tuple[AnnotationView, int] | None:
    """Return the shape with a vertex at the midpoint under the pointer, and that vertex; None for none.

    Drag the vertex with `drag_handle`. A click on a midpoint changes nothing.
    """
    found = _middle(view.shape, pointer)
    if found is None or not isinstance(view.shape, Polygon | Polyline):
        return None
    inserted = insert_vertex(view.shape, found[1], pointer.tolerance)
    if inserted is None:
        return None
    shape, vertex = inserted
    return AnnotationView(view.id, shape, view.class_id), vertex


def _middle(shape: Shape, pointer: Pointer) -> tuple[int, Point] | None:
    """Return the midpoint under the pointer with its number, or None."""
    points = midpoints(shape, _LONG / pointer.scale)
    if not points:
        return None
    index, distance = nearest_point(points, pointer.point)
    return (index, points[index]) if distance <= pointer.tolerance else None


def _without(view: AnnotationView, edited: Shape | None) -> list[Edit | Notice]:
    if edited is not None:
        return [Update(view.id, {"shape": edited})]
    if isinstance(view.shape, Points):
        return [Delete(view.id)]
    return [Notice(LAST_POINTS[type(view.shape)])]


def on_line(shape: Line, pointer: Pointer) -> bool:
    """Return whether an edge of a shape is under the pointer."""
    return insert_vertex(shape, pointer.point, pointer.tolerance) is not None


def vertex_handles(view: AnnotationView | None, ctx: Context) -> Handles | None:
    """Return the handles of a shape, or None if there are so many that they would hide it."""
    if view is None:
        return None
    points = handle_points(view.shape)
    if not points or _crowded(points, ctx.scale):
        return None
    return Handles(points, middles=midpoints(view.shape, _LONG / ctx.scale))


def hover_handles(view: AnnotationView | None, pointer: Pointer, elsewhere: Cursor) -> Sequence[Draft]:
    """Return what to show while hovering: the handle under the pointer as hot, and a matching cursor.

    If a shape has many vertices, only those around the pointer are shown.
    """
    if view is None:
        return [elsewhere]
    points = handle_points(view.shape)
    hot = handle_at(view.shape, pointer.point, pointer.tolerance)
    shown: list[Draft] = [elsewhere]
    if hot is not None:
        shown = [Cursor(HANDLE_CURSORS[hot] if isinstance(view.shape, Box) else "grab")]
    if points and _crowded(points, pointer.scale):
        reach = _AROUND / pointer.scale
        around = [at for at in range(len(points)) if math.dist(points[at], pointer.point) <= reach]
        return [*shown, Handles([points[at] for at in around], around.index(hot) if hot in around else None)]
    middles = midpoints(view.shape, _LONG / pointer.scale)
    if hot is not None:
        return [*shown, Handles(points, hot, middles)]
    middle = _middle(view.shape, pointer)
    return shown if middle is None else [Cursor("grab"), Handles(points, len(points) + middle[0], middles)]


def _crowded(points: Sequence[Point], scale: float) -> bool:
    """Return whether handles would be too close together to tell apart."""
    if len(points) <= 16:
        return False
    close = sum(math.dist(one, other) * scale < _APART for one, other in pairwise(points))
    return 4 * close > len(points)
