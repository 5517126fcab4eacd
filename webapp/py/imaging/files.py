"""What kind a file is by its first bytes, how large its image is, and whether its end is there."""

from __future__ import annotations

import struct
from typing import Literal

from webapp.py.imaging import texts
from webapp.py.imaging.bare_dicom import is_bare_dicom
from webapp.py.imaging.jpeg import END, frame_of, scan_of
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
    "psd",
    "netpbm",
    "tga",
    "ico",
    "exr",
    "hdr",
    "dds",
    "xcf",
    "fits",
    "nrrd",
    "pdf",
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
    "heic": "a HEIC",
    "tiff": "a TIFF",
    "jp2": "a JPEG 2000",
    "jxl": "a JPEG XL",
    "psd": "a Photoshop (PSD)",
    "netpbm": "a PPM, PGM or PBM",
    "tga": "a TGA",
    "ico": "an icon (ICO)",
    "exr": "an OpenEXR",
    "hdr": "a Radiance HDR",
    "dds": "a DDS",
    "xcf": "a GIMP (XCF)",
    "fits": "a FITS",
    "nrrd": "an NRRD",
    "pdf": "a PDF",
    "svg": "an SVG",
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
    (b"8BPS", "psd"),
    *((b"P%d%c" % (number, space), "netpbm") for number in range(1, 8) for space in b"\n\r\t "),
    (b"v/1\x01", "exr"),
    (b"#?RADIANCE", "hdr"),
    (b"#?RGBE", "hdr"),
    (b"DDS ", "dds"),
    (b"gimp xcf", "xcf"),
    (b"SIMPLE  =", "fits"),
    (b"NRRD000", "nrrd"),
    (b"%PDF-", "pdf"),
)
_ICONS = (b"\x00\x00\x01\x00", b"\x00\x00\x02\x00")
"""How icons and cursors begin, before the number of images in them."""
_CORE_HEADER = 12
"""Size of the oldest header of BMP, which has sides of 16 bits."""
_TGA_TYPES = (1, 2, 3, 9, 10, 11)
_TGA_DEPTHS = (8, 15, 16, 24, 32)


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
    if is_bare_dicom(head):
        return "dicom"
    if head[:4] in _ICONS and any(head[4:6]):
        return "ico"
    return "tga" if _is_tga(head) else _sniff_text(head)


def _is_tga(head: bytes) -> bool:
    """Return whether a file begins like a TGA, which has no signature: each field must make sense."""
    if len(head) < 18 or head[1] not in (0, 1) or head[2] not in _TGA_TYPES or head[16] not in _TGA_DEPTHS:
        return False
    width, height = struct.unpack_from("<HH", head, 12)
    mapped = head[2] in (1, 9)
    colors_fit = bool(head[1]) if mapped else head[1] == 1 or not any(head[3:8])
    return colors_fit and min(width, height) > 0 and not head[17] & 0xC0


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
    if kind == "jpeg":
        _check_jpeg(head)
    check_size(dimensions(head))
    return kind


def _check_jpeg(head: bytes) -> None:
    frame = frame_of(head)
    name = "" if frame is None else texts.jpeg_name(frame.bits, frame.lossless, frame.arithmetic)
    if name:
        raise ImageProblem("unsupported", texts.format_not_shown(name))


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
            core = struct.unpack_from("<I", head, 14)[0] == _CORE_HEADER
            width, height = struct.unpack_from("<HH" if core else "<ii", head, 18)
            return width, abs(height)
        if kind == "jpeg":
            frame = frame_of(head)
            return (frame.width, frame.height) if frame is not None else None
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
        scan = scan_of(data)
        return scan is not None and data.find(END, scan) >= 0
    return True
