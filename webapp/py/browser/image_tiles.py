"""The image on the graphics card: an overview first, then tiles where you zoom in.

A photo of a hundred megapixels does not fit into one texture and cannot be uploaded in one frame. So a
reduced copy is shown first, and wherever it is sharp enough. Where it is not, tiles of the full image are
uploaded one by one, and removed when others need their space.
"""

from __future__ import annotations

import math
from typing import Any

import js

from webapp.py.browser.shaders import Program, new_texture
from webapp.py.workspace.camera import Camera

SIDE = 1024
"""Side of a tile, in pixels."""
WHOLE = 2048
"""Images whose longer side has at most this many pixels are one texture."""
LEAST_SHARE = 1 / 3
"""The smallest scale of an overview."""
MOST_TILES = 64
"""Most tiles that stay on the graphics card, including those out of view, at 4 MB each."""
ENOUGH = 1.2
"""Device pixels per pixel of the overview above which it looks blurred."""


def overview_share(width: int, height: int) -> float:
    """Return the scale of the overview of an image, or 1 if it needs none.

    Examples
    --------
    >>> overview_share(800, 600), overview_share(4096, 1000), overview_share(12_000, 9_000)
    (1.0, 0.5, 0.3333333333333333)
    """
    longer = max(width, height)
    return 1.0 if longer <= WHOLE else max(WHOLE / longer, LEAST_SHARE)


class ImageTiles:
    """The textures of one image.

    Parameters
    ----------
    gl
        The WebGL2 context.
    bitmap, overview
        The image and a reduced copy of it, which is created if it is missing.
    """

    def __init__(self, gl: Any, bitmap: Any, overview: Any = None) -> None:
        self._gl = gl
        self.bitmap = bitmap
        self.overview = overview or _reduced(bitmap)
        self._width, self._height = int(bitmap.width), int(bitmap.height)
        self._share = int(self.overview.width) / self._width
        self._tiles: dict[tuple[int, int], Any] = {}
        self._whole = new_texture(gl)
        gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4)
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, self.overview)
        gl.generateMipmap(gl.TEXTURE_2D)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR)

    def draw(self, program: Program, view: Camera, ratio: float, smooth: bool) -> bool:
        """Draw what is in view. Returns whether tiles are missing, of which one is uploaded per frame."""
        close = view.zoom * max(view.aspect, 1.0) * ratio
        seen = self._seen(view) if close > ENOUGH * self._share and self._share < 1.0 else []
        missing = [place for place in seen if place not in self._tiles]
        if missing:
            self._make_room(set(seen))
            self._add(missing.pop(0))
        gl = self._gl
        if missing or not seen:
            if self._share == 1.0:
                gl.bindTexture(gl.TEXTURE_2D, self._whole)
                gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR if smooth else gl.NEAREST)
            program.draw(view, self._whole, 0, 0, self._width, self._height)
        for place in seen:
            texture = self._tiles.pop(place, None)
            if texture is None:
                continue
            self._tiles[place] = texture  # most recently used
            gl.bindTexture(gl.TEXTURE_2D, texture)
            near = gl.NEAREST if view.zoom * ratio >= 1.0 and not smooth else gl.LINEAR
            gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, near)
            gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, near)
            (left, top, width, height), (x, y, wide, high) = self._box(place), self._bordered(place)
            cut = (left - x) / wide, (top - y) / high, width / wide, height / high
            program.draw(view, texture, left, top, width, height, cut)
        return bool(missing)

    def destroy(self) -> None:
        """Free the memory of the graphics card."""
        for texture in (self._whole, *self._tiles.values()):
            self._gl.deleteTexture(texture)
        self._tiles = {}

    def _seen(self, view: Camera) -> list[tuple[int, int]]:
        """Return the tiles in view as (column, row), from the center outward."""
        (x0, y0), (x1, y1) = view.to_image(0.0, 0.0), view.to_image(view.width, view.height)
        columns = _cut(x0, x1, self._width)
        rows = _cut(y0, y1, self._height)
        middle = view.x / SIDE - 0.5, view.y / SIDE - 0.5
        return sorted(
            ((column, row) for column in columns for row in rows),
            key=lambda place: math.dist(place, middle),
        )

    def _box(self, place: tuple[int, int]) -> tuple[int, int, int, int]:
        left, top = place[0] * SIDE, place[1] * SIDE
        return left, top, min(SIDE, self._width - left), min(SIDE, self._height - top)

    def _bordered(self, place: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return what the texture of a tile holds: a pixel of each neighbor, too, so that no seam is seen."""
        left, top, width, height = self._box(place)
        x, y = max(left - 1, 0), max(top - 1, 0)
        return x, y, min(left + width + 1, self._width) - x, min(top + height + 1, self._height) - y

    def _add(self, place: tuple[int, int]) -> None:
        gl = self._gl
        left, top, width, height = self._bordered(place)
        self._tiles[place] = new_texture(gl)
        gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4)
        gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, left)
        gl.pixelStorei(gl.UNPACK_SKIP_ROWS, top)
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, self.bitmap)
        gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0)
        gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0)

    def _make_room(self, needed: set[tuple[int, int]]) -> None:
        spare = len(self._tiles) + 1 - MOST_TILES
        for place in [place for place in self._tiles if place not in needed][: max(spare, 0)]:
            self._gl.deleteTexture(self._tiles.pop(place))


def _cut(one: float, other: float, size: int) -> range:
    first, last = max(min(one, other), 0.0), min(max(one, other), size - 0.001)
    return range(int(first // SIDE), int(last // SIDE) + 1) if first <= last else range(0)


def _reduced(bitmap: Any) -> Any:
    share = overview_share(int(bitmap.width), int(bitmap.height))
    if share == 1.0:
        return bitmap
    canvas = js.OffscreenCanvas.new(round(bitmap.width * share), round(bitmap.height * share))
    context = canvas.getContext("2d")
    context.imageSmoothingQuality = "medium"
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    return canvas
