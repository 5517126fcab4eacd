"""Decoded DICOM frames as files, so that a later visit shows them before the compute worker has started."""

from __future__ import annotations

import json
import struct
from typing import Any

import js
import msgspec
import numpy as np
from pyodide.ffi import to_js

from webapp.py.compute.frame_answers import Frame
from webapp.py.compute.protocol import from_bytes, pack, to_bytes, unpack

MOST_BYTES = 16 * 1024 * 1024
"""Frames with more bytes than this are not kept."""
_LENGTH = struct.Struct("<I")


def frame_name(address: str, build: str) -> str:
    """Return the name of a kept frame. Another build of Limner may decode the file differently."""
    return f"decoded {build} {address}"


def file_of_frame(frame: Frame) -> Any | None:
    """Return a frame as a ``Blob``, or None if it is too large to keep."""
    text, arrays = pack(frame)
    if sum(array.nbytes for array in arrays) > MOST_BYTES:
        return None
    packed = [to_bytes(array) for array in arrays]
    head = json.dumps({"text": text, "arrays": [[shape, kind] for _, shape, kind in packed]}).encode()
    parts = [_LENGTH.pack(len(head)), head, *(flat for flat, _, _ in packed)]
    return js.Blob.new(to_js([to_js(part) for part in parts]))


async def frame_in(file: Any) -> Frame | None:
    """Return the frame in a file written by `file_of_frame`, or None if the file is damaged."""
    content = memoryview((await file.arrayBuffer()).to_bytes())
    try:
        (length,) = _LENGTH.unpack_from(content)
        at = _LENGTH.size + length
        head = json.loads(bytes(content[_LENGTH.size : at]))
        arrays = []
        for shape, kind in head["arrays"]:
            size = int(np.prod(shape)) * np.dtype(kind).itemsize
            arrays.append(from_bytes(content[at : at + size], shape, kind))
            at += size
        frame: Frame = msgspec.convert(unpack(head["text"], arrays), Frame)
    except (ValueError, KeyError, TypeError, struct.error, msgspec.ValidationError):
        return None
    return frame
