"""The images in the compute worker, and the pixels that its functions ask for."""

from __future__ import annotations

import asyncio
from typing import Any

import js
import numpy as np
from numpy.typing import NDArray
from pyodide.ffi import JsException, to_js

from webapp.py.browser import texts
from webapp.py.compute.protocol import ComputeProblem
from webapp.py.compute.volumes import kept_slices
from webapp.py.geometry.image_parts import ImagePart, VolumePart


class WorkerImages:
    """Keeps the images of recent calls while the page shows them, and cuts out parts."""

    def __init__(self) -> None:
        self._bitmaps: dict[str, asyncio.Task[Any]] = {}
        self._last: tuple[ImagePart, NDArray[np.uint8]] | None = None

    def keep(self, address: str, file: Any) -> None:
        """Decode an image as the page does, and keep it."""
        self.forget(address)
        self._bitmaps[address] = asyncio.ensure_future(_decode(file))

    def forget(self, address: str) -> None:
        """Free the memory of an image or slice."""
        kept_slices.forget([address])
        decoding = self._bitmaps.pop(address, None)
        if decoding is not None:
            decoding.add_done_callback(_close)
        if self._last is not None and self._last[0].address == address:
            self._last = None

    async def decoded(self) -> None:
        """Wait until all images are decoded or have failed."""
        await asyncio.gather(*self._bitmaps.values(), return_exceptions=True)

    def cut(self, part: ImagePart | VolumePart) -> NDArray[Any]:
        """Return the pixels of a part, or the values of a volume.

        For the same part as in the previous call this is the same array.

        Raises
        ------
        ComputeProblem
            When the image is not here.
        """
        if isinstance(part, VolumePart):
            return kept_slices.volume(part.slices)
        if self._last is None or self._last[0] != part:
            self._last = part, self._cut(part)
        return self._last[1]

    def _cut(self, part: ImagePart) -> NDArray[np.uint8]:
        decoding = self._bitmaps.get(part.address)
        if decoding is None or not decoding.done() or decoding.exception() is not None:
            raise ComputeProblem(texts.IMAGE_CLOSED)
        canvas = js.OffscreenCanvas.new(part.columns, part.rows)
        options = to_js({"willReadFrequently": True}, dict_converter=js.Object.fromEntries)
        context = canvas.getContext("2d", options)
        context.imageSmoothingEnabled = part.scale < 1
        context.imageSmoothingQuality = "medium"
        context.drawImage(decoding.result(), *part.rect, 0, 0, part.columns, part.rows)
        data = context.getImageData(0, 0, part.columns, part.rows).data
        return np.frombuffer(data.to_bytes(), np.uint8).reshape(part.rows, part.columns, 4)


async def _decode(file: Any) -> Any:
    options = to_js({"imageOrientation": "from-image"}, dict_converter=js.Object.fromEntries)
    return await js.createImageBitmap(file, options)


def _close(decoding: asyncio.Task[Any]) -> None:
    try:
        decoding.result().close()
    except (JsException, asyncio.CancelledError):
        return  # nothing to free
