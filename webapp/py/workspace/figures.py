"""Line drawings of annotations, as data, and their cache from frame to frame."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Box, Mask, Other, Point, Points, Polygon, Polyline, Shape
from webapp.py.geometry.shapes import Bounds, bounds
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.changes import changed_places
from webapp.py.workspace.context import extents

Emphasis = Literal["normal", "hover", "selected", "draft", "suggested"]
Made = TypeVar("Made")

SPARE = 64
"""Shapes of other images and of drafts that can be cached besides those of the current image."""
NO_NAMES: Mapping[str, str] = {}
NEUTRAL = "#8d97a9"
"""The color of annotations whose class is no longer in the instruction."""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A line drawing: an SVG path in image pixels, filled lightly when ``closed``, and dots.

    ``bounds`` are those of the shape, in image pixels. Dots keep their size on screen. ``name`` is written at
    its top left corner unless it is empty.
    """

    key: str
    version: int
    path: str
    color: str
    closed: bool
    emphasis: Emphasis
    bounds: Bounds
    dots: Sequence[Point] = ()
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class StaticFigures:
    """The annotations as drawn on the static layer: none selected, hovered or being changed.

    It is the same object until something changes, and so is each figure in it. ``places`` are the indices of
    ``annotations`` by id, and ``drawn`` are those of the annotations that have figures, in the same order;
    ``edges`` are left, top, right and bottom of all figures, of shape (4, figures). ``named`` says whether
    figures have names; those of masks are figures without lines.
    """

    annotations: Sequence[AnnotationView] = ()
    figures: Sequence[Figure] = ()
    masks: Sequence[AnnotationView] = ()
    places: Mapping[str, int] = field(default_factory=dict)
    drawn: Sequence[int] = ()
    edges: NDArray[np.float64] = field(default_factory=lambda: np.zeros((4, 0)))
    named: bool = False

    def visible(self, name: str) -> AnnotationView | None:
        """Return an annotation by id, or None if it is hidden or missing."""
        place = self.places.get(name)
        view = self.annotations[place] if place is not None else None
        return view if view is not None and not view.hidden else None

    def figure(self, name: str) -> Figure | None:
        """Return the figure of an annotation by id, or None if it has none."""
        place = self.places.get(name, -1)
        index = bisect_left(self.drawn, place)
        return self.figures[index] if index < len(self.drawn) and self.drawn[index] == place else None


class Versions:
    """Version numbers that change when the shape drawn under a key changes, and a cache of figures.

    While the camera moves or a gesture draws, thousands of annotations are drawn unchanged frame after frame,
    so what was made of them last is kept.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Shape, int, str]] = {}
        self._next = 0
        self._static: tuple[Sequence[AnnotationView], tuple[Mapping[str, str], ...], StaticFigures] | None
        self._static = None
        self._colors: Mapping[str, str] = {}
        self._figures: dict[str, tuple[AnnotationView, Figure | None]] = {}
        self._last: tuple[StaticFigures, object, object] | None = None
        self._levels: tuple[object, int] = (None, 0)

    def of_levels(self, levels: NDArray[np.uint8]) -> int:
        """Return the version of a label map: the same for the same array."""
        if self._levels[0] is not levels:
            self._levels = levels, self._levels[1] + 1
        return self._levels[1]

    def of(self, key: str, shape: Shape) -> int:
        """Return the version of ``shape`` under ``key``: the same for the same object."""
        return self._entry(key, shape)[1]

    def figure(self, key: str, shape: Shape, color: str, emphasis: Emphasis) -> Figure | None:
        """Return how a shape is drawn, or None if it has no lines."""
        if isinstance(shape, Mask | Other):
            return None
        dots = shape.points if isinstance(shape, Points) else ()
        around = bounds(shape) or (0.0, 0.0, 0.0, 0.0)
        _, version, path = self._entry(key, shape)
        closed = isinstance(shape, Box | Polygon)
        return Figure(key, version, path, color, closed, emphasis, around, dots)

    def static(
        self,
        annotations: Sequence[AnnotationView],
        colors: Mapping[str, str],
        names: Mapping[str, str] = NO_NAMES,
    ) -> StaticFigures:
        """Return the static figures of annotations; cached for the same sequence, colors and names.

        ``names`` are what is written beside them, by id; pass the same object while nothing changes.
        """
        last, given = self._static, (colors, names)
        if last is None or last[0] is not annotations or last[1] != given:
            last = self._static = (annotations, given, self._rest(annotations, colors, names))
            self._forget_others(annotations)
        return last[2]

    def made(self, static: StaticFigures, state: object, make: Callable[[], Made]) -> Made:
        """Return the result of ``make``, cached for the same static figures and an equal state."""
        last = self._last
        if last is None or last[0] is not static or last[1] != state:
            last = self._last = (static, state, make())
        found: Made = last[2]  # type: ignore[assignment]
        return found

    def _rest(
        self, annotations: Sequence[AnnotationView], colors: Mapping[str, str], names: Mapping[str, str]
    ) -> StaticFigures:
        before = self._static[2] if self._static is not None else None
        if colors != self._colors:
            self._colors, self._figures = colors, {}
        elif before is not None and not (names or before.named):
            same = self._replaced(before, annotations)
            if same is not None:
                return same
        figures: list[Figure] = []
        drawn: list[int] = []
        masks: list[AnnotationView] = []
        for number, view in enumerate(annotations):
            figure = self._at_rest(view, names.get(view.id, "") if names else "")
            if figure is not None:
                figures.append(figure)
                drawn.append(number)
            if _is_visible_mask(view):
                masks.append(view)
        places = {view.id: number for number, view in enumerate(annotations)}
        edges = extents(annotations)[:, drawn]
        return StaticFigures(annotations, figures, masks, places, drawn, edges, bool(names))

    def _replaced(self, before: StaticFigures, annotations: Sequence[AnnotationView]) -> StaticFigures | None:
        """Return the same figures with those of a few annotations replaced, or None to start over."""
        changed = changed_places(before.annotations, annotations)
        if changed is None:
            return None
        figures, masks, indices = list(before.figures), list(before.masks), []
        for place in changed:
            old, new = before.annotations[place], annotations[place]
            index = bisect_left(before.drawn, place)
            had_figure = index < len(before.drawn) and before.drawn[index] == place
            figure = self._at_rest(new)
            if old.id != new.id or had_figure != (figure is not None):
                return None
            if figure is not None:
                figures[index] = figure
                indices.append(index)
            elif _is_visible_mask(old) != _is_visible_mask(new):
                return None
            elif _is_visible_mask(new):
                masks = [new if mask is old else mask for mask in masks]
        edges = before.edges.copy()
        edges[:, indices] = extents(annotations)[:, [before.drawn[index] for index in indices]]
        return StaticFigures(annotations, figures, masks, before.places, before.drawn, edges)

    def _at_rest(self, view: AnnotationView, name: str = "") -> Figure | None:
        """Return how an annotation is drawn on the static layer: the same object until that changes."""
        before = self._figures.get(view.id)
        shown = before[1].name if before is not None and before[1] is not None else ""
        if before is None or before[0] is not view or shown != name:
            before = self._figures[view.id] = (view, self._made_at_rest(view, before, name))
        return before[1]

    def _made_at_rest(
        self, view: AnnotationView, before: tuple[AnnotationView, Figure | None] | None, name: str
    ) -> Figure | None:
        if view.hidden:
            return None
        color = self._colors.get(view.class_id, NEUTRAL)
        if before is not None and before[0].shape is view.shape:
            figure = before[1]
            if figure is not None and (figure.color, figure.name) == (color, name):
                return figure
        made = self.figure(view.id, view.shape, color, "normal")
        if made is not None and name:
            return replace(made, name=name)
        around = bounds(view.shape) if name else None
        if made is None and around is not None:
            version = self.of(view.id, view.shape)
            return Figure(view.id, version, "", color, False, "normal", around, name=name)
        return made

    def _forget_others(self, annotations: Sequence[AnnotationView]) -> None:
        """Forget the shapes of other images once there are more of them than of this one."""
        if len(self._known) > 2 * len(annotations) + SPARE:
            here = {view.id for view in annotations}
            self._known = {key: entry for key, entry in self._known.items() if key in here}
            self._figures = {key: entry for key, entry in self._figures.items() if key in here}

    def _entry(self, key: str, shape: Shape) -> tuple[Shape, int, str]:
        entry = self._known.get(key)
        if entry is None or entry[0] is not shape:
            self._next += 1
            entry = self._known[key] = (shape, self._next, path_of(shape))
        return entry


def _is_visible_mask(view: AnnotationView) -> bool:
    return not view.hidden and isinstance(view.shape, Mask)


def path_of(shape: Shape) -> str:
    """Return the SVG path data of a shape's lines, in image pixels; empty for masks and single points.

    Examples
    --------
    >>> path_of(Box(1, 2, 3, 4))
    'M1 2L4 2L4 6L1 6Z'
    """
    if isinstance(shape, Box):
        right, bottom = shape.x + shape.width, shape.y + shape.height
        return _path([(shape.x, shape.y), (right, shape.y), (right, bottom), (shape.x, bottom)], True)
    if isinstance(shape, Polygon):
        return "".join(_path(contour, True) for contour in [shape.points, *shape.holes])
    if isinstance(shape, Polyline):
        return _path(shape.points, False)
    return ""


def _path(points: Sequence[Point], closed: bool) -> str:
    return "M" + "L".join(f"{x:.7g} {y:.7g}" for x, y in points) + ("Z" if closed else "")


def rgb(color: str) -> tuple[float, float, float]:
    """Return the channels of ``#rrggbb``, each from 0 to 1.

    Examples
    --------
    >>> rgb("#ff0033")
    (1.0, 0.0, 0.2)
    """
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def needs_light_halo(color: str) -> bool:
    """Return whether white has more contrast to ``#rrggbb`` than black, as WCAG 2.2 defines contrast [1]_.

    References
    ----------
    .. [1] W3C, Web Content Accessibility Guidelines 2.2, relative luminance and contrast ratio.

    Examples
    --------
    >>> needs_light_halo("#1a237e"), needs_light_halo("#ffd600")
    (True, False)
    """
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb(color))
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05
