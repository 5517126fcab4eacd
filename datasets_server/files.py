"""Files and folders as responses: headers first, then bytes in bounded pieces."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from datasets_server import texts
from datasets_server.conditions import Unsatisfiable, etag_of, is_unchanged, last_modified_of, wanted_range
from datasets_server.content_types import content_type_of
from datasets_server.errors import HttpError
from datasets_server.listings import parse_query, read_listing, render_page
from datasets_server.origins import Headers
from datasets_server.paths import RESERVED, Target, open_inside, parse_target

if TYPE_CHECKING:
    from litestar.types import HTTPScope, Receive, Send

PIECE = 256 * 1024
"""Bytes read and sent at a time. The memory of a download is a small multiple of it."""

SAFE: Headers = [
    (b"x-content-type-options", b"nosniff"),
    # A hostile page or drawing in the folder must not run scripts here.
    (b"content-security-policy", b"sandbox; default-src 'none'; style-src 'unsafe-inline'"),
    (b"referrer-policy", b"no-referrer"),
]


@dataclass(frozen=True)
class FileResponse:
    """A response: status, headers, and a body in memory or a part of an open file."""

    status: int
    headers: Headers
    body: bytes = b""
    descriptor: int | None = None
    start: int = 0
    stop: int = 0


def json_response(status: int, value: object, headers: Headers | None = None) -> FileResponse:
    """Return a response whose body is JSON."""
    body = msgspec.json.encode(value)
    return _with_body(status, b"application/json", body, headers or [])


def error_response(error: HttpError) -> FileResponse:
    """Return the response that tells a client what went wrong."""
    value = {"status": error.status, "error": HTTPStatus(error.status).phrase, "reason": error.reason}
    return json_response(error.status, value, error.headers)


def _with_body(status: int, kind: bytes, body: bytes, headers: Headers) -> FileResponse:
    length = str(len(body)).encode()
    shared = [(b"content-type", kind), (b"content-length", length), (b"cache-control", b"no-cache")]
    return FileResponse(status, [*shared, *SAFE, *headers], body)


def request_headers(scope: HTTPScope) -> dict[str, str]:
    """Return the request headers, names in lower case. Repeated ones are joined with a comma."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def response_for(root: Path, raw_path: bytes, query: bytes, headers: Mapping[str, str]) -> FileResponse:
    """Decide the response to a GET or HEAD request. Blocks on the disk.

    Parameters
    ----------
    root : Path
        The served folder, resolved.
    raw_path, query : bytes
        Of the request, still percent-encoded.
    headers : mapping of str to str
        Request headers, names in lower case. Without ``range`` for HEAD.

    Returns
    -------
    FileResponse
        Where ``descriptor`` is set, the caller closes it.

    Raises
    ------
    HttpError
        For a 4xx or 503 response.
    """
    target = parse_target(raw_path)
    if target.parts[:1] == (RESERVED,):
        raise HttpError(404, texts.reserved(RESERVED))
    descriptor = open_inside(root, target.parts)
    kept = False
    try:
        info = os.fstat(descriptor)
        if stat.S_ISDIR(info.st_mode):
            return _folder_response(root, target, descriptor, query, headers)
        if not stat.S_ISREG(info.st_mode):
            raise HttpError(403, texts.PLAIN_FILES_ONLY)
        if target.slash:
            raise HttpError(404, texts.NOT_A_FOLDER)
        response = _file_response(target.parts[-1], descriptor, info, headers)
        kept = response.descriptor is not None
        return response
    finally:
        if not kept:
            os.close(descriptor)


def _folder_response(
    root: Path, target: Target, descriptor: int, query: bytes, headers: Mapping[str, str]
) -> FileResponse:
    if target.parts and not target.slash:
        place = "/" + "/".join(quote(os.fsencode(part), safe="") for part in target.parts) + "/"
        location = place.encode() + (b"?" + query if query else b"")
        return _with_body(307, b"text/plain", b"", [(b"location", location)])
    wanted = parse_query(query, headers.get("accept", ""))
    listing = read_listing(root, target, descriptor, wanted)
    if wanted.json:
        return json_response(200, listing, [(b"vary", b"Accept")])
    return _with_body(200, b"text/html; charset=utf-8", render_page(listing), [(b"vary", b"Accept")])


def _file_response(
    name: str, descriptor: int, info: os.stat_result, headers: Mapping[str, str]
) -> FileResponse:
    etag, size = etag_of(info), info.st_size
    shared: Headers = [
        *SAFE,
        (b"etag", etag.encode()),
        (b"last-modified", last_modified_of(info).encode()),
        (b"accept-ranges", b"bytes"),
        # Always revalidate: an unchanged file costs one 304, and a replaced one is never shown stale.
        (b"cache-control", b"private, no-cache"),
    ]
    if is_unchanged(headers, etag, info.st_mtime):
        return FileResponse(304, shared)
    try:
        part = wanted_range(headers, etag, info.st_mtime, size)
    except Unsatisfiable:
        headers_416 = [(b"content-range", f"bytes */{size}".encode())]
        raise HttpError(416, texts.range_outside(size), headers_416) from None
    start, stop = part or (0, size)
    shared.append((b"content-type", content_type_of(name, descriptor).encode()))
    shared.append((b"content-length", str(stop - start).encode()))
    if part is not None:
        shared.append((b"content-range", f"bytes {start}-{stop - 1}/{size}".encode()))
    return FileResponse(206 if part else 200, shared, descriptor=descriptor, start=start, stop=stop)


async def send_response(response: FileResponse, method: str, receive: Receive, send: Send) -> None:
    """Send a response. Stops reading the disk when the client goes away, and always closes the file."""
    try:
        await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
        if method == "HEAD" or response.descriptor is None:
            body = b"" if method == "HEAD" else response.body
            await send({"type": "http.response.body", "body": body, "more_body": False})
        else:
            await _stream(response.descriptor, response.start, response.stop, receive, send)
    finally:
        if response.descriptor is not None:
            os.close(response.descriptor)


async def _stream(descriptor: int, start: int, stop: int, receive: Receive, send: Send) -> None:
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        while start < stop and not gone.done():
            piece = await asyncio.to_thread(os.pread, descriptor, min(PIECE, stop - start), start)
            if not piece:
                # The file was truncated. Leaving the response unfinished closes the connection,
                # which the client sees as a failed download instead of a wrong file.
                return
            start += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def serve_file(root: Path, scope: HTTPScope, receive: Receive, send: Send) -> None:
    """Answer one request for a file or folder below ``root``."""
    method = str(scope["method"])
    if method not in ("GET", "HEAD"):
        allow = [(b"allow", b"GET, HEAD, OPTIONS")]
        raise HttpError(405, texts.READ_ONLY, allow)
    headers = request_headers(scope)
    if method == "HEAD":
        headers.pop("range", None)
    raw_path = scope["raw_path"].partition(b"?")[0]
    response = await asyncio.to_thread(response_for, root, raw_path, scope["query_string"], headers)
    await send_response(response, method, receive, send)
