"""Fill regions of similar color that grow from the clicked pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.geometry.image_parts import ImagePart, part_of
from webapp.py.geometry.masks import Rect, clip_rect, join_rects
from webapp.py.geometry.rasters import Raster
from webapp.py.workspace.tool import (
    NO_MASK_TO_ERASE,
    Ask,
    Choice,
    ComputeReply,
    Context,
    Cursor,
    Draft,
    Drafts,
    Event,
    Gesture,
    MaskPatch,
    Notice,
    Pointer,
    SetValue,
    Slider,
    Switch,
    Tool,
    mask_to_erase,
    mask_to_paint,
    moved_far,
    painted,
)

MOST_PIXELS = 2**24
"""Larger images are searched only up to `REACH` pixels to each side of the click."""
REACH = 2048
PER_PIXEL = 0.1
"""Change of the tolerance for one screen pixel of a drag."""
EDGE = (
    f"The region was cut off {REACH} pixels from where you clicked, which is the limit in large images. "
    "Click beyond the edge to continue."
)


class ColorGrowingTool(Tool):
    """Grows a region over connected pixels whose color is similar to the clicked pixel."""

    id = "growing"
    title = "Region growing"
    key = "g"
    icon = "wand-sparkles"
    order = 65
    group = "smart"
    draws = ("mask",)
    hint = "Click to fill · Drag adjusts"
    help = (
        "Click to fill the connected region of similar color. Drag right or left to fill more or less. "
        "A distance limit of 0 means no limit."
    )
    settings = (
        Choice("mode", "Mode", "add", (("add", "Add"), ("erase", "Erase")), key="d"),
        Slider("tolerance", "Tolerance", 12, 0, 100, 0.5, "ΔE", keys=("[", "]"), wheel=True, ratio=0.1),
        Slider("distance", "Distance limit", 0, 0, 1000, 5, "px"),
        Choice("neighbors", "Neighbors", "4", (("4", "4"), ("8", "8"))),
        Switch("fill_holes", "Fill holes"),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Grow from the pressed pixel; ask again when a drag changes the tolerance."""
        erasing = ctx.settings["mode"] == "erase"
        target = mask_to_erase(ctx, press.point) if erasing else mask_to_paint(ctx)
        inside = 0 <= press.x < ctx.width and 0 <= press.y < ctx.height
        event: Event = press
        if not inside or (erasing and target is None):
            event = yield Notice(NO_MASK_TO_ERASE) if inside else None
            while event.kind not in ("release", "hover"):
                event = yield None
            return []
        name = target.id if target else None
        region = _GrownRegion(ctx.raster(name), name, erasing)
        part = _part(press, ctx)
        tolerance = -1.0
        while event.kind not in ("release", "hover"):  # a hover: the release was lost
            wanted = _tolerance(press, event, ctx) if isinstance(event, Pointer) else tolerance
            if wanted == tolerance:
                event = yield Cursor("cross")
                continue
            tolerance = wanted
            answer = yield [SetValue("tolerance", tolerance), _question(press, ctx, part, tolerance)]
            assert isinstance(answer, ComputeReply)
            event = yield region.show(answer.value, part, ctx)
        return painted(target, region.result())

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show a crosshair."""
        return Cursor("cross")


def _tolerance(press: Pointer, event: Pointer, ctx: Context) -> float:
    """Return the tolerance set by a drag, in steps of a half."""
    start = float(ctx.settings["tolerance"])
    if not moved_far(press, event):
        return start
    changed = start + (event.x - press.x) * event.scale * PER_PIXEL
    return min(max(round(2 * changed) / 2, 0.0), 100.0)


def _part(press: Pointer, ctx: Context) -> ImagePart:
    if ctx.width * ctx.height <= MOST_PIXELS:
        return part_of(ctx.image, (0, 0, ctx.width, ctx.height), MOST_PIXELS)
    around = (int(press.x) - REACH, int(press.y) - REACH, 2 * REACH, 2 * REACH)
    rect = clip_rect(around, ctx.width, ctx.height)
    assert rect is not None  # the press is in the image
    return part_of(ctx.image, rect, MOST_PIXELS)


def _question(press: Pointer, ctx: Context, part: ImagePart, tolerance: float) -> Ask:
    return Ask(
        "grow",
        {
            "image": part,
            "seed": [int(press.x) - part.x, int(press.y) - part.y],
            "tolerance": tolerance,
            "distance": float(ctx.settings["distance"]),
            "diagonal": ctx.settings["neighbors"] == "8",
            "fill_holes": bool(ctx.settings["fill_holes"]),
        },
    )


class _GrownRegion:
    """The original mask, and the region grown last."""

    def __init__(self, raster: Raster, annotation: str | None, erasing: bool) -> None:
        self.rect: Rect | None = None
        self._raster, self._annotation, self._erasing = raster, annotation, erasing
        self._region = np.zeros((0, 0), np.uint8)
        self._warned = False

    def show(self, grown: dict[str, Any], part: ImagePart, ctx: Context) -> list[Draft]:
        """Replace the region by the worker's new answer, and return what to show."""
        before = self.rect
        self._region = grown["pixels"].astype(np.uint8)
        height, width = self._region.shape
        self.rect = (part.x + grown["x"], part.y + grown["y"], width, height)
        shown = join_rects(before, self.rect)
        assert shown is not None
        x, y = shown[:2]
        window = self._raster.read(shown)
        self._apply(window, x, y)
        drafts: list[Draft] = [MaskPatch(x, y, window, self._annotation), Cursor("cross")]
        if _cut_off(self.rect, part, ctx) and not self._warned:
            self._warned = True
            drafts.append(Notice(EDGE))
        return drafts

    def result(self) -> Raster:
        """Return the mask's pixels including the region."""
        assert self.rect is not None
        window = self._raster.read(self.rect)
        self._apply(window, *self.rect[:2])
        self._raster.write(self.rect, window)
        return self._raster

    def _apply(self, pixels: NDArray[np.uint8], x: int, y: int) -> None:
        """Add the region to an array whose top-left pixel is at (x, y), or remove it."""
        assert self.rect is not None
        left, top, width, height = self.rect
        window = pixels[top - y : top - y + height, left - x : left - x + width]
        if self._erasing:
            np.bitwise_and(window, 1 - self._region, out=window)
        else:
            np.bitwise_or(window, self._region, out=window)


def _cut_off(rect: Rect, part: ImagePart, ctx: Context) -> bool:
    """Return whether a region reaches an edge of the part that is not an edge of the image."""
    right, bottom = part.x + part.width, part.y + part.height
    return (
        (rect[0] == part.x > 0)
        or (rect[1] == part.y > 0)
        or (rect[0] + rect[2] == right < ctx.width)
        or (rect[1] + rect[3] == bottom < ctx.height)
    )
