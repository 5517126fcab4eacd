"""Magnify pixels without moving the camera."""

from __future__ import annotations

from webapp.py.workspace.tool import Context, Cursor, Drafts, Gesture, Loupe, Pointer, Slider, Tool


class MagnifyTool(Tool):
    """Shows a magnifier at the pointer while pressed."""

    id = "magnify"
    title = "Magnify"
    key = "i"
    icon = "focus"
    order = 84
    edits = False
    hint = "Hold to magnify"
    help = "Press and hold to magnify the pixels under the pointer."
    settings = (Slider("factor", "Magnification", 6, 2, 16, 1, "×", keys=("[", "]"), wheel=True),)

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Show the magnifier until the release."""
        loupe = Loupe(float(ctx.settings.get("factor", 6)))
        event = yield [loupe, Cursor("cross")]
        while event.kind != "release":
            event = yield [loupe, Cursor("cross")]
        return []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show a crosshair."""
        return Cursor("cross")
