"""How all viewports show their images."""

from __future__ import annotations

from webapp.py.ui.reactive import reactive
from webapp.py.workspace.viewport_overlay import OverlayOptions

_DARK, _LIGHT = (0.047, 0.055, 0.071), (0.851, 0.871, 0.902)


class ViewportStyle:
    """Mask opacity, what is shown over images, and the colors of the page's theme.

    Parameters
    ----------
    overlay_options
        What is shown over an image in addition to annotations.
    dark
        Whether the page's theme is dark.
    """

    overlay_options = reactive[OverlayOptions]()
    dark = reactive[bool]()
    opacity = reactive(0.42)
    """Opacity of masks, from 0 to 1."""

    def __init__(self, overlay_options: OverlayOptions, dark: bool) -> None:
        self.overlay_options = overlay_options
        self.dark = dark

    @property
    def background(self) -> tuple[float, float, float]:
        """The color around images, each channel from 0 to 1."""
        return _DARK if self.dark else _LIGHT
