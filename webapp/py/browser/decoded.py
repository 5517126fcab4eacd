"""Decoded DICOM frames as files: what was looked at before is on the screen before the worker has started."""

from __future__ import annotations

import json
import struct
from typing import Any

import js
import numpy as np
from pyodide.ffi import to_js

from webapp.py.compute.protocol import from_bytes, pack, to_bytes, unpack

MOST_BYTES = 16 * 1024 * 1024
"""A frame with more than this is decoded anew each time."""
_LENGTH = struct.Struct("<I")


def name_of(address: str, build: str) -> str:
    """Return what a decoded frame is kept as: another build of Limner may read the file in another way."""
    return f"decoded {build} {address}"


def blob_of(answer: dict[str, Any]) -> Any | None:
    """Return the worker's answer about a frame as a ``Blob``, None for one that is not worth the room."""
    text, arrays = pack(answer)
    if sum(array.nbytes for array in arrays) > MOST_BYTES:
        return None
    packed = [to_bytes(array) for array in arrays]
    head = json.dumps({"text": text, "arrays": [[shape, kind] for _, shape, kind in packed]}).encode()
    parts = [_LENGTH.pack(len(head)), head, *(flat for flat, _, _ in packed)]
    return js.Blob.new(to_js([to_js(part) for part in parts]))


async def answer_in(blob: Any) -> dict[str, Any]:
    """Return the worker's answer that `blob_of` wrote."""
    content = memoryview((await blob.arrayBuffer()).to_bytes())
    (length,) = _LENGTH.unpack_from(content)
    at = _LENGTH.size + length
    head = json.loads(bytes(content[_LENGTH.size : at]))
    arrays = []
    for shape, kind in head["arrays"]:
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        arrays.append(from_bytes(content[at : at + size], shape, kind))
        at += size
    answer: dict[str, Any] = unpack(head["text"], arrays)
    return answer
