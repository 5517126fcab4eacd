"""HTTP validators and ranges as pure functions (RFC 9110, sections 8.8, 13 and 14)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime

_RANGE = re.compile(r"bytes\s*=\s*(\d{0,19})-(\d{0,19})\s*", re.ASCII | re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?("[^"]*")')


class Unsatisfiable(ValueError):
    """A well-formed range that lies outside the file."""


def etag_of(info: os.stat_result) -> str:
    """Return the strong validator of a file: it changes when the file is replaced, resized or rewritten."""
    return f'"{info.st_ino:x}-{info.st_size:x}-{info.st_mtime_ns:x}"'


def last_modified_of(info: os.stat_result) -> str:
    """Return the time of the last change as an HTTP date (whole seconds, UTC)."""
    return formatdate(int(info.st_mtime), usegmt=True)


def is_unchanged(headers: Mapping[str, str], etag: str, modified: float) -> bool:
    """Tell whether the client's copy is still good, so that the answer is 304.

    Parameters
    ----------
    headers : mapping of str to str
        Request headers, names in lower case.
    etag : str
        Current validator, with its quotes.
    modified : float
        Time of the last change in seconds UTC.
    """
    tags = headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or etag in _TAG.findall(tags)
    since = _seconds(headers.get("if-modified-since", ""))
    return since is not None and int(modified) <= since


def wanted_range(headers: Mapping[str, str], etag: str, modified: float, size: int) -> tuple[int, int] | None:
    """Return the part of the file that the client wants.

    Parameters
    ----------
    headers : mapping of str to str
        Request headers, names in lower case. ``If-Range`` is honoured.
    etag, modified : str, float
        Current validator and time of the last change in seconds UTC.
    size : int
        Length of the file in bytes.

    Returns
    -------
    (start, stop) or None
        Half-open byte range, or None for the whole file: no range asked, a stale ``If-Range``, several ranges
        at once or a range that cannot be read (RFC 9110 lets a server ignore these).

    Raises
    ------
    Unsatisfiable
        The range begins behind the end of the file.

    Examples
    --------
    >>> wanted_range({"range": "bytes=-4"}, '"x"', 0.0, 10)
    (6, 10)
    """
    match = _RANGE.fullmatch(headers.get("range", "").strip())
    if match is None or not _range_is_current(headers.get("if-range"), etag, modified):
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= size:
        raise Unsatisfiable(f"bytes {start}- of {size}")
    return start, stop


def _range_is_current(condition: str | None, etag: str, modified: float) -> bool:
    if condition is None:
        return True
    if condition.lstrip().startswith(('"', "W/")):
        return condition.strip() == etag
    return _seconds(condition) == int(modified)


def _seconds(date: str) -> int | None:
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
