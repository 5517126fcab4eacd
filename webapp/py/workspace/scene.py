"""What the viewport shows, as data: masks, figures, handles and the cursor.

`build_scene` is a pure function of the annotations and the drafts of the current gesture. The browser room
draws what it returns and keeps only caches by ``key`` and ``version``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Box, Mask, Points, Polygon, Polyline, Shape
from webapp.py.geometry.contours import mask_polygons
from webapp.py.geometry.masks import decode_rows
from webapp.py.geometry.memory import remembered
from webapp.py.geometry.shapes import Bounds, bounds
from webapp.py.workspace.figures import (
    NEUTRAL,
    Emphasis,
    Figure,
    StaticFigures,
    Versions,
    needs_light_halo,
    rgb,
)
from webapp.py.workspace.tool import (
    AnnotationView,
    Band,
    Cursor,
    Draft,
    Handles,
    Label,
    Loupe,
    MaskPatch,
    Outlines,
    Preview,
    Readout,
)

Patch = tuple[int, int, NDArray[np.uint8]]
"""Column, row and pixels (height, width) of a rectangle of a mask; values above 0 are on."""

DRAFT_KEY = "draft"
OUTLINES_KEY = "outlines"
SUGGESTED_KEY = "suggested"
LINE = 1.0
"""Width of a line between segments to each side of their border, in device pixels."""
OVERLAY = 0.9
"""Opacity of the overlay of a file."""
FAINT = 0.5
"""Opacity of the lines between segments."""
ROWS = 1024
"""The number of rows of a mask that are decoded at once."""
OVERLAY_KEY = "overlay"
OVERLAY_COLOR = (1.0, 0.87, 0.35)
NOTHING = StaticFigures()
"""No annotations."""


@dataclass(frozen=True, slots=True, eq=False)
class MaskFigure:
    """A mask to draw: ``width`` x ``height`` image pixels from column ``x`` and row ``y``.

    Instead of a mask, ``levels`` is a label map that covers the same rectangle at its own resolution; lines
    are drawn between areas of different levels. ``line`` is the width of the edge to each side, in device
    pixels; with ``light_halo`` its outer part is white, so that a dark mask shows on a dark image. With
    ``spread`` there is no edge; instead the mask is widened by that much, so that lines of one pixel stay
    unbroken when scaled down.
    """

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
    levels: NDArray[np.uint8] | None = None
    line: float = 1.5
    spread: bool = False
    light_halo: bool = False

    @property
    def texture_size(self) -> tuple[int, int]:
        """Columns and rows of the figure's texture."""
        return (self.width, self.height) if self.levels is None else self.levels.shape[::-1]

    @property
    def drawn(self) -> tuple[object, ...]:
        """A key for the drawing of the figure: figures with equal keys look the same."""
        place = self.x, self.y, self.width, self.height
        return (*place, self.key, self.version, self.color, self.opacity, self.edge, self.line, self.spread)

    def patches(self) -> Iterable[Patch]:
        """Return the pixels that are not 0, as rectangles relative to the figure's corner."""
        if self.levels is not None:
            return [(0, 0, self.levels)]
        mask = self.mask
        if mask is None:
            return []
        # A few rows at a time: a mask over a large photo is never in memory as pixels at once.
        left, top, high = mask.x - self.x, mask.y - self.y, mask.height
        return (
            (left, top + row, decode_rows(mask, row, min(row + ROWS, high), 255))
            for row in range(0, high, ROWS)
        )


@dataclass(frozen=True, slots=True)
class NameTag:
    """The name of an annotation, at the top left corner of ``bounds`` in image pixels."""

    bounds: Bounds
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything to draw over the image, bottom to top.

    ``static`` are the annotations on the static layer, except those in ``replaced``, which a preview
    replaces. ``figures`` are those on the interactive layer above: selected and hovered annotations, and
    drafts.
    """

    masks: Sequence[MaskFigure] = ()
    static: StaticFigures = NOTHING
    replaced: frozenset[str] = frozenset()
    figures: Sequence[Figure] = ()
    handles: Handles | None = None
    band: Band | None = None
    cursor: Cursor | None = None
    loupe: Loupe | None = None
    readout: bool = False
    labels: Sequence[Label] = ()
    tags: Sequence[NameTag] = ()
    color: str = NEUTRAL


@dataclass(slots=True)
class MaskDraft:
    """The mask that a gesture is drawing: its original shape, and the patches that are not drawn yet."""

    annotation: str | None
    version: int
    start: Mask | None
    pending: list[Patch] = field(default_factory=list)

    def add(self, patch: MaskPatch) -> None:
        """Keep a copy of a patch until it is drawn."""
        self.pending.append((patch.x, patch.y, patch.pixels * np.uint8(255)))

    def drain(self) -> list[Patch]:
        """Return the pending patches, and forget them."""
        patches, self.pending = self.pending, []
        return patches


@dataclass(frozen=True, slots=True)
class SceneStyle:
    """Colors, size and emphasis for `build_scene`.

    ``suggested`` is a mask that is not an annotation yet, with its color. ``names`` are written beside all
    annotations, by id, and ``hovered_name`` beside the one under the pointer.
    """

    colors: Mapping[str, str]
    width: int
    height: int
    color: str = NEUTRAL
    opacity: float = 0.42
    hovered: str | None = None
    suggested: tuple[Mask, str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    hovered_name: str = ""


def build_scene(
    annotations: Sequence[AnnotationView],
    selected: Sequence[str],
    drafts: Sequence[Draft],
    mask_draft: MaskDraft | None,
    handles: Handles | None,
    style: SceneStyle,
    versions: Versions,
    outlines: Outlines | None = None,
) -> Scene:
    """Return what to draw. ``drafts`` are those of the gesture's last yield, or of hovering.

    If annotations change, pass a new sequence: results are cached for the same one.
    """
    previews = {draft.id: draft.shape for draft in drafts if isinstance(draft, Preview)}
    painted = mask_draft.annotation if mask_draft is not None else None
    static = versions.static(annotations, style.colors, style.names)
    state = frozenset(selected), previews, painted, style, outlines

    def make() -> tuple[list[MaskFigure], list[Figure]]:
        interactive = _interactive(static, state[0], previews, style)
        masks = [] if outlines is None else [_outlines_figure(outlines, versions)]
        masks += _masks(static, interactive, previews, painted, style, versions)
        figures = _suggested_figures(style, versions)
        return masks, [*figures, *_figures(interactive, static, previews, style, versions)]

    masks, figures = versions.made(static, state, make)
    shapes = [draft for draft in drafts if isinstance(draft, Box | Polygon | Polyline | Points | Mask)]
    if shapes or mask_draft is not None:
        masks, figures = list(masks), list(figures)
        _add_drafts(shapes, style, versions, masks, figures)
    if mask_draft is not None:
        masks.append(_draft_figure(mask_draft, static, style))
    return Scene(
        masks,
        static,
        frozenset(name for name in previews if static.visible(name)),
        figures,
        handles=next((draft for draft in drafts if isinstance(draft, Handles)), handles),
        band=next((draft for draft in drafts if isinstance(draft, Band)), None),
        cursor=next((draft for draft in drafts if isinstance(draft, Cursor)), None),
        loupe=next((draft for draft in drafts if isinstance(draft, Loupe)), None),
        readout=any(isinstance(draft, Readout) for draft in drafts),
        labels=tuple(draft for draft in drafts if isinstance(draft, Label)),
        tags=_tags(static, style),
        color=style.color,
    )


def _tags(static: StaticFigures, style: SceneStyle) -> tuple[NameTag, ...]:
    view = static.visible(style.hovered) if style.hovered is not None and style.hovered_name else None
    around = bounds(view.shape) if view is not None else None
    if view is None or around is None:
        return ()
    return (NameTag(around, style.hovered_name, style.colors.get(view.class_id, NEUTRAL)),)


def overlay_figure(plane: NDArray[np.uint8]) -> MaskFigure:
    """Return the figure of a file's overlay: its pixels, without an edge.

    Parameters
    ----------
    plane : array of uint8, shape (rows, columns)
        Values above 0 are drawn.
    """
    rows, columns = plane.shape
    return MaskFigure(
        OVERLAY_KEY,
        0,
        0,
        0,
        columns,
        rows,
        OVERLAY_COLOR,
        OVERLAY,
        OVERLAY,
        levels=plane,
        line=0.5,
        spread=True,
    )


def _interactive(
    static: StaticFigures, chosen: frozenset[str], previews: Mapping[str, Shape | None], style: SceneStyle
) -> dict[str, Emphasis]:
    """Return the emphasis of the annotations on the interactive layer, by id from bottom to top."""
    hovered = () if style.hovered is None else (style.hovered,)
    names = {name for name in (*chosen, *previews, *hovered) if static.visible(name)}
    return {
        name: "selected" if name in chosen else "hover" if name == style.hovered else "normal"
        for name in sorted(names, key=static.places.__getitem__)
    }


def _figures(
    interactive: Mapping[str, Emphasis],
    static: StaticFigures,
    previews: Mapping[str, Shape | None],
    style: SceneStyle,
    versions: Versions,
) -> list[Figure]:
    figures = []
    for name, emphasis in interactive.items():
        view = static.annotations[static.places[name]]
        shape = previews.get(name, view.shape)
        color = style.colors.get(view.class_id, NEUTRAL)
        figure = versions.figure(name, shape, color, emphasis) if shape is not None else None
        figures += [figure] if figure is not None else []
    return figures


def _suggested_figures(style: SceneStyle, versions: Versions) -> list[Figure]:
    """Return the outlines of the suggested mask, which is not painted until it is an annotation."""
    if style.suggested is None:
        return []
    mask, color = style.suggested
    keyed = ((f"{SUGGESTED_KEY}-{number}", outline) for number, outline in enumerate(_outlines(mask)))
    figures = [versions.figure(key, outline, color, "suggested") for key, outline in keyed]
    return [figure for figure in figures if figure is not None]


@remembered(most=64)
def _outlines(mask: Mask) -> list[Polygon]:
    return mask_polygons(mask)


def _masks(
    static: StaticFigures,
    interactive: Mapping[str, Emphasis],
    previews: Mapping[str, Shape | None],
    painted: str | None,
    style: SceneStyle,
    versions: Versions,
) -> list[MaskFigure]:
    masks = []
    drawn = dict.fromkeys(view.id for view in static.masks)
    drawn |= dict.fromkeys(name for name, shape in previews.items() if isinstance(shape, Mask))
    for name in sorted((name for name in drawn if static.visible(name)), key=static.places.__getitem__):
        view = static.annotations[static.places[name]]
        shape = previews.get(name, view.shape)
        if isinstance(shape, Mask) and name != painted:
            color = style.colors.get(view.class_id, NEUTRAL)
            masks.append(_mask_figure(name, shape, color, interactive.get(name, "normal"), style, versions))
    return masks


def _mask_figure(
    key: str, shape: Mask, color: str, emphasis: Emphasis, style: SceneStyle, versions: Versions
) -> MaskFigure:
    opacity = min(style.opacity * (1.0 if emphasis == "normal" else 1.2), 1.0)
    edge = 0.85 if emphasis == "normal" else 1.0
    box = shape.x, shape.y, shape.width, shape.height
    light = needs_light_halo(color)
    return MaskFigure(key, versions.of(key, shape), *box, rgb(color), opacity, edge, shape, light_halo=light)


def _add_drafts(
    shapes: Sequence[Shape],
    style: SceneStyle,
    versions: Versions,
    masks: list[MaskFigure],
    figures: list[Figure],
) -> None:
    for index, shape in enumerate(shapes):
        key = f"{DRAFT_KEY}-{index}"
        if isinstance(shape, Mask):
            masks.append(_mask_figure(key, shape, style.color, "draft", style, versions))
        else:
            figure = versions.figure(key, shape, style.color, "draft")
            figures += [figure] if figure is not None else []


def _draft_figure(draft: MaskDraft, static: StaticFigures, style: SceneStyle) -> MaskFigure:
    color = style.color
    if draft.annotation is not None:
        view = static.visible(draft.annotation)
        color = style.colors.get(view.class_id, NEUTRAL) if view is not None else NEUTRAL
    key = f"{DRAFT_KEY}-mask-{draft.version}"
    opacity = min(style.opacity * 1.2, 1.0)
    return MaskFigure(
        *(key, draft.version, 0, 0, style.width, style.height, rgb(color), opacity, 1.0, draft.start),
        light_halo=needs_light_halo(color),
    )


def _outlines_figure(outlines: Outlines, versions: Versions) -> MaskFigure:
    levels, version = outlines.levels, versions.of_levels(outlines.levels)
    white = (1.0, 1.0, 1.0)
    return MaskFigure(OUTLINES_KEY, version, *outlines.rect, white, 0.0, FAINT, levels=levels, line=LINE)
