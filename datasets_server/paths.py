"""From a request target to an open file, with no way out of the served folder."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from datasets_server import texts
from datasets_server.errors import HttpError, http_error_of

RESERVED = "-"
"""First path segment kept for the server's own routes, such as ``/-/health``."""

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
# O_PATH opens folders that we may enter but not list. macOS has no such flag.
_ENTER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True)
class Target:
    """A checked request path: its decoded segments, and whether it ended with a slash."""

    parts: tuple[str, ...]
    slash: bool


def can_be_asked_for(name: bytes) -> bool:
    """Tell whether `parse_target` takes a name, however it is encoded in an address."""
    return not (name.startswith(b".") or re.search(rb"[/\\\x00-\x1f\x7f]", name))


def parse_target(raw_path: bytes) -> Target:
    """Decode a raw request path once and reject every trick in it.

    Parameters
    ----------
    raw_path : bytes
        The path as it was sent, still percent-encoded, without the query.

    Returns
    -------
    Target
        Segments as the file system spells them (undecodable bytes as surrogates). Empty segments are dropped.

    Raises
    ------
    HttpError
        400 for broken or dangerous encodings and for ``.`` and ``..``, 403 for hidden names.

    Examples
    --------
    >>> parse_target(b"/photos/my%20cat.jpg").parts
    ('photos', 'my cat.jpg')
    """
    if not raw_path.startswith(b"/"):
        raise HttpError(400, texts.NO_LEADING_SLASH)
    if _BAD_ESCAPE.search(raw_path):
        raise HttpError(400, texts.BAD_ESCAPE)
    parts = []
    for segment in raw_path.split(b"/"):
        name = unquote_to_bytes(segment)
        if b"/" in name or b"\\" in name:
            raise HttpError(400, texts.HIDDEN_SLASH)
        if any(byte < 32 or byte == 127 for byte in name):
            raise HttpError(400, texts.CONTROL_CHARACTER)
        if name in (b".", b".."):
            raise HttpError(400, texts.DOT_STEP)
        if name.startswith(b"."):
            raise HttpError(403, texts.HIDDEN)
        if name:
            parts.append(os.fsdecode(name))
    return Target(tuple(parts), raw_path.endswith(b"/"))


def real_parts(root: Path, parts: tuple[str, ...]) -> tuple[str, ...]:
    """Follow links and return the path of the target inside ``root``.

    Parameters
    ----------
    root : Path
        The served folder, already resolved.
    parts : tuple of str
        Segments below it.

    Raises
    ------
    HttpError
        403 when a link leads out of ``root`` or to a hidden name.
    OSError
        When there is no such file or it cannot be reached.
    """
    real = Path(os.path.realpath(root.joinpath(*parts), strict=True))
    if not real.is_relative_to(root):
        raise HttpError(403, texts.LEADS_OUT)
    inside = real.relative_to(root).parts
    if any(name.startswith(".") for name in inside):
        raise HttpError(403, texts.HIDDEN)
    return inside


def open_inside(root: Path, parts: tuple[str, ...]) -> int:
    """Open a file or folder below ``root`` for reading and return its descriptor.

    Links inside the folder work. The resolved path is then opened one name at a time without following any
    link, so a name that turns into a link after the check cannot lead out.

    Raises
    ------
    HttpError
        404, 403 or 503 with a reason.
    """
    try:
        return _walk(root, real_parts(root, parts))
    except OSError as error:
        raise http_error_of(error) from error


def _walk(root: Path, parts: tuple[str, ...]) -> int:
    if not parts:
        return os.open(root, _READ | os.O_DIRECTORY)
    folder = os.open(root, _ENTER)
    try:
        for name in parts[:-1]:
            inner = os.open(name, _ENTER, dir_fd=folder)
            os.close(folder)
            folder = inner
        mode = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise HttpError(403, texts.PLAIN_FILES_ONLY)
        return os.open(parts[-1], _READ, dir_fd=folder)
    finally:
        os.close(folder)
