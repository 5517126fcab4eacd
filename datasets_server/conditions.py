"""HTTP validators and ranges as pure functions (RFC 9110, sections 8.8, 13 and 14).

werkzeug reads the headers. The decisions are ours where werkzeug is more generous than the RFC: see
docs/decisions/0009-http-conditions.md.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from werkzeug.http import http_date, parse_date, parse_etags, parse_range_header

_EMPTY_SUFFIX = re.compile(r"bytes\s*=\s*-0+\s*", re.ASCII | re.IGNORECASE)


class Unsatisfiable(ValueError):
    """A well-formed range outside the file."""


def etag_of(info: os.stat_result) -> str:
    """Return the strong validator of a file. It changes when the file is replaced, resized or rewritten."""
    return f'"{info.st_ino:x}-{info.st_size:x}-{info.st_mtime_ns:x}"'


def last_modified_of(info: os.stat_result) -> str:
    """Return the time of the last change as an HTTP date (whole seconds, UTC)."""
    return http_date(int(info.st_mtime))


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
        return parse_etags(tags).contains_weak(etag.strip('"'))
    since = _seconds(headers.get("if-modified-since"))
    return since is not None and int(modified) <= since


def wanted_range(headers: Mapping[str, str], etag: str, modified: float, size: int) -> tuple[int, int] | None:
    """Return the part of the file that the client wants.

    Parameters
    ----------
    headers : mapping of str to str
        Request headers, names in lower case. ``If-Range`` is honored.
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
        When the range starts after the end of the file.

    Examples
    --------
    >>> wanted_range({"range": "bytes=-4"}, '"x"', 0.0, 10)
    (6, 10)
    """
    header = headers.get("range", "")
    if not _range_is_current(headers.get("if-range"), etag, modified):
        return None
    if _EMPTY_SUFFIX.fullmatch(header):
        raise Unsatisfiable("the last 0 bytes")
    wanted = parse_range_header(header)
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return None
    start, stop = wanted.ranges[0]
    if start < 0:
        start = max(0, size + start)
    if start >= size:
        raise Unsatisfiable(f"bytes {start}- of {size}")
    return start, size if stop is None else min(stop, size)


def _range_is_current(condition: str | None, etag: str, modified: float) -> bool:
    if condition is None:
        return True
    # Unlike If-None-Match, this takes only a strong tag or exactly the same date (RFC 9110, 13.1.5).
    return condition.strip() == etag or _seconds(condition) == int(modified)


def _seconds(date: str | None) -> int | None:
    moment = parse_date(date)
    return None if moment is None else int(moment.timestamp())
