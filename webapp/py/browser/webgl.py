"""The pixel layer of the viewport: the image and the masks, drawn by WebGL2.

Image pixels stay sharp squares when enlarged and are averaged when reduced. Masks are textures of one byte
a pixel, coloured in the shader, with a firmer line along their edge; so are label maps, with lines between
their levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import js
import numpy as np
from numpy.typing import NDArray
from pyodide.ffi import create_proxy, to_js

from webapp.py.workspace.scene import MaskFigure, Patch
from webapp.py.workspace.viewport import Viewport

_VERTEX = """#version 300 es
in vec2 corner;
uniform vec4 box;     // x, y, width, height in image pixels, from the point in the middle of the view
uniform vec4 camera;  // columns of the way from there to clip space
out vec2 at;
void main() {
  at = corner;
  vec2 point = box.xy + corner * box.zw;
  gl_Position = vec4(point.x * camera.xy + point.y * camera.zw, 0.0, 1.0);
}"""

_IMAGE = """#version 300 es
precision highp float;
in vec2 at;
uniform sampler2D pixels;
uniform vec2 window;  // contrast as a factor, and brightness to be added
out vec4 color;
void main() { color = vec4((texture(pixels, at).rgb - 0.5) * window.x + 0.5 + window.y, 1.0); }"""

_MASK = """#version 300 es
precision highp float;
precision highp sampler2D;
in vec2 at;
uniform sampler2D pixels;
uniform vec2 size;       // of the texture, in pixels
uniform vec4 tint;       // colour and opacity of the inside
uniform float edge;      // opacity of the edge
uniform float scale;     // device pixels per pixel of the texture
out vec4 color;
float level(vec2 p) {
  if (p.x < 0.0 || p.y < 0.0 || p.x >= size.x || p.y >= size.y) return 0.0;
  return texelFetch(pixels, ivec2(p), 0).r;
}
void main() {
  vec2 p = at * size;
  float here = level(p);
  if (here == 0.0) discard;
  float reach = max(1.5 / scale, 0.0001);
  vec4 near = vec4(level(p + vec2(reach, 0.0)), level(p - vec2(reach, 0.0)),
                   level(p + vec2(0.0, reach)), level(p - vec2(0.0, reach)));
  float alpha = all(equal(near, vec4(here))) ? tint.a : edge;
  // Between two levels the line is dark on the lower side, so that it is seen on any image.
  bool lower = any(greaterThan(near, vec4(here)));
  color = vec4(lower ? vec3(0.0) : tint.rgb * alpha, alpha);
}"""


class ContextMissing(RuntimeError):
    """The browser gives no WebGL2 context."""


@dataclass(slots=True)
class _Tile:
    texture: Any
    x: int
    y: int
    width: int
    height: int


@dataclass(slots=True)
class _MaskTexture:
    texture: Any
    version: int
    width: int
    height: int


class PixelLayer:
    """Draws one image and its masks into one canvas.

    Parameters
    ----------
    canvas
        The canvas element; its size in device pixels is set by `resize`.
    """

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas
        options = to_js({"alpha": False, "antialias": False}, dict_converter=js.Object.fromEntries)
        self.gl = canvas.getContext("webgl2", options)
        if not self.gl:
            raise ContextMissing("This browser offers no WebGL2, which Limner needs to show images.")
        self._background = (0.07, 0.08, 0.10)
        self.window = (1.0, 0.0)
        self._bitmap: Any = None
        self._tiles: list[_Tile] = []
        self._masks: dict[str, _MaskTexture] = {}
        self._lost = False
        self._shown: object = None
        self._handlers = [create_proxy(self._on_lost), create_proxy(self._on_restored)]
        canvas.addEventListener("webglcontextlost", self._handlers[0])
        canvas.addEventListener("webglcontextrestored", self._handlers[1])
        self._prepare()

    def set_background(self, red: float, green: float, blue: float) -> None:
        """Set the colour around the image; channels from 0 to 1."""
        self._background = (red, green, blue)

    def resize(self, width: int, height: int) -> None:
        """Set the drawing size in device pixels."""
        if (self.canvas.width, self.canvas.height) != (width, height):
            self.canvas.width, self.canvas.height = width, height
            self._shown = None

    def set_image(self, bitmap: Any | None) -> None:
        """Show an ImageBitmap (already in display orientation), or nothing; masks are forgotten."""
        gl = self.gl
        for tile in self._tiles:
            gl.deleteTexture(tile.texture)
        for mask in self._masks.values():
            gl.deleteTexture(mask.texture)
        self._tiles, self._masks, self._bitmap = [], {}, bitmap
        self._shown = None
        if bitmap is not None and not self._lost:
            self._upload(bitmap)

    def draw(
        self, view: Viewport, ratio: float, masks: Sequence[MaskFigure], patches: Sequence[Patch] = ()
    ) -> None:
        """Draw everything.

        Parameters
        ----------
        view, ratio
            The camera, and device pixels per CSS pixel.
        masks
            The masks, bottom to top.
        patches
            New pixels of the topmost mask, relative to its own corner.
        """
        gl = self.gl
        shown = (view, ratio, tuple(masks), self.window, self._background)
        if self._lost or (shown == self._shown and not patches):
            return
        self._shown = shown
        gl.viewport(0, 0, self.canvas.width, self.canvas.height)
        gl.clearColor(*self._background, 1.0)
        gl.clear(gl.COLOR_BUFFER_BIT)
        gl.useProgram(self._image_program)
        self._aim(self._image_uniforms["camera"], view)
        gl.uniform2f(self._image_uniforms["window"], *self.window)
        sharp = view.zoom * ratio >= 1.0
        for tile in self._tiles:
            gl.bindTexture(gl.TEXTURE_2D, tile.texture)
            gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
            gl.texParameteri(
                gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST if sharp else gl.LINEAR_MIPMAP_LINEAR
            )
            self._place(self._image_uniforms["box"], view, tile.x, tile.y, tile.width, tile.height)
            gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
        self._draw_masks(view, ratio, masks, patches)

    def destroy(self) -> None:
        """Give back the GPU's memory and the event handlers."""
        self.set_image(None)
        self.canvas.removeEventListener("webglcontextlost", self._handlers[0])
        self.canvas.removeEventListener("webglcontextrestored", self._handlers[1])
        for handler in self._handlers:
            handler.destroy()

    def _prepare(self) -> None:
        gl = self.gl
        self._image_program = _link(gl, _VERTEX, _IMAGE)
        self._image_uniforms = {
            name: gl.getUniformLocation(self._image_program, name) for name in ("box", "camera", "window")
        }
        self._mask_program = _link(gl, _VERTEX, _MASK)
        self._mask_uniforms = {
            name: gl.getUniformLocation(self._mask_program, name)
            for name in ("box", "camera", "size", "tint", "edge", "scale")
        }
        corners = gl.createBuffer()
        gl.bindBuffer(gl.ARRAY_BUFFER, corners)
        gl.bufferData(gl.ARRAY_BUFFER, js.Float32Array.new(to_js([0, 0, 1, 0, 0, 1, 1, 1])), gl.STATIC_DRAW)
        gl.enableVertexAttribArray(0)
        gl.vertexAttribPointer(0, 2, gl.FLOAT, False, 0, 0)
        gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)

    def _upload(self, bitmap: Any) -> None:
        gl = self.gl
        side = min(4096, gl.getParameter(gl.MAX_TEXTURE_SIZE))
        gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4)
        for y in range(0, bitmap.height, side):
            for x in range(0, bitmap.width, side):
                width, height = min(side, bitmap.width - x), min(side, bitmap.height - y)
                texture = _new_texture(gl)
                gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, x)
                gl.pixelStorei(gl.UNPACK_SKIP_ROWS, y)
                gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, bitmap)
                gl.generateMipmap(gl.TEXTURE_2D)
                self._tiles.append(_Tile(texture, x, y, width, height))
        gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0)
        gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0)

    def _draw_masks(
        self, view: Viewport, ratio: float, masks: Sequence[MaskFigure], patches: Sequence[Patch]
    ) -> None:
        gl, uniforms = self.gl, self._mask_uniforms
        shown = {mask.key for mask in masks}
        for key in [key for key in self._masks if key not in shown]:
            gl.deleteTexture(self._masks.pop(key).texture)
        if not masks:
            return
        gl.useProgram(self._mask_program)
        gl.enable(gl.BLEND)
        self._aim(uniforms["camera"], view)
        for mask in masks:
            entry = self._mask_texture(mask)
            if mask is masks[-1]:
                self._fill(entry, patches)
            gl.bindTexture(gl.TEXTURE_2D, entry.texture)
            gl.uniform2f(uniforms["size"], entry.width, entry.height)
            gl.uniform4f(uniforms["tint"], *mask.color, mask.opacity)
            gl.uniform1f(uniforms["edge"], mask.edge)
            thinner = 1.5 / mask.line
            gl.uniform1f(uniforms["scale"], view.zoom * ratio * thinner * mask.width / entry.width)
            self._place(uniforms["box"], view, mask.x, mask.y, mask.width, mask.height)
            gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
        gl.disable(gl.BLEND)

    def _mask_texture(self, mask: MaskFigure) -> _MaskTexture:
        entry = self._masks.get(mask.key)
        if entry is not None and entry.version == mask.version:
            return entry
        gl = self.gl
        if entry is not None:
            gl.deleteTexture(entry.texture)
        texture = _new_texture(gl)
        width, height = mask.texture_size
        gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8, width, height)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
        self._masks[mask.key] = entry = _MaskTexture(texture, mask.version, width, height)
        self._fill(entry, mask.patches())
        return entry

    def _fill(self, entry: _MaskTexture, patches: Iterable[Patch]) -> None:
        gl = self.gl
        gl.bindTexture(gl.TEXTURE_2D, entry.texture)
        gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
        for x, y, pixels in patches:
            height, width = pixels.shape
            if pixels.size:
                data = _bytes_to_js(pixels)
                gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, width, height, gl.RED, gl.UNSIGNED_BYTE, data)

    def _aim(self, uniform: Any, view: Viewport) -> None:
        a, b, c, d = view.axes
        across, down = 2 * view.zoom / view.width, -2 * view.zoom / view.height
        self.gl.uniform4f(uniform, a * across, b * down, c * across, d * down)

    def _place(self, uniform: Any, view: Viewport, x: float, y: float, width: float, height: float) -> None:
        self.gl.uniform4f(uniform, x - view.x, y - view.y, width, height)

    def _on_lost(self, event: Any) -> None:
        event.preventDefault()
        self._lost = True

    def _on_restored(self, _event: Any) -> None:
        self._lost = False
        self._prepare()
        self._tiles, self._masks, self._shown = [], {}, None
        if self._bitmap is not None:
            self._upload(self._bitmap)


def _bytes_to_js(pixels: NDArray[np.uint8]) -> Any:
    return to_js(np.ascontiguousarray(pixels, dtype=np.uint8).reshape(-1))


def _new_texture(gl: Any) -> Any:
    texture = gl.createTexture()
    gl.bindTexture(gl.TEXTURE_2D, texture)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
    return texture


def _link(gl: Any, vertex: str, fragment: str) -> Any:
    program = gl.createProgram()
    for kind, source in ((gl.VERTEX_SHADER, vertex), (gl.FRAGMENT_SHADER, fragment)):
        shader = gl.createShader(kind)
        gl.shaderSource(shader, source)
        gl.compileShader(shader)
        gl.attachShader(program, shader)
    gl.bindAttribLocation(program, 0, "corner")
    gl.linkProgram(program)
    if not gl.getProgramParameter(program, gl.LINK_STATUS):
        raise RuntimeError(f"shader: {gl.getProgramInfoLog(program)}")
    return program
