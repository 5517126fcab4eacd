"""Draw open lines, point by point or freehand, and edit their vertices."""

from __future__ import annotations

from webapp.py.domain.shapes import Point, Polyline
from webapp.py.geometry.handles import handle_at
from webapp.py.workspace.tool import (
    AnnotationView,
    Context,
    Cursor,
    Drafts,
    Gesture,
    Handles,
    KeyHint,
    Pointer,
    Tool,
    drag_handle,
    drag_whole,
    edit_vertices,
    hover_handles,
    midpoint_at,
    moved_far,
    on_line,
    selected_alone,
    trace,
    vertex_handles,
)

TOO_SHORT = "A line needs two different points."


class PolylineTool(Tool):
    """Draws lines by clicking or dragging; moves the selected line and edits its vertices."""

    id = "polyline"
    title = "Line"
    key = "l"
    icon = "spline"
    order = 36
    draws = ("polyline",)
    hint = "Click or drag to draw"
    hint_selected = "Drag a point, or click to draw"
    help = (
        "Drag to draw freehand, or click to add points and end with a double-click or Enter. In the selected "
        "line, drag a vertex, a midpoint to add a vertex, or an edge to move it; Ctrl-click a vertex to "
        "delete it."
    )
    keys = (
        KeyHint("Enter", "End the line", drawing=True),
        KeyHint("Backspace", "Undo the last point or stroke", drawing=True),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Edit the selected line if it is pressed, else draw a new one."""
        view = selected_alone(ctx, Polyline)
        if view is not None and isinstance(view.shape, Polyline):
            vertex = handle_at(view.shape, press.point, press.tolerance)
            if press.ctrl:
                return (yield from edit_vertices(view, press, ctx))
            if vertex is not None:
                return (yield from drag_handle(view, vertex, press, ctx))
            middle = midpoint_at(view, press)
            if middle is not None:
                return (yield from drag_handle(*middle, press, ctx))
            if on_line(view.shape, press):
                return (yield from _move(view, press, ctx))
        points, _ = yield from trace(press, ctx, _refusal, closed=False, by_hand=True)
        return [ctx.create(Polyline(points))] if points else []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show the vertices of the selected line and the one under the pointer, or a crosshair."""
        view = selected_alone(ctx, Polyline)
        over = view is not None and isinstance(view.shape, Polyline) and on_line(view.shape, pointer)
        return hover_handles(view, pointer, Cursor("move" if over else "cross"))

    def handles(self, ctx: Context) -> Handles | None:
        """Show the vertices of the selected line."""
        return vertex_handles(selected_alone(ctx, Polyline), ctx)


def _refusal(points: list[Point]) -> str | None:
    return None if len(set(points)) > 1 else TOO_SHORT


def _move(view: AnnotationView, press: Pointer, ctx: Context) -> Gesture:
    event = yield Cursor("move")
    while event.kind not in ("release", "hover"):
        if isinstance(event, Pointer) and moved_far(press, event):
            return (yield from drag_whole([view], press, event, ctx))
        event = yield Cursor("move")
    return []
