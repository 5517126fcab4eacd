"""Parts of images for calculations: a rectangle at some resolution, or slices."""

from __future__ import annotations

import math
from dataclasses import dataclass

from webapp.py.geometry.masks import Rect


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A rectangle of the image at ``address``, as an array of ``rows`` x ``columns`` pixels.

    In the arguments of a call it stands for the pixels. The worker, which has the image, replaces it with an
    array of uint8 of shape (rows, columns, 4), RGBA. If it has fewer columns and rows than the rectangle, the
    pixels are averaged.
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
        """Columns of the array for each column of the image: 1 or less."""
        return self.columns / self.width


@dataclass(frozen=True, slots=True)
class VolumePart:
    """The values of slices, bottom to top, each named by `frame_address`.

    In the arguments of a call it stands for the values. The worker replaces it with an array of shape
    (slices, rows, columns).
    """

    slices: tuple[str, ...]


def frame_address(url: str, frame: int | None) -> str:
    """Return the address of one frame of a file.

    Examples
    --------
    >>> frame_address("heart.dcm", 3), frame_address("slice.dcm", None)
    ('heart.dcm#frame=3', 'slice.dcm')
    """
    return f"{url}#frame={frame}" if frame else url


def part_of(address: str, rect: Rect, most: int) -> ImagePart:
    """Return a rectangle of an image, scaled down if it has more than ``most`` pixels.

    Parameters
    ----------
    address
        The address of the image.
    rect : (x, y, width, height)
        In pixels of the image.
    most
        Most pixels of the array.

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
    """Return whether a rectangle contains another one.

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
