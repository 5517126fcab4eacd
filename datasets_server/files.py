"""Files and folders as answers: headers first, then bytes in bounded pieces."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import msgspec
from litestar.types import HTTPScope, Receive, Send

from datasets_server.conditions import Unsatisfiable, etag_of, is_unchanged, last_modified_of, wanted_range
from datasets_server.content_types import content_type_of
from datasets_server.errors import Refused
from datasets_server.listings import read_listing, read_question, render_page
from datasets_server.origins import Headers
from datasets_server.paths import RESERVED, Target, open_inside, parse_target

PIECE = 256 * 1024
"""Bytes read and sent at a time; memory per download is a small multiple of it."""

SAFE: Headers = [
    (b"x-content-type-options", b"nosniff"),
    # A hostile page or drawing that somebody put into the folder may not run scripts here.
    (b"content-security-policy", b"sandbox; default-src 'none'; style-src 'unsafe-inline'"),
    (b"referrer-policy", b"no-referrer"),
]


@dataclass(frozen=True)
class Answer:
    """An answer: status, headers, and a body that is in memory or a part of an open file."""

    status: int
    headers: Headers
    body: bytes = b""
    descriptor: int | None = None
    start: int = 0
    stop: int = 0


def json_answer(status: int, value: object, headers: Headers | None = None) -> Answer:
    """Return an answer whose body is JSON."""
    body = msgspec.json.encode(value)
    return _with_body(status, b"application/json", body, headers or [])


def refusal_answer(refused: Refused) -> Answer:
    """Return the answer that tells a client why its request was turned down."""
    value = {"status": refused.status, "error": HTTPStatus(refused.status).phrase, "reason": refused.reason}
    return json_answer(refused.status, value, refused.headers)


def _with_body(status: int, kind: bytes, body: bytes, headers: Headers) -> Answer:
    length = str(len(body)).encode()
    shared = [(b"content-type", kind), (b"content-length", length), (b"cache-control", b"no-cache")]
    return Answer(status, [*shared, *SAFE, *headers], body)


def request_headers(scope: HTTPScope) -> dict[str, str]:
    """Return the request headers, names in lower case; repeated ones are joined with a comma."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def answer_of(root: Path, raw_path: bytes, query: bytes, headers: Mapping[str, str]) -> Answer:
    """Decide the answer to a GET or HEAD request. Blocks on the disk.

    Parameters
    ----------
    root : Path
        The served folder, resolved.
    raw_path, query : bytes
        Of the request, still percent-encoded.
    headers : mapping of str to str
        Request headers, names in lower case. Give none of ``range`` for HEAD.

    Returns
    -------
    Answer
        Where ``descriptor`` is set, the caller closes it.

    Raises
    ------
    Refused
        With the reason for a 4xx or 503 answer.
    """
    target = parse_target(raw_path)
    if target.parts[:1] == (RESERVED,):
        raise Refused(404, f"Addresses that begin with /{RESERVED}/ belong to the server itself.")
    descriptor = open_inside(root, target.parts)
    kept = False
    try:
        info = os.fstat(descriptor)
        if stat.S_ISDIR(info.st_mode):
            return _folder_answer(root, target, descriptor, query, headers)
        if not stat.S_ISREG(info.st_mode):
            raise Refused(403, "Only plain files and folders are served.")
        if target.slash:
            raise Refused(404, "This is a file, not a folder. Take the slash off the end of the address.")
        answer = _file_answer(target.parts[-1], descriptor, info, headers)
        kept = answer.descriptor is not None
        return answer
    finally:
        if not kept:
            os.close(descriptor)


def _folder_answer(
    root: Path, target: Target, descriptor: int, query: bytes, headers: Mapping[str, str]
) -> Answer:
    if target.parts and not target.slash:
        place = "/" + "/".join(quote(os.fsencode(part), safe="") for part in target.parts) + "/"
        location = place.encode() + (b"?" + query if query else b"")
        return _with_body(307, b"text/plain", b"", [(b"location", location)])
    question = read_question(query, headers.get("accept", ""))
    listing = read_listing(root, target, descriptor, question)
    if question.json:
        return json_answer(200, listing, [(b"vary", b"Accept")])
    return _with_body(200, b"text/html; charset=utf-8", render_page(listing), [(b"vary", b"Accept")])


def _file_answer(name: str, descriptor: int, info: os.stat_result, headers: Mapping[str, str]) -> Answer:
    etag, size = etag_of(info), info.st_size
    shared: Headers = [
        *SAFE,
        (b"etag", etag.encode()),
        (b"last-modified", last_modified_of(info).encode()),
        (b"accept-ranges", b"bytes"),
        # Always ask again: an unchanged file costs one 304, and a replaced one is never shown stale.
        (b"cache-control", b"private, no-cache"),
    ]
    if is_unchanged(headers, etag, info.st_mtime):
        return Answer(304, shared)
    try:
        part = wanted_range(headers, etag, info.st_mtime, size)
    except Unsatisfiable:
        reason = f"The file has {size} bytes; the range that was asked for begins behind its end."
        raise Refused(416, reason, [(b"content-range", f"bytes */{size}".encode())]) from None
    start, stop = part or (0, size)
    shared.append((b"content-type", content_type_of(name, descriptor).encode()))
    shared.append((b"content-length", str(stop - start).encode()))
    if part is not None:
        shared.append((b"content-range", f"bytes {start}-{stop - 1}/{size}".encode()))
    return Answer(206 if part else 200, shared, descriptor=descriptor, start=start, stop=stop)


async def send_answer(answer: Answer, method: str, receive: Receive, send: Send) -> None:
    """Send an answer; stop reading the disk when the client goes away, and always close the file."""
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if method == "HEAD" or answer.descriptor is None:
            body = b"" if method == "HEAD" else answer.body
            await send({"type": "http.response.body", "body": body, "more_body": False})
        else:
            await _stream(answer.descriptor, answer.start, answer.stop, receive, send)
    finally:
        if answer.descriptor is not None:
            os.close(answer.descriptor)


async def _stream(descriptor: int, start: int, stop: int, receive: Receive, send: Send) -> None:
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        while start < stop and not gone.done():
            piece = await asyncio.to_thread(os.pread, descriptor, min(PIECE, stop - start), start)
            if not piece:
                # Somebody cut the file short. Leaving the answer unfinished closes the connection,
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
        raise Refused(405, "This folder is read-only: only GET, HEAD and OPTIONS work here.", allow)
    headers = request_headers(scope)
    if method == "HEAD":
        headers.pop("range", None)
    raw_path = scope["raw_path"].partition(b"?")[0]
    answer = await asyncio.to_thread(answer_of, root, raw_path, scope["query_string"], headers)
    await send_answer(answer, method, receive, send)
