"""Draw freehand outlines."""

from __future__ import annotations

from webapp.py.workspace.tool import (
    HOLES,
    SNAP,
    Context,
    Gesture,
    KeyHint,
    Pointer,
    Tool,
    draw_outline,
)


class FreehandTool(Tool):
    """Draws the outline of a polygon along the path of the pointer."""

    id = "freehand"
    title = "Freehand"
    key = "f"
    icon = "lasso"
    order = 32
    draws = ("polygon",)
    hint = "Drag around the object"
    help = (
        "Drag around the object and release to close the outline. Or click and drag alternately for straight "
        "and curved pieces, and close with Enter, a double-click or a click on the first point. "
        "Start with Alt inside a polygon to cut a hole."
    )
    settings = (HOLES, SNAP)
    keys = (
        KeyHint("Enter", "Close the outline", drawing=True),
        KeyHint("Backspace", "Undo the last piece", drawing=True),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Draw until the outline is closed."""
        return (yield from draw_outline(press, ctx, by_hand=True))
