"""What a file is by its first bytes, how large its image, and whether its end is there."""

from __future__ import annotations

import struct
from typing import Literal

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
"""Bytes from the beginning of a file that are enough for ``sniff`` and, in most files, ``dimensions``."""

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
    """Return what a file is by its first bytes (some hundred do); ``""`` when that is not known.

    Examples
    --------
    >>> sniff(b"GIF89a..."), sniff(b"  <!doctype html>"), sniff(b"???")
    ('gif', 'html', '')
    """
    if head[128:132] == b"DICM":
        return "dicom"  # whatever stands in the preamble: some writers make it a TIFF's head
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
    """Return the kind of a file that browsers show, or say what it is instead.

    Parameters
    ----------
    head
        Its first bytes, ``HEAD`` of them where there are as many.
    content_type
        What the server called it; only told, never trusted.
    size
        Bytes of the whole file.

    Raises
    ------
    ImageProblem
        ``truncated`` (it is empty), ``not_an_image``, ``unsupported`` or ``too_large``.
    """
    if size == 0:
        raise broken_off(0, None)
    kind = sniff(head)
    called = f" (the server calls it {shorten(content_type, 60)})" if content_type else ""
    if kind == "html":
        raise ImageProblem(
            "not_an_image",
            f"The address leads to a web page, not to an image{called}. It may be a sign-in page, or the "
            "page that shows the image rather than the file itself.",
        )
    if kind == "dicom":
        return kind
    if kind in _NAMES:
        raise ImageProblem(
            "unsupported",
            f"This is a {_NAMES[kind]} image, which browsers do not show. Save it as PNG or JPEG.",
        )
    if kind not in _SHOWN:
        raise ImageProblem("not_an_image", f"The file at this address is not an image{called}.")
    check_size(dimensions(head))
    return kind


def check_size(size: tuple[int, int] | None) -> None:
    """Refuse an image of more pixels than can be shown; None (size not known) passes.

    Raises
    ------
    ImageProblem
        ``too_large``.
    """
    if size and (size[0] * size[1] > MOST_PIXELS or max(size) > MOST_SIDE):
        raise too_many_pixels(*size)


def dimensions(head: bytes) -> tuple[int, int] | None:
    """Return width and height as a file's first bytes say, before any orientation; None when they do not.

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
    """Tell whether a JPEG or PNG has its end; other kinds pass.

    Browsers draw the beginning of a JPEG that was cut off, gray below: nobody should label that.
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
    """Where the first scan of the image itself begins; within it FF D9 is its end and nothing else."""
    return next((start for marker, start in _jpeg_segments(data) if marker == 0xDA), None)


def _jpeg_segments(data: bytes) -> list[tuple[int, int]]:
    """Markers up to the first scan, each with the place of its length field."""
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
