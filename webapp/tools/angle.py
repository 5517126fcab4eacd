"""Measure angles."""

from __future__ import annotations

from webapp.py.domain.shapes import Point, Polyline
from webapp.py.geometry.measures import angle_in_words
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


class AngleTool(Tool):
    """Measures the angle between two arms, temporarily or as an annotation."""

    id = "angle"
    title = "Angle"
    key = "y"
    icon = "triangle-right"
    order = 92
    group = "measure"
    draws = ("polyline",)
    hint = "Drag along the first arm"
    help = (
        "Drag along the first arm to the vertex, then click the end of the second arm. Hold Shift at the end "
        "to keep the lines as an annotation. Press Esc to clear the angle."
    )
    settings = (KEEP,)
    keys = (KeyHint("Backspace", "Undo the last point"),)

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Measure the angle at the second of three points; it stays visible until the next one."""

        def shown(points: list[Point]) -> list[Draft]:
            return [Polyline(points), Label(points[1:2], angle_in_words(points, ctx.pixel))]

        points, kept = yield from place_points(press, ctx, 3, shown)
        if not angle_in_words(points, ctx.pixel):
            return []
        return [ctx.create(Polyline(points))] if kept else [Stay(tuple(shown(points)))]
