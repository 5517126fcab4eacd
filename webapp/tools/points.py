"""Place single points."""

from __future__ import annotations

from webapp.py.domain.shapes import Points
from webapp.py.geometry.handles import handle_at
from webapp.py.workspace.tool import (
    AnnotationView,
    Context,
    Cursor,
    Drafts,
    Gesture,
    Handles,
    Pointer,
    Tool,
    Update,
    drag_handle,
    edit_vertices,
    hover_handles,
    selected_alone,
    vertex_handles,
)


class PointsTool(Tool):
    """Places points, as new annotations or in the selected one; points can be dragged."""

    id = "points"
    title = "Points"
    key = "k"
    icon = "circle-dot"
    order = 38
    draws = ("points",)
    hint = "Click to place a point"
    hint_selected = "Shift-click adds a point"
    help = (
        "Click to place a point; Shift-click to add one to the selected annotation. Drag a point to move it; "
        "Ctrl-click a point of the selected annotation to delete it."
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Move or delete the pressed point, else place one where the pointer is released."""
        chosen = selected_alone(ctx, Points)
        under = _under(press, ctx, chosen)
        if press.ctrl:
            return (yield from edit_vertices(chosen, press, ctx)) if chosen is not None else []
        if under is not None:
            view, index = under
            return (yield from drag_handle(view, index, press, ctx))
        more = (
            list(chosen.shape.points) if press.shift and chosen and isinstance(chosen.shape, Points) else []
        )
        point = ctx.inside(press.point)
        event = yield [Points([point]), Cursor("cross")]
        while event.kind not in ("release", "hover"):
            if isinstance(event, Pointer):
                point = ctx.inside(event.point)
            event = yield [Points([point]), Cursor("cross")]
        if chosen is not None and more:
            return [Update(chosen.id, {"shape": Points([*more, point])})]
        return [ctx.create(Points([point]))]

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show a hand over a point; elsewhere, a crosshair."""
        under = _under(pointer, ctx, selected_alone(ctx, Points))
        return hover_handles(under[0] if under is not None else None, pointer, Cursor("cross"))

    def handles(self, ctx: Context) -> Handles | None:
        """Show the points of the selected annotation as handles."""
        return vertex_handles(selected_alone(ctx, Points), ctx)


def _under(
    pointer: Pointer, ctx: Context, chosen: AnnotationView | None
) -> tuple[AnnotationView, int] | None:
    """Return annotation and index of the point under the pointer; the selected annotation comes first."""
    topmost = ctx.at(pointer.point, pointer.tolerance)
    for view in (chosen, topmost):
        if view is not None and not view.locked and isinstance(view.shape, Points):
            index = handle_at(view.shape, pointer.point, pointer.tolerance)
            if index is not None:
                return view, index
    return None
