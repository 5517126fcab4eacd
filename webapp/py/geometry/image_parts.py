"""Parts of images that calculations want: which rectangle and at how many pixels, or which slices."""

from __future__ import annotations

import math
from dataclasses import dataclass

from webapp.py.geometry.masks import Rect


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A rectangle of the image at ``address``, as an array of ``rows`` x ``columns`` pixels.

    It stands in the arguments of a call for the pixels themselves: the worker, which has the image at hand,
    puts an array of uint8 of shape (rows, columns, 4), RGBA, in its place. With fewer columns and rows than
    the rectangle has, the pixels are averaged.
    """

    address: str
    x: int
    y: int
    width: int
    height: int
    columns: int
    rows: int

    @property
    def rect(self) -> Rect:
        """The rectangle, in image pixels."""
        return self.x, self.y, self.width, self.height

    @property
    def scale(self) -> float:
        """Pixels of the array for one of the image, across: 1 or less."""
        return self.columns / self.width


@dataclass(frozen=True, slots=True)
class VolumePart:
    """The values of slices, bottom to top, each named by `frame_address`.

    It stands in the arguments of a call for the values themselves: the worker puts an array of shape (slices,
    rows, columns) in its place.
    """

    slices: tuple[str, ...]


def frame_address(url: str, frame: int | None) -> str:
    """Return what one frame of a file is called where frames have to be told apart.

    Examples
    --------
    >>> frame_address("heart.dcm", 3), frame_address("slice.dcm", None)
    ('heart.dcm#frame=3', 'slice.dcm')
    """
    return f"{url}#frame={frame}" if frame else url


def part_of(address: str, rect: Rect, most: int) -> ImagePart:
    """Return a rectangle of an image, scaled down where it has more than ``most`` pixels.

    Examples
    --------
    >>> part_of("cat.png", (10, 20, 300, 200), 60_000).columns
    300
    >>> half = part_of("cat.png", (10, 20, 300, 200), 15_000)
    >>> half.columns, half.rows, half.scale
    (150, 100, 0.5)
    """
    x, y, width, height = rect
    scale = min(1.0, math.sqrt(most / (width * height)))
    columns, rows = max(int(width * scale), 1), max(int(height * scale), 1)
    return ImagePart(address, x, y, width, height, columns, rows)


def covers(outer: Rect, inner: Rect) -> bool:
    """Tell whether a rectangle holds all of another.

    Examples
    --------
    >>> covers((0, 0, 10, 10), (2, 2, 8, 8)), covers((0, 0, 10, 10), (2, 2, 9, 8))
    (True, False)
    """
    right, bottom = outer[0] + outer[2], outer[1] + outer[3]
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[0] + inner[2] <= right
        and inner[1] + inner[3] <= bottom
    )
