"""Brightness and contrast of a viewport. Pixels and annotations never change."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.windows import linear

MOST = 100.0
"""Brightness and contrast range from minus this to plus this."""
_STEEPEST = 3.0
"""How often contrast doubles up to its maximum."""


@dataclass(frozen=True, slots=True)
class BrightnessContrast:
    """Brightness and contrast, each from -100 to 100; 0 and 0 show the image unchanged.

    Examples
    --------
    >>> BrightnessContrast(contrast=100).factor, BrightnessContrast(brightness=50).offset
    (8.0, 0.5)
    """

    brightness: float = 0.0
    contrast: float = 0.0

    @property
    def factor(self) -> float:
        """The factor for differences from medium gray."""
        return float(2.0 ** (_STEEPEST * self.contrast / MOST))

    @property
    def offset(self) -> float:
        """The value that is then added to each channel (0 to 1)."""
        return self.factor * self.brightness / MOST

    def changed(self, brightness: float = 0.0, contrast: float = 0.0) -> BrightnessContrast:
        """Return it with more brightness and contrast, within the limits."""
        return BrightnessContrast(_bounded(self.brightness + brightness), _bounded(self.contrast + contrast))


def adjust_window(window: Window, change: BrightnessContrast) -> Window:
    """Return ``window`` with its brightness and contrast changed.

    A VOI LUT is replaced by a linear window of the same range.

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
