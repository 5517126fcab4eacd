"""What follows the pointer over the viewport: the loupe and the pixel readout."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import js
from pyodide.ffi import to_js

from webapp.py.browser.interactive_layer import Paths, draw_figures
from webapp.py.browser.pixel_layer import PixelLayer
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.scene import Scene

SIDE = 240.0
"""Diameter of the loupe in CSS pixels."""
_BESIDE = 18.0
_ABOVE = 150.0
"""How far the loupe is above a finger, in CSS pixels."""


class Loupe:
    """A round magnifier for pixels, masks and lines under the pointer."""

    def __init__(self, holder: Any) -> None:
        self._canvas = js.document.createElement("canvas")
        self._canvas.className = "loupe"
        self._context = self._canvas.getContext("2d")
        self._paths = Paths()
        self._canvas.hidden = True
        holder.append(self._canvas)

    def hide(self) -> None:
        """Hide the loupe."""
        if not self._canvas.hidden:
            self._canvas.hidden = True

    def draw(
        self,
        pixels: PixelLayer,
        view: Camera,
        ratio: float,
        scene: Scene,
        at: tuple[float, float],
        finger: bool,
    ) -> None:
        """Show what is under ``at``, in view coordinates. Call this before the pixel layer is drawn."""
        assert scene.loupe is not None
        x, y = view.to_image(*at)
        zoom = scene.loupe.factor * max(view.zoom, 1.0)
        near = replace(view, width=SIDE, height=SIDE, zoom=zoom, x=x, y=y)
        lens = pixels.draw_lens(near, ratio, scene.masks)
        size = lens.width, lens.height
        if (self._canvas.width, self._canvas.height) != size:
            self._canvas.width, self._canvas.height = size
        context = self._context
        context.setTransform(1, 0, 0, 1, 0, 0)
        context.drawImage(lens.canvas, lens.left, lens.top, *size, 0, 0, *size)
        (x0, y0), (x1, y1) = near.to_image(0.0, 0.0), near.to_image(SIDE, SIDE)
        static = [
            figure
            for figure in scene.static.figures
            if figure.key not in scene.replaced
            and figure.bounds[0] <= max(x0, x1)
            and figure.bounds[2] >= min(x0, x1)
            and figure.bounds[1] <= max(y0, y1)
            and figure.bounds[3] >= min(y0, y1)
        ]
        self._paths.forget_all_but(static)
        draw_figures(context, near, ratio, static, self._paths)
        self._frame_pixel(near, x, y)
        self._canvas.hidden = False
        left, top = at[0] - SIDE / 2, at[1] - SIDE / 2 - (_ABOVE if finger else 0.0)
        self._canvas.style.transform = f"translate({left:.1f}px,{top:.1f}px)"

    def _frame_pixel(self, near: Camera, x: float, y: float) -> None:
        """Outline the pixel under the pointer."""
        (x0, y0), (x1, y1) = near.to_view(x // 1, y // 1), near.to_view(x // 1 + 1, y // 1 + 1)
        context = self._context
        for width, color in ((3, "rgb(0 0 0 / 55%)"), (1, "#ffffff")):
            context.lineWidth, context.strokeStyle = width, color
            context.strokeRect(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))


class PixelReader:
    """Reads the exact values of single pixels."""

    def __init__(self, bitmap: Any, scalars: ScalarImage | None = None) -> None:
        self._bitmap, self._scalars = bitmap, scalars
        canvas = js.OffscreenCanvas.new(1, 1)
        often = to_js({"willReadFrequently": True}, dict_converter=js.Object.fromEntries)
        self._context = canvas.getContext("2d", often)
        self._context.globalCompositeOperation = "copy"
        self._context.imageSmoothingEnabled = False
        self._colorless: bool | None = None

    def at(self, x: int, y: int) -> tuple[int, int, int] | None:
        """Return red, green and blue of a pixel, 0 to 255, or None outside the image."""
        if not (0 <= x < self._bitmap.width and 0 <= y < self._bitmap.height):
            return None
        self._context.drawImage(self._bitmap, x, y, 1, 1, 0, 0, 1, 1)
        red, green, blue, _ = self._context.getImageData(0, 0, 1, 1).data.to_py()
        return red, green, blue

    @property
    def colorless(self) -> bool:
        """Whether the image has only shades of gray, checked once on a reduced copy."""
        if self._colorless is None:
            canvas = js.OffscreenCanvas.new(64, 64)
            context = canvas.getContext("2d")
            context.drawImage(self._bitmap, 0, 0, 64, 64)
            values = bytes(context.getImageData(0, 0, 64, 64).data.to_py())
            self._colorless = values[0::4] == values[1::4] == values[2::4]
        return self._colorless

    def text(self, x: float, y: float) -> str:
        """Return the position and value of the pixel at an image point. Empty outside the image."""
        column, row = int(x // 1), int(y // 1)
        if self._scalars is not None:
            found = self._scalars.at(column, row)
            return "" if found is None else f"x {column}  y {row}\n{self._scalars.unit or 'value'} {found:g}"
        value = self.at(column, row)
        if value is None:
            return ""
        if self.colorless:
            return f"x {column}  y {row}\ngray {value[0]}"
        return f"x {column}  y {row}\nR {value[0]}  G {value[1]}  B {value[2]}"


class Readout:
    """A small card next to the pointer."""

    def __init__(self, holder: Any) -> None:
        self._card = js.document.createElement("div")
        self._card.className = "readout number"
        self._card.hidden = True
        holder.append(self._card)

    def show(self, text: str, view: Camera, at: tuple[float, float]) -> None:
        """Show text, or hide the card if it is empty."""
        if not text:
            if not self._card.hidden:
                self._card.hidden = True
            return
        if self._card.textContent != text:
            self._card.textContent = text
        self._card.hidden = False
        width, height = float(self._card.offsetWidth), float(self._card.offsetHeight)
        left = at[0] + _BESIDE if at[0] + _BESIDE + width <= view.width else at[0] - _BESIDE - width
        top = at[1] + _BESIDE if at[1] + _BESIDE + height <= view.height else at[1] - _BESIDE - height
        self._card.style.transform = f"translate({left:.0f}px,{top:.0f}px)"
