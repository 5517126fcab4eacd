"""Fill the area between outlines."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from webapp.py.domain.shapes import Box, Mask, Point, Polygon, Polyline, Shape
from webapp.py.geometry.boxes import box_handles
from webapp.py.geometry.enclosed import segments_of
from webapp.py.geometry.filling import polygon_mask
from webapp.py.geometry.masks import Rect
from webapp.py.geometry.shapes import bounds
from webapp.py.workspace.tool import (
    Ask,
    Choice,
    ComputeReply,
    Context,
    Edit,
    Gesture,
    Notice,
    Pointer,
    Switch,
    Tool,
)

NOT_ENCLOSED = "The outlines leave this area open. Close the gap, or draw it."
NOT_IN_VIEW = "This area isn't fully in view. Zoom out and click again."
TOO_SMALL = "This area contains no pixel, so it can't be a mask. Choose Polygon in the tool settings."


class EnclosedTool(Tool):
    """Fills the area around the clicked point, up to the outlines of annotations around it."""

    id = "enclosed"
    title = "Fill enclosed area"
    key = "shift+s"
    icon = "squares-intersect"
    order = 33
    group = "smart"
    draws = ("polygon", "mask")
    hint = "Click between outlines"
    help = (
        "Click an area that annotations in view enclose. It becomes an annotation that shares its borders "
        "with them, without gap or overlap. What is inside it is left out."
    )
    settings = (
        Choice("makes", "Makes", "polygon", (("polygon", "Polygon"), ("mask", "Mask"))),
        Switch("image_edge", "Image edge closes", True),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Ask for the area around the press, and create it."""
        visible = ctx.visible or (0, 0, ctx.width, ctx.height)
        if not _inside(press.point, visible):
            return []
        shapes = [view.shape for view in ctx.annotations if not view.hidden and _seen(view.shape, visible)]
        lines = [line for shape in shapes for line in _lines(shape)]
        masks = [msgspec.to_builtins(shape) for shape in shapes if isinstance(shape, Mask)]
        edges = segments_of([*lines, (_corners(visible), True)])
        answer = yield Ask("enclosed", {"edges": edges, "masks": masks, "point": [press.x, press.y]})
        assert isinstance(answer, ComputeReply)
        if answer.value is None:
            return [Notice(NOT_ENCLOSED)]
        points, *holes = (
            [(float(x), float(y)) for x, y in contour]
            for contour in (answer.value["points"], *answer.value["holes"])
        )
        refused = _refusal(points, visible, ctx)
        return [Notice(refused)] if refused else _made(Polygon(points, holes), ctx)


def _made(polygon: Polygon, ctx: Context) -> Sequence[Edit | Notice]:
    if ctx.settings["makes"] == "polygon":
        return [ctx.create(polygon)]
    mask = polygon_mask(polygon, ctx.width, ctx.height)
    return [Notice(TOO_SMALL)] if mask is None else [ctx.create(mask)]


def _refusal(points: list[Point], visible: Rect, ctx: Context) -> str:
    """Return why an area does not count as enclosed, as a sentence, or nothing."""
    left, top, right, bottom = visible[0], visible[1], visible[0] + visible[2], visible[1] + visible[3]
    xy = np.asarray(points)
    after = np.roll(xy, -1, axis=0)
    # Which edges of the area are on which edge of the view.
    sides = [
        (xy[:, axis] == place) & (after[:, axis] == place)
        for axis, place in ((0, left), (1, top), (0, right), (1, bottom))
    ]
    if np.logical_or.reduce(sides).all():
        return NOT_ENCLOSED
    at_edges = [left == 0, top == 0, right == ctx.width, bottom == ctx.height]
    for side, at_image_edge in zip(sides, at_edges, strict=True):
        if side.any() and not at_image_edge:
            return NOT_IN_VIEW
        if side.any() and not ctx.settings["image_edge"]:
            return NOT_ENCLOSED
    return ""


def _lines(shape: Shape) -> list[tuple[Sequence[Point], bool]]:
    """Return the lines of a shape, each with whether it is closed."""
    match shape:
        case Polygon():
            return [(contour, True) for contour in (shape.points, *shape.holes)]
        case Box():
            return [(box_handles(shape)[::2], True)]
        case Polyline():
            return [(shape.points, False)]
        case _:
            return []


def _corners(rect: Rect) -> list[Point]:
    x, y, width, height = rect
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _inside(point: Point, rect: Rect) -> bool:
    return rect[0] < point[0] < rect[0] + rect[2] and rect[1] < point[1] < rect[1] + rect[3]


def _seen(shape: Shape, rect: Rect) -> bool:
    edges = bounds(shape)
    if edges is None:
        return False
    across = edges[0] <= rect[0] + rect[2] and edges[2] >= rect[0]
    return across and edges[1] <= rect[1] + rect[3] and edges[3] >= rect[1]
