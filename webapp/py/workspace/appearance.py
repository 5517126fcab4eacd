"""How the image of a viewport looks: brightness and contrast, or the window of its values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.workspace.brightness_contrast import BrightnessContrast, through
from webapp.py.workspace.messages import Adjust


@dataclass(frozen=True, slots=True)
class Appearance:
    """What the eye gets to see of the pixels, which stay as they are.

    An image whose pixels are values has a ``window``, which ``first`` was when it was opened; ``inverted``
    says that low values are white. Any other image has a ``light``.

    Examples
    --------
    >>> lung = Appearance(window=Window(-600.0, 1500.0), first=Window(40.0, 400.0))
    >>> lung.lit(BrightnessContrast()).window.center
    40.0
    """

    light: BrightnessContrast = field(default_factory=BrightnessContrast)
    window: Window | None = None
    inverted: bool = False
    first: Window | None = None

    def lit(self, light: BrightnessContrast) -> Appearance:
        """Return it with this brightness and contrast; a window is changed from the first one."""
        if self.window is None or self.first is None:
            return replace(self, light=light)
        return replace(self, window=through(self.first, light))

    def adjusted(self, change: Adjust) -> Appearance:
        """Return it as a drag changes it. Windows have no end at which the drag stops."""
        if change.reset:
            return self.lit(BrightnessContrast())
        if self.window is None:
            return replace(self, light=self.light.changed(change.brightness, change.contrast))
        return replace(
            self, window=through(self.window, BrightnessContrast(change.brightness, change.contrast))
        )


def first_look(scalars: ScalarImage | None) -> Appearance:
    """Return how an image looks when it is opened; ``gray`` are its values, if it has any."""
    if scalars is None:
        return Appearance()
    return Appearance(window=scalars.window, inverted=scalars.inverted, first=scalars.window)
