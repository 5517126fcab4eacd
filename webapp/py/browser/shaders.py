"""The shaders of the pixel layer, and helpers for WebGL2.

An image keeps its number of bits in its texture, and a shader applies the window setting (or contrast and
brightness) when it is drawn. So a new kind of pixels needs a new texture, not a new way to draw.
"""

from __future__ import annotations

from typing import Any, Literal

import js
from pyodide.ffi import to_js

from webapp.py.workspace.camera import Camera

VERTEX = """#version 300 es
in vec2 corner;
uniform vec4 box;     // x, y, width, height in image pixels, from the point in the middle of the view
uniform vec4 camera;  // columns of the way from there to clip space
uniform vec4 cut;     // left, top, width, height of what is drawn of the texture, as shares of its size
out vec2 at;
void main() {
  at = cut.xy + corner * cut.zw;
  vec2 point = box.xy + corner * box.zw;
  gl_Position = vec4(point.x * camera.xy + point.y * camera.zw, 0.0, 1.0);
}"""

IMAGE = """#version 300 es
precision highp float;
in vec2 at;
uniform sampler2D pixels;
uniform vec2 window;  // contrast as a factor, and brightness to be added
out vec4 color;
void main() { color = vec4((texture(pixels, at).rgb - 0.5) * window.x + 0.5 + window.y, 1.0); }"""

_VALUES = """#version 300 es
precision highp float;
precision highp sampler2D;
in vec2 at;
uniform sampler2D pixels;
uniform sampler2D table;   // shades of values in a row, 256 in a line
uniform vec2 level;        // middle and width of the window; of the table first value and last place
uniform bool inverted;     // whether low values are white
out vec4 color;
float shade(float value) {
  SHADE
}
void main() {
  float found = clamp(shade(texture(pixels, at).r), 0.0, 1.0);
  color = vec4(vec3(inverted ? 1.0 - found : found), 1.0);
}"""

Kind = Literal["window", "sigmoid", "table"]
"""How values become shades."""
_SHADES: dict[Kind, str] = {
    "window": "return (value - level.x) / level.y + 0.5;",
    "sigmoid": "return 1.0 / (1.0 + exp(-4.0 * (value - level.x) / level.y));",
    "table": """int place = int(clamp(value - level.x + 0.5, 0.0, level.y));
  return texelFetch(table, ivec2(place % 256, place / 256), 0).r;""",
}

OUTER = 0.4
"""The part of the edge of a mask that has the color of the halo."""
MASK = """#version 300 es
precision highp float;
precision highp sampler2D;
in vec2 at;
uniform sampler2D pixels;
uniform vec2 size;       // of what is drawn, in pixels of the texture, which has one more on each side
uniform vec4 tint;       // color and opacity of the inside
uniform float edge;      // opacity of the edge
uniform vec2 reach;      // of the edge, in pixels of the texture
uniform float halo;      // opacity of the white outer part of the edge, 0 for none
uniform bool spread;     // whether a place is on where one within reach is, so that thin lines stay whole
out vec4 color;
float level(vec2 p) {
  return texelFetch(pixels, ivec2(clamp(p, vec2(0.0), size + 1.0)), 0).r;
}
void main() {
  vec2 p = at * size + 1.0;
  float here = level(p);
  if (here == 0.0 && !spread) discard;
  vec4 near = vec4(level(p + vec2(reach.x, 0.0)), level(p - vec2(reach.x, 0.0)),
                   level(p + vec2(0.0, reach.y)), level(p - vec2(0.0, reach.y)));
  if (spread) {
    if (here == 0.0 && all(equal(near, vec4(0.0)))) discard;
    color = vec4(tint.rgb, 1.0) * tint.a;
    return;
  }
  float alpha = all(equal(near, vec4(here))) ? tint.a : edge;
  if (halo > 0.0 && alpha == edge) {
    vec2 rim = reach * OUTER;
    // What is thinner than the edge keeps its color.
    if ((level(p + vec2(rim.x, 0.0)) == 0.0 && near.y > 0.0) ||
        (level(p - vec2(rim.x, 0.0)) == 0.0 && near.x > 0.0) ||
        (level(p + vec2(0.0, rim.y)) == 0.0 && near.w > 0.0) ||
        (level(p - vec2(0.0, rim.y)) == 0.0 && near.z > 0.0)) {
      color = vec4(halo);
      return;
    }
  }
  // Between two levels the line is dark on the lower side, so that it is seen on any image.
  bool lower = any(greaterThan(near, vec4(here)));
  color = vec4(lower ? vec3(0.0) : tint.rgb * alpha, alpha);
}""".replace("OUTER", str(OUTER))


def values_shader(kind: Kind) -> str:
    """Return the shader of one kind of window. A shader for all kinds draws half as fast."""
    return _VALUES.replace("SHADE", _SHADES[kind])


class Program:
    """A linked program with the locations of its uniforms."""

    def __init__(self, gl: Any, fragment: str, *uniforms: str) -> None:
        self._gl = gl
        self._program = _link(gl, VERTEX, fragment)
        self.uniforms = {
            name: gl.getUniformLocation(self._program, name) for name in ("box", "camera", "cut", *uniforms)
        }

    def use(self, view: Camera) -> None:
        """Use this program with this camera."""
        gl = self._gl
        gl.useProgram(self._program)
        a, b, c, d = view.axes
        across, down = 2 * view.zoom / view.width, -2 * view.zoom / view.height
        by = view.aspect
        gl.uniform4f(self.uniforms["camera"], a * across, b * down, c * across * by, d * down * by)

    def draw(
        self,
        view: Camera,
        texture: Any,
        x: float,
        y: float,
        width: float,
        height: float,
        cut: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0),
    ) -> None:
        """Draw a texture, or a part of it, over a rectangle of the image."""
        gl = self._gl
        gl.uniform4f(self.uniforms["cut"], *cut)
        gl.bindTexture(gl.TEXTURE_2D, texture)
        # Relative to the center of the view, where single floats are precise enough at every zoom.
        gl.uniform4f(self.uniforms["box"], x - view.x, y - view.y, width, height)
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)


def prepare(gl: Any) -> None:
    """Set up what all programs share: the corners of a rectangle, and blending."""
    corners = gl.createBuffer()
    gl.bindBuffer(gl.ARRAY_BUFFER, corners)
    gl.bufferData(gl.ARRAY_BUFFER, js.Float32Array.new(to_js([0, 0, 1, 0, 0, 1, 1, 1])), gl.STATIC_DRAW)
    gl.enableVertexAttribArray(0)
    gl.vertexAttribPointer(0, 2, gl.FLOAT, False, 0, 0)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)


def new_texture(gl: Any) -> Any:
    """Return a new texture that is bound and does not repeat."""
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
