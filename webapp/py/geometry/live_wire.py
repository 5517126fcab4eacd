"""Following the ways of a live wire, as `webapp.py.compute.live_wire` computes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point
from webapp.py.geometry.masks import Rect

STEPS = ((-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1))
"""Steps to a neighbor, right and down, by number."""
SEED = len(STEPS)
"""The number at the seed, where a way ends."""
Pixel = tuple[int, int]
"""Column and row."""


def strongest_near(strengths: NDArray[np.uint8], pixel: Pixel, reach: float) -> Pixel:
    """Return the pixel with the strongest edge within reach of a pixel; of equal ones, the nearest.

    Parameters
    ----------
    strengths : array of uint8, shape (rows, columns)
        How strong edges are.
    pixel : (column, row)
        Inside the array.
    reach : float
        Largest distance, in pixels.

    Examples
    --------
    >>> strengths = np.array([[0, 0, 9, 0], [0, 0, 9, 0]], np.uint8)
    >>> strongest_near(strengths, (1, 1), 1), strongest_near(strengths, (1, 1), 0)
    ((2, 1), (1, 1))
    """
    column, row = pixel
    far = int(reach)
    left, top = max(column - far, 0), max(row - far, 0)
    near = strengths[top : row + far + 1, left : column + far + 1].astype(np.float64)
    down = np.arange(top, top + near.shape[0])[:, None] - row
    across = np.arange(left, left + near.shape[1])[None, :] - column
    distance = np.hypot(across, down)
    best = np.where(distance <= max(reach, 0.0), near - distance / (2.0 * (far + 1)), -np.inf)
    at = np.unravel_index(int(np.argmax(best)), best.shape)
    return left + int(at[1]), top + int(at[0])


@dataclass(frozen=True, slots=True, eq=False)
class WireMap:
    """The ways from all pixels of a part of the image to a seed.

    Attributes
    ----------
    directions, strengths : array of uint8, shape (rows, columns)
        As the worker returns them.
    rect : (x, y, width, height)
        The part of the image that they cover, in image pixels.
    """

    directions: NDArray[np.uint8]
    strengths: NDArray[np.uint8]
    rect: Rect

    def pixel(self, point: Point) -> Pixel | None:
        """Return the pixel of the map at a point of the image, or None outside."""
        x, y, width, height = self.rect
        rows, columns = self.directions.shape
        column, row = int((point[0] - x) * columns // width), int((point[1] - y) * rows // height)
        return (column, row) if 0 <= column < columns and 0 <= row < rows else None

    def point(self, pixel: Pixel) -> Point:
        """Return the point of the image at the center of a pixel of the map."""
        x, y, width, height = self.rect
        rows, columns = self.directions.shape
        return x + (pixel[0] + 0.5) * width / columns, y + (pixel[1] + 0.5) * height / rows

    def strongest(self, point: Point, reach: float) -> Point:
        """Return the point with the strongest edge within reach, in image pixels, or the point itself."""
        pixel = self.pixel(point)
        if pixel is None:
            return point
        found = strongest_near(self.strengths, pixel, reach * self.directions.shape[1] / self.rect[2])
        return self.point(found) if self.strengths[found[1], found[0]] else point

    def way(self, point: Point) -> list[Point] | None:
        """Return the way from the seed to a point, in image pixels, or None if the map has none.

        Examples
        --------
        >>> directions = np.array([[SEED, 3, 3]], np.uint8)
        >>> wires = WireMap(directions, np.zeros((1, 3), np.uint8), (10, 20, 6, 2))
        >>> wires.way((15.5, 21.0)), wires.way((9, 21))
        ([(11.0, 21.0), (13.0, 21.0), (15.0, 21.0)], None)
        """
        pixel = self.pixel(point)
        if pixel is None:
            return None
        column, row = pixel
        rows, columns = self.directions.shape
        steps = self.directions.tobytes()
        found: list[Pixel] = []
        for _ in range(rows * columns):
            found.append((column, row))
            step = steps[row * columns + column]
            if step == SEED:
                return [self.point(one) for one in reversed(found)]
            right, down = STEPS[step]
            column, row = column + right, row + down
        return None
