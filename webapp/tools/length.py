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
    """Measures the distance between two points, temporarily or as an annotation."""

    id = "length"
    title = "Length"
    key = "o"
    icon = "ruler"
    order = 90
    group = "measure"
    draws = ("polyline",)
    hint = "Drag to measure a length"
    help = (
        "Drag from one point to another, or click both. Hold Shift at the second point to keep the line as "
        "an annotation. Press Esc to clear the ruler."
    )
    settings = (KEEP,)
    keys = (KeyHint("Backspace", "Undo the last point"),)

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Measure between two points; the ruler stays visible until the next one."""

        def shown(points: list[Point]) -> list[Draft]:
            return [Polyline(points), Label(points[-1:], length_in_words(points, ctx.pixel))]

        points, kept = yield from place_points(press, ctx, 2, shown)
        if points[0] == points[1]:
            return []
        return [ctx.create(Polyline(points))] if kept else [Stay(tuple(shown(points)))]
