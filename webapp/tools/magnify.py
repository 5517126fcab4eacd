"""Look at pixels closely without moving the camera."""

from __future__ import annotations

from webapp.py.workspace.tool import Context, Cursor, Drafts, Gesture, Loupe, Pointer, Slider, Tool


class MagnifyTool(Tool):
    """While it is held, a loupe shows what is under the pointer."""

    id = "magnify"
    title = "Magnify"
    key = "i"
    icon = "search"
    order = 84
    edits = False
    edits = False
    help = "Press and hold to see what is under the pointer enlarged, every pixel a square."
    settings = (Slider("factor", "Enlarged", 6, 2, 16, 1, "×", keys=("[", "]"), wheel=True),)

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Show the loupe until the release."""
        loupe = Loupe(float(ctx.settings.get("factor", 6)))
        event = yield [loupe, Cursor("cross")]
        while event.kind != "release":
            event = yield [loupe, Cursor("cross")]
        return []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show a cross."""
        return Cursor("cross")
