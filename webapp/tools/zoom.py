"""Zoom in, out, and to a region."""

from __future__ import annotations

from webapp.py.workspace.tool import (
    Band,
    Context,
    Cursor,
    Drafts,
    Frame,
    Gesture,
    MoveCamera,
    Pointer,
    Tool,
    moved_far,
)

STEP = 2.0
"""The zoom factor of a click."""


class ZoomTool(Tool):
    """Fits a dragged rectangle into the view; a click zooms in, an Alt-click zooms out."""

    id = "zoom"
    title = "Zoom"
    key = "z"
    icon = "scan-search"
    order = 82
    edits = False
    hint = "Drag a rectangle, or click"
    help = "Drag a rectangle to zoom to it. Click to zoom in; Alt-click to zoom out."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Show the rectangle until the release."""
        event = yield _cursor(press)
        while event.kind != "release":
            dragged = isinstance(event, Pointer) and moved_far(press, event)
            band = [Band(*press.point, *event.point)] if isinstance(event, Pointer) and dragged else []
            event = yield [*band, _cursor(press)]
        if isinstance(event, Pointer) and moved_far(press, event):
            return [Frame(*press.point, *event.point)]
        return [MoveCamera(zoom=1 / STEP if press.alt else STEP, about=press.point)]

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show whether a click zooms in or out."""
        return _cursor(pointer)


def _cursor(pointer: Pointer) -> Cursor:
    return Cursor("zoom-out" if pointer.alt else "zoom-in")
