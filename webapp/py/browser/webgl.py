"""The pixel layer of the viewport: the image and the masks, drawn with WebGL2.

Image pixels are squares or interpolated when enlarged, and averaged when reduced. Masks are textures with one
byte per pixel, colored in the shader, with a stronger line along their edge. Label maps also have lines
between their levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

import js
from pyodide.ffi import create_proxy, to_js

from webapp.py.browser.image_tiles import ImageTiles
from webapp.py.browser.mask_parts import Part, touched
from webapp.py.browser.mask_tiles import MaskTiles
from webapp.py.browser.pixel_layer import Lens
from webapp.py.browser.shaders import IMAGE, MASK, Kind, Program, prepare, values_shader
from webapp.py.browser.value_texture import UNIFORMS, ValueTexture, kind_of
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.scene import MaskFigure, Patch


class ContextMissing(RuntimeError):
    """The browser has no WebGL2."""


class WebglPixelLayer:
    """`pixel_layer.PixelLayer` with WebGL2.

    Parameters
    ----------
    canvas
        The canvas element. `resize` sets its size in device pixels.
    """

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas
        # The drawing is preserved, so that a frame of a stroke only draws the area of the stroke.
        options = {"alpha": False, "antialias": False, "preserveDrawingBuffer": True}
        self.gl = canvas.getContext("webgl2", to_js(options, dict_converter=js.Object.fromEntries))
        if not self.gl:
            raise ContextMissing
        self._background = (0.07, 0.08, 0.10)
        self._appearance, self._smooth = Appearance(), False
        self._image: ImageTiles | ValueTexture | None = None
        self._masks: dict[str, MaskTiles] = {}
        self._lost = False
        self._shown: object = None
        self._handlers = [create_proxy(self._on_lost), create_proxy(self._on_restored)]
        canvas.addEventListener("webglcontextlost", self._handlers[0])
        canvas.addEventListener("webglcontextrestored", self._handlers[1])
        self._prepare()

    def set_background(self, red: float, green: float, blue: float) -> None:
        """Set the color around the image, as channels from 0 to 1."""
        self._background = (red, green, blue)

    def set_appearance(self, appearance: Appearance) -> None:
        """Set brightness and contrast, or the window setting, of the image."""
        self._appearance = appearance

    def set_smooth(self, smooth: bool) -> None:
        """Set whether enlarged pixels are interpolated."""
        self._smooth = smooth

    def resize(self, width: int, height: int) -> None:
        """Set the drawing size in device pixels."""
        if (self.canvas.width, self.canvas.height) != (width, height):
            self.canvas.width, self.canvas.height = width, height
            self._shown = None

    def set_image(self, bitmap: Any | None, overview: Any = None, scalars: ScalarImage | None = None) -> None:
        """Show an image or nothing, and forget all masks."""
        if self._image is not None:
            self._image.destroy()
        for mask in self._masks.values():
            mask.destroy()
        self._masks, self._shown = {}, None
        self._image = None
        if scalars is not None:
            self._image = ValueTexture(self.gl, scalars)
        elif bitmap is not None:
            self._image = ImageTiles(self.gl, bitmap, overview)

    def draw(
        self, view: Camera, ratio: float, masks: Sequence[MaskFigure], patches: Sequence[Patch] = ()
    ) -> bool:
        """Draw what has changed. If only a mask has new pixels, only their area is drawn."""
        looks = tuple(mask.drawn for mask in masks)
        shown = (view, ratio, looks, self._appearance, self._smooth, self._background)
        same = shown == self._shown
        if self._lost or (same and not patches):
            return False
        gl = self.gl
        self._take(masks, patches)
        gl.viewport(0, 0, self.canvas.width, self.canvas.height)
        part = None
        if same:
            part = touched(view, ratio, masks[-1], patches)
            gl.enable(gl.SCISSOR_TEST)
            gl.scissor(*self._on_canvas(view, ratio, part))
        gl.clearColor(*self._background, 1.0)
        gl.clear(gl.COLOR_BUFFER_BIT)
        more = self._paint(view, ratio, masks, self._smooth, part)
        if same:
            gl.disable(gl.SCISSOR_TEST)
        self._shown = None if more else shown
        return more

    def _on_canvas(self, view: Camera, ratio: float, part: Part) -> tuple[int, int, int, int]:
        """Return the rectangle of a part of the image on the canvas, relative to the bottom left."""
        left, top, right, bottom = part
        corners = view.to_view(left, top), view.to_view(right, bottom)
        left, top = (floor(ratio * min(axis)) for axis in zip(*corners, strict=True))
        right, bottom = (ceil(ratio * max(axis)) for axis in zip(*corners, strict=True))
        return left, int(self.canvas.height) - bottom, right - left, bottom - top

    def draw_lens(self, view: Camera, ratio: float, masks: Sequence[MaskFigure]) -> Lens:
        """Draw the part of the image in ``view`` in the bottom left corner, from where it can be copied."""
        width, height = round(view.width * ratio), round(view.height * ratio)
        if not self._lost:
            gl = self.gl
            self._take(masks, ())
            gl.viewport(0, 0, width, height)
            gl.clearColor(*self._background, 1.0)
            gl.clear(gl.COLOR_BUFFER_BIT)
            self._paint(view, ratio, masks, smooth=False)
            self._shown = None
        return Lens(self.canvas, 0, int(self.canvas.height) - height, width, height)

    def destroy(self) -> None:
        """Release the context with the GPU memory, and the event handlers."""
        self.set_image(None)
        self.canvas.removeEventListener("webglcontextlost", self._handlers[0])
        self.canvas.removeEventListener("webglcontextrestored", self._handlers[1])
        for handler in self._handlers:
            handler.destroy()
        # Browsers allow few contexts, drop the oldest when there are more, and otherwise free them only
        # when they collect garbage.
        context = self.gl.getExtension("WEBGL_lose_context")
        if context:
            context.loseContext()

    def _prepare(self) -> None:
        self._image_program = Program(self.gl, IMAGE, "window")
        self._value_programs: dict[Kind, Program] = {}
        self._mask_program = Program(self.gl, MASK, "size", "tint", "edge", "reach", "halo", "spread")
        prepare(self.gl)

    def _value_program(self, kind: Kind) -> Program:
        """Return the program for a kind of window, created at its first use."""
        if kind not in self._value_programs:
            self._value_programs[kind] = Program(self.gl, values_shader(kind), *UNIFORMS)
        return self._value_programs[kind]

    def _paint(
        self,
        view: Camera,
        ratio: float,
        masks: Sequence[MaskFigure],
        smooth: bool,
        part: Part | None = None,
    ) -> bool:
        gl, more = self.gl, False
        appearance = self._appearance
        if isinstance(self._image, ValueTexture):
            window = appearance.window or self._image.scalars.window
            program = self._value_program(kind_of(window))
            program.use(view)
            self._image.apply_window(program, window, appearance.inverted)
            self._image.draw(program, view, ratio, smooth)
        elif self._image is not None:
            self._image_program.use(view)
            light = appearance.brightness_contrast
            gl.uniform2f(self._image_program.uniforms["window"], light.factor, light.offset)
            more = self._image.draw(self._image_program, view, ratio, smooth)
        if masks:
            self._mask_program.use(view)
            gl.enable(gl.BLEND)
            for mask in masks:
                self._masks[mask.key].draw(self._mask_program, view, ratio, mask, part)
            gl.disable(gl.BLEND)
        return more

    def _take(self, masks: Sequence[MaskFigure], patches: Sequence[Patch]) -> None:
        """Update the textures of masks."""
        shown = {mask.key for mask in masks}
        for key in [key for key in self._masks if key not in shown]:
            self._masks.pop(key).destroy()
        for mask in masks:
            entry = self._masks.get(mask.key)
            if entry is None or entry.version != mask.version:
                if entry is not None:
                    entry.destroy()
                self._masks[mask.key] = MaskTiles(self.gl, mask)
        if patches:
            self._masks[masks[-1].key].put(patches)

    def _on_lost(self, event: Any) -> None:
        event.preventDefault()
        self._lost = True

    def _on_restored(self, _event: Any) -> None:
        self._lost = False
        self._prepare()
        image, self._image, self._masks, self._shown = self._image, None, {}, None
        if isinstance(image, ValueTexture):
            self._image = ValueTexture(self.gl, image.scalars)
        elif image is not None:
            self._image = ImageTiles(self.gl, image.bitmap, image.overview)
