"""The line layer of the viewport: figures, points, handles and the cursor, drawn on a 2D canvas.

Calls into the canvas are what costs (about a microsecond each), so paths are built once per version and
styles are set once per run of figures that share them.
"""

from __future__ import annotations

import math
from itertools import groupby
from typing import Any

import js

from webapp.py.workspace.scene import Dot, Emphasis, Figure, Scene
from webapp.py.workspace.tool import Cursor
from webapp.py.workspace.viewport import Viewport

_FILL: dict[Emphasis, str] = {"normal": "1f", "hover": "33", "selected": "3d", "draft": "2e"}
_WIDTH: dict[Emphasis, float] = {"normal": 1.75, "hover": 2.25, "selected": 2.5, "draft": 2.0}
_HALO = "rgb(0 0 0 / 55%)"
_HANDLE = 4.0
_DOT = 4.5


class LineLayer:
    """Draws the scene's lines into one canvas."""

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas
        self.context = canvas.getContext("2d")
        self._paths: dict[str, tuple[int, Any]] = {}

    def resize(self, width: int, height: int) -> None:
        """Set the drawing size in device pixels."""
        if (self.canvas.width, self.canvas.height) != (width, height):
            self.canvas.width, self.canvas.height = width, height

    def draw(self, view: Viewport, ratio: float, scene: Scene, pointer: tuple[float, float] | None) -> None:
        """Draw everything; ``ratio`` is device pixels per CSS pixel, ``pointer`` lies in image pixels."""
        context = self.context
        context.setTransform(1, 0, 0, 1, 0, 0)
        context.clearRect(0, 0, self.canvas.width, self.canvas.height)
        context.setTransform(*(ratio * value for value in view.matrix))
        self._draw_figures(scene, view.zoom)
        context.setTransform(ratio, 0, 0, ratio, 0, 0)
        for dot in scene.dots:
            self._draw_dot(view, dot)
        self._draw_band(view, scene)
        self._draw_handles(view, scene)
        if pointer is not None and scene.cursor is not None:
            self._draw_cursor(view, scene.cursor, pointer)

    def _draw_figures(self, scene: Scene, zoom: float) -> None:
        context = self.context
        context.lineJoin = context.lineCap = "round"
        for (color, emphasis, closed), group in groupby(scene.figures, key=_style):
            paths = [self._path(figure) for figure in group]
            if emphasis != "normal":
                context.strokeStyle = _HALO
                context.lineWidth = (_WIDTH[emphasis] + 2.0) / zoom
                for path in paths:
                    context.stroke(path)
            context.strokeStyle = color
            context.fillStyle = color + _FILL[emphasis]
            context.lineWidth = _WIDTH[emphasis] / zoom
            for path in paths:
                if closed:
                    context.fill(path, "evenodd")
                context.stroke(path)
        if len(self._paths) > 2 * len(scene.figures) + 64:
            shown = {figure.key for figure in scene.figures}
            self._paths = {key: entry for key, entry in self._paths.items() if key in shown}

    def _path(self, figure: Figure) -> Any:
        entry = self._paths.get(figure.key)
        if entry is None or entry[0] != figure.version:
            entry = self._paths[figure.key] = (figure.version, js.Path2D.new(figure.path))
        return entry[1]

    def _draw_dot(self, view: Viewport, dot: Dot) -> None:
        x, y = view.to_view(dot.x, dot.y)
        context = self.context
        context.beginPath()
        context.arc(x, y, _DOT + (1.5 if dot.emphasis != "normal" else 0.0), 0, math.tau)
        context.fillStyle = dot.color
        context.fill()
        context.lineWidth = 1.5
        context.strokeStyle = "#ffffff" if dot.emphasis != "normal" else _HALO
        context.stroke()

    def _draw_band(self, view: Viewport, scene: Scene) -> None:
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

    def _draw_handles(self, view: Viewport, scene: Scene) -> None:
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

    def _draw_cursor(self, view: Viewport, cursor: Cursor, pointer: tuple[float, float]) -> None:
        if cursor.kind not in ("circle", "square"):
            return
        x, y = view.to_view(*pointer)
        radius = max(cursor.radius * view.zoom, 1.5)
        context = self.context
        for width, color in ((3.0, _HALO), (1.25, "#ffffff")):
            context.lineWidth = width
            context.strokeStyle = color
            context.beginPath()
            if cursor.kind == "circle":
                context.arc(x, y, radius, 0, math.tau)
            else:
                context.rect(x - radius, y - radius, 2 * radius, 2 * radius)
            context.stroke()


def _style(figure: Figure) -> tuple[str, Emphasis, bool]:
    return figure.color, figure.emphasis, figure.closed
