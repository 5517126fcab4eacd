"""Joining annotations into one object across slices, and interpolating it between labeled slices.

`plan` turns a selected annotation into a question to the compute worker; the answer becomes a `Suggestion`,
which is drawn but not a record until a person accepts it. Both are plain data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from webapp.py.compute.mask_operations import Packed, Region, as_mask, pack_region, unpack_region
from webapp.py.domain.shapes import Mask, Shape
from webapp.py.geometry.masks import area, intersect, union
from webapp.py.workspace import texts
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.messages import Ask, Create, Edit, Update
from webapp.py.workspace.stack_view import StackView

Size = tuple[int, int]
"""Width and height of the slices, in pixels."""


@dataclass(frozen=True, slots=True)
class InterpolationPlan:
    """An interpolation: the question to the worker, and what its answer is for.

    ``like`` is the annotation whose class and answers the new ones get; ``joins`` are edits that first join
    two objects. ``places`` are the slices that masks are requested for.
    """

    ask: Ask
    like: AnnotationView
    object_id: str
    joins: tuple[Update, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Masks of an object on slices where it is not labeled, by image."""

    masks: Mapping[int, Mask]
    plan: InterpolationPlan

    def edits(self, stack: StackView) -> list[Edit]:
        """Return the edits that create its annotations on slices where the object still has none."""
        plan = self.plan
        taken = {stack.slices[place].asset for place in parts(stack, plan.object_id)}
        return [
            *plan.joins,
            *(
                Create(mask, plan.like.class_id, plan.like.id, asset, plan.object_id)
                for asset, mask in self.masks.items()
                if asset not in taken
            ),
        ]


class Interpolation:
    """The current interpolation, in progress or suggested; there is one at a time.

    ``share`` is the worker's progress from 0 to 1, or None if it is not busy. ``cancel`` stops it.
    """

    def __init__(self) -> None:
        self.share: float | None = None
        self.suggestion: Suggestion | None = None
        self.cancel: Callable[[], object] = lambda: None

    def on(self, asset: int) -> tuple[Mask, str] | None:
        """Return the suggested mask on an image and its class, or None."""
        mask = self.suggestion.masks.get(asset) if self.suggestion is not None else None
        return (mask, self.suggestion.plan.like.class_id) if mask is not None and self.suggestion else None

    def concerns(self, stack: StackView | None) -> bool:
        """Return whether an interpolation is in progress, or suggested in this stack."""
        found = self.suggestion.masks if self.suggestion is not None else {}
        slices = stack.slices if stack is not None else ()
        return self.share is not None or any(one.asset in found for one in slices)

    def discard(self) -> None:
        """Cancel what is in progress, and drop the suggestion."""
        self.cancel()
        self.share, self.suggestion, self.cancel = None, None, lambda: None


def parts(stack: StackView, object_id: str) -> dict[int, list[AnnotationView]]:
    """Return the annotations of an object that are regions, by index in the stack."""
    found = {
        place: [view for view in stack.annotations(place) if view.object_id == object_id and _region(view)]
        for place in range(len(stack.slices))
    }
    return {place: views for place, views in found.items() if views}


def neighbor(stack: StackView, view: AnnotationView, size: Size) -> AnnotationView | None:
    """Return the annotation to join with an annotation on the current slice, or None.

    It has the same class, belongs to another object, and is on the nearest slice with an overlap; if there
    are several, it is the one with the largest overlap.
    """
    own = _mask(view.shape, size)
    if own is None:
        return None
    for distance in range(1, len(stack.slices)):
        shared: list[tuple[int, AnnotationView]] = []
        for place in {stack.index - distance, stack.index + distance} & set(range(len(stack.slices))):
            for other in stack.annotations(place):
                if other.class_id == view.class_id and other.object_id != view.object_id:
                    shared.append((_overlap(own, _mask(other.shape, size)), other))
        best = max(shared, key=lambda one: one[0], default=(0, view))
        if best[0] > 0:
            return best[1]
    return None


def joined(stack: StackView, view: AnnotationView, size: Size) -> list[Update] | str:
    """Return the edits that join an annotation's object with its `neighbor`, or why that is not possible."""
    other = neighbor(stack, view, size)
    if other is None:
        return texts.JOIN_NO_OBJECT
    return _renamed(stack, view.object_id, other.object_id)


def plan(stack: StackView, view: AnnotationView, size: Size) -> InterpolationPlan | str:
    """Return how to interpolate the object of an annotation on the current slice, or why you cannot.

    An object that is labeled only on this slice is joined with its `neighbor`.
    """
    if not _region(view):
        return texts.INTERPOLATE_NO_REGION
    labeled, object_id = parts(stack, view.object_id), view.object_id
    joins: tuple[Update, ...] = ()
    if len(labeled) < 2:
        other = neighbor(stack, view, size)
        if other is None:
            return texts.INTERPOLATE_ONE_SLICE
        object_id, joins = other.object_id, tuple(_renamed(stack, view.object_id, other.object_id))
        labeled |= parts(stack, object_id)
    order = sorted(labeled)
    between = [place for place in range(order[0], order[-1]) if place not in labeled]
    if not between:
        return texts.INTERPOLATE_NO_GAP
    shapes = [_packed([one.shape for one in labeled[place]], size) for place in order]
    heights = _heights(stack)
    question = Ask(
        "interpolate",
        {
            "shapes": shapes,
            "places": [heights[place] for place in order],
            "between": [heights[place] for place in between],
            "size": list(size),
        },
    )
    return InterpolationPlan(question, view, object_id, joins, tuple(between))


def suggestion(plan: InterpolationPlan, stack: StackView, answer: Sequence[Packed | None]) -> Suggestion:
    """Return the suggestion in the worker's answer."""
    masks: dict[int, Mask] = {}
    for place, packed in zip(plan.places, answer, strict=True):
        region = unpack_region(packed) if packed is not None else None
        if isinstance(region, Mask):
            masks[stack.slices[place].asset] = region
    return Suggestion(masks, plan)


def _renamed(stack: StackView, old: str, new: str) -> list[Update]:
    own = [view for place in range(len(stack.slices)) for view in stack.annotations(place)]
    return [Update(view.id, {"object_id": new}) for view in own if view.object_id == old]


def _heights(stack: StackView) -> list[float]:
    """Return the increasing positions of the slices, or their indices if the files do not say."""
    places = [one.place for one in stack.slices]
    if places[-1] < places[0]:
        places = [-place for place in places]
    increasing = all(after > before for before, after in pairwise(places))
    return places if increasing else [float(place) for place in range(len(places))]


def _region(view: AnnotationView) -> bool:
    return isinstance(view.shape, Region) and not view.hidden


def _packed(shapes: Sequence[Shape], size: Size) -> Packed:
    """Return the region of an object on one slice, all its annotations combined."""
    first = shapes[0]
    if len(shapes) == 1 and isinstance(first, Region):
        return pack_region(first)
    masks = [mask for shape in shapes if (mask := _mask(shape, size)) is not None]
    return pack_region(reduce(union, masks))


def _mask(shape: Shape, size: Size) -> Mask | None:
    return as_mask(shape, *size) if isinstance(shape, Region) else None


def _overlap(one: Mask, other: Mask | None) -> int:
    both = intersect(one, other) if other is not None else None
    return area(both) if both is not None else 0
