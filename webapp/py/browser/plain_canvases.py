"""Canvases that are not on the page, and pixels from numpy on them."""

from __future__ import annotations

from typing import Any

import js
import numpy as np
from pyodide.ffi import to_js

from webapp.py.browser.plain_pixels import Colors, Rect


def new_context(width: int, height: int, read: bool = False) -> Any:
    """Return the context of a new canvas; ``read`` says that its pixels are read often."""
    options = to_js({"willReadFrequently": read}, dict_converter=js.Object.fromEntries)
    return js.OffscreenCanvas.new(max(width, 1), max(height, 1)).getContext("2d", options)


def image_data(colors: Colors) -> Any:
    """Return colors of shape (rows, columns) as an ``ImageData``."""
    rows, columns = colors.shape
    data = to_js(np.ascontiguousarray(colors).reshape(-1).view(np.uint8))
    return js.ImageData.new(js.Uint8ClampedArray.new(data.buffer), columns, rows)


def drawn(colors: Colors) -> Any:
    """Return a canvas that shows these colors."""
    context = new_context(colors.shape[1], colors.shape[0])
    context.putImageData(image_data(colors), 0, 0)
    return context.canvas


def size_of(rect: Rect) -> tuple[int, int]:
    """Return width and height of a rectangle."""
    return rect[2] - rect[0], rect[3] - rect[1]
