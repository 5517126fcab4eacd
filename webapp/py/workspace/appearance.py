"""How a viewport shows its image: brightness and contrast, or the window of its values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.workspace.brightness_contrast import BrightnessContrast, adjust_window
from webapp.py.workspace.messages import Adjust


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a viewport shows of the pixels. The pixels themselves never change.

    An image whose pixels are values has a ``window``; ``initial_window`` is the one it was opened with, and
    with ``inverted`` low values are white. Any other image has a ``brightness_contrast``.

    Examples
    --------
    >>> lung = Appearance(window=Window(-600.0, 1500.0), initial_window=Window(40.0, 400.0))
    >>> lung.with_brightness_contrast(BrightnessContrast()).window.center
    40.0
    """

    brightness_contrast: BrightnessContrast = field(default_factory=BrightnessContrast)
    window: Window | None = None
    inverted: bool = False
    initial_window: Window | None = None

    def with_brightness_contrast(self, brightness_contrast: BrightnessContrast) -> Appearance:
        """Return it with this brightness and contrast; a window is derived from the initial one."""
        if self.window is None or self.initial_window is None:
            return replace(self, brightness_contrast=brightness_contrast)
        return replace(self, window=adjust_window(self.initial_window, brightness_contrast))

    def adjusted(self, change: Adjust) -> Appearance:
        """Return it changed by a drag. Windows have no limits."""
        if change.reset:
            return self.with_brightness_contrast(BrightnessContrast())
        if self.window is None:
            changed = self.brightness_contrast.changed(change.brightness, change.contrast)
            return replace(self, brightness_contrast=changed)
        return replace(
            self, window=adjust_window(self.window, BrightnessContrast(change.brightness, change.contrast))
        )


def initial_appearance(scalars: ScalarImage | None) -> Appearance:
    """Return how an image looks when it is opened; ``scalars`` are its values, if it has any."""
    if scalars is None:
        return Appearance()
    return Appearance(window=scalars.window, inverted=scalars.inverted, initial_window=scalars.window)
