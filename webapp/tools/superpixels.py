"""Paint masks by superpixels: small regions of similar color that follow the edges of the image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Mask, Point
from webapp.py.geometry.image_parts import ImagePart, covers, part_of
from webapp.py.geometry.masks import Rect, clip_rect, decode_rect
from webapp.py.geometry.rasters import Raster
from webapp.py.geometry.segments import Segments
from webapp.py.workspace.tool import (
    NO_MASK_TO_ERASE,
    AnnotationView,
    Ask,
    Choice,
    ComputeReply,
    Context,
    Cursor,
    Draft,
    Drafts,
    Edit,
    Event,
    Gesture,
    MaskPatch,
    Notice,
    Outlines,
    Pointer,
    Slider,
    Tool,
    brush_cursor,
    mask_to_erase,
    mask_to_paint,
    paint,
    painted,
)

MOST_VISIBLE = 2**20
"""Maximum number of pixels to segment of the region in view; a larger one is scaled down first."""
MOST_IMAGE = 2**22
"""The same for the whole image."""
SMALLEST = 8.0
"""Minimum width of a segment if the image is scaled down, in pixels."""
DENSEST = 4.0
"""Minimum width of a segment for its borders to be shown, in screen pixels."""
ENOUGH = 0.8
"""Segments are kept down to this fraction of the resolution that the region in view could have."""


class SuperpixelTool(Tool):
    """Fills or clears superpixels of a mask, or paints and erases with a brush."""

    id = "superpixels"
    title = "Superpixels"
    key = "s"
    icon = "puzzle"
    order = 60
    group = "smart"
    draws = ("mask",)
    hint = "Click or drag to fill"
    help = "Click a segment to fill it, or drag over several. Erase clears them; Brush paints freehand."
    settings = (
        Choice("mode", "Mode", "paint", (("paint", "Paint"), ("erase", "Erase")), key="d"),
        Choice("by", "Paint with", "segments", (("segments", "Segments"), ("brush", "Brush")), key="r"),
        Slider("size", "Segment size", 24, 6, 120, 2, "px", keys=(",", ".")),
        Slider("compactness", "Compactness", 10, 1, 40, 1),
        Choice("region", "Region", "visible", (("visible", "In view"), ("image", "Image"))),
        Slider("radius", "Radius", 12, 1, 200, 1, "px", keys=("[", "]"), wheel=True, ratio=0.1),
        Choice("tip", "Shape", "round", (("round", "Round"), ("square", "Square"))),
    )
    only_when = {  # noqa: RUF012 - declared a class variable by Tool
        "size": ("by", "segments"),
        "compactness": ("by", "segments"),
        "region": ("by", "segments"),
        "radius": ("by", "brush"),
        "tip": ("by", "brush"),
    }

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Fill or clear segments, or paint or erase with the brush, until the release."""
        erasing = ctx.settings["mode"] == "erase"
        if ctx.settings["by"] == "segments":
            return (yield from _fill(press, ctx, erasing, self._question(ctx)))
        if not erasing:
            return (yield from paint(press, ctx, mask_to_paint(ctx), value=1))
        tip = brush_cursor(ctx)
        target = mask_to_erase(ctx, press.point, tip.radius, tip.kind == "square")
        if target is None:
            return (yield from _refuse(NO_MASK_TO_ERASE))
        return (yield from paint(press, ctx, target, value=0))

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show the outline of the brush, or a crosshair over segments."""
        return brush_cursor(ctx) if ctx.settings["by"] == "brush" else Cursor("cross")

    def prepare(self, ctx: Context) -> Ask | None:
        """Have the region in view, or the whole image, segmented."""
        return None if ctx.settings["by"] == "brush" else self._question(ctx)

    def _question(self, ctx: Context) -> Ask:
        part = _part(ctx)
        size = float(ctx.settings["size"])
        if part.scale < 1:
            size = max(size * part.scale, SMALLEST)
        arguments = {"image": part, "size": size, "compactness": float(ctx.settings["compactness"])}
        return Ask("segments", arguments, path=True)

    def outlines(self, ctx: Context) -> Outlines | None:
        """Show the borders of the segments."""
        if ctx.prepared is None or ctx.settings["by"] == "brush":
            return None
        part: ImagePart = ctx.prepared.ask.arguments["image"]
        if ctx.prepared.ask.arguments["size"] / part.scale * ctx.scale < DENSEST:
            return None
        return Outlines(ctx.prepared.answer["levels"], part.rect)


def _part(ctx: Context) -> ImagePart:
    """Return the part of the image to segment.

    A small image is segmented whole, so that segments stay when it moves; of a larger one, the view plus a
    margin. The part stays as long as it covers the view at about the best resolution.
    """
    whole = (0, 0, ctx.width, ctx.height)
    if ctx.settings["region"] == "image":
        return part_of(ctx.image, whole, MOST_IMAGE)
    if ctx.width * ctx.height <= MOST_VISIBLE or ctx.visible is None:
        return part_of(ctx.image, whole, MOST_VISIBLE)
    x, y, width, height = ctx.visible
    around = (x - width // 8, y - height // 8, width + width // 4, height + height // 4)
    wanted = part_of(ctx.image, clip_rect(around, ctx.width, ctx.height) or whole, MOST_VISIBLE)
    if ctx.prepared is None:
        return wanted
    kept: ImagePart = ctx.prepared.ask.arguments["image"]
    good = covers(kept.rect, ctx.visible) and kept.scale >= ENOUGH * wanted.scale
    return kept if good else wanted


def _fill(press: Pointer, ctx: Context, erasing: bool, question: Ask) -> Gesture:
    segments = _segments(ctx.prepared.ask, ctx.prepared.answer) if ctx.prepared is not None else None
    on_image = ctx.inside(press.point) == press.point
    if segments is None or (segments.at(press.point) is None and on_image):
        # Still being computed: what is drawn in the meantime follows after the answer.
        reply = yield [Cursor("cross"), question]
        assert isinstance(reply, ComputeReply)
        segments = _segments(question, reply.value)
    filling = _Filling(segments, ctx, erasing)
    here: Point = press.point
    event: Event = press
    while True:
        patches: list[MaskPatch] = []
        if isinstance(event, Pointer) and event.kind != "hover":
            patches = [patch for one in segments.along(here, event.point) for patch in filling.add(one)]
            here = event.point
        if event.kind in ("release", "hover"):  # a hover: the release was lost
            return filling.edits()
        drafts: list[Draft] = [*patches, Cursor("cross")]
        event = yield drafts


def _segments(ask: Ask, answer: Mapping[str, Any]) -> Segments:
    part: ImagePart = ask.arguments["image"]
    return Segments(answer["labels"], answer["boxes"], part.rect)


def _refuse(reason: str) -> Gesture:
    """Notify why nothing happens, and wait for the release."""
    event = yield Notice(reason)
    while event.kind not in ("release", "hover"):
        event = yield None
    return []


class _Filling:
    """The mask that segments are added to or removed from; the first segment determines which."""

    def __init__(self, segments: Segments, ctx: Context, erasing: bool) -> None:
        self._segments, self._ctx, self._erasing = segments, ctx, erasing
        self._target: AnnotationView | None = None
        self._raster: Raster | None = None
        self._done: set[int] = set()

    def add(self, segment: int) -> list[MaskPatch]:
        """Process a segment once; return what to show."""
        if segment in self._done:
            return []
        rect, on = self._segments.pixels(segment)
        if self._raster is None and not self._begin(rect, on):
            return []
        assert self._raster is not None
        self._done.add(segment)
        before = self._raster.read(rect)
        window = before & (1 - on) if self._erasing else before | on
        self._raster.write(rect, window)
        return [MaskPatch(rect[0], rect[1], window, self._target.id if self._target else None)]

    def edits(self) -> Sequence[Edit]:
        """Return the edits once the pointer is released."""
        return [] if self._raster is None else painted(self._target, self._raster)

    def _begin(self, rect: Rect, on: NDArray[np.uint8]) -> bool:
        """Find the mask to change; return False if there is none to erase from."""
        ctx = self._ctx
        self._target = _mask_under(ctx, rect, on) if self._erasing else mask_to_paint(ctx)
        if self._erasing and self._target is None:
            return False
        self._raster = ctx.raster(self._target.id if self._target else None)
        return True


def _mask_under(ctx: Context, rect: Rect, on: NDArray[np.uint8]) -> AnnotationView | None:
    """Return the selected mask, else the topmost mask with pixels in a segment."""
    chosen = [view for view in ctx.chosen() if isinstance(view.shape, Mask)]
    if chosen:
        return chosen[-1]
    for view in reversed(ctx.annotations):
        if isinstance(view.shape, Mask) and not (view.locked or view.hidden) and _meets(view.shape, rect, on):
            return view
    return None


def _meets(mask: Mask, rect: Rect, on: NDArray[np.uint8]) -> bool:
    left, top = rect[0] - mask.x, rect[1] - mask.y
    shared = clip_rect((left, top, rect[2], rect[3]), mask.width, mask.height)
    if shared is None:
        return False
    x, y, width, height = shared
    inside = on[y - top : y - top + height, x - left : x - left + width]
    return bool((decode_rect(mask, shared) & inside).any())
