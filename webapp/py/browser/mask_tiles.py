"""Masks on the graphics card, in tiles, so that no mask is too large for a texture.

A tile exists where the mask has pixels. Its texture has a border of one pixel with the edge of its neighbors,
so that the shader finds the edge of the mask and none between tiles.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyodide.ffi import to_js

from webapp.py.browser.shaders import Program, new_texture
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.scene import MaskFigure, Patch

Part = tuple[float, float, float, float]
"""A part of the image in pixels: left, top, right, bottom."""
HALO = 0.6
"""Opacity of the halo of a dark mask."""
SIDE = 1024
"""Side of a tile in pixels, without the border."""


class MaskTiles:
    """The textures of one version of a mask."""

    def __init__(self, gl: Any, mask: MaskFigure) -> None:
        self._gl = gl
        self.version = mask.version
        self._width, self._height = mask.texture_size
        self._tiles: dict[tuple[int, int], Any] = {}
        self.put(mask.patches())

    def put(self, patches: Iterable[Patch]) -> None:
        """Update pixels."""
        self._gl.pixelStorei(self._gl.UNPACK_ALIGNMENT, 1)
        for x, y, pixels in patches:
            high, wide = pixels.shape
            if not pixels.size:
                continue
            for row in range(max(y - 1, 0) // SIDE, min((y + high) // SIDE, (self._height - 1) // SIDE) + 1):
                for column in range(
                    max(x - 1, 0) // SIDE, min((x + wide) // SIDE, (self._width - 1) // SIDE) + 1
                ):
                    self._put_into(column, row, x, y, pixels)

    def draw(
        self, program: Program, view: Camera, ratio: float, mask: MaskFigure, part: Part | None = None
    ) -> None:
        """Draw the mask with the program in use, without tiles outside ``part`` if one is given."""
        gl, uniforms = self._gl, program.uniforms
        across, down = mask.width / self._width, mask.height / self._height
        gl.uniform4f(uniforms["tint"], *mask.color, mask.opacity)
        gl.uniform1f(uniforms["edge"], mask.edge)
        gl.uniform1f(uniforms["halo"], HALO if mask.light_halo else 0.0)
        gl.uniform1i(uniforms["spread"], int(mask.spread))
        reach = mask.line / (view.zoom * ratio)
        gl.uniform2f(uniforms["reach"], reach / across, reach / (down * view.aspect))
        for (column, row), texture in self._tiles.items():
            width, height = self._size(column, row)
            left, top = mask.x + column * SIDE * across, mask.y + row * SIDE * down
            right, bottom = left + width * across, top + height * down
            if part is not None and not (
                left < part[2] and part[0] < right and top < part[3] and part[1] < bottom
            ):
                continue
            gl.uniform2f(uniforms["size"], width, height)
            program.draw(view, texture, left, top, right - left, bottom - top)

    def destroy(self) -> None:
        """Free the memory of the graphics card."""
        for texture in self._tiles.values():
            self._gl.deleteTexture(texture)
        self._tiles = {}

    def _size(self, column: int, row: int) -> tuple[int, int]:
        return min(SIDE, self._width - column * SIDE), min(SIDE, self._height - row * SIDE)

    def _put_into(self, column: int, row: int, x: int, y: int, pixels: NDArray[np.uint8]) -> None:
        """Copy the part of a patch that is in a tile or its border into the tile's texture."""
        gl = self._gl
        width, height = self._size(column, row)
        # The corner of the patch, relative to the corner of the texture.
        left, top = x - (column * SIDE - 1), y - (row * SIDE - 1)
        part = pixels[max(-top, 0) : height + 2 - top, max(-left, 0) : width + 2 - left]
        if not part.size:
            return
        texture = self._tiles.get((column, row))
        if texture is None:
            if not part.view(np.bool_).any():  # four times faster than on numbers
                return
            texture = self._tiles[column, row] = new_texture(gl)
            gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8, width + 2, height + 2)
            gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
            gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
        gl.bindTexture(gl.TEXTURE_2D, texture)
        high, wide = part.shape
        data = to_js(np.ascontiguousarray(part, dtype=np.uint8).reshape(-1))
        at = max(left, 0), max(top, 0)
        gl.texSubImage2D(gl.TEXTURE_2D, 0, *at, wide, high, gl.RED, gl.UNSIGNED_BYTE, data)
