"""Change brightness and contrast of the view."""

from __future__ import annotations

from webapp.py.workspace.tool import Adjust, Context, Cursor, Drafts, Gesture, Pointer, Tool

SPEED = 0.5
"""How much one screen pixel changes."""


class ContrastTool(Tool):
    """Brightness by dragging up and down, contrast by dragging sideways; a double click resets both."""

    id = "contrast"
    title = "Brightness and contrast"
    key = "w"
    icon = "contrast"
    order = 88
    edits = False
    help = "Drag up for brighter, right for more contrast; double-click for the image as it is."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Change the light with every move until the release."""
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
        """Show that dragging in any direction does something."""
        return Cursor("move")
