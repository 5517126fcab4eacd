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
    """Shows the angle between two arms: a ruler that passes, or a line that is kept as an annotation."""

    id = "angle"
    title = "Angle"
    key = "y"
    icon = "triangle-right"
    order = 92
    draws = ("polyline",)
    help = (
        "Drag along the first arm to the vertex, then click the end of the second; hold Shift at the end to "
        "keep the lines as an annotation. Esc takes the angle away."
    )
    settings = (KEEP,)
    keys = (KeyHint("Backspace", "Take the last point back"),)

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Measure at the second of three points; the angle stays to be seen until the next one."""

        def shown(points: list[Point]) -> list[Draft]:
            return [Polyline(points), Label(points[1:2], angle_in_words(points, ctx.pixel))]

        points, kept = yield from place_points(press, ctx, 3, shown)
        if not angle_in_words(points, ctx.pixel):
            return []
        return [ctx.create(Polyline(points))] if kept else [Stay(tuple(shown(points)))]
