"""Move the image under the viewport."""

from __future__ import annotations

from webapp.py.workspace.tool import Context, Cursor, Drafts, Gesture, MoveCamera, Pointer, Tool


class PanTool(Tool):
    """Drags the image: the point that was pressed stays under the pointer."""

    id = "pan"
    title = "Pan"
    key = "h"
    icon = "hand"
    order = 80
    edits = False
    help = "Drag to move the image; no annotation is touched."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Move the camera until the release."""
        event = yield Cursor("grabbing")
        while event.kind != "release":
            if isinstance(event, Pointer):
                # Events come in coordinates of the moved camera, in which the point pressed is where it was.
                event = yield [MoveCamera(event.x - press.x, event.y - press.y), Cursor("grabbing")]
            else:
                event = yield Cursor("grabbing")
        return []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show an open hand."""
        return Cursor("grab")
