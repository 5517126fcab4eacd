"""Fill regions of similar values, such as Hounsfield units, in a slice or through a stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.py.domain.ids import new_id
from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import subtract, union
from webapp.py.workspace.tool import (
    NO_MASK_TO_ERASE,
    OF_VALUES,
    AnnotationView,
    Ask,
    Choice,
    ComputeReply,
    Context,
    Create,
    Cursor,
    Delete,
    Draft,
    Drafts,
    Edit,
    Event,
    Gesture,
    Notice,
    Pointer,
    Preview,
    Readout,
    SetValue,
    Slider,
    Switch,
    Tool,
    Update,
    mask_to_erase,
    mask_to_paint,
    moved_far,
)

PER_PIXEL = 0.5
"""Change of both limits of the range for one screen pixel of a drag."""
WIDEST = 2000.0
NO_VALUES = "This image has colors, not values. Use the Region growing tool instead."
NO_STACK = "This image isn't in a stack, or its series is still loading. Choose 2D, or wait."


class ThresholdGrowingTool(Tool):
    """Grows a region over connected values within a range around the value of the clicked pixel."""

    id = "growth"
    title = "HU growth"
    key = "u"
    icon = "paint-bucket"
    order = 66
    group = "smart"
    needs = "values"
    draws = ("mask",)
    hint = "Click to fill · Drag adjusts"
    help = (
        "Click in a DICOM image to fill the connected region whose values are within the range, in the slice "
        "or the whole stack. Drag right or left for a wider or narrower range; hold Ctrl to erase."
    )
    settings = (
        Choice("mode", "Mode", "add", (("add", "Add"), ("erase", "Erase")), key="d"),
        Choice("reach", "Reach", "2d", (("2d", "2D"), ("3d", "3D")), key="a"),
        Slider("low", "From", -30, -WIDEST, 0, 1, OF_VALUES, keys=(",", "."), ratio=0.1),
        Slider("high", "To", 30, 0, WIDEST, 1, OF_VALUES, keys=("[", "]"), wheel=True, ratio=0.1),
        Slider("pixels", "Distance limit", 0, 0, 500, 1, "px"),
        Slider("millimeters", "Distance limit", 0, 0, 500, 1, "mm"),
        Switch("fill_holes", "Fill holes"),
    )
    only_when = {  # noqa: RUF012 - declared a class variable by Tool
        "pixels": ("reach", "2d"),
        "millimeters": ("reach", "3d"),
    }

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Grow from the pressed pixel; ask again when a drag changes the range."""
        erasing = ctx.settings["mode"] == "erase" or press.ctrl
        target = mask_to_erase(ctx, press.point) if erasing else mask_to_paint(ctx)
        refused = _refusal(press, ctx, erasing, target)
        event: Event = press
        if refused is not None:
            event = yield [Notice(refused)] if refused else None
            while event.kind not in ("release", "hover"):
                event = yield None
            return []
        region = _GrownRegion(ctx, target, erasing)
        limits = None
        while event.kind not in ("release", "hover"):  # a hover: the release was lost
            wanted = _limits(press, event, ctx) if isinstance(event, Pointer) else limits
            assert wanted is not None  # the press is a pointer's
            if wanted == limits:
                event = yield [*region.drafts(), Cursor("cross")]
                continue
            limits = wanted
            low, high = limits
            changed = [SetValue("low", low), SetValue("high", high)] if event is not press else []
            answer = yield [*region.drafts(), *changed, _question(press, ctx, low, high)]
            assert isinstance(answer, ComputeReply)
            region.take(answer.value)
            event = yield [*region.drafts(), Cursor("cross")]
        return region.edits()

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Show a crosshair, and the value that the region would grow from."""
        return [Cursor("cross"), Readout()] if ctx.values is not None else Cursor("cross")


def _refusal(press: Pointer, ctx: Context, erasing: bool, target: AnnotationView | None) -> str | None:
    """Return why a region cannot grow here (empty outside the image), or None if it can."""
    if not (0 <= press.x < ctx.width and 0 <= press.y < ctx.height):
        return ""
    if ctx.values is None:
        return NO_VALUES
    if ctx.settings["reach"] == "3d" and ctx.stack is None:
        return NO_STACK
    return NO_MASK_TO_ERASE if erasing and target is None else None


def _limits(press: Pointer, event: Pointer, ctx: Context) -> tuple[float, float]:
    """Return the range set by a drag, relative to the value of the pressed pixel."""
    low, high = float(ctx.settings["low"]), float(ctx.settings["high"])
    if not moved_far(press, event):
        return low, high
    wider = round((event.screen[0] - press.screen[0]) * PER_PIXEL)
    return min(max(low - wider, -WIDEST), 0.0), max(min(high + wider, WIDEST), 0.0)


def _question(press: Pointer, ctx: Context, low: float, high: float) -> Ask:
    deep = ctx.settings["reach"] == "3d"
    stack = ctx.stack if deep else None
    spacing = stack.spacing if stack is not None else ()
    return Ask(
        "grow_volume",
        {
            "volume": stack.part if stack is not None else ctx.values,
            "seed": [stack.index if stack is not None else 0, int(press.y), int(press.x)],
            "low": low,
            "high": high,
            "distance": float(ctx.settings["millimeters" if deep else "pixels"]),
            "spacing": list(spacing) or None,
            "fill_holes": bool(ctx.settings["fill_holes"]),
        },
    )


class _GrownRegion:
    """The original object, and the region grown last: a mask for each slice, by index in the stack."""

    def __init__(self, ctx: Context, target: AnnotationView | None, erasing: bool) -> None:
        self._target, self._erasing = target, erasing
        self._stack = ctx.stack if ctx.settings["reach"] == "3d" else None
        self._here = self._stack.index if self._stack is not None else 0
        self._masks: dict[int, Mask] = {}

    def take(self, grown: Mapping[str, Any]) -> None:
        """Replace the region by the worker's new answer."""
        self._masks = {}
        for place, packed in enumerate(grown["masks"], grown["first"]):
            x, y, width, height = packed["box"]
            runs = packed["runs"].tolist()
            self._masks[place] = Mask(x=x, y=y, width=width, height=height, runs=runs)

    def drafts(self) -> list[Draft]:
        """Return how the current slice would look."""
        mask = self._masks.get(self._here)
        if mask is None:
            return []
        return [mask if self._target is None else Preview(self._target.id, self._changed(self._target, mask))]

    def edits(self) -> list[Edit]:
        """Return the edits of the object on all slices; locked or hidden parts stay."""
        target = self._target
        name = target.object_id if target is not None and target.object_id else new_id()
        edits: list[Edit] = []
        for place, mask in self._masks.items():
            parts = self._parts(place)
            if not parts and not self._erasing:
                asset = None if self._stack is None else self._stack.slices[place].asset
                class_id, like = (target.class_id, target.id) if target is not None else (None, None)
                edits.append(Create(mask, class_id, like, asset, name))
            usable = [view for view in parts if not (view.locked or view.hidden)]
            edits += [self._edit(view, mask) for view in (usable if self._erasing else usable[:1])]
        return edits

    def _parts(self, place: int) -> list[AnnotationView]:
        """Return the masks of the object on a slice."""
        target = self._target
        if target is None:
            return []
        if self._stack is None or place == self._here:
            return [target]
        views = [view for view in self._stack.annotations(place) if view.object_id == target.object_id]
        return [view for view in views if isinstance(view.shape, Mask)]

    def _changed(self, view: AnnotationView, mask: Mask) -> Mask | None:
        assert isinstance(view.shape, Mask)
        return subtract(view.shape, mask) if self._erasing else union(view.shape, mask)

    def _edit(self, view: AnnotationView, mask: Mask) -> Edit:
        changed = self._changed(view, mask)
        return Delete(view.id) if changed is None else Update(view.id, {"shape": changed})
