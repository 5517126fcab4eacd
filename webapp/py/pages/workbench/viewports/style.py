"""What all viewports share of how they show images."""

from __future__ import annotations

from webapp.py.workspace.viewport_overlay import OverlayOptions

_DARK, _LIGHT = (0.047, 0.055, 0.071), (0.851, 0.871, 0.902)


class ViewportStyle:
    """Opacity of masks, what is shown over images, and the page's colors.

    Parameters
    ----------
    overlay_options
        What is shown over an image beside annotations.
    dark
        Whether the page's colors are dark.
    """

    def __init__(self, overlay_options: OverlayOptions, dark: bool) -> None:
        self.overlay_options = overlay_options
        self.dark = dark
        self.opacity = 0.42

    @property
    def background(self) -> tuple[float, float, float]:
        """The color around images, each channel from 0 to 1."""
        return _DARK if self.dark else _LIGHT
