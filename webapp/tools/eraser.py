"""Erase parts of masks."""

from __future__ import annotations

from webapp.py.domain.shapes import Mask
from webapp.py.workspace.tool import (
    AnnotationView,
    Choice,
    Context,
    Draft,
    Drafts,
    Event,
    Gesture,
    Notice,
    Pointer,
    Slider,
    Tool,
    brush_cursor,
    mask_to_erase,
    paint,
)

NOTHING = "There is no mask on this image to erase."


class EraserTool(Tool):
    """Erases pixels of the selected mask, or else of the topmost mask that the tip touches first."""

    id = "eraser"
    title = "Eraser"
    key = "e"
    icon = "eraser"
    order = 50
    group = "mask"
    hint = "Drag to erase"
    help = "Erase pixels of the selected mask, or of the first mask you touch. Erasing all of it deletes it."
    settings = (
        Slider("radius", "Radius", 12, 1, 200, 1, "px", keys=("[", "]"), wheel=True, ratio=0.1),
        Choice("tip", "Shape", "round", (("round", "Round"), ("square", "Square"))),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Erase until the release."""
        event: Event = press
        tip = brush_cursor(ctx)
        drafts: list[Draft] = [] if any(_erasable(view) for view in ctx.annotations) else [Notice(NOTHING)]
        while event.kind not in ("release", "hover"):  # a hover: the release was lost
            target = None
            if isinstance(event, Pointer):
                target = mask_to_erase(ctx, event.point, tip.radius, tip.kind == "square")
            if target is not None and isinstance(event, Pointer):
                return (yield from paint(event, ctx, target, value=0))
            event = yield [*drafts, tip]
            drafts = []
        return []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show the outline of the eraser."""
        return brush_cursor(ctx)


def _erasable(view: AnnotationView) -> bool:
    return isinstance(view.shape, Mask) and not (view.locked or view.hidden)
