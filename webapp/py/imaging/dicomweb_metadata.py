"""What the page reads from the metadata of an instance (PS3.18 F.2) before it fetches more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

PIXELS = frozenset({"7FE00008", "7FE00009", "7FE00010"})
"""Tags whose values are pixels."""


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


def bulk_addresses(metadata: Mapping[str, Any], base: str) -> dict[str, str]:
    """Return the addresses of bulk data other than pixels, such as look-up tables, by tag.

    A server behind a proxy may name addresses that only it can reach. So only the path from ``/studies`` on
    is used, below ``base``, the address of the service. This also keeps requests away from other servers.

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
