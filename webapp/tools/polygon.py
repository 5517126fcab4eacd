"""Draw polygons point by point, and edit their vertices."""

from __future__ import annotations

import math

from webapp.py.domain.shapes import Point, Polygon, Polyline
from webapp.py.geometry.handles import delete_vertex, handle_at, handle_points, insert_vertex
from webapp.py.geometry.hits import inside
from webapp.py.geometry.polygons import is_simple
from webapp.py.workspace.tool import (
    AnnotationView,
    Context,
    Cursor,
    Drafts,
    Edit,
    Gesture,
    Handles,
    KeyHint,
    Notice,
    Pointer,
    Tool,
    Update,
    drag_handle,
    drag_whole,
    moved_far,
)

CROSSES = "This outline would cross itself. Take points back with Backspace, or click on."
TOO_FEW = "A polygon needs at least three points."
LAST_THREE = "A polygon keeps at least three points; delete the whole of it instead."


class PolygonTool(Tool):
    """Draws a polygon click by click; the selected polygon can be moved and its vertices edited."""

    id = "polygon"
    title = "Polygon"
    key = "p"
    icon = "pentagon"
    order = 30
    draws = ("polygon",)
    help = (
        "Click point after point; click the first point, double-click or press Enter to close. Drag a "
        "vertex of the selected polygon to move it, Ctrl-click a vertex to delete it or an edge to add one."
    )
    keys = (
        KeyHint("Enter", "Close the polygon"),
        KeyHint("Backspace", "Take the last point back"),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Edit the selected polygon where it is pressed, else draw a new one."""
        view = _selected_polygon(ctx)
        if view is None or not isinstance(view.shape, Polygon):
            return (yield from _draw(press, ctx))
        vertex = handle_at(view.shape, press.point, press.tolerance)
        if press.ctrl:
            return (yield from _edit_vertices(view, view.shape, vertex, press))
        if vertex is not None:
            return (yield from drag_handle(view, vertex, press, ctx))
        if inside(view.shape, press.point):
            return (yield from _move_or_draw(view, press, ctx))
        return (yield from _draw(press, ctx))

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show a hand over the vertices of the selected polygon, elsewhere a crosshair."""
        view = _selected_polygon(ctx)
        over = view is not None and handle_at(view.shape, pointer.point, pointer.tolerance) is not None
        return Cursor("grab" if over else "cross")

    def handles(self, ctx: Context) -> Handles | None:
        """Show the vertices of the selected polygon."""
        view = _selected_polygon(ctx)
        return Handles(handle_points(view.shape)) if view is not None else None


def _selected_polygon(ctx: Context) -> AnnotationView | None:
    chosen = ctx.chosen()
    return chosen[0] if len(chosen) == 1 and isinstance(chosen[0].shape, Polygon) else None


def _edit_vertices(view: AnnotationView, polygon: Polygon, vertex: int | None, press: Pointer) -> Gesture:
    """Delete the vertex that was pressed, or insert one into the edge that was."""
    if vertex is not None:
        edited = delete_vertex(polygon, vertex)
        if edited is None:
            event = yield Notice(LAST_THREE)
            while event.kind != "release":
                event = yield None
    else:
        edited = insert_vertex(polygon, press.point, press.tolerance)
    return [Update(view.id, {"shape": edited})] if edited is not None else []


def _move_or_draw(view: AnnotationView, press: Pointer, ctx: Context) -> Gesture:
    """Move the polygon when the pointer is dragged; a click inside it begins a new one."""
    event = yield Cursor("cross")
    while event.kind != "release":
        if isinstance(event, Pointer) and moved_far(press, event):
            return (yield from drag_whole([view], press, event, ctx))
        event = yield Cursor("cross")
    return (yield from _draw(press, ctx))


def _draw(press: Pointer, ctx: Context) -> Gesture:
    """Collect points until the outline is closed, or the last point is taken back."""
    points = [ctx.inside(press.point)]
    pointer = press
    notices: list[Notice] = []
    while points:
        event = yield [*_shown(points, pointer, ctx), *notices]
        notices = []
        closing = False
        if isinstance(event, Pointer):
            pointer = event
            if event.kind == "press":
                # A press at the first point closes; so does one at the last, the second of a double-click.
                at_an_end = _near(points[0], event) or _near(points[-1], event)
                closing = at_an_end and len(points) >= 3
                if not at_an_end:
                    points.append(ctx.inside(event.point))
        elif event.kind == "key" and event.key == "Backspace":
            points.pop()
        elif event.kind == "key" and event.key == "Enter":
            closing = True
        if closing:
            refusal = _refusal(points)
            if refusal is None:
                edits: list[Edit] = [ctx.create(Polygon(points))]
                return edits
            notices = [Notice(refusal)]
    return []


def _near(point: Point, pointer: Pointer) -> bool:
    return math.dist(point, pointer.point) <= pointer.tolerance


def _refusal(points: list[Point]) -> str | None:
    if len(points) < 3:
        return TOO_FEW
    return None if is_simple(points) else CROSSES


def _shown(points: list[Point], pointer: Pointer, ctx: Context) -> list[Polyline | Handles | Cursor]:
    """Return the outline so far, on to the pointer, and its points; the first is hot where a click closes."""
    end = ctx.inside(pointer.point)
    closing = len(points) >= 3 and _near(points[0], pointer)
    line = [*points, points[0] if closing else end]
    shown: list[Polyline | Handles | Cursor] = [
        Handles(tuple(points), 0 if closing else None),
        Cursor("cross"),
    ]
    return [Polyline(line), *shown] if len(set(line)) > 1 else shown
