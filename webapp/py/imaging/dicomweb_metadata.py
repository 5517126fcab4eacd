"""What the page takes from an instance's metadata (PS3.18 F.2) before it fetches more of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

PIXELS = frozenset({"7FE00008", "7FE00009", "7FE00010"})
"""Tags whose values are pixels."""


def uncompressed_bytes(metadata: Mapping[str, Any]) -> int:
    """Return how many bytes the pixels of an instance have when they are unpacked; 0 where it does not say.

    Examples
    --------
    >>> entry = {"00280010": {"Value": [2]}, "00280011": {"Value": [3]}, "00280100": {"Value": [16]}}
    >>> uncompressed_bytes(entry | {"00280008": {"Value": ["5"]}})
    60
    """
    rows, columns, bits = (_number(metadata, tag, 0) for tag in ("00280010", "00280011", "00280100"))
    samples, frames = _number(metadata, "00280002", 1), _number(metadata, "00280008", 1)
    return rows * columns * samples * frames * bits // 8


def bulk_addresses(metadata: Mapping[str, Any], base: str) -> dict[str, str]:
    """Return where bulk data other than pixels lies, look-up tables and the like, by the tag.

    A server that does not know under which address it is seen from outside names wrong ones: what counts is
    the path from ``/studies`` on, under ``base``, the service's own address. So nobody is asked who was not
    meant to be.

    Examples
    --------
    >>> bulk_addresses({"00281201": {"vr": "OW", "BulkDataURI": "http://in:8042/x/studies/1/bulk/2"}}, "http://p/d")
    {'00281201': 'http://p/d/studies/1/bulk/2'}
    """
    found = {}
    for tag, element in metadata.items():
        address = element.get("BulkDataURI") if isinstance(element, dict) else None
        if not isinstance(address, str) or tag.upper() in PIXELS or not is_public(tag):
            continue
        _, mark, rest = urlsplit(address).path.partition("/studies/")
        if mark and ".." not in rest:
            found[tag] = f"{base}{mark}{rest}"
    return found


def is_public(tag: str) -> bool:
    """Tell whether a tag is one of the standard's data sets; reading an image needs no others."""
    return (
        bool(re.fullmatch(r"[0-9A-Fa-f]{8}", tag)) and int(tag[3], 16) % 2 == 0 and tag[:4].upper() < "FFF0"
    )


def _number(metadata: Mapping[str, Any], tag: str, default: int) -> int:
    element = metadata.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    text = str(values[0]) if isinstance(values, list) and values else ""
    return int(text) if re.fullmatch(r"\d{1,9}", text) else default
