"""Pixels for a canvas without WebGL2, computed with numpy: shades of values, and the colors of masks.

Colors are packed as the bytes of an ``ImageData``: red, green, blue, opacity, in a little-endian uint32.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.windows import shades
from webapp.py.workspace.brightness_contrast import BrightnessContrast
from webapp.py.workspace.camera import Camera

Colors = NDArray[np.uint32]
Rect = tuple[int, int, int, int]
"""Left, top, right, bottom; right and bottom are exclusive."""
STEPS = 4096
"""Steps of a window for values that are not whole numbers: 16 for each shade."""
MOST_ENTRIES = 1 << 16
"""Most entries of a table with the color of each whole number."""
_TAIL = 3.0
"""Where a sigmoid is black or white, in widths from its center: 1 / (1 + exp(12)) of 255 rounds to 0."""
_OPAQUE = np.uint32(0xFF000000)


def gray_colors(gray: NDArray[np.uint8]) -> Colors:
    """Return the opaque colors of shades of gray.

    Examples
    --------
    >>> [hex(color) for color in gray_colors(np.array([0, 128, 255], np.uint8))]
    ['0xff000000', '0xff808080', '0xffffffff']
    """
    return gray.astype(np.uint32) * np.uint32(0x010101) | _OPAQUE


class WindowColors:
    """The colors that a window gives to values, looked up in a table.

    Parameters
    ----------
    window, inverted
        The window, and whether low values are white.
    low, high
        The least and the greatest value.

    Examples
    --------
    >>> colors = WindowColors(Window(40.5, 401.0), False, -1000, 1000)
    >>> [hex(one) for one in colors.of(np.array([-161, 40, 241], np.int16))]
    ['0xff000000', '0xff808080', '0xffffffff']
    """

    def __init__(self, window: Window, inverted: bool, low: float, high: float) -> None:
        self._window, self._inverted = window, inverted
        self._low, self._high = low, high
        self._whole: Colors | None = None
        self._steps: tuple[float, float, Colors] | None = None

    def of(self, values: NDArray[Any]) -> Colors:
        """Return the colors of values, of their shape."""
        if values.dtype.kind in "iu" and self._high - self._low < MOST_ENTRIES:
            if self._whole is None:
                entries = np.arange(int(self._low), int(self._high) + 1)
                self._whole = gray_colors(shades(entries, self._window, self._inverted))
            return _looked_up(self._whole, values.astype(np.int32) - np.int32(self._low))
        if self._steps is None:
            self._steps = self._make_steps()
        first, per_value, table = self._steps
        place = (values.astype(np.float32) - np.float32(first)) * np.float32(per_value)
        # What is no number is shown like the least value.
        place = np.clip(np.nan_to_num(place, copy=False, nan=0.0), 0, table.size - 1)
        return _looked_up(table, place.astype(np.int32))

    def _make_steps(self) -> tuple[float, float, Colors]:
        """Return the first value of a table, entries per value, and the table."""
        window, steps = self._window, STEPS
        if window.table is not None:
            entries = len(window.table.shades) // 2
            steps = entries * -(-STEPS // entries)  # whole steps for each entry
            ends = window.table.first - 0.5, window.table.first + entries - 0.5
        else:
            reach = window.width * (_TAIL if window.function == "SIGMOID" else 0.5)
            # The lower end of LINEAR is half a value further down (C.11.2.1.2.1).
            ends = window.center - reach - (window.function == "LINEAR"), window.center + reach
        width = max(ends[1] - ends[0], 1e-9)
        middles = ends[0] + (np.arange(steps) + 0.5) * (width / steps)
        middles[[0, -1]] = ends  # for all that is beyond them
        return ends[0], steps / width, gray_colors(shades(middles, window, self._inverted))


def halved(values: NDArray[Any], axis: int) -> NDArray[np.float32]:
    """Return the means of pairs along an axis; the last value of an odd number stays alone.

    Examples
    --------
    >>> halved(np.array([[1, 3, 10]]), 1).tolist()
    [[2.0, 10.0]]
    """
    turned = values.swapaxes(0, axis)
    pairs = turned.shape[0] // 2
    means = (turned[: 2 * pairs : 2].astype(np.float32) + turned[1 : 2 * pairs : 2]) * np.float32(0.5)
    if turned.shape[0] % 2:
        means = np.concatenate([means, turned[-1:].astype(np.float32)])
    return np.ascontiguousarray(means.swapaxes(0, axis))


def halvings(scale: float, size: int) -> int:
    """Return how often an image is halved before it is drawn at a scale below 1.

    Examples
    --------
    >>> halvings(1.0, 512), halvings(0.6, 512), halvings(0.5, 512), halvings(0.1, 512)
    (0, 0, 1, 3)
    """
    most = max(size, 1).bit_length() - 1
    return min(max(math.floor(math.log2(1.0 / scale) + 1e-9), 0), most) if scale < 1.0 else 0


def light_table(light: BrightnessContrast) -> NDArray[np.uint8]:
    """Return what brightness and contrast make of each of the 256 channel values.

    Examples
    --------
    >>> light_table(BrightnessContrast())[[0, 100, 255]].tolist()
    [0, 100, 255]
    """
    channel = np.arange(256) / 255.0
    shown = (channel - 0.5) * light.factor + 0.5 + light.offset
    table: NDArray[np.uint8] = np.rint(np.clip(shown, 0.0, 1.0) * 255.0).astype(np.uint8)
    return table


@dataclass(frozen=True)
class MaskStyle:
    """How a mask is painted: its color, the opacity of its inside and edge, and whether lines are widened."""

    color: tuple[float, float, float]
    opacity: float
    edge: float
    spread: bool = False

    def table(self) -> Colors:
        """Return the colors of: nothing, the inside, the edge, and the dark side of a border of levels."""
        return np.array(
            [
                0,
                _packed(self.color, self.opacity),
                _packed(self.color, self.edge),
                _packed((0.0, 0.0, 0.0), self.edge),
            ],
            np.uint32,
        )


def mask_colors(
    pixels: NDArray[np.uint8],
    across: NDArray[np.float64],
    down: NDArray[np.float64],
    reach: tuple[float, float],
    style: MaskStyle,
) -> Colors:
    """Return the colors of screen pixels over a mask, as the shader of masks in `shaders` paints them.

    Parameters
    ----------
    pixels : array of uint8, shape (rows + 2, columns + 2)
        A tile of the mask with a border of one pixel; 0 is off.
    across, down : arrays of float64
        Where the columns and rows of the screen are in ``pixels``.
    reach
        Width of the edge in pixels of the mask, across and down.
    style
        How the mask is painted.

    Returns
    -------
    array of uint32, shape (down.size, across.size)
        The colors.

    Examples
    --------
    >>> pixels = np.zeros((3, 5), np.uint8)
    >>> pixels[1, 1:4] = 255
    >>> red = MaskStyle((1.0, 0.0, 0.0), opacity=0.2, edge=1.0)
    >>> [hex(one) for one in mask_colors(pixels, np.array([0.5, 1.5, 2.5]), np.array([1.5]), (1, 0), red)[0]]
    ['0x0', '0xff0000ff', '0x330000ff']
    """
    rows, columns = pixels.shape
    at = _places(down, 0.0, rows), _places(across, 0.0, columns)
    lines = pixels.take(at[0], axis=0)
    here = lines.take(at[1], axis=1)
    near = [lines.take(_places(across, by, columns), axis=1) for by in (reach[0], -reach[0])]
    for by in (reach[1], -reach[1]):
        near.append(pixels.take(_places(down, by, rows), axis=0).take(at[1], axis=1))
    if style.spread:
        on = here
        for one in near:
            on = on | one
        return _looked_up(style.table(), (on != 0).view(np.uint8))
    edge, lower = np.zeros(here.shape, bool), np.zeros(here.shape, bool)
    for one in near:
        edge |= one != here
        lower |= one > here
    # 1 inside, 2 at the edge, 3 at the lower side of a border.
    code = (np.uint8(1) + edge.view(np.uint8) + (edge & lower).view(np.uint8)) * (here != 0).view(np.uint8)
    return _looked_up(style.table(), code)


def _looked_up(table: Colors, places: NDArray[Any]) -> Colors:
    found: Colors = table.take(places)
    return found


def _places(points: NDArray[np.float64], by: float, count: int) -> NDArray[np.intp]:
    return np.clip(points + by, 0, count - 1).astype(np.intp)


def _packed(color: tuple[float, float, float], opacity: float) -> int:
    red, green, blue, alpha = (round(255 * min(max(one, 0.0), 1.0)) for one in (*color, opacity))
    return red | green << 8 | blue << 16 | alpha << 24


@dataclass(frozen=True)
class Screen:
    """How device pixels of a canvas and pixels of the image correspond.

    Parameters
    ----------
    view
        The camera.
    ratio
        Device pixels per CSS pixel.
    """

    view: Camera
    ratio: float

    @property
    def scales(self) -> tuple[float, float]:
        """Device pixels per width and per height of an image pixel."""
        across = self.view.zoom * self.ratio
        return across, across * self.view.aspect

    def covered(self, x0: float, y0: float, x1: float, y1: float, round_to: Callable[[float], int]) -> Rect:
        """Return the device pixels of a rectangle of the image."""
        one, other = self.view.to_view(x0, y0), self.view.to_view(x1, y1)
        left, right = sorted((one[0] * self.ratio, other[0] * self.ratio))
        top, bottom = sorted((one[1] * self.ratio, other[1] * self.ratio))
        return round_to(left), round_to(top), round_to(right), round_to(bottom)

    def points(self, rect: Rect) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the image's x and y at the middles of the device pixels of a rectangle, along its axes."""
        view, (a, b, c, d) = self.view, self.view.axes
        left, top, right, bottom = rect
        columns, rows = np.arange(left, right, dtype=np.float64), np.arange(top, bottom, dtype=np.float64)
        across = ((columns + 0.5) / self.ratio - view.width / 2) / view.zoom
        down = ((rows + 0.5) / self.ratio - view.height / 2) / view.zoom
        if view.sideways:
            return view.x + b * down, view.y + c * across / view.aspect
        return view.x + a * across, view.y + d * down / view.aspect


def nearest_edge(place: float) -> int:
    """Return the first device pixel whose middle is at or beyond a place.

    Examples
    --------
    >>> nearest_edge(1.5), nearest_edge(1.6)
    (1, 2)
    """
    return math.ceil(place - 0.5)


def cut(rect: Rect, other: Rect) -> Rect | None:
    """Return the common part of two rectangles, or None.

    Examples
    --------
    >>> cut((0, 0, 4, 4), (2, 1, 9, 3)), cut((0, 0, 2, 2), (2, 0, 4, 2))
    ((2, 1, 4, 3), None)
    """
    left, top = max(rect[0], other[0]), max(rect[1], other[1])
    right, bottom = min(rect[2], other[2]), min(rect[3], other[3])
    return (left, top, right, bottom) if left < right and top < bottom else None
