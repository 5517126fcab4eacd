"""Drawing figures, points and handles on a 2D canvas, and the interactive layer.

Each call into the canvas costs about a microsecond. So paths are built once per version, and styles are set
once per run of figures that share them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import Any

import js
from pyodide.ffi import to_js

from webapp.py.browser.reference_lines import draw_references
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.figures import Emphasis, Figure, needs_light_halo
from webapp.py.workspace.reference_lines import ReferenceLine
from webapp.py.workspace.scene import NameTag, Scene
from webapp.py.workspace.tool import Label

_FILL: dict[Emphasis, str] = {
    "normal": "1f", "hover": "33", "selected": "3d", "draft": "2e", "suggested": "26",
}  # fmt: skip
_FILL_ABOVE: dict[Emphasis, str] = {**_FILL, "normal": "00", "hover": "17", "selected": "22"}
"""Fills of figures that are also in the static layer: both together look like one of `_FILL`."""
_WIDTH: dict[Emphasis, float] = {
    "normal": 1.75, "hover": 2.25, "selected": 2.5, "draft": 2.0, "suggested": 1.75,
}  # fmt: skip
_DASHES = (6.0, 5.0)
"""Length of the dashes and gaps of suggestions, in CSS pixels."""
_HALO, _LIGHT_HALO = "rgb(0 0 0 / 55%)", "rgb(255 255 255 / 70%)"
"""What surrounds the lines of light and of dark colors."""
_HALO_WIDTH = 2.0
_HANDLE = 4.0
_MIDDLE = "rgb(255 255 255 / 70%)"
"""The color of midpoints."""
_DOT = 4.5
REACH = 8.0
"""How far lines and dots extend beyond the bounds of their shape, in CSS pixels."""
SPARE_PATHS = 64
_FONT = '12px "Inter Variable", system-ui, sans-serif'
_TAG_FONT = '11px "Inter Variable", system-ui, sans-serif'
_TAG_HEIGHT, _TAG_LETTERS = 16.0, 28
TAG_REACH = 220.0
"""How far names extend beyond the bounds of their shape, in CSS pixels."""
_LINE, _PAD, _BESIDE = 17.0, 6.0, 8.0
"""Line height, padding and distance of a label, in CSS pixels."""
_SLIDER = 48.0
"""Width of the slice slider at the right edge of a view, in CSS pixels."""


class Paths:
    """The paths of figures, built once per version."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, Any]] = {}
        self._aspect = 1.0

    def of(self, figure: Figure, aspect: float) -> Any:
        """Return the ``Path2D`` of a figure, in the coordinates of `Camera.even_matrix`."""
        if aspect != self._aspect:
            self._aspect, self._kept = aspect, {}
        entry = self._kept.get(figure.key)
        if entry is None or entry[0] != figure.version:
            entry = self._kept[figure.key] = (figure.version, _even_path(figure.path, aspect))
        return entry[1]

    def forget_all_but(self, figures: Sequence[Figure]) -> None:
        """Forget the paths of other figures once they are more than half."""
        if len(self._kept) > 2 * len(figures) + SPARE_PATHS:
            shown = {figure.key for figure in figures}
            self._kept = {key: entry for key, entry in self._kept.items() if key in shown}


def _even_path(path: str, aspect: float) -> Any:
    made = js.Path2D.new(path)
    if aspect == 1.0:
        return made
    even = js.Path2D.new()
    even.addPath(made, js.DOMMatrix.new(to_js([1.0, 0.0, 0.0, aspect, 0.0, 0.0])))
    return even


def draw_figures(
    context: Any,
    view: Camera,
    ratio: float,
    figures: Iterable[Figure],
    paths: Paths,
    above: Collection[str] = (),
) -> None:
    """Draw figures with their dots. ``above`` names those that are also in the static layer."""
    context.lineJoin = context.lineCap = "round"
    dots: list[Figure] = []
    tags: list[Figure] = []
    for (color, emphasis, closed, twice), group in groupby(figures, key=lambda one: _style(one, above)):
        shown = list(group)
        dots += [figure for figure in shown if figure.dots]
        tags += [figure for figure in shown if figure.name]
        drawn = [paths.of(figure, view.aspect) for figure in shown if figure.path]
        # Lines have the same width in both directions, even if pixels are not square.
        context.setTransform(*(ratio * value for value in view.even_matrix))
        context.strokeStyle = _halo_of(color)
        context.lineWidth = (_WIDTH[emphasis] + _HALO_WIDTH) / view.zoom
        for path in drawn:
            context.stroke(path)
        if emphasis == "suggested":
            context.setLineDash(to_js([length / view.zoom for length in _DASHES]))
        context.strokeStyle = color
        context.fillStyle = color + (_FILL_ABOVE if twice else _FILL)[emphasis]
        context.lineWidth = _WIDTH[emphasis] / view.zoom
        for path in drawn:
            if closed:
                context.fill(path, "evenodd")
            context.stroke(path)
        if emphasis == "suggested":
            context.setLineDash(to_js([]))
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    for figure in dots:
        _draw_dots(context, view, figure)
    draw_tags(context, view, [NameTag(figure.bounds, figure.name, figure.color) for figure in tags])


def _style(figure: Figure, above: Collection[str]) -> tuple[str, Emphasis, bool, bool]:
    return figure.color, figure.emphasis, figure.closed, figure.key in above


def _draw_dots(context: Any, view: Camera, figure: Figure) -> None:
    radius = _DOT + (1.5 if figure.emphasis != "normal" else 0.0)
    context.fillStyle = figure.color
    context.strokeStyle = "#ffffff" if figure.emphasis != "normal" else _HALO
    context.lineWidth = 1.5
    for point in figure.dots:
        context.beginPath()
        context.arc(*view.to_view(*point), radius, 0, math.tau)
        context.fill()
        context.stroke()


@cache
def _halo_of(color: str) -> str:
    return _LIGHT_HALO if needs_light_halo(color) else _HALO


def draw_tags(context: Any, view: Camera, tags: Sequence[NameTag]) -> None:
    """Write names above the top left corners of annotations, in the coordinates of the view."""
    if not tags:
        return
    context.font = _TAG_FONT
    context.textBaseline = "middle"
    for tag in tags:
        left, top, right, bottom = tag.bounds
        corners = view.to_view(left, top), view.to_view(right, bottom)
        x, y = (min(corner[axis] for corner in corners) for axis in (0, 1))
        text = tag.name if len(tag.name) <= _TAG_LETTERS else f"{tag.name[: _TAG_LETTERS - 1]}…"
        y = max(y - _TAG_HEIGHT - 2.0, 0.0)
        context.fillStyle = "rgb(12 14 18 / 76%)"
        context.fillRect(x, y, float(context.measureText(text).width) + 11.0, _TAG_HEIGHT)
        context.fillStyle = tag.color
        context.fillRect(x, y, 3.0, _TAG_HEIGHT)
        context.fillStyle = "#ffffff"
        context.fillText(text, x + 7.0, y + _TAG_HEIGHT / 2)


def draw_label(context: Any, view: Camera, label: Label) -> None:
    """Draw text on a dark background next to its points, inside the view and clear of the slice slider."""
    places = [view.to_view(*point) for point in label.points]
    lines = label.text.split("\n")
    context.font = _FONT
    context.textBaseline = "middle"
    wide = max(float(context.measureText(line).width) for line in lines) + 2 * _PAD
    high = len(lines) * _LINE + 2 * _PAD - 2.0
    left = min(max(x for x, _ in places) + _BESIDE, view.width - wide - _SLIDER)
    top = min(max(y for _, y in places) + _BESIDE, view.height - high - _BESIDE)
    left, top = max(left, _BESIDE), max(top, _BESIDE)
    context.fillStyle = "rgb(12 14 18 / 76%)"
    context.beginPath()
    context.roundRect(left, top, wide, high, 5)
    context.fill()
    context.fillStyle = "#ffffff"
    for number, line in enumerate(lines):
        context.fillText(line, left + _PAD, top + _PAD - 1.0 + (number + 0.5) * _LINE)


class InteractiveLayer:
    """Draws selection, drafts and handles on a canvas of its own, above the static layer."""

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas
        self.context = canvas.getContext("2d")
        self._paths = Paths()
        self._drawn: object = None

    def resize(self, width: int, height: int) -> None:
        """Set the drawing size in device pixels."""
        if (self.canvas.width, self.canvas.height) != (width, height):
            self.canvas.width, self.canvas.height = width, height
            self._drawn = None

    def draw(self, view: Camera, ratio: float, scene: Scene, lines: Sequence[ReferenceLine] = ()) -> None:
        """Draw the scene unless it is drawn already. ``ratio`` is device pixels per CSS pixel."""
        shown = scene.band, scene.handles, scene.labels, scene.tags
        content = (tuple(scene.figures), *shown, tuple(lines))
        drawn = (content, view if any(content) else None, ratio)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        context = self.context
        context.setTransform(1, 0, 0, 1, 0, 0)
        context.clearRect(0, 0, self.canvas.width, self.canvas.height)
        above = {figure.key for figure in scene.figures} & scene.static.places.keys() - scene.replaced
        draw_figures(context, view, ratio, scene.figures, self._paths, above)
        self._paths.forget_all_but(scene.figures)
        draw_references(context, view, lines)
        self._draw_band(view, scene)
        self._draw_handles(view, scene)
        context.setTransform(ratio, 0, 0, ratio, 0, 0)
        draw_tags(context, view, scene.tags)
        for label in scene.labels:
            if label.text:
                draw_label(context, view, label)

    def _draw_band(self, view: Camera, scene: Scene) -> None:
        if scene.band is None:
            return
        x0, y0 = view.to_view(scene.band.x0, scene.band.y0)
        x1, y1 = view.to_view(scene.band.x1, scene.band.y1)
        context = self.context
        context.fillStyle = "rgb(110 160 255 / 12%)"
        context.fillRect(x0, y0, x1 - x0, y1 - y0)
        context.lineWidth = 1
        context.strokeStyle = "rgb(110 160 255)"
        context.strokeRect(x0, y0, x1 - x0, y1 - y0)

    def _draw_handles(self, view: Camera, scene: Scene) -> None:
        if scene.handles is None:
            return
        context = self.context
        context.lineWidth = 1.5
        context.strokeStyle = "#14181f"
        for index, (x, y) in enumerate(scene.handles.points):
            size = _HANDLE + (2.0 if index == scene.handles.hot else 0.0)
            at_x, at_y = view.to_view(x, y)
            context.fillStyle = scene.color if index == scene.handles.hot else "#ffffff"
            context.fillRect(at_x - size, at_y - size, 2 * size, 2 * size)
            context.strokeRect(at_x - size, at_y - size, 2 * size, 2 * size)
        for index, (x, y) in enumerate(scene.handles.middles, len(scene.handles.points)):
            context.fillStyle = scene.color if index == scene.handles.hot else _MIDDLE
            context.beginPath()
            context.arc(
                *view.to_view(x, y), _HANDLE - (0.0 if index == scene.handles.hot else 1.0), 0, math.tau
            )
            context.fill()
            context.stroke()
