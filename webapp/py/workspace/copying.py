"""Copies of annotations: duplicating them, and carrying them to another image."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from webapp.py.domain.shapes import Mask, Shape
from webapp.py.geometry.hits import within
from webapp.py.geometry.shapes import Bounds, bounds, clamp, limit_move, translate
from webapp.py.workspace.context import AnnotationView, Context
from webapp.py.workspace.messages import Create

ASIDE = 10.0
"""Screen pixels between an annotation and its duplicate, to the right and down."""


@dataclass(frozen=True, slots=True)
class Clipboard:
    """What was copied: annotations as they were then, bottom to top, and the image that they come from."""

    views: tuple[AnnotationView, ...] = ()
    asset: int | None = None


def copied(views: Sequence[AnnotationView], asset: int | None) -> Clipboard:
    """Return what to keep of annotations that are copied from the image ``asset``."""
    return Clipboard(tuple(views), asset)


def pasted(clipboard: Clipboard, ctx: Context, asset: int | None) -> list[Create]:
    """Return the edits that paste copies into the image ``asset``, which ``ctx`` is about.

    Copies are of the same classes and have the same answers to the questions as what was copied.

    In the image that they come from they lie a little aside, in another one at the same place, cut to that
    image; what lies outside it altogether is left out. On another slice of the same stack copies go on with
    the objects that were copied, where these have nothing on it yet.
    """
    shapes = [view.shape for view in clipboard.views]
    if clipboard.asset == asset:
        shapes = _aside(shapes, ctx)
    cut = [_cut(shape, ctx) for shape in shapes]
    slices = {one.asset for one in ctx.stack.slices} if ctx.stack is not None else set()
    same_stack = clipboard.asset != asset and clipboard.asset in slices
    here = {view.object_id for view in ctx.annotations}
    return [
        Create(shape, view.class_id, view.id, object_id=_continued(view, here) if same_stack else None)
        for shape, view in zip(cut, clipboard.views, strict=True)
        if shape is not None
    ]


def _continued(view: AnnotationView, here: Collection[str]) -> str | None:
    return view.object_id if view.object_id not in here else None


def duplicated(views: Sequence[AnnotationView], ctx: Context) -> list[Create]:
    """Return the edits that make duplicates, a little aside within the image."""
    shapes = _aside([view.shape for view in views], ctx)
    return [Create(shape, view.class_id, view.id) for view, shape in zip(views, shapes, strict=True)]


def moved_together(views: Sequence[AnnotationView], dx: float, dy: float, ctx: Context) -> list[Shape]:
    """Return the shapes moved by ``dx``, ``dy`` image pixels, less where one would leave the image."""
    return _moved([view.shape for view in views], dx, dy, ctx)


def _aside(shapes: Sequence[Shape], ctx: Context) -> list[Shape]:
    step = max(1, round(ASIDE / ctx.scale))
    moved = _moved(shapes, step, step, ctx)
    # In the bottom right corner there is no room: to the left and up, then.
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


def _cut(shape: Shape, ctx: Context) -> Shape | None:
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
