"""Paint masks."""

from __future__ import annotations

from webapp.py.workspace.tool import (
    Choice,
    Context,
    Drafts,
    Gesture,
    Pointer,
    Slider,
    Tool,
    brush_cursor,
    mask_to_paint,
    paint,
)


class BrushTool(Tool):
    """Paints pixels of the selected mask if it has the active class, else of a new one."""

    id = "brush"
    title = "Brush"
    key = "m"
    icon = "brush"
    order = 40
    draws = ("mask",)
    hint = "Drag to paint"
    help = (
        "Paint a mask. A stroke that touches the selected mask of the active class adds to it; other strokes "
        "start a new object."
    )
    settings = (
        Slider("radius", "Radius", 12, 1, 200, 1, "px", keys=("[", "]"), wheel=True, ratio=0.1),
        Choice("tip", "Shape", "round", (("round", "Round"), ("square", "Square"))),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Paint until the release."""
        return (yield from paint(press, ctx, mask_to_paint(ctx), value=1))

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show the outline of the brush."""
        return brush_cursor(ctx)
