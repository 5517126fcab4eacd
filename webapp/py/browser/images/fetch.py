"""Files of images: from the cache on this computer, or from their server. Callers share one download."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import js
import numpy as np
from pyodide.ffi import JsException, to_js

from webapp.py.browser.dicomweb import Compute, Dicomweb
from webapp.py.browser.fetching import expected_bytes, options, probe, read_body
from webapp.py.browser.images.cache import ImageCache
from webapp.py.compute.protocol import ComputeProblem
from webapp.py.imaging.dicomweb import is_dicomweb
from webapp.py.imaging.files import HEAD, Kind, check_file, ends_well, sniff
from webapp.py.imaging.jpeg import END as JPEG_END
from webapp.py.imaging.jpeg import scan_of
from webapp.py.imaging.sources import ImageProblem, Observation, Request, broken_off, diagnose


@dataclass
class _Download:
    task: asyncio.Task[Any]
    users: int = 0


class FileFetcher:
    """Fetches files of images.

    Parameters
    ----------
    cache
        Keeps them on this computer.
    dicomweb
        Fetches what is on DICOMweb servers.
    compute
        Calls the compute worker, which judges photos without an end.
    """

    def __init__(self, cache: ImageCache, dicomweb: Dicomweb, compute: Compute) -> None:
        self._cache = cache
        self._dicomweb = dicomweb
        self._compute = compute
        self._downloads: dict[str, _Download] = {}

    @asynccontextmanager
    async def file(self, request: Request) -> AsyncIterator[Any]:
        """Yield the file as a ``Blob``.

        Everyone who uses the file at the same time shares one download. It stops when the last of them is
        cancelled.

        Raises
        ------
        ImageProblem
            When there is no file, or it is not an image.
        """
        url = request.url
        download = self._downloads.get(url)
        if download is None:
            download = self._downloads[url] = _Download(asyncio.ensure_future(self._get(request)))
        download.users += 1
        try:
            yield await asyncio.shield(download.task)
        finally:
            download.users -= 1
            if not download.users:
                # Before anyone can join a download that is about to stop.
                del self._downloads[url]
                download.task.cancel()

    async def _get(self, request: Request) -> Any:
        kept = await self._cache.get(request.url)
        if kept is not None:
            return kept
        file = await (self._dicomweb.fetch(request.url) if is_dicomweb(request.url) else _fetch(request))
        file = await self._checked(file)
        self._cache.put_later(request.url, file)
        return file

    async def _checked(self, file: Any) -> Any:
        """Return a file that is a complete image. A JPEG of which only the end is missing gets it here."""
        try:
            await check(file)
        except ImageProblem as problem:
            if problem.code != "truncated" or not await self._lacks_only_its_end(file):
                raise
            # Browsers do not decode it without.
            return js.Blob.new(to_js([file, to_js(JPEG_END)]))
        return file

    async def _lacks_only_its_end(self, file: Any) -> bool:
        content = (await file.arrayBuffer()).to_bytes()
        if sniff(content) != "jpeg" or scan_of(content) is None:
            return False
        try:
            return bool(await self._compute("jpeg_is_whole", {"content": np.frombuffer(content, np.uint8)}))
        except ComputeProblem:
            return False


async def _fetch(request: Request) -> Any:
    stop = js.AbortController.new()
    try:
        try:
            response = await js.fetch(request.url, options(request, mode="cors", signal=stop.signal))
        except JsException:
            raise diagnose(await probe(request)) from None
        if not response.ok:
            raise diagnose(Observation(request.url, str(js.location.href), status=int(response.status)))
        return await read_body(response, expected_bytes(response))
    except (asyncio.CancelledError, ImageProblem):
        stop.abort()
        raise


async def head_of(file: Any) -> bytes:
    """Return the first bytes of a file, enough to identify it."""
    head: bytes = (await file.slice(0, HEAD).arrayBuffer()).to_bytes()
    return head


async def kind_of(file: Any) -> Kind:
    """Return the kind of a file by its content."""
    return sniff(await head_of(file))


async def check(file: Any) -> Kind:
    """Return the kind of a file.

    Raises
    ------
    ImageProblem
        When its bytes show that it is not an image, or not a complete one.
    """
    size = int(file.size)
    kind = check_file(await head_of(file), str(file.type), size)
    if kind not in ("jpeg", "png"):
        return kind
    content = (await file.arrayBuffer()).to_bytes()
    # The frame header of a JPEG may lie behind a long profile or thumbnail.
    check_file(content, str(file.type), size)
    if not ends_well(content, kind):
        raise broken_off(size, None)
    return kind
