"""Downloads that resume, show their size, and reject a file with another hash than the pinned one."""

from __future__ import annotations

import hashlib
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from builder.console import Failure, Progress

CONNECT_SECONDS = 5
TRIES = 4
CHUNK = 1 << 16


class Unreachable(Exception):
    """A source that this machine can't reach right now. The next one may work."""


class WrongHash(Failure):
    """A file with another hash than the pinned one."""

    def __init__(self, name: str, wanted: str, found: str, origin: str) -> None:
        super().__init__(
            f"{name} from {origin} was rejected because its hash is not the pinned one.\n"
            f"  pinned sha256: {wanted}\n  this file's:   {found}\n"
            "Either a proxy or mirror altered the download, or the source has changed. The file was deleted. "
            "Try again from another network. If the hash is still wrong, report it before you change "
            "the lock."
        )


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file as hex digits."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def is_pinned(path: Path, sha256: str) -> bool:
    """Return whether the file exists and has the pinned hash."""
    return path.is_file() and sha256_of(path) == sha256


def accept(path: Path, sha256: str, origin: str) -> None:
    """Delete a file whose hash is not the pinned one.

    Raises
    ------
    WrongHash
        If the hashes differ.
    """
    found = sha256_of(path)
    if found != sha256:
        name = path.name.removesuffix(".partial")
        path.unlink()
        raise WrongHash(name, sha256, found, origin)


def download(
    url: str, target: Path, *, sha256: str | None = None, pause: Callable[[float], None] = time.sleep
) -> None:
    """Download a URL to ``target``, and resume an earlier try from ``target.partial``.

    Raises
    ------
    Unreachable
        If the URL does not answer or the connection keeps breaking. The partial file is kept.
    WrongHash
        If the complete file does not have the pinned hash. Nothing is kept.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    for attempt in range(TRIES):
        try:
            _append(url, partial, target.name)
            break
        except urllib.error.HTTPError as error:
            if error.code == 416:
                partial.unlink(missing_ok=True)
                continue
            raise Unreachable(f"{urlsplit(url).hostname} answered {error.code} {error.reason}") from error
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            if attempt + 1 == TRIES or not partial.exists():
                raise Unreachable(f"{urlsplit(url).hostname}: {reason}") from error
            pause(0.5 * 2**attempt)
    if sha256 is not None:
        accept(partial, sha256, urlsplit(url).hostname or url)
    os.replace(partial, target)


def _append(url: str, partial: Path, name: str) -> None:
    have = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=CONNECT_SECONDS, context=_tls()) as answer:
        resumed = have > 0 and answer.status == 206
        have = have if resumed else 0
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else 0
        with open(partial, "ab" if resumed else "wb") as handle, Progress(name, total) as progress:
            progress.advance(have)
            while chunk := answer.read(CHUNK):
                handle.write(chunk)
                progress.advance(len(chunk))
            if total and progress.done < total:
                raise ConnectionError(f"the connection broke after {progress.done} of {total} bytes")


def _tls() -> ssl.SSLContext:
    """Trust the certificates that pip trusts here. Some companies inspect traffic with their own."""
    context = ssl.create_default_context()
    for name in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        bundle = os.environ.get(name)
        if bundle and Path(bundle).is_file():
            context.load_verify_locations(bundle)
    return context
