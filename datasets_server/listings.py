"""Listings of a folder: JSON for programs, a small page for people, paged for huge folders."""

from __future__ import annotations

import heapq
import html
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from datasets_server import texts
from datasets_server.errors import HttpError
from datasets_server.paths import RESERVED, Target, can_be_asked_for, real_parts

LIMIT = 1000
LARGEST_LIMIT = 10_000


class Entry(msgspec.Struct, frozen=True):
    """One file or folder: its name for people, its address relative to the listing, size and last change.

    ``bytes`` is None for folders; ``modified`` is milliseconds UTC.
    """

    name: str
    kind: Literal["file", "folder"]
    bytes: int | None
    modified: int
    url: str


class Listing(msgspec.Struct, frozen=True):
    """One page of a folder, names in code point order. ``next`` is the relative address of the next page."""

    path: str
    entries: list[Entry]
    next: str | None


class ListingQuery(msgspec.Struct, frozen=True):
    """What a listing request asks for."""

    json: bool
    limit: int = LIMIT
    after: str = ""


def parse_query(query: bytes, accept: str) -> ListingQuery:
    """Read the query and the ``Accept`` header of a listing request.

    Raises
    ------
    HttpError
        400 when a parameter makes no sense.
    """
    try:
        pairs = parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, errors="surrogateescape", max_num_fields=20
        )
    except ValueError:
        raise HttpError(400, texts.BAD_QUERY) from None
    given = dict(pairs)
    kind = given.get("format", "json" if "application/json" in accept else "html")
    if kind not in ("json", "html"):
        raise HttpError(400, texts.BAD_FORMAT)
    limit = given.get("limit", str(LIMIT))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 9 and 1 <= int(limit) <= LARGEST_LIMIT):
        raise HttpError(400, texts.bad_limit(LARGEST_LIMIT))
    return ListingQuery(kind == "json", int(limit), given.get("after", ""))


def read_listing(root: Path, target: Target, descriptor: int, wanted: ListingQuery) -> Listing:
    """Read one page of an open folder.

    Only the names of one page are held in memory, however many files the folder has.

    Parameters
    ----------
    root : path
        The served folder, resolved.
    target : Target
        Which folder below it.
    descriptor : int
        The folder, open.
    wanted : ListingQuery
        Page size and the name after which the page starts.
    """
    with os.scandir(descriptor) as found:
        names = heapq.nsmallest(wanted.limit + 1, _names(root, target, found, wanted.after))
    page = names[: wanted.limit]
    entries = [entry for name in page if (entry := _entry(descriptor, name)) is not None]
    following = _next(wanted, page[-1]) if len(names) > len(page) else None
    return Listing(_shown("/" + "/".join((*target.parts, ""))), entries, following)


def _names(root: Path, target: Target, found: Iterator[os.DirEntry[str]], after: str) -> Iterator[str]:
    for entry in found:
        name = entry.name
        if name <= after or (name == RESERVED and not target.parts):
            continue
        if not can_be_asked_for(os.fsencode(name)):
            continue
        if entry.is_symlink():
            try:
                real_parts(root, (*target.parts, name))
            except (HttpError, OSError):
                continue
        yield name


def _entry(descriptor: int, name: str) -> Entry | None:
    try:
        info = os.stat(name, dir_fd=descriptor)
        if not os.access(name, os.R_OK, dir_fd=descriptor):
            return None
    except OSError:
        return None  # it was removed while we were reading
    url = quote(os.fsencode(name), safe="")
    modified = info.st_mtime_ns // 1_000_000
    if stat.S_ISDIR(info.st_mode):
        return Entry(_shown(name), "folder", None, modified, url + "/")
    if stat.S_ISREG(info.st_mode):
        return Entry(_shown(name), "file", info.st_size, modified, url)
    return None


def _next(wanted: ListingQuery, last: str) -> str:
    kind = "json" if wanted.json else "html"
    return "?" + urlencode({"format": kind, "limit": wanted.limit, "after": os.fsencode(last)})


def _shown(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")


def render_page(listing: Listing) -> bytes:
    """Return a listing as a small HTML page without scripts."""
    title = html.escape(listing.path)
    rows = "".join(
        f'<tr><td><a href="{html.escape(entry.url)}">{html.escape(entry.name)}'
        f"{'/' if entry.kind == 'folder' else ''}</a></td>"
        f"<td>{'' if entry.bytes is None else f'{entry.bytes:,}'}</td></tr>\n"
        for entry in listing.entries
    )
    up = '<p><a href="../">up</a></p>' if listing.path != "/" else ""
    more = f'<p><a href="{html.escape(listing.next)}">next page</a></p>' if listing.next else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><style>body{font:15px/1.6 system-ui;margin:2rem}'
        "td{padding:0 2rem 0 0}td+td{text-align:right;color:#666}</style></head>"
        f"<body><h1>{title}</h1>{up}<table>{rows}</table>{more}</body></html>\n"
    ).encode()
