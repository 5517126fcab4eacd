"""A server of images that does, on demand, what servers do wrong; and good images to compare with."""

from __future__ import annotations

import http.server
import io
import struct
from urllib.parse import parse_qs, urlsplit

import imagecodecs
import numpy as np
from PIL import Image
from pydicom import Dataset, dcmwrite

from tests.browser.sites import Server


def photo(width: int = 64, height: int = 48) -> Image.Image:
    """Columns run from black to red, rows from black to green: each pixel says where it is."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width).astype(np.uint8)
    pixels[..., 1] = np.linspace(0, 255, height).astype(np.uint8)[:, None]
    return Image.fromarray(pixels)


def saved(image: Image.Image, kind: str, orientation: int = 1) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(out, kind, exif=exif, quality=95, subsampling=0) if kind == "JPEG" else image.save(out, kind)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A small PNG whose header claims another size."""
    data = bytearray(saved(photo(), "PNG"))
    struct.pack_into(">II", data, 16, width, height)
    return bytes(data)


def core_bitmap() -> bytes:
    """A BMP with the oldest header, of 12 bytes; rows come from below, colors as blue, green, red."""
    pixels = np.asarray(photo())[::-1, :, ::-1]
    head = struct.pack("<IHHIIHHHH", 26 + pixels.size, 0, 0, 26, 12, pixels.shape[1], pixels.shape[0], 1, 24)
    return b"BM" + head + pixels.tobytes()


BARE_VALUES = np.arange(48, dtype=np.uint16).reshape(6, 8)


def bare_dicom() -> bytes:
    """A DICOM image in implicit VR, without preamble and meta header."""
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = "1.2.840.10008.5.1.4.1.1.4", "1.2.3", "MR"
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.Rows, data.Columns = BARE_VALUES.shape
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
    data.PixelData = BARE_VALUES.tobytes()
    out = io.BytesIO()
    dcmwrite(out, data, implicit_vr=True, little_endian=True)
    return out.getvalue()


PNG = saved(photo(), "PNG")
JPEG = saved(photo(640, 480), "JPEG")
SMALL = saved(photo(), "JPEG")
DEEP = bytes(imagecodecs.jpeg8_encode(np.zeros((16, 16), np.uint16), bitspersample=12))
FILES: dict[str, tuple[str, bytes]] = {
    "good.png": ("image/png", PNG),
    "good.jpg": ("image/jpeg", JPEG),
    "turned.jpg": ("image/jpeg", saved(photo(), "JPEG", orientation=6)),
    "misnamed.txt": ("text/plain", PNG),
    "page.html": ("text/html; charset=utf-8", b"<!doctype html><title>Sign in</title>"),
    "note.png": ("image/png", b"not found, sorry"),
    "empty.png": ("image/png", b""),
    "cut.jpg": ("image/jpeg", JPEG[: len(JPEG) // 2]),
    "cut.png": ("image/png", PNG[: len(PNG) // 2]),
    "garbled.png": ("image/png", PNG[:60] + bytes(len(PNG) - 80) + PNG[-20:]),
    "huge.png": ("image/png", claiming(60_000, 60_000)),
    "core.bmp": ("image/bmp", core_bitmap()),
    "stray.jpg": ("image/jpeg", SMALL[:20] + b"\x00\x12\x00" + SMALL[20:]),
    "endless.jpg": ("image/jpeg", SMALL[:-2]),
    "deep.jpg": ("image/jpeg", DEEP),
    "bare.dcm": ("application/octet-stream", bare_dicom()),
    "scan.dcm": ("application/dicom", bytes(128) + b"DICM" + bytes(200)),
    "scan.tif": ("image/tiff", b"II*\0" + bytes(200)),
}


class Handler(http.server.BaseHTTPRequestHandler):
    """``/good.png?cors=no&status=401&lost=200``: no header, a status, an end after so many bytes."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        wish = {name: values[0] for name, values in parse_qs(parts.query).items()}
        type(self).asked.append(parts.path[1:])
        kind, body = FILES.get(parts.path[1:], ("text/plain", b"no such file"))
        status = int(wish.get("status", 200 if parts.path[1:] in FILES else 404))
        self.send_response(status)
        if wish.get("cors") != "no":
            self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", wish.get("claims", str(len(body))))
        self.end_headers()
        lost = int(wish.get("lost", len(body)))
        self.wfile.write(body[:lost])
        if lost < len(body) or "claims" in wish:
            self.wfile.flush()
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve_images() -> Server:
    Handler.asked.clear()
    return Server(Handler)
