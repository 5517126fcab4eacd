"""Select, move and reshape annotations."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.py.domain.shapes import Points, Polygon, Polyline
from webapp.py.geometry.handles import handle_at
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
    KeyHint,
    KeyPress,
    Pointer,
    Select,
    Tool,
    Update,
    drag_handle,
    drag_whole,
    duplicated,
    edit_vertices,
    hover_handles,
    midpoint_at,
    moved_far,
    moved_together,
    on_line,
    selected_alone,
    vertex_handles,
)

NUDGES = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}
"""How arrow keys move the selection, in image pixels."""
LARGE_STEP = 10
"""The factor with Shift."""


class SelectTool(Tool):
    """Selects the annotation under the pointer or in a rubber band; drags the selection or its handles."""

    id = "select"
    title = "Select"
    key = "v"
    icon = "mouse-pointer-2"
    order = 10
    group = "select"
    hint = "Click or drag to select"
    hint_selected = "Drag to move · Del deletes"
    help = (
        "Click to select (Shift adds or removes). Drag to move, or drag a handle to reshape; drag over empty "
        "space to select everything inside. Arrow keys move the selection by one pixel, with Shift by ten. "
        "Drag the midpoint of an edge to add a vertex; Ctrl-click a vertex to delete it."
    )
    keys = (
        KeyHint("Delete", "Delete the selection"),
        KeyHint("Backspace", "Delete the selection"),
        KeyHint("ctrl+a", "Select all annotations on the image"),
        KeyHint("ctrl+d", "Duplicate the selection"),
        *(KeyHint(name, "Move the selection by one pixel") for name in NUDGES),
        *(KeyHint(f"shift+{name}", "Move the selection by ten pixels") for name in NUDGES),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Reshape, toggle, move or select, depending on what is pressed."""
        grabbed = _grabbed(ctx, press)
        if press.ctrl and (editable := _with_vertices(ctx, press)) is not None:
            return (yield from edit_vertices(editable, press, ctx))
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
        """Show what a press would do: reshape, move or select."""
        under = ctx.at(pointer.point, pointer.tolerance)
        alone = ctx.chosen()
        elsewhere = Cursor("arrow" if under is None else "move")
        return hover_handles(alone[0] if len(alone) == 1 else None, pointer, elsewhere)

    def handles(self, ctx: Context) -> Handles | None:
        """Show the handles of the selected annotation if it is the only one."""
        chosen = ctx.chosen()
        return vertex_handles(chosen[0] if len(chosen) == 1 else None, ctx)

    def on_key(self, key: KeyPress, ctx: Context) -> Sequence[Edit]:
        """Delete, move or duplicate the selection, or select everything."""
        if key.key in NUDGES and not (key.ctrl or key.alt):
            return _nudged(key, ctx)
        match key.combination:
            case "Delete" | "Backspace":
                return [Delete(view.id) for view in ctx.chosen()]
            case "ctrl+a":
                return [Select([view.id for view in ctx.annotations if not view.hidden])]
            case "ctrl+d":
                return duplicated(ctx.chosen(), ctx)
            case _:
                return []


def _nudged(key: KeyPress, ctx: Context) -> list[Edit]:
    """Move the selection by whole pixels; all of it stops when one shape reaches the edge."""
    views = ctx.chosen()
    step = LARGE_STEP if key.shift else 1
    right, down = NUDGES[key.key]
    moved = moved_together(views, right * step, down * step, ctx)
    return [
        Update(view.id, {"shape": shape})
        for view, shape in zip(views, moved, strict=True)
        if shape != view.shape
    ]


def _with_vertices(ctx: Context, pointer: Pointer) -> AnnotationView | None:
    """Return the only selected line or outline if the pointer is on its vertices or edges."""
    view = selected_alone(ctx, Polygon, Polyline, Points)
    if view is None:
        return None
    on_vertex = handle_at(view.shape, pointer.point, pointer.tolerance) is not None
    on_edge = isinstance(view.shape, Polygon | Polyline) and on_line(view.shape, pointer)
    return view if on_vertex or on_edge else None


def _grabbed(ctx: Context, pointer: Pointer) -> tuple[AnnotationView, int] | None:
    """Return the only selected annotation and its handle under the pointer, or None.

    On a midpoint, it has a new vertex there, which is the handle.
    """
    chosen = ctx.chosen()
    if len(chosen) != 1:
        return None
    handle = handle_at(chosen[0].shape, pointer.point, pointer.tolerance)
    return midpoint_at(chosen[0], pointer) if handle is None else (chosen[0], handle)


def _move(
    held: list[AnnotationView], under: AnnotationView | None, press: Pointer, event: Pointer, ctx: Context
) -> Gesture:
    """Drag the selection if it is pressed, else the annotation under the pointer."""
    if held:
        return (yield from drag_whole(ctx.chosen(), press, event, ctx))
    if under is None or under.locked:
        return [] if under is None else [Select([under.id])]
    edits = yield from drag_whole([under], press, event, ctx)
    return [*edits, Select([under.id])]


def _band(press: Pointer, ctx: Context) -> Gesture:
    """Select what is entirely inside a rubber band; with Shift, add it to the selection."""
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
