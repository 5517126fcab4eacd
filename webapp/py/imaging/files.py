"""What kind a file is by its first bytes, how large its image is, and whether its end is there."""

from __future__ import annotations

import struct
from typing import Literal

from webapp.py.imaging import texts
from webapp.py.imaging.sources import (
    MOST_PIXELS,
    MOST_SIDE,
    ImageProblem,
    broken_off,
    shorten,
    too_many_pixels,
)

Kind = Literal[
    "jpeg",
    "png",
    "gif",
    "webp",
    "bmp",
    "avif",
    "heic",
    "tiff",
    "jp2",
    "jxl",
    "dicom",
    "svg",
    "html",
    "text",
    "",
]
HEAD = 65_536
"""Bytes from the start of a file that are enough for `sniff` and, in most files, `dimensions`."""

_SHOWN = frozenset({"jpeg", "png", "gif", "webp", "bmp", "avif"})
_NAMES = {
    "heic": "HEIC",
    "tiff": "TIFF",
    "jp2": "JPEG 2000",
    "jxl": "JPEG XL",
    "svg": "SVG",
}
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"),
    (b"\xff\x4f\xff\x51", "jp2"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jxl"),
    (b"\xff\x0a", "jxl"),
)


def sniff(head: bytes) -> Kind:
    """Return the kind of a file by its first bytes (a few hundred are enough), ``""`` if it is unknown.

    Examples
    --------
    >>> sniff(b"GIF89a..."), sniff(b"  <!doctype html>"), sniff(b"???")
    ('gif', 'html', '')
    """
    if head[128:132] == b"DICM":
        return "dicom"  # whatever the preamble is: some writers put the head of a TIFF there
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        brands = head[8:40]
        if b"avif" in brands or b"avis" in brands:
            return "avif"
        return "heic" if any(name in brands for name in (b"heic", b"heix", b"mif1")) else ""
    return _sniff_text(head)


def _sniff_text(head: bytes) -> Kind:
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    if start.startswith(b"<svg") or (
        start.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in start
    ):
        return "svg"
    if start.startswith((b"<", b"{", b"[")):
        return "text"
    return ""


def check_file(head: bytes, content_type: str, size: int) -> Kind:
    """Return the kind of a file that can be shown.

    Parameters
    ----------
    head
        Its first bytes: `HEAD` of them, or the whole file if it is smaller.
    content_type
        What the server calls it. Used in messages only, never trusted.
    size
        Size of the whole file, in bytes.

    Raises
    ------
    ImageProblem
        If it cannot be shown: ``truncated`` (empty), ``not_an_image``, ``unsupported`` or ``too_large``.

    Examples
    --------
    >>> check_file(b"GIF89a" + bytes([4, 0, 3, 0]), "image/gif", 800)
    'gif'
    """
    if size == 0:
        raise broken_off(0, None)
    kind = sniff(head)
    called = texts.called_by_server(shorten(content_type, 60))
    if kind == "html":
        raise ImageProblem("not_an_image", texts.web_page(called))
    if kind == "dicom":
        return kind
    if kind in _NAMES:
        raise ImageProblem("unsupported", texts.format_not_shown(_NAMES[kind]))
    if kind not in _SHOWN:
        raise ImageProblem("not_an_image", texts.not_an_image(called))
    check_size(dimensions(head))
    return kind


def check_size(size: tuple[int, int] | None) -> None:
    """Check that an image, of this width and height in pixels, can be shown. None (unknown) passes.

    Raises
    ------
    ImageProblem
        If it is too large (``too_large``).

    Examples
    --------
    >>> check_size((4000, 3000))
    """
    if size and (size[0] * size[1] > MOST_PIXELS or max(size) > MOST_SIDE):
        raise too_many_pixels(*size)


def dimensions(head: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels by a file's first bytes, before any rotation; None if unknown.

    Examples
    --------
    >>> dimensions(b"GIF89a" + bytes([4, 0, 3, 0]))
    (4, 3)
    """
    kind = sniff(head)
    try:
        if kind == "png":
            return struct.unpack_from(">II", head, 16)
        if kind == "gif":
            return struct.unpack_from("<HH", head, 6)
        if kind == "bmp":
            width, height = struct.unpack_from("<ii", head, 18)
            return width, abs(height)
        if kind == "jpeg":
            return _jpeg_frame(head)
    except struct.error:
        return None
    return None


def ends_well(data: bytes, kind: Kind) -> bool:
    """Return whether a JPEG or PNG has its end. Other kinds pass.

    Browsers draw the start of a JPEG that was cut off, gray below. Nobody should label that.

    Examples
    --------
    >>> ends_well(b"GIF89a", "gif"), ends_well(b"PNG", "png")
    (True, False)
    """
    if kind == "png":
        return data.rfind(b"IEND") >= 0
    if kind == "jpeg":
        scan = _jpeg_scan(data)
        return scan is not None and data.find(b"\xff\xd9", scan) >= 0
    return True


def _jpeg_frame(head: bytes) -> tuple[int, int] | None:
    for marker, start in _jpeg_segments(head):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", head, start + 3)
            return width, height
    return None


def _jpeg_scan(data: bytes) -> int | None:
    """Return where the first scan of the image starts; in it, FF D9 always means the end."""
    return next((start for marker, start in _jpeg_segments(data) if marker == 0xDA), None)


def _jpeg_segments(data: bytes) -> list[tuple[int, int]]:
    """Return the markers up to the first scan, each with the position of its length field."""
    found: list[tuple[int, int]] = []
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            break
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        found.append((marker, place + 2))
        if marker == 0xDA:
            break
        (length,) = struct.unpack_from(">H", data, place + 2)
        place += 2 + length
    return found
