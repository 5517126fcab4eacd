"""The canvases of viewports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.browser.pointers import Devices
from webapp.py.browser.viewport_canvas import BrowserViewportCanvas
from webapp.py.pages.ports.compute import ComputePort
from webapp.py.pages.ports.viewport import CanvasEvents
from webapp.py.workspace.gestures import Gestures


class ViewportAdapter:
    """`webapp.py.pages.ports.viewport.ViewportPort` with WebGL2, or without it on plain canvases.

    Parameters
    ----------
    compute
        Answers questions of gestures.
    on_plain
        Called once when the browser turns out to have no WebGL2.
    """

    def __init__(self, compute: ComputePort, on_plain: Callable[[], None]) -> None:
        self._compute, self._on_plain = compute, on_plain
        self._devices = Devices()
        self._told = False

    def make_canvas(
        self,
        element: Any,
        gestures_of: Callable[[Any], Gestures],
        events: CanvasEvents,
    ) -> BrowserViewportCanvas:
        """Create a canvas in an element."""
        canvas = BrowserViewportCanvas(element, gestures_of, self._compute.call, events, self._devices)
        if not canvas.has_webgl2 and not self._told:
            self._told = True
            self._on_plain()
        return canvas
