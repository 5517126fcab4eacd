"""A gray image on the graphics card: its values, which pass through a window on the way to the screen.

Windows are those of PS3.3 C.11.2: linear functions, a sigmoid, or a table of shades.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pyodide.ffi import to_js

from webapp.py.browser.shaders import Kind, Program, new_texture
from webapp.py.imaging.dicom_header import Table, Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.imaging.sources import ImageProblem
from webapp.py.imaging.windows import table_shades
from webapp.py.workspace.camera import Camera

UNIFORMS = ("level", "inverted", "table")
"""What the program that draws values is told by `ValueTexture.look_through`."""
_UNEVENNESS = 16.0
"""How much longer than wide the part of a texture may be that one pixel of the screen averages."""
_LINE = 256
"""Entries of a table in one line of its texture, as the shader has it."""


def kind_of(window: Window) -> Kind:
    """Return the kind of shader that a window needs."""
    if window.table is not None:
        return "table"
    return "sigmoid" if window.function == "SIGMOID" else "window"


class ValueTexture:
    """One texture of floats: whole numbers of up to 24 bits stay exact.

    Parameters
    ----------
    gl
        The WebGL2 context.
    scalars
        The image.

    Raises
    ------
    ImageProblem
        When the card takes no texture as large.
    """

    def __init__(self, gl: Any, scalars: ScalarImage) -> None:
        self._gl = gl
        self.scalars = scalars
        rows, columns = scalars.values.shape
        most = int(gl.getParameter(gl.MAX_TEXTURE_SIZE))
        if max(rows, columns) > most:
            raise ImageProblem(
                "too_large",
                f"This image has {columns} × {rows} values; the graphics card takes {most} a side.",
            )
        self._size = columns, rows
        self._table: tuple[Table, Any] | None = None
        # Averaging needs both extensions; without them an image that is reduced shows every nth pixel.
        averages = gl.getExtension("OES_texture_float_linear") and gl.getExtension("EXT_color_buffer_float")
        self._texture = new_texture(gl)
        gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4)
        values = to_js(np.ascontiguousarray(scalars.values, np.float32).reshape(-1))
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, columns, rows, 0, gl.RED, gl.FLOAT, values)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
        if averages:
            gl.generateMipmap(gl.TEXTURE_2D)
        self._small = gl.LINEAR_MIPMAP_LINEAR if averages else gl.NEAREST
        self._uneven = gl.getExtension("EXT_texture_filter_anisotropic") if averages else None

    def look_through(self, program: Program, window: Window, inverted: bool) -> None:
        """Tell the program of this kind of window, which is in use, how values become shades."""
        gl, uniforms = self._gl, program.uniforms
        level = window.center, window.width
        if window.table is not None:
            level = float(window.table.first), len(window.table.shades) / 2 - 1.0
            gl.activeTexture(gl.TEXTURE1)
            gl.bindTexture(gl.TEXTURE_2D, self._table_texture(window.table))
            gl.activeTexture(gl.TEXTURE0)
        elif window.function == "LINEAR":  # its ends lie half a value inside (C.11.2.1.2.1)
            level = window.center - 0.5, max(window.width - 1.0, 1e-6)
        gl.uniform2f(uniforms["level"], *level)
        gl.uniform1i(uniforms["inverted"], int(inverted))
        gl.uniform1i(uniforms["table"], 1)

    def draw(self, program: Program, view: Camera, ratio: float) -> None:
        """Draw the image; ``ratio`` is device pixels per CSS pixel."""
        gl = self._gl
        # Where nothing is reduced nothing is averaged, which takes half of the drawing's time.
        whole = view.zoom * min(view.aspect, 1.0) * ratio >= 1.0
        gl.bindTexture(gl.TEXTURE_2D, self._texture)
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST if whole else self._small)
        if self._uneven:
            # Pixels that are not square are averaged only along the side that is reduced.
            most = 1.0 if whole or view.aspect == 1.0 else _UNEVENNESS
            gl.texParameterf(gl.TEXTURE_2D, self._uneven.TEXTURE_MAX_ANISOTROPY_EXT, most)
        program.draw(view, self._texture, 0, 0, *self._size)

    def destroy(self) -> None:
        """Give back the card's memory."""
        self._gl.deleteTexture(self._texture)
        if self._table is not None:
            self._gl.deleteTexture(self._table[1])

    def _table_texture(self, table: Table) -> Any:
        """Return the texture of a table: made anew for another one than before."""
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
