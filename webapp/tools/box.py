"""Draw bounding boxes."""

from __future__ import annotations

from webapp.py.domain.shapes import Box
from webapp.py.geometry.boxes import HANDLE_CURSORS, box_between, box_handles
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
    drag_handle,
)


class BoxTool(Tool):
    """Draws a box from corner to corner; handles resize the selected box."""

    id = "box"
    title = "Bounding box"
    key = "b"
    icon = "square-dashed"
    order = 20
    draws = ("box",)
    hint = "Drag from corner to corner"
    hint_selected = "Drag a handle, or draw"
    help = "Drag from one corner to the opposite one. Drag a handle of the selected box to resize it."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Resize the selected box if one of its handles is pressed, else draw a new one."""
        view = _selected_box(ctx)
        handle = handle_at(view.shape, press.point, press.tolerance) if view is not None else None
        if view is not None and handle is not None:
            return (yield from drag_handle(view, handle, press, ctx))
        start = ctx.inside(press.point)
        draft = None
        event = yield None
        while event.kind != "release":
            if isinstance(event, Pointer):
                draft = box_between(start, ctx.inside(event.point))
            event = yield draft
        if isinstance(event, Pointer):
            draft = box_between(start, ctx.inside(event.point))
        return [ctx.create(draft)] if draft is not None and ctx.big_enough(draft) else []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show how a handle resizes; elsewhere, a crosshair."""
        view = _selected_box(ctx)
        handle = handle_at(view.shape, pointer.point, pointer.tolerance) if view is not None else None
        return Cursor("cross" if handle is None else HANDLE_CURSORS[handle])

    def handles(self, ctx: Context) -> Handles | None:
        """Show the eight handles of the selected box."""
        view = _selected_box(ctx)
        return Handles(box_handles(view.shape)) if view is not None and isinstance(view.shape, Box) else None


def _selected_box(ctx: Context) -> AnnotationView | None:
    chosen = ctx.chosen()
    return chosen[0] if len(chosen) == 1 and isinstance(chosen[0].shape, Box) else None
