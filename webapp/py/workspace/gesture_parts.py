"""Gestures that several tools share, for use with ``yield from``."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from itertools import pairwise

from webapp.py.domain.shapes import Box, Mask, Point
from webapp.py.geometry.handles import drag_handle_to, handle_points
from webapp.py.geometry.masks import touches
from webapp.py.geometry.rasters import Patch, Raster
from webapp.py.geometry.shapes import Bounds, bounds, limit_move, translate
from webapp.py.geometry.strokes import Tip
from webapp.py.workspace import texts
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.context import SMALLEST, Context
from webapp.py.workspace.messages import (
    Create,
    Cursor,
    Delete,
    Draft,
    Drafts,
    Edit,
    Event,
    Handles,
    MaskPatch,
    Notice,
    Pointer,
    Preview,
    Update,
)
from webapp.py.workspace.snapping import SNAP, snapped

Gesture = Generator[Drafts, Event, Sequence[Edit | Notice]]
"""What `Tool.gesture` is: events are sent in, drafts come out, and it returns the edits to make.

A `Notice` among the edits is shown.
"""


def moved_far(press: Pointer, event: Pointer) -> bool:
    """Return whether the pointer has moved far enough since the press to be a drag, not a click."""
    return math.dist(press.point, event.point) * event.scale >= SMALLEST


def drag_handle(view: AnnotationView, handle: int, press: Pointer, ctx: Context) -> Gesture:
    """Drag one handle of a box, or one vertex of a polygon, until the release.

    With the setting `SNAP` on, a vertex snaps to other outlines. If the shape would be invalid, a box without
    area keeps its last shape, and a polygon that would cross itself returns to its original shape.
    """
    before = shape = view.shape
    grabbed = handle_points(before)[handle]
    crossing = False
    drafts: list[Draft] = [Preview(view.id, shape), Handles(handle_points(shape), handle)]
    while True:
        event = yield drafts
        if isinstance(event, Pointer):
            # The handle keeps its distance from the pointer, so a click alone changes nothing.
            point = (grabbed[0] + event.x - press.x, grabbed[1] + event.y - press.y)
            point = ctx.inside(point)
            if ctx.settings.get(SNAP.name) and not isinstance(before, Box):
                found = snapped(ctx, point, event.tolerance, but=view.id)
                point = found.point if found is not None else point
            dragged = drag_handle_to(before, handle, point) if event.point != press.point else before
            refused = dragged is None and not isinstance(before, Box)
            shape = before if refused else dragged or shape
            drafts = [Preview(view.id, shape), Handles(handle_points(shape))]
            if refused and not crossing:
                drafts.append(Notice(texts.OUTLINE_WOULD_CROSS))
            crossing = refused
        if event.kind == "release":
            return [Update(view.id, {"shape": shape})] if shape != before else []


def drag_whole(views: Sequence[AnnotationView], press: Pointer, event: Event, ctx: Context) -> Gesture:
    """Move annotations together until the release; they stop at the edge of the image.

    ``event`` is the move that started the drag.
    """
    edges = [edge for edge in (bounds(view.shape) for view in views) if edge is not None]
    moved = {view.id: view.shape for view in views}
    while True:
        if isinstance(event, Pointer) and edges:
            dx, dy = event.x - press.x, event.y - press.y
            dx, dy = limit_move(_around(edges), dx, dy, ctx.width, ctx.height)
            moved = {view.id: translate(view.shape, dx, dy) for view in views}
        if event.kind == "release":
            return [Update(v.id, {"shape": moved[v.id]}) for v in views if moved[v.id] != v.shape]
        event = yield [*(Preview(name, shape) for name, shape in moved.items()), Cursor("move")]


def _around(edges: Sequence[Bounds]) -> Bounds:
    left, top, right, bottom = zip(*edges, strict=True)
    return min(left), min(top), max(right), max(bottom)


def paint(press: Pointer, ctx: Context, target: AnnotationView | None, value: int) -> Gesture:
    """Paint (``value`` 1) or erase (0) pixels of a mask along the path of the pointer, until the release.

    ``target`` is the mask annotation to change; None creates a new one. A stroke that paints and never
    touches ``target`` creates a new one, too, unless the person chose to add every stroke
    (`Context.adding`). A mask with no pixels left is deleted. The tool needs two settings: ``radius`` (a
    `Slider`, in image pixels) and ``tip`` (a `Choice` of ``round`` and ``square``).
    """
    stroke = _Stroke(ctx, target, value)
    cursor = brush_cursor(ctx)
    event: Event = press
    while True:
        patches: list[Draft] = []
        if isinstance(event, Pointer) and event.kind != "hover":
            patches = stroke.continued(event.point)
        if event.kind in ("release", "hover"):  # a hover: the release was lost
            return painted(stroke.target, stroke.raster)
        event = yield [*patches, cursor]


class _Stroke:
    """A stroke of a brush, with the mask that it changes: ``target`` is None while that is a new one."""

    def __init__(self, ctx: Context, target: AnnotationView | None, value: int) -> None:
        waits = value == 1 and target is not None and not ctx.adding
        self.target = None if waits else target
        self.raster = ctx.raster(self.target.id if self.target is not None else None)
        self._untouched = target if waits else None
        self._there = ctx.raster(target.id) if waits and target is not None else None
        self._value = value
        self._radius, self._tip = _brush(ctx)
        self._path: list[Point] = []

    def continued(self, point: Point) -> list[Draft]:
        """Continue to a point, and return what changed; it joins the mask that it touches first."""
        here = self._path[-1] if self._path else point
        self._path.append(point)
        drawn = self._drawn(here, point)
        if self._there is not None and any(self._there.touches(patch) for patch in drawn):
            self.target, self.raster, self._there = self._untouched, self._there, None
            drawn = self._drawn(self._path[0], self._path[0])
            for start, end in pairwise(self._path):
                drawn += self._drawn(start, end)
        name = self.target.id if self.target is not None else None
        return [MaskPatch(x, y, pixels, name) for x, y, pixels in drawn]

    def _drawn(self, start: Point, end: Point) -> list[Patch]:
        return self.raster.stroke(start, end, self._radius, self._tip, self._value)


def painted(target: AnnotationView | None, raster: Raster) -> Sequence[Edit]:
    """Return the edits that store ``raster`` (from `Context.raster`, then drawn on) in the mask ``target``.

    ``target`` None creates a new mask; a mask with no pixels left is deleted.
    """
    mask = raster.mask()
    if target is None:
        return [] if mask is None else [Create(mask)]
    if mask is None:
        return [Delete(target.id)]
    return [] if mask == target.shape else [Update(target.id, {"shape": mask})]


def mask_to_paint(ctx: Context) -> AnnotationView | None:
    """Return the mask to continue painting: the selected one if it has the active class, else None."""
    chosen = ctx.chosen()
    target = chosen[0] if len(chosen) == 1 else None
    if target is None or not isinstance(target.shape, Mask) or target.class_id != ctx.class_id:
        return None
    return target


def mask_to_erase(
    ctx: Context, point: Point, radius: float = 0.0, square: bool = False
) -> AnnotationView | None:
    """Return the mask to erase from: the selected one, else the topmost that the tip touches.

    The tip is centered at ``point`` and reaches ``radius`` image pixels.
    """
    selected = [view for view in ctx.chosen() if isinstance(view.shape, Mask)]
    if selected:
        return selected[-1]
    for view in reversed(ctx.annotations):
        usable = isinstance(view.shape, Mask) and not (view.locked or view.hidden)
        if usable and isinstance(view.shape, Mask) and touches(view.shape, point, radius, square):
            return view
    return None


def brush_cursor(ctx: Context) -> Cursor:
    """Return the outline of the brush of `paint`, to show at the pointer."""
    radius, tip = _brush(ctx)
    return Cursor("circle" if tip == "round" else "square", radius)


def _brush(ctx: Context) -> tuple[float, Tip]:
    radius = ctx.settings.get("radius", 1.0)
    tip: Tip = "square" if ctx.settings.get("tip") == "square" else "round"
    return float(radius), tip
