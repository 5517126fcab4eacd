"""Masks on a canvas without WebGL2: painted with numpy at the resolution of the screen, and kept.

A mask is painted tile by tile, somewhat beyond the view. A pan by whole device pixels moves what is painted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.browser.mask_parts import SIDE, Part, Place, tile_parts, tile_size
from webapp.py.browser.plain_canvases import image_data, new_context, size_of
from webapp.py.browser.plain_pixels import (
    Colors,
    MaskStyle,
    Rect,
    Screen,
    cut,
    mask_colors,
    nearest_edge,
)
from webapp.py.workspace.scene import MaskFigure, Patch

BESIDE = 160
"""Device pixels that are painted beyond the view."""
_WHOLE_SHIFT = 1e-3
"""How far from whole device pixels a pan may be so that what is painted is moved."""


@dataclass(frozen=True)
class _Painted:
    """A tile as it was painted: for which look, with its corner where, and which device pixels."""

    look: tuple[object, ...]
    corner: tuple[float, float]
    rect: Rect
    context: Any


class PlainMask:
    """The pixels of one version of a mask."""

    def __init__(self, mask: MaskFigure) -> None:
        self.version = mask.version
        self._size = mask.texture_size
        self._tiles: dict[Place, NDArray[np.uint8]] = {}
        self._painted: dict[Place, _Painted] = {}
        self._put(mask.patches())

    def put(self, patches: Iterable[Patch], changed: Rect | None, screen: Screen, mask: MaskFigure) -> None:
        """Update pixels. Only the device pixels ``changed`` are painted anew, or all if that is None."""
        self._put(patches)
        if changed is None:
            self._painted = {}
            return
        for place, painted in self._painted.items():
            rect = cut(painted.rect, changed)
            if rect is not None:
                colors = self._colors(place, screen, mask, rect)
                painted.context.putImageData(
                    image_data(colors), rect[0] - painted.rect[0], rect[1] - painted.rect[1]
                )

    def draw(self, context: Any, screen: Screen, mask: MaskFigure, clip: Rect, lens: bool) -> None:
        """Draw what is within ``clip``, a rectangle of device pixels. For the loupe, nothing is kept."""
        context.setTransform(1, 0, 0, 1, 0, 0)
        for place in self._tiles:
            box = screen.covered(*self._box(place, mask), nearest_edge)
            seen = cut(box, clip)
            if seen is None:
                continue
            painted = None if lens else self._moved(place, screen, mask, seen)
            if painted is None:
                wider = clip[0] - BESIDE, clip[1] - BESIDE, clip[2] + BESIDE, clip[3] + BESIDE
                painted = self._paint(place, screen, mask, seen if lens else cut(box, wider) or seen)
            if not lens:
                self._painted[place] = painted
            context.drawImage(painted.context.canvas, *painted.rect[:2])

    def _put(self, patches: Iterable[Patch]) -> None:
        for place, (left, top), part in tile_parts(patches, self._size):
            tile = self._tiles.get(place)
            if tile is None:
                if not part.view(np.bool_).any():
                    continue
                width, height = tile_size(place, self._size)
                tile = self._tiles[place] = np.zeros((height + 2, width + 2), np.uint8)
            tile[top : top + part.shape[0], left : left + part.shape[1]] = part

    def _moved(self, place: Place, screen: Screen, mask: MaskFigure, seen: Rect) -> _Painted | None:
        """Return what is painted of a tile where the camera has moved it, if that is right and enough."""
        painted = self._painted.get(place)
        if painted is None or painted.look != _look(screen, mask):
            return None
        corner = self._corner(place, screen, mask)
        across, down = (now - before for now, before in zip(corner, painted.corner, strict=True))
        if max(abs(across - round(across)), abs(down - round(down))) > _WHOLE_SHIFT:
            return None
        left, top = painted.rect[0] + round(across), painted.rect[1] + round(down)
        width, height = size_of(painted.rect)
        rect = left, top, left + width, top + height
        return _Painted(painted.look, corner, rect, painted.context) if cut(rect, seen) == seen else None

    def _paint(self, place: Place, screen: Screen, mask: MaskFigure, rect: Rect) -> _Painted:
        context = new_context(*size_of(rect))
        context.putImageData(image_data(self._colors(place, screen, mask, rect)), 0, 0)
        return _Painted(_look(screen, mask), self._corner(place, screen, mask), rect, context)

    def _colors(self, place: Place, screen: Screen, mask: MaskFigure, rect: Rect) -> Colors:
        left, top, _, _ = self._box(place, mask)
        across, down = self._spacing(mask)
        x, y = screen.points(rect)
        reach = (
            mask.line / (screen.scales[0] * across),
            mask.line / (screen.scales[1] * down),
        )
        style = MaskStyle(mask.color, mask.opacity, mask.edge, mask.spread)
        at = (x - left) / across + 1.0, (y - top) / down + 1.0
        colors = mask_colors(self._tiles[place], *at, reach, style)
        return colors.T if screen.view.sideways else colors

    def _spacing(self, mask: MaskFigure) -> tuple[float, float]:
        """Return the size of a pixel of the mask in pixels of the image."""
        return mask.width / self._size[0], mask.height / self._size[1]

    def _box(self, place: Place, mask: MaskFigure) -> Part:
        """Return the rectangle of the image that a tile covers."""
        across, down = self._spacing(mask)
        width, height = tile_size(place, self._size)
        left, top = mask.x + place[0] * SIDE * across, mask.y + place[1] * SIDE * down
        return left, top, left + width * across, top + height * down

    def _corner(self, place: Place, screen: Screen, mask: MaskFigure) -> tuple[float, float]:
        x, y = screen.view.to_view(*self._box(place, mask)[:2])
        return x * screen.ratio, y * screen.ratio


def device_rect(screen: Screen, part: Part) -> Rect:
    """Return the device pixels that a part of the image touches."""
    left, top, _, _ = screen.covered(*part, floor)
    _, _, right, bottom = screen.covered(*part, ceil)
    return left, top, right, bottom


def _look(screen: Screen, mask: MaskFigure) -> tuple[object, ...]:
    view = screen.view
    return (
        *(view.zoom, view.turns, view.mirrored, view.aspect, screen.ratio),
        *(mask.color, mask.opacity, mask.edge, mask.line, mask.spread),
    )
