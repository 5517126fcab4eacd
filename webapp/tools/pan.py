"""Move the image in the viewport."""

from __future__ import annotations

from webapp.py.workspace.tool import Context, Cursor, Drafts, Gesture, MoveCamera, Pointer, Tool


class PanTool(Tool):
    """Drags the image: the pressed point stays under the pointer."""

    id = "pan"
    title = "Pan"
    key = "h"
    icon = "hand"
    order = 80
    edits = False
    hint = "Drag to move the image"
    help = "Drag to move the image. Annotations don't change."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Move the camera until the release."""
        event = yield Cursor("grabbing")
        while event.kind != "release":
            if isinstance(event, Pointer):
                # Events have coordinates of the moved camera, in which the pressed point stays the same.
                event = yield [MoveCamera(event.x - press.x, event.y - press.y), Cursor("grabbing")]
            else:
                event = yield Cursor("grabbing")
        return []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show an open hand."""
        return Cursor("grab")
