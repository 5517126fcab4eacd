"""Erase parts of masks."""

from __future__ import annotations

import math

from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import is_on
from webapp.py.workspace.tool import (
    AnnotationView,
    Choice,
    Context,
    Drafts,
    Gesture,
    Notice,
    Pointer,
    Slider,
    Tool,
    brush_cursor,
    paint,
)


class EraserTool(Tool):
    """Erases pixels of the selected mask, or of the topmost mask under the pointer."""

    id = "eraser"
    title = "Eraser"
    key = "e"
    icon = "eraser"
    order = 50
    help = "Erase pixels of the selected mask, or of the one under the pointer; erasing it all deletes it."
    settings = (
        Slider("radius", "Radius", 12, 1, 200, 1, "px", keys=("[", "]"), wheel=True, ratio=0.1),
        Choice("tip", "Shape", "round", (("round", "Round"), ("square", "Square"))),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Erase until the release."""
        target = _target(press, ctx)
        if target is None:
            event = yield [Notice("There is no mask here to erase from."), brush_cursor(ctx)]
            while event.kind != "release":
                event = yield brush_cursor(ctx)
            return []
        return (yield from paint(press, ctx, target, value=0))

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show the outline of the eraser."""
        return brush_cursor(ctx)


def _target(press: Pointer, ctx: Context) -> AnnotationView | None:
    """Return the selected mask, else the topmost one with a pixel at the pointer that may be changed."""
    selected = [view for view in ctx.chosen() if isinstance(view.shape, Mask)]
    if selected:
        return selected[-1]
    column, row = math.floor(press.x), math.floor(press.y)
    for view in reversed(ctx.annotations):
        free = not (view.locked or view.hidden)
        if free and isinstance(view.shape, Mask) and is_on(view.shape, column, row):
            return view
    return None
