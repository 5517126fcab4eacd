"""What the page reads from the metadata of an instance (PS3.18 F.2) before it fetches more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

PIXELS = frozenset({"7FE00008", "7FE00009", "7FE00010"})
"""Tags whose values are pixels."""
PER_FRAME = "52009230"
"""The tag of the functional groups of each frame."""
MOST_NESTED = 16
"""How many sequences within each other are searched."""


def uncompressed_bytes(metadata: Mapping[str, Any]) -> int:
    """Return the size of an instance's uncompressed pixels in bytes, 0 if the metadata does not say.

    Examples
    --------
    >>> entry = {"00280010": {"Value": [2]}, "00280011": {"Value": [3]}, "00280100": {"Value": [16]}}
    >>> uncompressed_bytes(entry | {"00280008": {"Value": ["5"]}})
    60
    """
    rows, columns, bits = (_number(metadata, tag, 0) for tag in ("00280010", "00280011", "00280100"))
    samples, frames = _number(metadata, "00280002", 1), _number(metadata, "00280008", 1)
    return rows * columns * samples * frames * bits // 8


def bulk_addresses(metadata: Mapping[str, Any], base: str, frame: int = 1) -> dict[str, str]:
    """Return the addresses of bulk data other than pixels, such as look-up tables, by path.

    A path is a tag, or the tags and items that lead to it in sequences: ``00283010/0/00283006``. A server
    behind a proxy may name addresses that only it can reach. So only the path of an address from ``/studies``
    on is used, below ``base``, the address of the service. This also keeps requests away from other servers.

    Parameters
    ----------
    metadata
        The instance in the DICOM JSON model.
    base
        The address of the service.
    frame
        Which frame is needed, counted from 1. The functional groups of others are left out.

    Examples
    --------
    >>> bulk_addresses({"00281201": {"vr": "OW", "BulkDataURI": "http://in:8042/x/studies/1/bulk/2"}}, "http://p/d")
    {'00281201': 'http://p/d/studies/1/bulk/2'}
    """
    found = {}
    for path, address in _bulk(metadata, "", frame, MOST_NESTED):
        _, mark, rest = urlsplit(address).path.partition("/studies/")
        if mark and ".." not in rest:
            found[path] = f"{base}{mark}{rest}"
    return found


def _bulk(elements: Mapping[str, Any], path: str, frame: int, depth: int) -> Iterator[tuple[str, str]]:
    for tag, element in elements.items():
        if not isinstance(element, dict) or tag.upper() in PIXELS or not is_public(tag):
            continue
        address = element.get("BulkDataURI")
        if isinstance(address, str):
            yield path + tag, address
        for number, item in needed_items(tag, element, frame) if depth else ():
            yield from _bulk(item, f"{path}{tag}/{number}/", frame, depth - 1)


def needed_items(tag: str, element: Mapping[str, Any], frame: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Return the items of a sequence that one frame needs, with their numbers from 0.

    Examples
    --------
    >>> list(needed_items("52009230", {"vr": "SQ", "Value": [{"a": 1}, {"b": 2}]}, 2))
    [(1, {'b': 2})]
    """
    items = element.get("Value")
    if element.get("vr") != "SQ" or not isinstance(items, list):
        return
    own = min(max(frame, 1), len(items)) - 1
    for number, item in enumerate(items):
        if isinstance(item, dict) and (tag != PER_FRAME or number == own):
            yield number, item


def is_public(tag: str) -> bool:
    """Return whether a tag belongs to the standard. Reading an image needs no private tags.

    Examples
    --------
    >>> is_public("00281050"), is_public("00291010")
    (True, False)
    """
    return (
        bool(re.fullmatch(r"[0-9A-Fa-f]{8}", tag)) and int(tag[3], 16) % 2 == 0 and tag[:4].upper() < "FFF0"
    )


def _number(metadata: Mapping[str, Any], tag: str, default: int) -> int:
    element = metadata.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    text = str(values[0]) if isinstance(values, list) and values else ""
    return int(text) if re.fullmatch(r"\d{1,9}", text) else default
