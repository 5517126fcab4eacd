"""Measure lengths."""

from __future__ import annotations

from webapp.py.domain.shapes import Point, Polyline
from webapp.py.geometry.measures import length_in_words
from webapp.py.workspace.tool import (
    KEEP,
    Context,
    Draft,
    Gesture,
    KeyHint,
    Label,
    Pointer,
    Stay,
    Tool,
    place_points,
)


class LengthTool(Tool):
    """Shows the distance of two points: a ruler that passes, or a line that is kept as an annotation."""

    id = "length"
    title = "Length"
    key = "o"
    icon = "ruler"
    order = 90
    draws = ("polyline",)
    help = (
        "Drag from one point to the other, or click both; hold Shift at the second one to keep the line as "
        "an annotation. Esc takes a ruler away."
    )
    settings = (KEEP,)
    keys = (KeyHint("Backspace", "Take the last point back"),)

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Measure between two points; the ruler stays to be seen until the next one."""

        def shown(points: list[Point]) -> list[Draft]:
            return [Polyline(points), Label(points[-1:], length_in_words(points, ctx.pixel))]

        points, kept = yield from place_points(press, ctx, 2, shown)
        if points[0] == points[1]:
            return []
        return [ctx.create(Polyline(points))] if kept else [Stay(tuple(shown(points)))]
