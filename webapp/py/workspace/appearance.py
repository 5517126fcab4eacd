"""How the image of a viewport looks: brightness and contrast, or the window of its values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.grey import Grey
from webapp.py.workspace.light import Light, through
from webapp.py.workspace.messages import Adjust


@dataclass(frozen=True, slots=True)
class Appearance:
    """What the eye gets to see of the pixels, which stay as they are.

    An image whose pixels are values has a ``window``, which ``first`` was when it was opened; ``inverted``
    says that low values are white. Any other image has a ``light``.

    Examples
    --------
    >>> lung = Appearance(window=Window(-600.0, 1500.0), first=Window(40.0, 400.0))
    >>> lung.lit(Light()).window.center
    40.0
    """

    light: Light = field(default_factory=Light)
    window: Window | None = None
    inverted: bool = False
    first: Window | None = None

    def lit(self, light: Light) -> Appearance:
        """Return it with this brightness and contrast; a window is changed from the first one."""
        if self.window is None or self.first is None:
            return replace(self, light=light)
        return replace(self, window=through(self.first, light))

    def adjusted(self, change: Adjust) -> Appearance:
        """Return it as a drag changes it. Windows have no end at which the drag stops."""
        if change.reset:
            return self.lit(Light())
        if self.window is None:
            return replace(self, light=self.light.changed(change.brightness, change.contrast))
        return replace(self, window=through(self.window, Light(change.brightness, change.contrast)))


def first_look(grey: Grey | None) -> Appearance:
    """Return how an image looks when it is opened; ``grey`` are its values, if it has any."""
    if grey is None:
        return Appearance()
    return Appearance(window=grey.window, inverted=grey.inverted, first=grey.window)
