"""Photos and other images that the browser decodes."""

from __future__ import annotations

from typing import Any

import js
from pyodide.ffi import JsException, to_js

from webapp.py.browser import texts
from webapp.py.browser.image_tiles import overview_share
from webapp.py.browser.images.fetch import check
from webapp.py.browser.images.picture import LoadedPicture
from webapp.py.imaging.sources import ImageProblem


async def decode_raster(file: Any) -> LoadedPicture:
    """Return the picture of a file, with an overview if it is large.

    Raises
    ------
    ImageProblem
        When the browser cannot decode it.
    """
    try:
        bitmap = await _bitmap(file)
        width, height = int(bitmap.width), int(bitmap.height)
        share = overview_share(width, height)
        # The browser does this in the background. Scaling on a canvas would block the page.
        overview = await _bitmap(file, resizeWidth=round(width * share)) if share < 1.0 else None
    except JsException:
        raise ImageProblem("truncated", texts.damaged_image(await check(file))) from None
    return LoadedPicture(bitmap, width, height, overview, file=file)


async def _bitmap(file: Any, **more: Any) -> Any:
    options = {"imageOrientation": "from-image", "resizeQuality": "medium", **more}
    return await js.createImageBitmap(file, to_js(options, dict_converter=js.Object.fromEntries))
