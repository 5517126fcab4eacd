"""Change brightness and contrast of the view."""

from __future__ import annotations

from webapp.py.workspace.tool import Adjust, Context, Cursor, Drafts, Gesture, Pointer, Tool

SPEED = 0.5
"""Change of brightness or contrast for one screen pixel."""


class ContrastTool(Tool):
    """Changes brightness by vertical drags and contrast by horizontal drags; a double click resets both."""

    id = "contrast"
    title = "Brightness and contrast"
    key = "w"
    icon = "contrast"
    order = 88
    edits = False
    hint = "Drag to adjust the image"
    help = "Drag up for more brightness, right for more contrast. Double-click to reset both."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Change brightness and contrast with every move until the release."""
        if press.clicks == 2:
            return [Adjust(reset=True)]
        last = press.screen
        event = yield Cursor("move")
        while event.kind != "release":
            if isinstance(event, Pointer):
                here = event.screen
                change = Adjust((last[1] - here[1]) * SPEED, (here[0] - last[0]) * SPEED)
                last = here
                event = yield [change, Cursor("move")]
            else:
                event = yield Cursor("move")
        return []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show that you can drag in any direction."""
        return Cursor("move")
