"""How the pixel layers divide masks into tiles, so that no mask is too large for a texture or an array.

A tile exists where the mask has pixels. It has a border of one pixel with the edge of its neighbors, so that
the edge of the mask is found and none between tiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from webapp.py.workspace.camera import Camera
from webapp.py.workspace.scene import MaskFigure, Patch

Part = tuple[float, float, float, float]
"""A part of the image in pixels: left, top, right, bottom."""
Place = tuple[int, int]
"""Column and row of a tile."""
SIDE = 1024
"""Side of a tile in pixels, without the border."""


def tile_size(place: Place, size: tuple[int, int]) -> tuple[int, int]:
    """Return columns and rows of a tile, without its border, in a mask of ``size`` columns and rows.

    Examples
    --------
    >>> tile_size((0, 0), (1500, 20)), tile_size((1, 0), (1500, 20))
    ((1024, 20), (476, 20))
    """
    return min(SIDE, size[0] - place[0] * SIDE), min(SIDE, size[1] - place[1] * SIDE)


def tile_parts(
    patches: Iterable[Patch], size: tuple[int, int]
) -> Iterator[tuple[Place, tuple[int, int], NDArray[np.uint8]]]:
    """Yield what patches change in each tile and its border: the tile, the corner in it, the pixels.

    Parameters
    ----------
    patches
        Pixels relative to the corner of the mask.
    size
        Columns and rows of the mask.

    Examples
    --------
    >>> patch = (1022, 0, np.ones((2, 2), np.uint8))
    >>> [(place, at, part.shape) for place, at, part in tile_parts([patch], (1500, 20))]
    [((0, 0), (1023, 1), (2, 2)), ((1, 0), (0, 1), (2, 1))]
    """
    columns, rows = (size[0] - 1) // SIDE, (size[1] - 1) // SIDE
    for x, y, pixels in patches:
        high, wide = pixels.shape
        if not pixels.size:
            continue
        for row in range(max(y - 1, 0) // SIDE, min((y + high) // SIDE, rows) + 1):
            for column in range(max(x - 1, 0) // SIDE, min((x + wide) // SIDE, columns) + 1):
                width, height = tile_size((column, row), size)
                # The corner of the patch, relative to the corner of the tile's border.
                left, top = x - (column * SIDE - 1), y - (row * SIDE - 1)
                part = pixels[max(-top, 0) : height + 2 - top, max(-left, 0) : width + 2 - left]
                if part.size:
                    yield (column, row), (max(left, 0), max(top, 0)), part


def touched(view: Camera, ratio: float, mask: MaskFigure, patches: Sequence[Patch]) -> Part:
    """Return the part of the image that patches of a mask change, including edges."""
    across, down = (
        size / count for size, count in zip((mask.width, mask.height), mask.texture_size, strict=True)
    )
    beside = (ceil(mask.line) + 1) / (ratio * view.zoom)
    return (
        mask.x + across * min(x for x, _, _ in patches) - beside,
        mask.y + down * min(y for _, y, _ in patches) - beside / view.aspect,
        mask.x + across * max(x + pixels.shape[1] for x, _, pixels in patches) + beside,
        mask.y + down * max(y + pixels.shape[0] for _, y, pixels in patches) + beside / view.aspect,
    )
