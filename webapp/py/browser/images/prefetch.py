"""Images that are loaded before anyone asks for them."""

from __future__ import annotations

import asyncio
from typing import Any

from webapp.py.browser.images.fetch import head_of
from webapp.py.browser.images.loader import ImageLoader
from webapp.py.browser.images.picture import LoadedPicture
from webapp.py.imaging.files import dimensions
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.ports.images import ImageRef

READY_PIXELS = 48_000_000
"""Total pixels of images that are kept decoded before anyone asks for them, at 4 bytes each."""


class Prefetcher:
    """Fetches images that will probably be shown next, and decodes the small ones.

    Parameters
    ----------
    loader
        Loads them.
    background
        Limits how many images load at the same time for people who do not wait for them.
    """

    def __init__(self, loader: ImageLoader, background: asyncio.Semaphore) -> None:
        self._loader, self._background = loader, background
        self._ready: dict[ImageRef, LoadedPicture] = {}

    async def prefetch(self, ref: ImageRef) -> None:
        """Load an image ahead. Problems are reported when it is loaded to be shown."""
        if ref in self._ready:
            return
        try:
            location = await self._loader.locate(ref)
            async with self._background, self._loader.files.file(location.request) as file:
                if await _is_small(file):
                    self._keep(ref, await self._loader.load(ref))
        except ImageProblem:
            return

    def release(self, ref: ImageRef) -> None:
        """Stop holding an image, after someone else has loaded it."""
        picture = self._ready.pop(ref, None)
        if picture is not None:
            picture.close()

    def _keep(self, ref: ImageRef, picture: LoadedPicture) -> None:
        self.release(ref)
        self._ready[ref] = picture
        while sum(one.width * one.height for one in self._ready.values()) > READY_PIXELS:
            self.release(next(iter(self._ready)))


async def _is_small(file: Any) -> bool:
    """Return whether an image is small enough to be decoded ahead. DICOM files are not decoded ahead."""
    size = dimensions(await head_of(file))
    return size is not None and 2 * size[0] * size[1] <= READY_PIXELS
