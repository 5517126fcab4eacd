"""Copies of annotations: duplicating them, and pasting them into another image."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from webapp.py.domain.shapes import Mask, Shape
from webapp.py.geometry.hits import within
from webapp.py.geometry.shapes import Bounds, bounds, clamp, limit_move, translate
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.context import Context
from webapp.py.workspace.messages import Create

OFFSET = 10.0
"""Distance between an annotation and its duplicate, to the right and down, in screen pixels."""


@dataclass(frozen=True, slots=True)
class Clipboard:
    """What was copied: annotations as they were, bottom to top, and the image they come from."""

    views: tuple[AnnotationView, ...] = ()
    asset: int | None = None


def copied(views: Sequence[AnnotationView], asset: int | None) -> Clipboard:
    """Return the clipboard for annotations copied from the image ``asset``."""
    return Clipboard(tuple(views), asset)


def pasted(clipboard: Clipboard, ctx: Context, asset: int | None) -> list[Create]:
    """Return the edits that paste copies into the image ``asset``, whose context is ``ctx``.

    Copies keep their class and answers.

    In the image they come from, copies are offset a little; in another image they keep their position,
    clipped to that image, and what is outside it is left out. On another slice of the same stack, copies
    continue the copied objects unless those already have an annotation there.
    """
    shapes = [view.shape for view in clipboard.views]
    if clipboard.asset == asset:
        shapes = _offset(shapes, ctx)
    clipped = [_clipped(shape, ctx) for shape in shapes]
    slices = {one.asset for one in ctx.stack.slices} if ctx.stack is not None else set()
    same_stack = clipboard.asset != asset and clipboard.asset in slices
    here = {view.object_id for view in ctx.annotations}
    return [
        Create(shape, view.class_id, view.id, object_id=_continued(view, here) if same_stack else None)
        for shape, view in zip(clipped, clipboard.views, strict=True)
        if shape is not None
    ]


def _continued(view: AnnotationView, here: Collection[str]) -> str | None:
    return view.object_id if view.object_id not in here else None


def duplicated(views: Sequence[AnnotationView], ctx: Context) -> list[Create]:
    """Return the edits that create duplicates, offset a little within the image."""
    shapes = _offset([view.shape for view in views], ctx)
    return [Create(shape, view.class_id, view.id) for view, shape in zip(views, shapes, strict=True)]


def moved_together(views: Sequence[AnnotationView], dx: float, dy: float, ctx: Context) -> list[Shape]:
    """Return the shapes moved by ``dx``, ``dy`` image pixels, or less if one would leave the image."""
    return _moved([view.shape for view in views], dx, dy, ctx)


def _offset(shapes: Sequence[Shape], ctx: Context) -> list[Shape]:
    step = max(1, round(OFFSET / ctx.scale))
    moved = _moved(shapes, step, step, ctx)
    # There is no room in the bottom right corner: go left and up.
    return moved if moved != list(shapes) else _moved(shapes, -step, -step, ctx)


def _moved(shapes: Sequence[Shape], dx: float, dy: float, ctx: Context) -> list[Shape]:
    edges = [edge for edge in (bounds(shape) for shape in shapes) if edge is not None]
    if not edges:
        return list(shapes)
    dx, dy = limit_move(_around(edges), dx, dy, ctx.width, ctx.height)
    return [translate(shape, dx, dy) for shape in shapes]


def _around(edges: Sequence[Bounds]) -> Bounds:
    left, top, right, bottom = zip(*edges, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _clipped(shape: Shape, ctx: Context) -> Shape | None:
    if within(shape, (0, 0, ctx.width, ctx.height)):
        return shape
    edges = bounds(shape)
    if (
        edges is not None
        and (edges[0] >= ctx.width or edges[1] >= ctx.height)
        and not isinstance(shape, Mask)
    ):
        return None
    return clamp(shape, ctx.width, ctx.height)
