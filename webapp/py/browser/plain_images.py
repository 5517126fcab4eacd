"""Images on a canvas without WebGL2.

Reduced images are drawn from copies at half their size, a quarter, and so on, so that each screen pixel shows
the mean of what it covers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.browser.plain_canvases import drawn, new_context, size_of
from webapp.py.browser.plain_pixels import (
    Rect,
    Screen,
    WindowColors,
    cut,
    halved,
    halvings,
    light_table,
)
from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.brightness_contrast import BrightnessContrast

WHOLE = 1_500_000
"""Values up to which the whole image gets its shades at once; of more, only what is in view."""
BESIDE = 1 / 8
"""What gets its shades beyond the view on each side, as a share of the view, so that panning is quick."""
NEUTRAL = BrightnessContrast()


def set_transform(context: Any, screen: Screen, left: int = 0, top: int = 0) -> None:
    """Let a context draw in pixels of the image; its canvas begins at a device pixel."""
    a, b, c, d, e, f = (screen.ratio * entry for entry in screen.view.matrix)
    context.setTransform(a, b, c, d, e - left, f - top)


@dataclass(frozen=True)
class _Shaded:
    """A part of a reduced copy as the window shows it."""

    copy: tuple[int, int]
    rect: Rect
    window: Window
    inverted: bool
    canvas: Any


class PlainValues:
    """A gray image whose window is applied with numpy.

    Parameters
    ----------
    scalars
        The image.
    """

    def __init__(self, scalars: ScalarImage) -> None:
        self.scalars = scalars
        values = scalars.values
        self._ends = float(values.min()), float(values.max())
        self._copies: dict[tuple[int, int], NDArray[Any]] = {(0, 0): values}
        self._colors: tuple[Window, bool, WindowColors] | None = None
        self._shaded: dict[bool, _Shaded] = {}

    def draw(
        self, context: Any, screen: Screen, appearance: Appearance, smooth: bool, lens: bool, _clip: Rect
    ) -> None:
        """Draw the image. What the loupe shows is kept apart from what the view shows."""
        window = appearance.window or self.scalars.window
        rows, columns = self.scalars.values.shape
        across, down = screen.scales
        halves = halvings(across, columns), halvings(down, rows)
        copy = self._copy(*halves)
        seen = self._seen(screen, halves, copy.shape)
        if seen is None:
            return
        shaded = self._shaded.get(lens)
        wanted = halves, window, appearance.inverted
        if (
            shaded is None
            or (shaded.copy, shaded.window, shaded.inverted) != wanted
            or cut(shaded.rect, seen) != seen
        ):
            rect = (0, 0, copy.shape[1], copy.shape[0]) if copy.size <= WHOLE else _wider(seen, copy.shape)
            part = copy[rect[1] : rect[3], rect[0] : rect[2]]
            canvas = drawn(self._window_colors(window, appearance.inverted).of(part))
            shaded = self._shaded[lens] = _Shaded(halves, rect, window, appearance.inverted, canvas)
        set_transform(context, screen)
        context.imageSmoothingEnabled = smooth or min(across, down) < 1.0
        context.imageSmoothingQuality = "low"
        _draw_copy(context, shaded, (columns, rows))

    def _copy(self, across: int, down: int) -> NDArray[Any]:
        """Return the image halved so many times in each direction."""
        found = self._copies.get((across, down))
        if found is None:
            fewer = (across - 1, down) if across > down else (across, down - 1)
            found = self._copies[across, down] = halved(self._copy(*fewer), 1 if across > down else 0)
        return found

    def _seen(self, screen: Screen, halves: tuple[int, int], shape: tuple[int, ...]) -> Rect | None:
        """Return the part of a copy that is in view."""
        view = screen.view
        corners = view.to_image(0.0, 0.0), view.to_image(view.width, view.height)
        left, right = sorted(corner[0] / 2 ** halves[0] for corner in corners)
        top, bottom = sorted(corner[1] / 2 ** halves[1] for corner in corners)
        # A pixel more on each side, which smoothing may need.
        seen = math.floor(left) - 1, math.floor(top) - 1, math.ceil(right) + 1, math.ceil(bottom) + 1
        return cut(seen, (0, 0, shape[1], shape[0]))

    def _window_colors(self, window: Window, inverted: bool) -> WindowColors:
        known = self._colors
        if known is None or known[:2] != (window, inverted):
            known = self._colors = window, inverted, WindowColors(window, inverted, *self._ends)
        return known[2]


def _wider(seen: Rect, shape: tuple[int, ...]) -> Rect:
    across, down = (math.ceil(BESIDE * side) for side in size_of(seen))
    return (
        max(seen[0] - across, 0),
        max(seen[1] - down, 0),
        min(seen[2] + across, shape[1]),
        min(seen[3] + down, shape[0]),
    )


def _draw_copy(context: Any, shaded: _Shaded, size: tuple[int, int]) -> None:
    """Draw a part of a reduced copy where it is in the image, which may end within its last pixel."""
    wide, high = (2**half for half in shaded.copy)
    left, top = shaded.rect[0] * wide, shaded.rect[1] * high
    right, bottom = min(shaded.rect[2] * wide, size[0]), min(shaded.rect[3] * high, size[1])
    width, height = right - left, bottom - top
    context.drawImage(shaded.canvas, 0, 0, width / wide, height / high, left, top, width, height)


class PlainPhoto:
    """An image in color. Brightness and contrast are applied with numpy to what is drawn.

    Parameters
    ----------
    bitmap, overview
        The image, and a reduced copy of it if there is one.
    """

    def __init__(self, bitmap: Any, overview: Any = None) -> None:
        self._size = int(bitmap.width), int(bitmap.height)
        self._copies = [(1.0, bitmap)]
        if overview is not None and int(overview.width) < self._size[0]:
            self._copies.append((int(overview.width) / self._size[0], overview))
        self._light: tuple[BrightnessContrast, NDArray[np.uint8]] = NEUTRAL, light_table(NEUTRAL)

    def draw(
        self, context: Any, screen: Screen, appearance: Appearance, smooth: bool, _lens: bool, clip: Rect
    ) -> None:
        """Draw what is within ``clip``, a rectangle of device pixels."""
        light = appearance.brightness_contrast
        smooth = smooth or max(screen.scales) < 1.0
        if light == NEUTRAL:
            set_transform(context, screen)
            self._draw(context, screen, smooth)
            return
        rect = cut(screen.covered(0, 0, *self._size, round), clip)
        if rect is None:
            return
        part = new_context(*size_of(rect), read=True)
        set_transform(part, screen, *rect[:2])
        self._draw(part, screen, smooth)
        data = part.getImageData(0, 0, *size_of(rect))
        channels = np.frombuffer(data.data.to_bytes(), np.uint8)
        shown = self._table(light).take(channels)
        shown[3::4] = 255
        data.data.assign(shown)
        part.putImageData(data, 0, 0)
        context.setTransform(1, 0, 0, 1, 0, 0)
        context.drawImage(part.canvas, *rect[:2])

    def _draw(self, context: Any, screen: Screen, smooth: bool) -> None:
        context.imageSmoothingEnabled = smooth
        context.imageSmoothingQuality = "low"
        context.fillStyle = "#000"  # what transparent pixels show
        context.fillRect(0, 0, *self._size)
        context.drawImage(self._copy(max(screen.scales)), 0, 0, *self._size)

    def _copy(self, scale: float) -> Any:
        """Return the smallest copy that has all that is seen at a scale."""
        while self._copies[-1][0] / 2 >= scale and min(self._size) * self._copies[-1][0] >= 2:
            share, last = self._copies[-1]
            half = new_context(math.ceil(last.width / 2), math.ceil(last.height / 2))
            half.drawImage(last, 0, 0, half.canvas.width, half.canvas.height)
            self._copies.append((share / 2, half.canvas))
        return next(copy for share, copy in reversed(self._copies) if share >= min(scale, 1.0))

    def _table(self, light: BrightnessContrast) -> NDArray[np.uint8]:
        if self._light[0] != light:
            self._light = light, light_table(light)
        return self._light[1]
