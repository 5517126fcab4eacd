"""Zip files and wheels with identical bytes on every machine and every day."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)


def zip_bytes(files: dict[str, bytes]) -> bytes:
    """Return a zip whose bytes depend on its contents alone: sorted, with one date, uncompressed.

    Compressors differ from machine to machine, and the site compresses the whole file anyway.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def write_wheel(
    folder: Path, name: str, version: str, tag: str, metadata: bytes, files: dict[str, bytes]
) -> Path:
    """Write a wheel with these files and this METADATA and return its path."""
    info = f"{name}-{version}.dist-info"
    header = f"Wheel-Version: 1.0\nGenerator: limner\nRoot-Is-Purelib: false\nTag: {tag}\n"
    whole = {**files, f"{info}/METADATA": metadata, f"{info}/WHEEL": header.encode()}
    record = "".join(f"{path},sha256={_digest(whole[path])},{len(whole[path])}\n" for path in sorted(whole))
    whole[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    target = folder / f"{name}-{version}-{tag}.whl"
    partial = target.with_name(target.name + ".partial")
    partial.write_bytes(zip_bytes(whole))
    os.replace(partial, target)
    return target


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
