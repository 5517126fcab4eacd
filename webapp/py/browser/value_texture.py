"""A grey image on the graphics card: its values, which pass through a window on the way to the screen."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyodide.ffi import to_js

from webapp.py.browser.shaders import Program, new_texture
from webapp.py.imaging.grey import Grey
from webapp.py.imaging.sources import ImageProblem
from webapp.py.workspace.viewport import Viewport


class ValueTexture:
    """One texture of floats: whole numbers of up to 24 bits stay exact.

    Parameters
    ----------
    gl
        The WebGL2 context.
    grey
        The image.

    Raises
    ------
    ImageProblem
        When the card takes no texture as large.
    """

    def __init__(self, gl: Any, grey: Grey) -> None:
        self._gl = gl
        self.grey = grey
        rows, columns = grey.values.shape
        most = int(gl.getParameter(gl.MAX_TEXTURE_SIZE))
        if max(rows, columns) > most:
            raise ImageProblem(
                "too_large",
                f"This image has {columns} × {rows} values; the graphics card takes {most} a side.",
            )
        self._size = columns, rows
        # Averaging needs both extensions; without them an image that is reduced shows every nth pixel.
        averages = gl.getExtension("OES_texture_float_linear") and gl.getExtension("EXT_color_buffer_float")
        self._texture = new_texture(gl)
        gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4)
        values = to_js(np.ascontiguousarray(grey.values, np.float32).reshape(-1))
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, columns, rows, 0, gl.RED, gl.FLOAT, values)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
        if averages:
            gl.generateMipmap(gl.TEXTURE_2D)
        small = gl.LINEAR_MIPMAP_LINEAR if averages else gl.NEAREST
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, small)

    def draw(self, program: Program, view: Viewport, _ratio: float) -> bool:
        """Draw the image; nothing of it is ever missing."""
        program.draw(view, self._texture, 0, 0, *self._size)
        return False

    def destroy(self) -> None:
        """Give back the card's memory."""
        self._gl.deleteTexture(self._texture)
