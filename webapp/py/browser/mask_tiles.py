"""Masks on the graphics card: a texture for each tile that has pixels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from pyodide.ffi import to_js

from webapp.py.browser.mask_parts import SIDE, Part, tile_parts, tile_size
from webapp.py.browser.shaders import Program, new_texture
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.scene import MaskFigure, Patch

HALO = 0.6
"""Opacity of the halo of a dark mask."""


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
        gl = self._gl
        gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
        for place, at, part in tile_parts(patches, (self._width, self._height)):
            texture = self._tiles.get(place)
            if texture is None:
                if not part.view(np.bool_).any():  # four times faster than on numbers
                    continue
                width, height = tile_size(place, (self._width, self._height))
                texture = self._tiles[place] = new_texture(gl)
                gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8, width + 2, height + 2)
                gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
                gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
            gl.bindTexture(gl.TEXTURE_2D, texture)
            high, wide = part.shape
            data = to_js(np.ascontiguousarray(part, dtype=np.uint8).reshape(-1))
            gl.texSubImage2D(gl.TEXTURE_2D, 0, *at, wide, high, gl.RED, gl.UNSIGNED_BYTE, data)

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
            width, height = tile_size((column, row), (self._width, self._height))
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
