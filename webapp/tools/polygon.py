"""Draw polygons point by point, and edit their vertices."""

from __future__ import annotations

from webapp.py.domain.shapes import Polygon
from webapp.py.geometry.handles import handle_at
from webapp.py.geometry.hits import inside
from webapp.py.workspace.tool import (
    HOLES,
    SNAP,
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
    draw_outline,
    edit_vertices,
    hover_handles,
    midpoint_at,
    moved_far,
    selected_alone,
    vertex_handles,
)


class PolygonTool(Tool):
    """Draws polygons click by click; moves the selected polygon and edits its vertices."""

    id = "polygon"
    title = "Polygon"
    key = "p"
    icon = "pentagon"
    order = 30
    draws = ("polygon",)
    hint = "Click to add the first point"
    hint_selected = "Drag a point, or click to draw"
    help = (
        "Click to add points; click the first point, double-click or press Enter to close. In the selected "
        "polygon, drag a vertex, a midpoint to add a vertex, or inside to move it; Ctrl-click a vertex to "
        "delete it. Alt-click inside a polygon to start a hole."
    )
    settings = (HOLES, SNAP)
    keys = (
        KeyHint("Enter", "Close the polygon", drawing=True),
        KeyHint("Backspace", "Undo the last point", drawing=True),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Edit the selected polygon if it is pressed, else draw a new one or a hole."""
        view = selected_alone(ctx, Polygon)
        if view is None or not isinstance(view.shape, Polygon) or press.alt:
            return (yield from draw_outline(press, ctx))
        vertex = handle_at(view.shape, press.point, press.tolerance)
        if press.ctrl:
            return (yield from edit_vertices(view, press, ctx))
        if vertex is not None:
            return (yield from drag_handle(view, vertex, press, ctx))
        middle = midpoint_at(view, press)
        if middle is not None or inside(view.shape, press.point):
            return (yield from _drag_or_draw(view, middle, press, ctx))
        return (yield from draw_outline(press, ctx))

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show the vertices of the selected polygon and the one under the pointer, or a crosshair."""
        return hover_handles(selected_alone(ctx, Polygon), pointer, Cursor("cross"))

    def handles(self, ctx: Context) -> Handles | None:
        """Show the vertices of the selected polygon."""
        return vertex_handles(selected_alone(ctx, Polygon), ctx)


def _drag_or_draw(
    view: AnnotationView, middle: tuple[AnnotationView, int] | None, press: Pointer, ctx: Context
) -> Gesture:
    """Drag a new vertex out of an edge, or the whole polygon; a click starts a new polygon, or a hole."""
    event = yield Cursor("cross")
    while event.kind not in ("release", "hover"):
        if isinstance(event, Pointer) and moved_far(press, event):
            if middle is not None:
                return (yield from drag_handle(*middle, press, ctx))
            return (yield from drag_whole([view], press, event, ctx))
        event = yield Cursor("cross")
    return (yield from draw_outline(press, ctx))
