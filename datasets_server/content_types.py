"""Content types, from our own table so that every computer gives the same answer."""

from __future__ import annotations

import os

_TYPES = {
    "avi": "video/x-msvideo",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "dcm": "application/dicom",
    "dic": "application/dicom",
    "dicom": "application/dicom",
    "gif": "image/gif",
    "gz": "application/gzip",
    "htm": "text/html; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "j2k": "image/j2c",
    "jp2": "image/jp2",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "jxl": "image/jxl",
    "md": "text/markdown; charset=utf-8",
    "mkv": "video/matroska",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "npy": "application/octet-stream",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "tar": "application/x-tar",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "txt": "text/plain; charset=utf-8",
    "webm": "video/webm",
    "webp": "image/webp",
    "xml": "application/xml",
    "zip": "application/zip",
}


def content_type_of(name: str, descriptor: int) -> str:
    """Return the content type of an open file.

    Parameters
    ----------
    name : str
        File name. Its last extension decides, when the table has it.
    descriptor : int
        Open file. Scanners write DICOM files without an extension, so the ``DICM`` mark at byte 128 decides
        for all other names.
    """
    known = _TYPES.get(name.rpartition(".")[2].lower()) if "." in name else None
    if known is not None:
        return known
    return "application/dicom" if os.pread(descriptor, 4, 128) == b"DICM" else "application/octet-stream"
