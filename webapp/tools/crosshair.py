"""Point at a position in the patient."""

from __future__ import annotations

from webapp.py.workspace.tool import Aim, Context, Cursor, Drafts, Gesture, Pointer, Tool


class CrosshairTool(Tool):
    """Sets the crosshair by clicking or dragging; other views show the same position."""

    id = "crosshair"
    title = "Crosshair"
    key = "j"
    icon = "crosshair"
    order = 84
    needs = "position"
    edits = False
    hint = "Click to move other views"
    help = "Click or drag to show this position in the other views."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Move the crosshair with the pointer until the release."""
        event = yield [Aim(*press.point), Cursor("cross")]
        while event.kind != "release":
            aims = [Aim(*event.point)] if isinstance(event, Pointer) else []
            event = yield [*aims, Cursor("cross")]
        return []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show a crosshair."""
        return Cursor("cross")
