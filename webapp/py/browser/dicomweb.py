"""DICOMweb servers: searches with QIDO-RS, files and frames with WADO-RS.

A file is fetched once, as a whole, and the worker extracts its frames. If the instance is very large and an
address names a frame, only that frame is fetched. Answers of servers are not trusted.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import js
import numpy as np
from pyodide.ffi import JsException, to_js

from webapp.py.browser import texts
from webapp.py.browser.fetching import PATIENCE_S, expected_bytes, options, plan, probe, read_body
from webapp.py.compute.frame_answers import Unreadable, read_file_answer
from webapp.py.compute.protocol import ComputeProblem
from webapp.py.imaging.dicomweb import (
    JSON,
    WHOLE_FILE,
    Found,
    Part,
    Resource,
    parse,
    parts_of,
    read_list,
    search_url,
)
from webapp.py.imaging.dicomweb_access import DicomwebServer, headers_of, server_of
from webapp.py.imaging.dicomweb_metadata import bulk_addresses, uncompressed_bytes
from webapp.py.imaging.dicomweb_problems import diagnose_dicomweb, no_dicom
from webapp.py.imaging.files import HEAD
from webapp.py.imaging.sources import ImageProblem, Observation, stalled

MOST_WHOLE = 64 * 2**20
"""Bytes of uncompressed pixels up to which an instance is fetched whole for a single frame."""
MOST_KNOWN = 1_000
"""Number of instances for which the way to fetch them is remembered."""
MOST_HELD = 8
"""Frames held for the next caller, usually the one that located them."""
_FRAME = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
_BULK = 'multipart/related; type="application/octet-stream"'
_NO_FRAMES = ("server_error", "not_found", "dicomweb", "unsupported", "damaged")
"""Problems after which the whole file is fetched: the server has no frames, or unusable ones."""
Compute = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
Servers = Callable[[], Awaitable[list[DicomwebServer]]]
OnProgress = Callable[[str, int, int | None], None]
"""Called with an address, the bytes received, and the bytes expected or None."""


async def _no_servers() -> list[DicomwebServer]:
    return []


class Dicomweb:
    """Requests to DICOMweb servers. Cancelling the task that awaits a method stops its download.

    Parameters
    ----------
    compute
        Calls the compute worker, which makes files of frames.
    servers
        Returns the current servers of the person.
    on_progress
        Called with the progress of downloads.
    most_whole, patience
        See `MOST_WHOLE`, and the seconds to wait for the next piece of an answer.
    """

    def __init__(
        self,
        compute: Compute,
        servers: Servers = _no_servers,
        on_progress: OnProgress = lambda address, received, expected: None,
        most_whole: int = MOST_WHOLE,
        patience: float = PATIENCE_S,
    ) -> None:
        self._compute = compute
        self._servers = servers
        self._on_progress = on_progress
        self._most_whole = most_whole
        self._patience = patience
        self._huge: dict[Resource, bool] = {}
        self._held: dict[str, Any] = {}
        self._asking: dict[Resource, asyncio.Future[dict[str, Any]]] = {}

    async def search(
        self, place: Resource, offset: int = 0, limit: int = 100, **matching: str
    ) -> list[Found]:
        """Return what a server lists at a resource. See `search_url`.

        Raises
        ------
        ImageProblem
            When there is no list, with the reason and what to do.
        """
        url = search_url(place, offset=offset, limit=limit, **matching)
        blob, kind = await self._fetch(place.base, url, JSON)
        if not blob.size:
            return []  # 204: no results
        return read_list(place, await _json(url, blob, kind))

    async def file_of(
        self, address: str, frame: int, is_kept: Callable[[str], Awaitable[bool]]
    ) -> tuple[str, int]:
        """Return the address of the file that holds an image, and its frame in that file, from 0.

        Parameters
        ----------
        address
            The address of an instance or a frame.
        frame
            Which frame of an instance, from 0. Ignored if the address names one.
        is_kept
            Returns whether the file of an address is kept on this computer.
        """
        place = parse(address)
        if place.level in ("study", "series"):
            raise ImageProblem("address", texts.not_one_image(place.level))
        if place.frame is None:
            return place.address, frame
        instance = replace(place, frame=None)
        if await is_kept(instance.address) or not (
            await is_kept(place.address) or await self._is_huge(instance)
        ):
            return instance.address, place.frame - 1
        if not await is_kept(place.address):
            try:
                frame_file = await self._frame_file(place)
            except ImageProblem as problem:
                if problem.code not in _NO_FRAMES:
                    raise
                self._huge[instance] = False
                return instance.address, place.frame - 1
            while len(self._held) >= MOST_HELD:
                self._held.pop(next(iter(self._held)))
            self._held[place.address] = frame_file
        return place.address, 0

    async def fetch(self, address: str) -> Any:
        """Return the DICOM file of an instance, or of a single frame, as a ``Blob``.

        Raises
        ------
        ImageProblem
            When there is none, with the reason and what to do.
        """
        place = parse(address)
        if place.frame is not None:
            return self._held.pop(address, None) or await self._frame_file(place)
        blob, kind = await self._fetch(place.base, place.url, WHOLE_FILE, address)
        part = await _first_part(place.url, blob, kind)
        head = bytes(part.body[:HEAD])
        if head.lstrip()[:1] in (b"<", b"{", b"["):
            raise no_dicom(place.url, part.headers.get("content-type", ""), head)
        return blob.slice(part.start, part.start + len(part.body), "application/dicom")

    async def _is_huge(self, instance: Resource) -> bool:
        if instance not in self._huge:
            # All frames that are loaded at once share one request, which survives if the first is cancelled.
            asking = self._asking.get(instance)
            if asking is None:
                asking = self._asking[instance] = asyncio.ensure_future(self._metadata(instance))
                asking.add_done_callback(lambda _: self._asking.pop(instance, None))
            size = uncompressed_bytes(await asyncio.shield(asking))
            while len(self._huge) >= MOST_KNOWN:
                self._huge.pop(next(iter(self._huge)))
            self._huge[instance] = size > self._most_whole
        return self._huge[instance]

    async def _metadata(self, instance: Resource) -> dict[str, Any]:
        url = f"{instance.url}/metadata"
        found = await _json(url, *await self._fetch(instance.base, url, JSON))
        if not isinstance(found, list) or not found or not isinstance(found[0], dict):
            raise no_dicom(url, "", b"")
        return found[0]

    async def _frame_file(self, place: Resource) -> Any:
        instance = replace(place, frame=None)
        metadata = await self._metadata(instance)
        bulk = {}
        for tag, url in bulk_addresses(metadata, place.base, place.frame or 1).items():
            table = await _first_part(url, *await self._fetch(place.base, url, _BULK))
            bulk[tag] = np.frombuffer(table.body, np.uint8)
        part = await _first_part(place.url, *await self._fetch(place.base, place.url, _FRAME, place.address))
        arguments = {
            "metadata": json.dumps(metadata),
            "frame": place.frame,
            "pixels": np.frombuffer(part.body, np.uint8),
            "media_type": part.headers.get("content-type", ""),
            "bulk": bulk,
        }
        try:
            answer = read_file_answer(await self._compute("dicom_frame_file", arguments))
        except ComputeProblem as problem:
            raise ImageProblem("unsupported", str(problem)) from None
        if isinstance(answer, Unreadable):
            raise answer.problem()
        return js.Blob.new(to_js([to_js(answer.content)]))

    async def _fetch(self, base: str, url: str, accept: str, report_as: str = "") -> tuple[Any, str]:
        """Return the body of an answer and its type. Only the service at ``base`` gets its headers.

        The type is not that of the ``Blob``, which browsers convert to lowercase.
        """
        request = plan(url)
        server = server_of(await self._servers(), base)
        own = headers_of(server) if server is not None else {}
        stop = js.AbortController.new()
        how = options(
            request,
            mode="cors",
            # Patient data is only in the image cache, which can be cleared.
            cache="no-store",
            # A browser would send custom headers to the target of a redirect.
            redirect="error" if own else "follow",
            headers={"Accept": accept, **own},
            signal=stop.signal,
        )
        try:
            try:
                asked = asyncio.ensure_future(js.fetch(request.url, how))
                response = await asyncio.wait_for(asked, self._patience)
            except JsException:
                redirected = bool(own) and await _redirects(request)
                raise diagnose_dicomweb(await probe(request), bool(own), redirected) from None
            if not response.ok:
                seen = Observation(url, str(js.location.href), status=int(response.status))
                raise diagnose_dicomweb(seen, bool(own))
            body = await read_body(
                response,
                expected_bytes(response),
                partial(self._on_progress, report_as) if report_as else None,
                self._patience,
            )
            return body, str(response.headers.get("Content-Type") or "")
        except TimeoutError:
            stop.abort()
            raise stalled(url, self._patience) from None
        except (asyncio.CancelledError, ImageProblem):
            stop.abort()
            raise


async def _redirects(request: Any) -> bool:
    """Return whether a server redirects requests, asked without any secret."""
    try:
        answer = await js.fetch(
            request.url, options(request, mode="cors", cache="no-store", redirect="manual")
        )
    except JsException:
        return False
    return str(answer.type) == "opaqueredirect"


async def _first_part(url: str, blob: Any, kind: str) -> Part:
    """Return the first part of an answer, as a view of its bytes."""
    content = (await blob.arrayBuffer()).to_bytes()
    if not content or kind.lower().startswith(("text/", "application/xhtml")):
        raise no_dicom(url, kind, content[:HEAD])
    parts = parts_of(content, kind)
    if not parts:
        raise ImageProblem("dicomweb", texts.NO_DICOMWEB_PART)
    return parts[0]


async def _json(url: str, blob: Any, kind: str) -> Any:
    content = (await blob.arrayBuffer()).to_bytes()
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise no_dicom(url, kind, content[:HEAD]) from None
