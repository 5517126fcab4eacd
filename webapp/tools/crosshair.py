"""Point at a place of the patient."""

from __future__ import annotations

from webapp.py.workspace.tool import Aim, Context, Cursor, Drafts, Gesture, Pointer, Tool


class CrosshairTool(Tool):
    """Puts the cross where the pointer is pressed or dragged: other views show that place."""

    id = "crosshair"
    title = "Crosshair"
    key = "j"
    icon = "crosshair"
    order = 84
    edits = False
    help = "Click or drag to show this place in the other views."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Move the cross with the pointer until the release."""
        event = yield [Aim(*press.point), Cursor("cross")]
        while event.kind != "release":
            aims = [Aim(*event.point)] if isinstance(event, Pointer) else []
            event = yield [*aims, Cursor("cross")]
        return []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show a cross."""
        return Cursor("cross")
