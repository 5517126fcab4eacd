"""A decoded image in the memory of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from weakref import finalize

import js
import numpy as np
from numpy.typing import NDArray
from pyodide.ffi import to_js

from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.scalar_image import ScalarImage


@dataclass(eq=False)
class LoadedPicture:
    """`webapp.py.pages.ports.images.Picture` in a browser. Call ``close`` when it is no longer shown."""

    bitmap: Any | None
    """The ``ImageBitmap`` with EXIF orientation applied, or None for a gray DICOM image."""
    width: int
    height: int
    overview: Any = None
    """A reduced ``ImageBitmap`` of a large image, shown first. None for a small image."""
    header: Header | None = None
    """The header of a DICOM image."""
    scalars: ScalarImage | None = None
    """The values of a gray DICOM image."""
    overlay: NDArray[np.uint8] | None = None
    """The overlay planes of a DICOM image, above 0 where one is set."""
    frame: int = 0
    """Which frame of its file this is, from 0."""
    file: Any = None
    """What the compute worker gets: the file as a ``Blob``, or the bitmap of a color DICOM image."""
    on_close: Callable[[], object] | None = None
    """What ``close`` calls instead of freeing the memory."""

    def pixels(self) -> NDArray[np.uint8]:
        """Return the pixels of the bitmap as RGBA, of shape (height, width, 4)."""
        canvas = js.OffscreenCanvas.new(self.width, self.height)
        often = to_js({"willReadFrequently": True}, dict_converter=js.Object.fromEntries)
        context = canvas.getContext("2d", often)
        context.drawImage(self.bitmap, 0, 0)
        data = context.getImageData(0, 0, self.width, self.height).data
        return np.frombuffer(data.to_bytes(), np.uint8).reshape(self.height, self.width, 4)

    def lend(self, returned: Callable[[], object]) -> LoadedPicture:
        """Return this picture for one caller. ``returned`` is called once, when it is closed or dropped."""
        lent = replace(self)
        lent.on_close = closing = finalize(lent, returned)
        closing.atexit = False
        return lent

    def close(self) -> None:
        """Free the memory, unless others show the same picture."""
        if self.on_close is not None:
            self.on_close()
            return
        for bitmap in (self.bitmap, self.overview):
            if bitmap is not None:
                bitmap.close()
