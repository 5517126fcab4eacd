"""Editing the vertices of outlines, lines and points, and showing them: what several tools share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from webapp.py.domain.shapes import Box, Point, Points, Polygon, Polyline, Shape
from webapp.py.geometry.boxes import HANDLE_CURSORS
from webapp.py.geometry.handles import Line, delete_vertex, handle_at, handle_points, insert_vertex
from webapp.py.workspace.context import AnnotationView, Context
from webapp.py.workspace.gesture_parts import Gesture, drag_handle
from webapp.py.workspace.messages import Cursor, Delete, Draft, Edit, Handles, Notice, Pointer, Update

LAST_POINTS = {
    Polygon: "A polygon keeps at least three points, and its outline may not cross itself without this one.",
    Polyline: "A line keeps at least two points; delete the whole of it instead.",
}
_APART = 16.0
"""Where a quarter of the vertices are closer together than this, in screen pixels, not all are shown."""
_AROUND = 60.0
"""Of such vertices those are shown that are as near to the pointer as this, in screen pixels."""


def selected_alone(ctx: Context, *kinds: type[Shape]) -> AnnotationView | None:
    """Return the annotation that is selected alone, when its shape is one of ``kinds`` and may be changed."""
    chosen = ctx.chosen()
    return chosen[0] if len(chosen) == 1 and isinstance(chosen[0].shape, kinds) else None


def edit_vertices(view: AnnotationView, press: Pointer, ctx: Context) -> Gesture:
    """Delete the vertex that was pressed, or insert one into the edge that was and drag it on."""
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


def _without(view: AnnotationView, edited: Shape | None) -> list[Edit | Notice]:
    if edited is not None:
        return [Update(view.id, {"shape": edited})]
    if isinstance(view.shape, Points):
        return [Delete(view.id)]
    return [Notice(LAST_POINTS[type(view.shape)])]


def on_line(shape: Line, pointer: Pointer) -> bool:
    """Tell whether an edge of a shape is under the pointer."""
    return insert_vertex(shape, pointer.point, pointer.tolerance) is not None


def vertex_handles(view: AnnotationView | None, ctx: Context) -> Handles | None:
    """Return the handles of a shape, None where they are so many that they would hide it."""
    if view is None:
        return None
    points = handle_points(view.shape)
    return Handles(points) if points and not _crowded(points, ctx.scale) else None


def hover_handles(view: AnnotationView | None, pointer: Pointer, elsewhere: Cursor) -> Sequence[Draft]:
    """Return what to show while hovering: the handle under the pointer hot, the cursor that fits it.

    Of a shape whose vertices are many, those around the pointer are shown.
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
    return [*shown, Handles(points, hot)] if hot is not None else shown


def _crowded(points: Sequence[Point], scale: float) -> bool:
    """Tell whether handles would lie closer together than they can be told apart."""
    if len(points) <= 16:
        return False
    close = sum(math.dist(one, other) * scale < _APART for one, other in pairwise(points))
    return 4 * close > len(points)
