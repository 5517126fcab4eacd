"""Push the outlines of polygons into shape."""

from __future__ import annotations

import msgspec

from webapp.py.domain.shapes import Point, Polygon
from webapp.py.geometry.crossings import are_nested, is_simple
from webapp.py.geometry.hits import inside, within
from webapp.py.geometry.sculpting import sculpt
from webapp.py.geometry.shapes import clamp
from webapp.py.workspace.tool import (
    AnnotationView,
    Context,
    Cursor,
    Drafts,
    Gesture,
    Notice,
    Pointer,
    Preview,
    Select,
    Slider,
    Tool,
    Update,
    moved_far,
    nearest_polygon,
)

NO_POLYGON = "There is no outline to push. Draw a polygon or a freehand outline first."
NOTHING_LEFT = "Nothing would remain of the outline, so it wasn't changed. To remove it, delete it."
SMALLEST = 3.0
"""Radius of the smallest circle, in screen pixels."""
WIDEST, NARROWEST = 6.0, 3.0
"""Spacing of new points along a large and a small circle, in screen pixels."""


class SculptorTool(Tool):
    """Pushes the contour of the selected or nearest polygon with a circle that reaches to it."""

    id = "sculptor"
    title = "Sculptor"
    key = "c"
    icon = "circle-dashed"
    order = 34
    hint = "Drag to push an outline"
    help = (
        "Drag from inside or outside an outline to push it. The closer you start to the outline, the smaller "
        "the circle. Works on the selected polygon, or else on the nearest one."
    )
    settings = (
        Slider("largest", "Largest circle", 60, 5, 300, 1, "px", keys=("[", "]"), wheel=True, ratio=0.1),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Push until the release."""
        found = nearest_polygon(ctx, press.point)
        if found is None or not isinstance(found[0].shape, Polygon):
            return [Notice(NO_POLYGON)]
        view, distance = found
        before = work = shown = found[0].shape
        radius = _radius(distance, press, ctx)
        outward = inside(before, press.point)
        bounded = within(before, (0, 0, ctx.width, ctx.height))
        here = ctx.inside(press.point)
        moving = warned = False
        drafts: list[Preview | Cursor | Notice] = [Cursor("circle", radius)]
        while True:
            event = yield drafts
            drafts = []
            if isinstance(event, Pointer) and event.kind != "hover":
                moving = moving or moved_far(press, event)
                there = ctx.inside(event.point)
                if moving and there != here:
                    spacing = min(max(radius * press.scale / 2, NARROWEST), WIDEST) / press.scale
                    pushed = sculpt(work, here, there, radius, spacing, outward=outward)
                    here = there
                    if pushed is None and not warned:
                        drafts, warned = [Notice(NOTHING_LEFT)], True
                    work = pushed or work
                    shown = _in_image(work, shown, ctx) if bounded else work
            if event.kind in ("release", "hover"):
                return _edits(view, before, shown, ctx)
            drafts += [Preview(view.id, shown), Cursor("circle", radius)]

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show the circle that a press would push with."""
        found = nearest_polygon(ctx, pointer.point)
        return Cursor("cross") if found is None else Cursor("circle", _radius(found[1], pointer, ctx))


def _radius(distance: float, pointer: Pointer, ctx: Context) -> float:
    """Return the radius of the circle, in image pixels: the distance to the contour, within limits."""
    largest = float(ctx.settings.get("largest", 60.0))
    return min(max(distance, SMALLEST / pointer.scale), largest / pointer.scale)


def _in_image(polygon: Polygon, last: Polygon, ctx: Context) -> Polygon:
    """Return the part of a polygon inside the image, or ``last`` if that is not a polygon."""
    if within(polygon, (0, 0, ctx.width, ctx.height)):
        return polygon
    clipped = clamp(polygon, ctx.width, ctx.height)
    if not isinstance(clipped, Polygon):
        return last
    contours = [_without_repetitions(contour) for contour in (clipped.points, *clipped.holes)]
    if not all(is_simple(contour) for contour in contours):
        return last
    clipped = msgspec.structs.replace(clipped, points=contours[0], holes=contours[1:])
    return clipped if are_nested(clipped) else last


def _without_repetitions(contour: list[Point]) -> list[Point]:
    return [point for i, point in enumerate(contour) if point != contour[i - 1]]


def _edits(view: AnnotationView, before: Polygon, after: Polygon, ctx: Context) -> list[Update | Select]:
    if after is before:
        return []
    chosen = [] if view.id in ctx.selected else [Select([view.id])]
    return [Update(view.id, {"shape": after}), *chosen]
