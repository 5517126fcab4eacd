"""Brightness and contrast of what a viewport shows; pixels and annotations stay as they are."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.windows import linear

MOST = 100.0
"""Brightness and contrast go from minus this to plus this."""
_STEEPEST = 3.0
"""Doublings of contrast at its end."""


@dataclass(frozen=True, slots=True)
class BrightnessContrast:
    """Brightness and contrast, each from -100 to 100; at 0 and 0 an image looks as it is.

    Examples
    --------
    >>> BrightnessContrast(contrast=100).factor, BrightnessContrast(brightness=50).offset
    (8.0, 0.5)
    """

    brightness: float = 0.0
    contrast: float = 0.0

    @property
    def factor(self) -> float:
        """What differences from medium gray are multiplied by."""
        return float(2.0 ** (_STEEPEST * self.contrast / MOST))

    @property
    def offset(self) -> float:
        """What is added to each channel (of 0 to 1) then."""
        return self.factor * self.brightness / MOST

    def changed(self, brightness: float = 0.0, contrast: float = 0.0) -> BrightnessContrast:
        """Return it brighter and steeper by so much, within the ends."""
        return BrightnessContrast(_bounded(self.brightness + brightness), _bounded(self.contrast + contrast))


def adjust_window(window: Window, change: BrightnessContrast) -> Window:
    """Return the window that shows values as ``window`` does with brightness and contrast changed.

    A table of shades gives way to a window of the range that it covers.

    Examples
    --------
    >>> window = adjust_window(Window(center=40.0, width=400.0), BrightnessContrast(brightness=25.0))
    >>> window.center, window.width
    (-60.0, 400.0)
    """
    if change == BrightnessContrast():
        return window
    width = window.width / change.factor
    return linear(window, window.center - change.offset * width, width)


def _bounded(value: float) -> float:
    return min(max(value, -MOST), MOST)
