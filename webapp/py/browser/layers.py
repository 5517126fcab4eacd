"""The canvases of a viewport, bottom to top: pixels, static annotations, interactive drawing."""

from __future__ import annotations

from typing import Any

import js

from webapp.py.browser.pixel_layer import PixelLayer
from webapp.py.browser.plain_canvas import PlainPixelLayer
from webapp.py.browser.webgl import ContextMissing, WebglPixelLayer


def add_canvases(element: Any) -> tuple[Any, Any, Any, Any]:
    """Replace the content of an element with the canvases of its layers.

    Returns the canvas of the pixel layer, the two of the static layer and that of the interactive layer.
    """
    pixels, first, second, interactive = (js.document.createElement("canvas") for _ in range(4))
    first.className = second.className = "static"
    element.replaceChildren(pixels, first, second, interactive)
    return pixels, first, second, interactive


def make_pixel_layer(canvas: Any) -> tuple[PixelLayer, bool]:
    """Return the pixel layer of a canvas, and whether it has WebGL2, without which drawing is slower."""
    try:
        return WebglPixelLayer(canvas), True
    except ContextMissing:
        return PlainPixelLayer(canvas), False
