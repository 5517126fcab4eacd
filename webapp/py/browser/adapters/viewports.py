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
    """`webapp.py.pages.ports.viewport.ViewportPort` with WebGL2 and SVG."""

    def __init__(self, compute: ComputePort) -> None:
        self._compute, self._devices = compute, Devices()

    def make_canvas(
        self,
        element: Any,
        gestures_of: Callable[[Any], Gestures],
        events: CanvasEvents,
    ) -> BrowserViewportCanvas:
        """Create a canvas in an element."""
        return BrowserViewportCanvas(element, gestures_of, self._compute.call, events, self._devices)
