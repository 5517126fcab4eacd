"""What is to be seen in the viewport, as data: masks, figures, handles and the cursor.

`build_scene` is a pure function of the annotations and the drafts of the gesture under way; the browser
room draws what it returns and keeps nothing of its own but caches keyed by ``key`` and ``version``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Box, Mask, Point, Points, Polygon, Polyline, Shape
from webapp.py.geometry.masks import decode
from webapp.py.workspace.tool import (
    AnnotationView,
    Band,
    Cursor,
    Draft,
    Handles,
    MaskPatch,
    Preview,
)

Emphasis = Literal["normal", "hover", "selected", "draft"]
Patch = tuple[int, int, NDArray[np.uint8]]
"""Column, row and pixels (height, width) of a rectangle of a mask; above 0 is on."""

DRAFT_KEY = "draft"
SPARE = 64
"""Shapes of other images and of drafts that may be kept beside those at hand."""
NEUTRAL = "#8d97a9"
"""The colour of annotations whose class the instruction no longer has."""


@dataclass(frozen=True, slots=True)
class MaskFigure:
    """A mask to draw: ``width`` x ``height`` image pixels from column ``x`` and row ``y``."""

    key: str
    version: int
    x: int
    y: int
    width: int
    height: int
    color: tuple[float, float, float]
    opacity: float
    edge: float
    mask: Mask | None = None

    def patches(self) -> Iterable[Patch]:
        """Return the pixels that are not 0, as rectangles relative to the figure's own corner."""
        if self.mask is None:
            return []
        pixels = decode(self.mask).astype(np.uint8) * np.uint8(255)
        return [(self.mask.x - self.x, self.mask.y - self.y, pixels)]


@dataclass(frozen=True, slots=True)
class Figure:
    """A line drawing: an SVG path in image pixels, filled lightly when ``closed``."""

    key: str
    version: int
    path: str
    color: str
    closed: bool
    emphasis: Emphasis


@dataclass(frozen=True, slots=True)
class Dot:
    """A point annotation, drawn at constant size on screen."""

    x: float
    y: float
    color: str
    emphasis: Emphasis


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything to draw over the image, bottom to top."""

    masks: Sequence[MaskFigure] = ()
    figures: Sequence[Figure] = ()
    dots: Sequence[Dot] = ()
    handles: Handles | None = None
    band: Band | None = None
    cursor: Cursor | None = None
    color: str = NEUTRAL


Drawn = tuple[list[MaskFigure], list[Figure], list[Dot]]
"""What was made of the annotations."""


@dataclass(slots=True)
class MaskDraft:
    """The mask that a gesture is drawing: where it began, and the patches not drawn yet."""

    annotation: str | None
    version: int
    start: Mask | None
    waiting: list[Patch] = field(default_factory=list)

    def add(self, patch: MaskPatch) -> None:
        """Keep a copy of a patch until it is drawn."""
        self.waiting.append((patch.x, patch.y, patch.pixels * np.uint8(255)))

    def drain(self) -> list[Patch]:
        """Return the patches that wait, and forget them."""
        patches, self.waiting = self.waiting, []
        return patches


class Versions:
    """Numbers that change when the shape drawn under a key changes; it keeps the shapes to tell.

    It also keeps what was made of the annotations last: while the camera moves or a gesture draws, frame
    after frame shows thousands of them as they were.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Shape, int, str]] = {}
        self._next = 0
        self._last: tuple[Sequence[AnnotationView], object, Drawn] | None = None

    def of(self, key: str, shape: Shape) -> int:
        """Return the version of ``shape`` under ``key``: the same while it is the same object."""
        return self._entry(key, shape)[1]

    def path(self, key: str, shape: Shape) -> str:
        """Return the SVG path of ``shape``, made once for each version."""
        return self._entry(key, shape)[2]

    def drawn(self, annotations: Sequence[AnnotationView], state: object, make: Callable[[], Drawn]) -> Drawn:
        """Return what ``make`` makes, or made before of the very same annotations in an equal state."""
        last = self._last
        if last is None or last[0] is not annotations or last[1] != state:
            last = self._last = (annotations, state, make())
            self._forget_others(annotations)
        return last[2]

    def _forget_others(self, annotations: Sequence[AnnotationView]) -> None:
        """Forget the shapes of images left behind, once there are as many of them again."""
        if len(self._known) > 2 * len(annotations) + SPARE:
            here = {view.id for view in annotations}
            self._known = {key: entry for key, entry in self._known.items() if key in here}

    def _entry(self, key: str, shape: Shape) -> tuple[Shape, int, str]:
        entry = self._known.get(key)
        if entry is None or entry[0] is not shape:
            self._next += 1
            entry = self._known[key] = (shape, self._next, path_of(shape))
        return entry


@dataclass(frozen=True, slots=True)
class Look:
    """What `build_scene` needs to know beside annotations and drafts."""

    colors: Mapping[str, str]
    width: int
    height: int
    color: str = NEUTRAL
    opacity: float = 0.42
    hovered: str | None = None


def build_scene(
    annotations: Sequence[AnnotationView],
    selected: Sequence[str],
    drafts: Sequence[Draft],
    mask_draft: MaskDraft | None,
    handles: Handles | None,
    look: Look,
    versions: Versions,
) -> Scene:
    """Return what to draw. ``drafts`` are those of the gesture's last yield, or of hovering.

    Annotations that change have to come as another sequence: of the same one, nothing is worked out again.
    """
    previews = {draft.id: draft.shape for draft in drafts if isinstance(draft, Preview)}
    chosen = frozenset(selected)
    painted = mask_draft.annotation if mask_draft is not None else None

    def make() -> Drawn:
        return _draw_annotations(annotations, chosen, previews, painted, look, versions)

    state = chosen, previews, painted, look
    drawn = versions.drawn(annotations, state, make)
    masks, figures, dots = list(drawn[0]), list(drawn[1]), list(drawn[2])
    for index, draft in enumerate(drafts):
        if isinstance(draft, Box | Polygon | Polyline | Points | Mask):
            key = f"{DRAFT_KEY}-{index}"
            _add(draft, key, look.color, "draft", look, versions, masks, figures, dots)
    if mask_draft is not None:
        masks.append(_draft_figure(mask_draft, annotations, look))
    return Scene(
        masks,
        figures,
        dots,
        handles=next((draft for draft in drafts if isinstance(draft, Handles)), handles),
        band=next((draft for draft in drafts if isinstance(draft, Band)), None),
        cursor=next((draft for draft in drafts if isinstance(draft, Cursor)), None),
        color=look.color,
    )


def _draw_annotations(
    annotations: Sequence[AnnotationView],
    chosen: frozenset[str],
    previews: Mapping[str, Shape | None],
    painted: str | None,
    look: Look,
    versions: Versions,
) -> Drawn:
    masks: list[MaskFigure] = []
    figures: list[Figure] = []
    dots: list[Dot] = []
    for view in annotations:
        shape = previews.get(view.id, view.shape)
        if view.hidden or shape is None or view.id == painted:
            continue
        emphasis: Emphasis = (
            "selected" if view.id in chosen else "hover" if view.id == look.hovered else "normal"
        )
        color = look.colors.get(view.class_id, NEUTRAL)
        _add(shape, view.id, color, emphasis, look, versions, masks, figures, dots)
    return masks, figures, dots


def _add(
    shape: Shape,
    key: str,
    color: str,
    emphasis: Emphasis,
    look: Look,
    versions: Versions,
    masks: list[MaskFigure],
    figures: list[Figure],
    dots: list[Dot],
) -> None:
    if isinstance(shape, Mask):
        opacity = min(look.opacity * (1.0 if emphasis == "normal" else 1.2), 1.0)
        edge = 0.85 if emphasis == "normal" else 1.0
        version = versions.of(key, shape)
        masks.append(
            MaskFigure(
                key, version, shape.x, shape.y, shape.width, shape.height, rgb(color), opacity, edge, shape
            )
        )
    elif isinstance(shape, Points):
        dots.extend(Dot(x, y, color, emphasis) for x, y in shape.points)
    elif isinstance(shape, Box | Polygon | Polyline):
        path, version = versions.path(key, shape), versions.of(key, shape)
        figures.append(Figure(key, version, path, color, not isinstance(shape, Polyline), emphasis))


def _draft_figure(draft: MaskDraft, annotations: Sequence[AnnotationView], look: Look) -> MaskFigure:
    class_of = {view.id: view.class_id for view in annotations}
    color = look.color
    if draft.annotation is not None:
        color = look.colors.get(class_of.get(draft.annotation, ""), NEUTRAL)
    key = f"{DRAFT_KEY}-mask-{draft.version}"
    opacity = min(look.opacity * 1.2, 1.0)
    return MaskFigure(
        key, draft.version, 0, 0, look.width, look.height, rgb(color), opacity, 1.0, draft.start
    )


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
