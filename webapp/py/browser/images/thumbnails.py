"""Small copies of images, for lists."""

from __future__ import annotations

import asyncio
from typing import Any

import js
from pyodide.ffi import to_js

from webapp.py.browser.images.decode_dicom import bitmap_of
from webapp.py.browser.images.loader import ImageLoader
from webapp.py.browser.images.locate import cache_name
from webapp.py.browser.images.picture import LoadedPicture
from webapp.py.imaging.windows import shades
from webapp.py.pages.ports.images import ImageRef


async def make_thumbnail(loader: ImageLoader, background: asyncio.Semaphore, ref: ImageRef, size: int) -> Any:
    """Return a small copy of an image as a ``Blob``, at most ``size`` pixels wide and high.

    ``background`` limits how many images load at the same time for people who do not wait for them.

    Raises
    ------
    ImageProblem
        When the image cannot be shown.
    """
    name = cache_name(ref)
    kept = await loader.cache.get_thumbnail(name, size)
    if kept is not None:
        return kept
    async with background:
        picture = await loader.load(ref)
        try:
            blob = await _shrink(picture, size)
        finally:
            picture.close()
    loader.cache.put_thumbnail_later(name, size, blob)
    return blob


async def _shrink(picture: LoadedPicture, size: int) -> Any:
    aspect = picture.header.aspect if picture.header is not None else 1.0
    scale = min(1.0, size / max(picture.width, picture.height * aspect))
    width, height = max(1, round(picture.width * scale)), max(1, round(picture.height * aspect * scale))
    source: Any = picture.overview or picture.bitmap
    scalars = picture.scalars
    if scalars is not None:
        source = await bitmap_of(shades(scalars.values, scalars.window, scalars.inverted))
    canvas = js.OffscreenCanvas.new(width, height)
    context = canvas.getContext("2d")
    context.imageSmoothingQuality = "high"
    context.drawImage(source, 0, 0, width, height)
    if scalars is not None:
        source.close()
    options = to_js({"type": "image/webp", "quality": 0.8}, dict_converter=js.Object.fromEntries)
    return await canvas.convertToBlob(options)
