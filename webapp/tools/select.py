"""Select, move and reshape annotations."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.py.domain.shapes import Box
from webapp.py.geometry.boxes import HANDLE_CURSORS
from webapp.py.geometry.handles import handle_at, handle_points
from webapp.py.geometry.hits import hit, within
from webapp.py.workspace.tool import (
    AnnotationView,
    Band,
    Context,
    Cursor,
    Delete,
    Drafts,
    Edit,
    Gesture,
    Handles,
    Key,
    KeyHint,
    Pointer,
    Select,
    Tool,
    drag_handle,
    drag_whole,
    moved_far,
)


class SelectTool(Tool):
    """Picks what is under the pointer or in a rubber band; drags what is picked, or one of its handles."""

    id = "select"
    title = "Select"
    key = "v"
    icon = "mouse-pointer-2"
    order = 10
    help = (
        "Click an annotation to select it (Shift adds or removes), drag to move it or a handle to "
        "reshape it, drag over empty space to select all inside."
    )
    keys = (
        KeyHint("Delete", "Delete what is selected"),
        KeyHint("Backspace", "Delete what is selected"),
        KeyHint("ctrl+a", "Select all annotations of the image"),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Reshape, toggle, move or select, depending on what was pressed."""
        grabbed = _grabbed(ctx, press)
        if grabbed is not None and not press.shift:
            return (yield from drag_handle(*grabbed, press, ctx))
        under = ctx.at(press.point, press.tolerance)
        if press.shift and under is not None:
            others = [name for name in ctx.selected if name != under.id]
            return [Select(others if under.id in ctx.selected else [*ctx.selected, under.id])]
        held = [view for view in ctx.chosen() if hit(view.shape, press.point, press.tolerance)]
        if under is None and not held:
            return (yield from _band(press, ctx))
        event = yield Cursor("move")
        while event.kind != "release":
            if isinstance(event, Pointer) and moved_far(press, event):
                return (yield from _move(held, under, press, event, ctx))
            event = yield Cursor("move")
        return [Select([under.id])] if under is not None else []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Say what a press would do: reshape, move or select."""
        grabbed = _grabbed(ctx, pointer)
        if grabbed is None:
            return Cursor("arrow" if ctx.at(pointer.point, pointer.tolerance) is None else "move")
        view, handle = grabbed
        return Cursor(HANDLE_CURSORS[handle] if isinstance(view.shape, Box) else "grab")

    def handles(self, ctx: Context) -> Handles | None:
        """Show the handles of the annotation that is selected alone."""
        chosen = ctx.chosen()
        return Handles(handle_points(chosen[0].shape)) if len(chosen) == 1 else None

    def on_key(self, key: Key, ctx: Context) -> Sequence[Edit]:
        """Delete what is selected, or select everything."""
        match key.combination:
            case "Delete" | "Backspace":
                return [Delete(view.id) for view in ctx.chosen()]
            case "ctrl+a":
                return [Select([view.id for view in ctx.annotations if not view.hidden])]
            case _:
                return []


def _grabbed(ctx: Context, pointer: Pointer) -> tuple[AnnotationView, int] | None:
    """Return the annotation selected alone and its handle under the pointer."""
    chosen = ctx.chosen()
    if len(chosen) != 1:
        return None
    handle = handle_at(chosen[0].shape, pointer.point, pointer.tolerance)
    return None if handle is None else (chosen[0], handle)


def _move(
    held: list[AnnotationView], under: AnnotationView | None, press: Pointer, event: Pointer, ctx: Context
) -> Gesture:
    """Drag all that is selected, when the press held some of it, else what is under the pointer."""
    if held:
        return (yield from drag_whole(ctx.chosen(), press, event, ctx))
    if under is None or under.locked:
        return [] if under is None else [Select([under.id])]
    edits = yield from drag_whole([under], press, event, ctx)
    return [*edits, Select([under.id])]


def _band(press: Pointer, ctx: Context) -> Gesture:
    """Select what lies wholly inside a rubber band; with Shift in addition to what is selected."""
    end = press
    event = yield None
    while event.kind != "release":
        if isinstance(event, Pointer):
            end = event
        event = yield Band(press.x, press.y, end.x, end.y)
    if isinstance(event, Pointer):
        end = event
    area = (min(press.x, end.x), min(press.y, end.y), max(press.x, end.x), max(press.y, end.y))
    before = list(ctx.selected) if press.shift else []
    inside = [view.id for view in ctx.annotations if not view.hidden and within(view.shape, area)]
    return [Select([*before, *(name for name in inside if name not in before)])]
