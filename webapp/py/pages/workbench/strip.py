"""Whether the strip with the settings of the tool has more of them than fit in its row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.pages.ports.window import WindowPort
from webapp.py.ui.reactive import reactive

ROW = 50.0
"""CSS pixels; settings that are higher take more than one row."""


class Strip:
    """The state of the strip: settings that do not fit in its row are behind a button.

    Parameters
    ----------
    window
        Watches the size of the settings.
    """

    wraps = reactive(False)
    """Whether the settings take more than one row."""
    open = reactive(False)
    """Whether the other rows are shown over the image."""

    def __init__(self, window: WindowPort) -> None:
        self._window = window
        self._stop: Callable[[], None] = lambda: None

    def attach(self, element: Any) -> None:
        """Watch the element with the settings."""
        self._stop()
        self._stop = self._window.watch_size(element, self._resized) if element is not None else lambda: None

    def toggle(self) -> None:
        """Show or hide the other rows."""
        self.open = not self.open

    def _resized(self, height: float) -> None:
        self.wraps = height > ROW
