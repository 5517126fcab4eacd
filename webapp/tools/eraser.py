"""Erase parts of masks."""

from __future__ import annotations

from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import touches
from webapp.py.workspace.tool import (
    AnnotationView,
    Choice,
    Context,
    Drafts,
    Event,
    Gesture,
    Notice,
    Pointer,
    Slider,
    Tool,
    brush_cursor,
    paint,
)

NOTHING = "There is no mask on this image to erase from."


class EraserTool(Tool):
    """Erases pixels of the selected mask, or of the topmost mask that the tip touches first."""

    id = "eraser"
    title = "Eraser"
    key = "e"
    icon = "eraser"
    order = 50
    help = "Erase pixels of the selected mask, or of the first one touched; erasing it all deletes it."
    settings = (
        Slider("radius", "Radius", 12, 1, 200, 1, "px", keys=("[", "]"), wheel=True, ratio=0.1),
        Choice("tip", "Shape", "round", (("round", "Round"), ("square", "Square"))),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Erase until the release."""
        event: Event = press
        while event.kind != "release":
            target = _target(event, ctx) if isinstance(event, Pointer) else None
            if target is not None and isinstance(event, Pointer):
                return (yield from paint(event, ctx, target, value=0))
            none = [] if any(_erasable(view) for view in ctx.annotations) else [Notice(NOTHING)]
            event = yield [*none, brush_cursor(ctx)]
        return []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show the outline of the eraser."""
        return brush_cursor(ctx)


def _erasable(view: AnnotationView) -> bool:
    return isinstance(view.shape, Mask) and not (view.locked or view.hidden)


def _target(pointer: Pointer, ctx: Context) -> AnnotationView | None:
    """Return the selected mask, else the topmost one that the tip touches and that may be changed."""
    selected = [view for view in ctx.chosen() if isinstance(view.shape, Mask)]
    if selected:
        return selected[-1]
    tip = brush_cursor(ctx)
    square = tip.kind == "square"
    for view in reversed(ctx.annotations):
        shape = view.shape
        if isinstance(shape, Mask) and _erasable(view) and touches(shape, pointer.point, tip.radius, square):
            return view
    return None
