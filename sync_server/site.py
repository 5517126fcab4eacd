"""Serves the built site: which file, with which headers. No path leads out of its folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import File
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from sync_server import texts
from sync_server.errors import not_found

CONTENT_TYPES = {
    ".bin": "application/octet-stream",
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
ENCODINGS = [("br", ".br"), ("gzip", ".gz")]
"""Content encodings by preference, and the suffix of the precompressed file."""

_UNHASHED = frozenset({"index.html", "sw.js", "site.json"})
_HASHED = re.compile(r"^(assets/.*-[0-9A-Za-z_]{8,}\.|pyodide-[0-9A-Za-z]{8,}/)")


class Found(Struct, frozen=True):
    """A file of the site to send: its place, type and encoding."""

    path: Path
    name: str
    content_type: str
    encoding: str | None
    etag: str

    @property
    def cache_control(self) -> str:
        """How long to cache it: forever when its name has a hash of its content."""
        if self.name not in _UNHASHED and _HASHED.match(self.name):
            return "public, max-age=31536000, immutable"
        return "no-cache"


def accepted_encodings(header: str) -> set[str]:
    """Return the content encodings that an Accept-Encoding header allows.

    Examples
    --------
    >>> sorted(accepted_encodings("gzip, br;q=0.5, zstd;q=0"))
    ['br', 'gzip']
    """
    accepted = set()
    for part in header.split(","):
        name, _, weight = part.partition(";")
        if not re.fullmatch(r"\s*q=0(\.0*)?\s*", weight):
            accepted.add(name.strip().lower())
    return accepted


def find_file(site: Path, name: str, accept_encoding: str) -> Found | None:
    """Return the file of the site that a decoded URL path names. None when there is none.

    Names with `..`, backslashes, control characters or hidden parts, and links that lead out of the site,
    find nothing.
    """
    name = name.strip("/") or "index.html"
    parts = name.split("/")
    if any(part in ("", "..") or part.startswith(".") for part in parts) or re.search(
        r"[\\\x00-\x1f:]", name
    ):
        return None
    path = site.joinpath(*parts)
    content_type = CONTENT_TYPES.get(path.suffix.lower(), "application/octet-stream")
    accepted = accepted_encodings(accept_encoding)
    candidates = [(coding, Path(f"{path}{suffix}")) for coding, suffix in ENCODINGS if coding in accepted]
    for encoding, candidate in [*candidates, (None, path)]:
        try:
            inside = candidate.resolve(strict=True).is_relative_to(site.resolve())
            about = candidate.stat()
        except (OSError, ValueError):
            continue
        if inside and candidate.is_file():
            etag = f'"{about.st_mtime_ns:x}-{about.st_size:x}{encoding or ""}"'
            return Found(candidate, name, content_type, encoding, etag)
    return None


def _send(site: Path, name: str, request: Request[Any, Any, State]) -> Response[Any]:
    found = None
    if not re.match(r"/*api(/|$)", name):
        found = find_file(site, name, request.headers.get("accept-encoding", ""))
    if found is None:
        raise not_found(texts.NOTHING_HERE)
    headers = {"Cache-Control": found.cache_control, "Vary": "Accept-Encoding", "ETag": found.etag}
    if found.encoding:
        headers["Content-Encoding"] = found.encoding
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    return File(
        found.path,
        media_type=found.content_type,
        headers=headers,
        content_disposition_type="inline",
        etag=None,
    )


def site_handlers(site: Path) -> list[ControllerRouterHandler]:
    """Return the handlers that serve the site at the root."""

    @get("/", include_in_schema=False)
    async def index(request: Request[Any, Any, State]) -> Response[Any]:
        return _send(site, "", request)

    @get("/{name:path}", include_in_schema=False)
    async def site_file(request: Request[Any, Any, State], name: FromPath[str]) -> Response[Any]:
        return _send(site, name, request)

    return [index, site_file]
