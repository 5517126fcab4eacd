"""The values of a gray image on the graphics card, shown through a window setting.

Window settings are those of PS3.3 C.11.2: linear, sigmoid, or a VOI LUT.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pyodide.ffi import to_js

from webapp.py.browser import texts
from webapp.py.browser.shaders import Kind, Program, new_texture
from webapp.py.imaging.dicom_header import Table, Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.imaging.sources import ImageProblem
from webapp.py.imaging.windows import table_shades
from webapp.py.workspace.camera import Camera

UNIFORMS = ("level", "inverted", "table")
"""The uniforms that `ValueTexture.apply_window` sets."""
_UNEVENNESS = 16.0
"""Largest ratio between the sides of the area that one screen pixel averages."""
_LINE = 256
"""Entries of a VOI LUT per row of its texture, as in the shader."""


def kind_of(window: Window) -> Kind:
    """Return the kind of shader for a window."""
    if window.table is not None:
        return "table"
    return "sigmoid" if window.function == "SIGMOID" else "window"


class ValueTexture:
    """A texture of floats. Whole numbers of up to 24 bits stay exact.

    Parameters
    ----------
    gl
        The WebGL2 context.
    scalars
        The image.

    Raises
    ------
    ImageProblem
        When the image is too large for the graphics card.
    """

    def __init__(self, gl: Any, scalars: ScalarImage) -> None:
        self._gl = gl
        self.scalars = scalars
        rows, columns = scalars.values.shape
        most = int(gl.getParameter(gl.MAX_TEXTURE_SIZE))
        if max(rows, columns) > most:
            raise ImageProblem("too_large", texts.image_too_large(columns, rows, most))
        self._size = columns, rows
        self._table: tuple[Table, Any] | None = None
        # Averaging needs both extensions. Without them a reduced image shows every nth pixel.
        self._linear = bool(gl.getExtension("OES_texture_float_linear"))
        averages = self._linear and gl.getExtension("EXT_color_buffer_float")
        self._texture = new_texture(gl)
        gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4)
        values = to_js(np.ascontiguousarray(scalars.values, np.float32).reshape(-1))
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, columns, rows, 0, gl.RED, gl.FLOAT, values)
        if averages:
            gl.generateMipmap(gl.TEXTURE_2D)
        self._small = gl.LINEAR_MIPMAP_LINEAR if averages else gl.NEAREST
        self._uneven = gl.getExtension("EXT_texture_filter_anisotropic") if averages else None

    def apply_window(self, program: Program, window: Window, inverted: bool) -> None:
        """Set the window of the program in use, which must be that for its kind."""
        gl, uniforms = self._gl, program.uniforms
        level = window.center, window.width
        if window.table is not None:
            level = float(window.table.first), len(window.table.shades) / 2 - 1.0
            gl.activeTexture(gl.TEXTURE1)
            gl.bindTexture(gl.TEXTURE_2D, self._table_texture(window.table))
            gl.activeTexture(gl.TEXTURE0)
        elif window.function == "LINEAR":  # its ends are half a value inside (C.11.2.1.2.1)
            level = window.center - 0.5, max(window.width - 1.0, 1e-6)
        gl.uniform2f(uniforms["level"], *level)
        gl.uniform1i(uniforms["inverted"], int(inverted))
        gl.uniform1i(uniforms["table"], 1)

    def draw(self, program: Program, view: Camera, ratio: float, smooth: bool) -> None:
        """Draw the image. ``ratio`` is device pixels per CSS pixel; ``smooth`` interpolates values."""
        gl = self._gl
        # Averaging takes half of the drawing time, so it is used only for a reduced image.
        whole = view.zoom * min(view.aspect, 1.0) * ratio >= 1.0
        gl.bindTexture(gl.TEXTURE_2D, self._texture)
        enlarged = gl.LINEAR if smooth and self._linear else gl.NEAREST
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, enlarged)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, enlarged if whole else self._small)
        if self._uneven:
            # Pixels that are not square are averaged only in the direction that is reduced.
            most = 1.0 if whole or view.aspect == 1.0 else _UNEVENNESS
            gl.texParameterf(gl.TEXTURE_2D, self._uneven.TEXTURE_MAX_ANISOTROPY_EXT, most)
        program.draw(view, self._texture, 0, 0, *self._size)

    def destroy(self) -> None:
        """Free the memory of the graphics card."""
        self._gl.deleteTexture(self._texture)
        if self._table is not None:
            self._gl.deleteTexture(self._table[1])

    def _table_texture(self, table: Table) -> Any:
        """Return the texture of a VOI LUT, creating it if the table has changed."""
        if self._table is None or self._table[0] is not table:
            gl, shown = self._gl, table_shades(table)
            if self._table is not None:
                gl.deleteTexture(self._table[1])
            texture = new_texture(gl)
            lines = -(-shown.size // _LINE)
            entries = to_js(np.pad(shown, (0, lines * _LINE - shown.size)))
            gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, _LINE, lines, 0, gl.RED, gl.FLOAT, entries)
            gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
            gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
            self._table = table, texture
        return self._table[1]
