"""Operations on the selected regions: filling holes, growing, combining, converting and so on.

An operation is a row of the table `OPERATIONS`. `plan` turns the selection into a question to the compute
worker, and `edits` turns its answer into the edits of one undo step; both are pure. `Operator` does all of it
for a page::

    operator = Operator(session, compute, notify)
    for operation in OPERATIONS:                     # a menu
        reason = operator.refusal(operation)         # why it is not available now, or None
        h("button", {"disabled": reason is not None, "title": reason or operation.help,
                     "on_click": lambda event, chosen=operation: operator.run(chosen)}, operation.title)
    await operator.run(operation, {"distance": 5})   # parameters as in operation.settings

Class and attributes stay. If one shape becomes several, the largest stays in the annotation and each of the
others becomes a new annotation with the same class and attributes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from webapp.py.compute.mask_operations import Packed, finish, mask_operation, pack_region, unpack_region
from webapp.py.domain.shapes import Box, Mask, Polygon
from webapp.py.geometry.shapes import area
from webapp.py.workspace import texts
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.messages import Ask, Create, Delete, Edit, Update
from webapp.py.workspace.settings import Slider, Value, values

Applies = Literal["each", "together"]
Group = Literal["Clean up", "Size", "Combine", "Convert"]

Kinds = tuple[type[Mask] | type[Polygon] | type[Box], ...]
_MASK: Kinds = (Mask,)
_OUTLINES: Kinds = (Polygon, Box)
_REGIONS: Kinds = (Mask, Polygon, Box)
_NAMES = {_MASK: texts.A_MASK, _OUTLINES: texts.AN_OUTLINE, _REGIONS: texts.A_REGION}


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation on regions.

    ``kinds`` are the shapes that it changes. If ``applies`` is ``each``, it changes every selected shape; if
    ``together``, only the one that was selected first, using the others. ``icon`` is the name of a Lucide
    icon, ``settings`` are its parameters. A ``quick`` operation runs without the worker.
    """

    id: str
    title: str
    icon: str
    group: Group
    help: str
    kinds: Kinds = _MASK
    applies: Applies = "each"
    settings: tuple[Slider, ...] = ()
    quick: bool = False


def _distance(what: str) -> tuple[Slider, ...]:
    return (Slider("distance", what, 3, 1, 100, 1, "px", ratio=0.1),)


OPERATIONS = (
    Operation(
        "fill_holes", "Fill holes", "paint-bucket", "Clean up", "Fill all holes of the mask."
    ),
    Operation(
        "remove_specks", "Remove specks", "sparkles", "Clean up",
        "Remove pieces of the mask with fewer pixels than this.",
        settings=(Slider("size", "Smallest piece", 50, 2, 100_000, 1, "px", ratio=0.2),),
    ),
    Operation(
        "smooth", "Smooth", "waves", "Clean up",
        "Round corners and remove parts that are thinner than the radius. Straight edges stay in place.",
        settings=(Slider("radius", "Radius", 3, 1, 20, 1, "px"),),
    ),
    Operation(
        "grow", "Grow", "expand", "Size", "Add all pixels within this distance.",
        settings=_distance("Distance"),
    ),
    Operation(
        "shrink", "Shrink", "shrink", "Size", "Remove all pixels within this distance of the outside.",
        settings=_distance("Distance"),
    ),
    Operation(
        "union", "Union", "squares-unite", "Combine",
        "Add the others to the annotation that you selected first, and delete the others.",
        _REGIONS, "together", quick=True,
    ),
    Operation(
        "subtract", "Subtract", "squares-subtract", "Combine",
        "Remove what the others cover from the annotation that you selected first. The others stay.",
        _REGIONS, "together", quick=True,
    ),
    Operation(
        "intersect", "Intersect", "squares-intersect", "Combine",
        "Keep only what the others cover of the annotation that you selected first. The others stay.",
        _REGIONS, "together", quick=True,
    ),
    Operation(
        "to_polygons", "Convert to polygons", "pentagon", "Convert",
        "Turn each piece of the mask into a polygon along its pixels, including holes. Simplify removes "
        "points that are within this distance of the simplified line.",
        settings=(Slider("tolerance", "Simplify", 0, 0, 20, 0.5, "px"),),
    ),
    Operation(
        "to_mask", "Convert to mask", "brush", "Convert",
        "Turn the polygon or box into a mask of the pixels whose centers are inside.",
        _OUTLINES, quick=True,
    ),
    Operation(
        "split", "Split into pieces", "split", "Convert",
        "Turn each separate piece of the mask into an annotation of its own.",
    ),
)  # fmt: skip
"""Every operation, in the order of a menu."""


def operation(operation_id: str) -> Operation:
    """Return the operation with this id.

    Raises
    ------
    KeyError
        If there is none.
    """
    return {one.id: one for one in OPERATIONS}[operation_id]


def concerned(chosen: Operation, views: Sequence[AnnotationView]) -> list[AnnotationView]:
    """Return the selected annotations that an operation reads, or none if it is not available.

    ``views`` are the selected annotations, in the order of selection.
    """
    return [] if refusal(chosen, views) else _concerned(chosen, views)


def refusal(chosen: Operation, views: Sequence[AnnotationView]) -> str | None:
    """Return why an operation is not available for the selected annotations, or None."""
    what = _NAMES[chosen.kinds]
    found = _concerned(chosen, views)
    if chosen.applies == "each":
        return None if found else texts.select_unlocked(what)
    if len(found) < 2:
        return texts.select_several(what)
    changed = found if chosen.id == "union" else found[:1]
    if any(view.locked for view in changed):
        return texts.OPERATION_LOCKED
    return None


def plan(
    chosen: Operation,
    views: Sequence[AnnotationView],
    parameters: Mapping[str, Value],
    image_size: tuple[int, int],
) -> Ask:
    """Return the question to the compute worker.

    Parameters
    ----------
    chosen : Operation
    views : sequence of AnnotationView
        From `concerned`, at least one.
    parameters : mapping
        Values for the operation's settings; missing or invalid ones become the default.
    image_size : (width, height)
        In pixels.
    """
    packed = [pack_region(view.shape) for view in views if isinstance(view.shape, _REGIONS)]
    numbers = values(chosen.settings, dict(parameters))
    arguments = {"operation": chosen.id, "shapes": packed, "size": list(image_size), "parameters": numbers}
    return Ask("mask_operation", arguments)


def edits(
    chosen: Operation, views: Sequence[AnnotationView], answer: Sequence[Sequence[Packed]]
) -> list[Edit]:
    """Return the edits that apply the worker's answer to ``views`` (those of `plan`).

    An annotation of which nothing would remain stays as it is. If nothing changes, there are no edits.
    """
    found: list[Edit] = []
    for view, group in zip(views, answer, strict=False):
        shapes = [unpack_region(packed) for packed in group]
        if not shapes:
            continue
        largest = max(shapes, key=area)
        others = [shape for shape in shapes if shape is not largest]
        if largest != view.shape:
            found.append(Update(view.id, {"shape": largest}))
        found += [Create(shape, view.class_id, like=view.id) for shape in others]
    if chosen.id == "union" and answer and answer[0]:
        found += [Delete(view.id) for view in views[1:]]
    return found


def _concerned(chosen: Operation, views: Sequence[AnnotationView]) -> list[AnnotationView]:
    shown = [view for view in views if isinstance(view.shape, chosen.kinds) and not view.hidden]
    return shown if chosen.applies == "together" else [view for view in shown if not view.locked]


class OperatorHost(Protocol):
    """What an operation needs of the session."""

    width: int
    height: int

    @property
    def annotations(self) -> Sequence[AnnotationView]:
        """The annotations of the current image."""

    @property
    def selected(self) -> Sequence[str]:
        """The ids of the selected annotations, in the order of selection."""

    def make(self, edits: Sequence[Edit]) -> None:
        """Apply edits as one undo step."""


class Operator:
    """Runs operations on the selection.

    Parameters
    ----------
    session
        The session of the active viewport.
    compute
        Asks the compute worker.
    notify
        Shows a sentence for some seconds.
    """

    def __init__(
        self,
        session: OperatorHost,
        compute: Callable[[str, Mapping[str, Any]], Awaitable[Any]],
        notify: Callable[[str], None],
    ) -> None:
        self._session, self._compute, self._notify = session, compute, notify

    def refusal(self, chosen: Operation) -> str | None:
        """Return why an operation is not available for the current selection, or None."""
        return refusal(chosen, self._selected())

    async def run(self, chosen: Operation, parameters: Mapping[str, Value] | None = None) -> None:
        """Run an operation as one undo step, or notify why it is not available.

        If an annotation was changed, deleted or locked while the worker was busy, or the image was left, the
        whole result is discarded.
        """
        session = self._session
        reason = self.refusal(chosen)
        if reason is not None:
            self._notify(reason)
            return
        views = concerned(chosen, self._selected())
        question = plan(chosen, views, parameters or {}, (session.width, session.height))
        try:
            if chosen.quick:
                answer = finish(mask_operation(**question.arguments))
            else:
                answer = await self._compute(question.function, question.arguments)
        except Exception as problem:
            self._notify(str(problem) or type(problem).__name__)
            return
        now = {view.id: (view.shape, view.locked) for view in session.annotations}
        if any(now.get(view.id) != (view.shape, view.locked) for view in views):
            self._notify(texts.OPERATION_OUTDATED)
            return
        found = edits(chosen, views, answer)
        if found:
            session.make(found)
        if not all(answer):
            self._notify(texts.OPERATION_LEAVES_NOTHING)

    def _selected(self) -> list[AnnotationView]:
        views = {view.id: view for view in self._session.annotations}
        return [views[name] for name in self._session.selected if name in views]
