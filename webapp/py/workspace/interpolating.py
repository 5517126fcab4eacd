"""Joining annotations to one object over slices, and interpolating it between those that are labeled.

`plan` turns a selected annotation into a question to the compute worker and `Suggestion` is made of the
answer; it is drawn, and no record, until somebody accepts it. Both are plain data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from webapp.py.compute.mask_operations import Packed, Region, as_mask, pack_region, unpack_region
from webapp.py.domain.shapes import Mask, Shape
from webapp.py.geometry.masks import area, intersect, union
from webapp.py.workspace.context import AnnotationView
from webapp.py.workspace.messages import Ask, Create, Edit, Update
from webapp.py.workspace.stack_view import StackView

NO_STACK = "Select an annotation in a stack of slices whose order is known."
NO_REGION = "Only masks, polygons and boxes can be interpolated."
ALONE = (
    "This object is labeled on this slice alone, and no slice has another of its class that overlaps it. "
    "Label it on another slice first."
)
NOTHING_BETWEEN = "There is no slice between those on which this object is labeled."
NO_NEIGHBOUR = "No slice has another object of this class that overlaps this one."

Size = tuple[int, int]
"""Width and height of the slices, in pixels."""


@dataclass(frozen=True, slots=True)
class InterpolationPlan:
    """An interpolation: what the worker is asked, and what its answer is about.

    ``like`` is the annotation whose class and answers the new ones get; ``joins`` are edits that first make
    one object of two. ``places`` are the slices that masks are asked for.
    """

    ask: Ask
    like: AnnotationView
    object_id: str
    joins: tuple[Update, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Masks of an object on slices where it is not labeled, by the image that each would be on."""

    masks: Mapping[int, Mask]
    plan: InterpolationPlan

    def edits(self, stack: StackView) -> list[Edit]:
        """Return the edits that make annotations of it, where the object has none by now."""
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
    """The interpolation that is under way or suggested, of which there is one at a time.

    ``share`` is how far the worker is, from 0 to 1; None when it is not asked. ``call_off`` stops it.
    """

    def __init__(self) -> None:
        self.share: float | None = None
        self.suggestion: Suggestion | None = None
        self.call_off: Callable[[], object] = lambda: None

    def on(self, asset: int) -> tuple[Mask, str] | None:
        """Return the mask that is suggested on an image, and its class."""
        mask = self.suggestion.masks.get(asset) if self.suggestion is not None else None
        return (mask, self.suggestion.plan.like.class_id) if mask is not None and self.suggestion else None

    def concerns(self, stack: StackView | None) -> bool:
        """Tell whether something is under way or suggested in a stack."""
        found = self.suggestion.masks if self.suggestion is not None else {}
        slices = stack.slices if stack is not None else ()
        return self.share is not None or any(one.asset in found for one in slices)

    def discard(self) -> None:
        """Stop what is under way, and drop what is suggested."""
        self.call_off()
        self.share, self.suggestion, self.call_off = None, None, lambda: None


def parts(stack: StackView, object_id: str) -> dict[int, list[AnnotationView]]:
    """Return the annotations of an object that have an inside, by their place in the stack."""
    found = {
        place: [view for view in stack.annotations(place) if view.object_id == object_id and _region(view)]
        for place in range(len(stack.slices))
    }
    return {place: views for place, views in found.items() if views}


def neighbor(stack: StackView, view: AnnotationView, size: Size) -> AnnotationView | None:
    """Return the annotation to join one with, which lies on the slice at hand.

    It is of the same class and another object, on the nearest slice where such a one overlaps; where there
    are several, the one that overlaps it most.
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
    """Return the edits that make an annotation's object one with its `neighbor`, or why there are none."""
    other = neighbor(stack, view, size)
    if other is None:
        return NO_NEIGHBOUR
    return _renamed(stack, view.object_id, other.object_id)


def plan(stack: StackView, view: AnnotationView, size: Size) -> InterpolationPlan | str:
    """Return how to interpolate the object of an annotation on the slice at hand, or why that cannot be.

    One that is labeled on this slice alone is joined with its `neighbor`.
    """
    if not _region(view):
        return NO_REGION
    labeled, object_id = parts(stack, view.object_id), view.object_id
    joins: tuple[Update, ...] = ()
    if len(labeled) < 2:
        other = neighbor(stack, view, size)
        if other is None:
            return ALONE
        object_id, joins = other.object_id, tuple(_renamed(stack, view.object_id, other.object_id))
        labeled |= parts(stack, object_id)
    order = sorted(labeled)
    between = [place for place in range(order[0], order[-1]) if place not in labeled]
    if not between:
        return NOTHING_BETWEEN
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
    """Return what the worker's answer suggests."""
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
    """Return where the slices lie, rising; their numbers where the files do not say."""
    places = [one.place for one in stack.slices]
    if places[-1] < places[0]:
        places = [-place for place in places]
    rising = all(after > before for before, after in pairwise(places))
    return places if rising else [float(place) for place in range(len(places))]


def _region(view: AnnotationView) -> bool:
    return isinstance(view.shape, Region) and not view.hidden


def _packed(shapes: Sequence[Shape], size: Size) -> Packed:
    """Return what an object is on one slice, all its annotations together."""
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
