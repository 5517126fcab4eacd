"""Loads images from wherever they lie, keeps them for working without a network, and says what is wrong."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import js
import msgspec
import numpy as np
from numpy.typing import NDArray
from pyodide.ffi import JsException, to_js

from webapp.py.browser.decoded import answer_in, blob_of, name_of
from webapp.py.browser.dicom import Compute, ask_for_frame, image_of
from webapp.py.browser.dicomweb import Dicomweb
from webapp.py.browser.fetching import expected_bytes, look_again, options, plan, read_body
from webapp.py.browser.image_cache import ImageCache
from webapp.py.browser.image_tiles import overview_share
from webapp.py.geometry.image_parts import frame_address
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.dicomweb import is_dicomweb
from webapp.py.imaging.dicomweb_access import DicomwebServer
from webapp.py.imaging.files import HEAD, Kind, check_file, dimensions, ends_well, sniff
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.imaging.sources import (
    ImageProblem,
    Observation,
    Request,
    broken_off,
    diagnose,
)

AT_ONCE = 4
"""Images that are fetched at the same time beside the one that a person waits for."""
READY_PIXELS = 48_000_000
"""Pixels of images that are kept decoded before they are asked for, 4 bytes each."""


@dataclass(frozen=True)
class LoadedImage:
    """An image as it is shown: turned as its camera said. ``close`` it when it is not shown any more."""

    url: str
    bitmap: Any | None
    """The ``ImageBitmap``; None for a DICOM image that has values, which are shown themselves."""
    width: int
    height: int
    bytes: int
    """Size of the file."""
    overview: Any = None
    """A reduced ``ImageBitmap`` of a large image, to be shown first; None for a small one."""
    header: Header | None = None
    """What a DICOM file says of itself."""
    scalars: ScalarImage | None = None
    """The values of a gray DICOM image."""
    overlay: NDArray[np.uint8] | None = None
    """What a DICOM file has drawn over its image."""
    frame: int = 0
    """Which frame of its file it is."""
    file: Any = None
    """What the compute worker gets for its pixels: the file as a ``Blob``, or the picture of a DICOM one."""

    def pixels(
        self, x: int = 0, y: int = 0, width: int | None = None, height: int | None = None
    ) -> NDArray[np.uint8]:
        """Return a part of the image, the whole of it by default, for calculations.

        Returns
        -------
        array of uint8, shape (height, width, 4)
            RGBA; what lies outside the image is transparent black.
        """
        wide = self.width - x if width is None else width
        high = self.height - y if height is None else height
        canvas = js.OffscreenCanvas.new(wide, high)
        options = to_js({"willReadFrequently": True}, dict_converter=js.Object.fromEntries)
        context = canvas.getContext("2d", options)
        context.drawImage(self.bitmap, -x, -y)
        data = context.getImageData(0, 0, wide, high).data
        return np.frombuffer(data.to_bytes(), np.uint8).reshape(high, wide, 4)

    def close(self) -> None:
        """Free the memory of the image."""
        if self.bitmap is not None:
            self.bitmap.close()
        if self.overview is not None:
            self.overview.close()


class Images:
    """The images of the page.

    Cancelling the task that awaits a method stops its download.

    Parameters
    ----------
    compute
        Asks the compute worker, which reads DICOM files.
    dicomweb
        Fetches what lies on DICOMweb servers; by default without any sign-in.
    cache
        Where they are kept on this machine.
    build
        Which build of Limner this is; decoded frames are kept for it alone, and not without one.
    """

    def __init__(
        self,
        compute: Compute,
        dicomweb: Dicomweb | None = None,
        cache: ImageCache | None = None,
        build: str = "",
    ) -> None:
        self._compute = compute
        self._dicomweb = dicomweb or Dicomweb(compute, _no_servers)
        self._cache = cache or ImageCache()
        self._build = build
        self._places = asyncio.Semaphore(AT_ONCE)
        self._fetching: dict[str, _Download] = {}
        self._ready: dict[str, LoadedImage] = {}
        self._background: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Open the place where images are kept before the first one is wanted."""
        await self._cache.open()

    async def load(self, url: str, frame: int = 0) -> LoadedImage:
        """Load an image, or a frame of it, from this machine if it is kept here.

        Raises
        ------
        ImageProblem
            When there is no image; says why and what to do.
        """
        ready = self._ready.pop(url, None) if frame == 0 else None
        if ready is not None:
            return ready
        name = name_of(frame_address(url, frame), self._build) if self._build else ""
        kept = await self._kept_decoded(url, name) if name else None
        if kept is not None:
            return kept
        request, number = await self._planned(url, frame)
        return await self._decoded(request, frame=number, keep_as=name)

    async def _kept_decoded(self, url: str, name: str) -> LoadedImage | None:
        """Return a DICOM frame that was looked at before, without the worker, which may still be starting."""
        blob = await self._cache.get(name) if await self._cache.keeps(name) else None
        if blob is None:
            return None
        try:
            return await _dicom_picture(url, await answer_in(blob), int(blob.size))
        except (ValueError, KeyError, struct.error, msgspec.ValidationError):
            await self._cache.forget(name)
            return None

    async def load_slice(self, url: str, frame: int = 0) -> LoadedImage:
        """Load a DICOM image as a slice of a stack, which the worker keeps for calculations.

        Raises
        ------
        ImageProblem
            When there is no image, or none of DICOM.
        """
        request, number = await self._planned(url, frame)
        blob = await self._blob(request)
        if await _kind(blob) != "dicom":
            raise ImageProblem("unsupported", "This file is not a DICOM image.")
        answer = await ask_for_frame(self._compute, request.url, blob, number, frame_address(url, frame))
        return await _dicom_picture(request.url, answer, int(blob.size))

    async def prefetch(self, urls: Iterable[str]) -> None:
        """Fetch images that will be wanted soon, and decode them; what fails says so when it is loaded."""
        for url in urls:
            if url in self._ready:
                continue
            try:
                request, _ = await self._planned(url, 0)
                async with self._places:
                    blob = await self._blob(request)
                    if await _is_soon_decoded(blob):
                        self._put_ready(url, await self._decoded(request))
            except ImageProblem:
                continue

    async def _planned(self, url: str, frame: int) -> tuple[Request, int]:
        """Return how to ask for the file that holds an image, and the number of its frame there."""
        if not is_dicomweb(url):
            return plan(url), frame
        address, frame = await self._dicomweb.file_of(url, frame, self._cache.keeps)
        return Request(address), frame

    def _put_ready(self, url: str, image: LoadedImage) -> None:
        before = self._ready.pop(url, None)
        self._ready[url] = image
        if before is not None:
            before.close()
        while sum(one.width * one.height for one in self._ready.values()) > READY_PIXELS:
            self._ready.pop(next(iter(self._ready))).close()

    async def thumbnail(self, url: str, size: int) -> Any:
        """Return a small picture as a ``Blob``, at most ``size`` pixels wide and high.

        Raises
        ------
        ImageProblem
            When there is no image.
        """
        name = url if is_dicomweb(url) else plan(url).url
        kept = await self._cache.get_thumbnail(name, size)
        if kept is not None:
            return kept
        async with self._places:
            request, frame = await self._planned(url, 0)
            image = await self._decoded(request, overview=False, frame=frame, pictured=True)
            try:
                blob = await _shrink(image, size)
            finally:
                image.close()
        self._keep(self._cache.put_thumbnail(name, size, blob))
        return blob

    async def _decoded(
        self,
        request: Request,
        overview: bool = True,
        frame: int = 0,
        keep_as: str = "",
        pictured: bool = False,
    ) -> LoadedImage:
        try:
            blob = await self._blob(request)
            if await _kind(blob) != "dicom":
                return await _decode(request.url, blob, overview)
            answer = await ask_for_frame(self._compute, request.url, blob, frame)
        except ImageProblem:
            # What is kept may be the damaged one: the next try asks the server.
            await self._cache.forget(request.url)
            raise
        decoded = blob_of(answer) if keep_as else None
        if decoded is not None:
            self._keep(self._cache.put(keep_as, decoded))
        return await _dicom_picture(request.url, answer, int(blob.size), pictured=pictured)

    async def _blob(self, request: Request) -> Any:
        """Return the file of an image; all that want it at once share one download, the last may stop it."""
        url = request.url
        download = self._fetching.get(url)
        if download is None:
            download = self._fetching[url] = _Download(asyncio.ensure_future(self._kept_or_fetched(request)))
            download.task.add_done_callback(partial(self._forget, url, download))
        download.waiting += 1
        try:
            return await asyncio.shield(download.task)
        finally:
            download.waiting -= 1
            if not download.waiting:
                # At once, or somebody who wants it now would wait for a download that is being stopped.
                self._forget(url, download)
                download.task.cancel()

    def _forget(self, url: str, download: _Download, _done: Any = None) -> None:
        if self._fetching.get(url) is download:
            del self._fetching[url]

    async def _kept_or_fetched(self, request: Request) -> Any:
        kept = await self._cache.get(request.url)
        if kept is not None:
            return kept
        blob = await (self._dicomweb.fetch(request.url) if is_dicomweb(request.url) else _fetch(request))
        await _check(blob)
        self._keep(self._cache.put(request.url, blob))
        return blob

    def _keep(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


@dataclass
class _Download:
    task: asyncio.Task[Any]
    waiting: int = 0


async def _dicom_picture(
    url: str, answer: Mapping[str, Any], size: int, *, pictured: bool = False
) -> LoadedImage:
    found = await image_of(answer, pictured=pictured)
    return LoadedImage(
        url,
        found.bitmap,
        found.header.columns,
        found.header.rows,
        size,
        header=found.header,
        scalars=found.scalars,
        overlay=found.overlay,
        frame=int(answer["frame"]),
        file=found.bitmap,
    )


async def _no_servers() -> list[DicomwebServer]:
    return []


async def _fetch(request: Request) -> Any:
    """Fetch and check one file."""
    stop = js.AbortController.new()
    try:
        try:
            response = await js.fetch(request.url, options(request, mode="cors", signal=stop.signal))
        except JsException:
            raise diagnose(await look_again(request)) from None
        if not response.ok:
            raise diagnose(Observation(request.url, str(js.location.href), status=int(response.status)))
        return await read_body(response, expected_bytes(response))
    except (asyncio.CancelledError, ImageProblem):
        stop.abort()
        raise


async def _check(blob: Any) -> Kind:
    """Say what is wrong with a file as far as its bytes tell."""
    size = int(blob.size)
    head = (await blob.slice(0, HEAD).arrayBuffer()).to_bytes()
    kind = check_file(head, str(blob.type), size)
    if kind in ("jpeg", "png") and not ends_well((await blob.arrayBuffer()).to_bytes(), kind):
        raise broken_off(size, None)
    return kind


async def _kind(blob: Any) -> Kind:
    return sniff((await blob.slice(0, HEAD).arrayBuffer()).to_bytes())


async def _is_soon_decoded(blob: Any) -> bool:
    """Tell whether an image is small enough to be decoded before anybody asks for it."""
    size = dimensions((await blob.slice(0, HEAD).arrayBuffer()).to_bytes())
    return size is not None and 2 * size[0] * size[1] <= READY_PIXELS


async def _decode(url: str, blob: Any, with_overview: bool) -> LoadedImage:
    try:
        bitmap = await _bitmap(blob)
        width, height = int(bitmap.width), int(bitmap.height)
        share = overview_share(width, height) if with_overview else 1.0
        # The browser does this beside the page, which a reduction on a canvas would stop for a while.
        overview = await _bitmap(blob, resizeWidth=round(width * share)) if share < 1.0 else None
    except JsException:
        kind = await _check(blob)
        raise ImageProblem(
            "truncated",
            f"The {kind.upper()} file is damaged: the browser cannot decode it. Copy it to the server again.",
        ) from None
    return LoadedImage(url, bitmap, width, height, int(blob.size), overview, file=blob)


async def _bitmap(blob: Any, **more: Any) -> Any:
    options = {"imageOrientation": "from-image", "resizeQuality": "medium", **more}
    return await js.createImageBitmap(blob, to_js(options, dict_converter=js.Object.fromEntries))


async def _shrink(image: LoadedImage, size: int) -> Any:
    aspect = image.header.aspect if image.header is not None else 1.0
    scale = min(1.0, size / max(image.width, image.height * aspect))
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * aspect * scale))
    canvas = js.OffscreenCanvas.new(width, height)
    context = canvas.getContext("2d")
    context.imageSmoothingQuality = "high"
    context.drawImage(image.bitmap, 0, 0, width, height)
    options = to_js({"type": "image/webp", "quality": 0.8}, dict_converter=js.Object.fromEntries)
    return await canvas.convertToBlob(options)
