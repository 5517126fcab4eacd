"""Messages with arrays between the page and its worker."""

from __future__ import annotations

from typing import Any

import js
from pyodide.ffi import to_js

from webapp.py.compute.protocol import from_bytes, to_bytes


def post(port: Any, message: dict[str, Any], arrays: list[Any]) -> None:
    """Send a message to a worker or to the page. Arrays are copied once and transferred."""
    sent = []
    for array in arrays:
        data, shape, dtype = to_bytes(array)
        sent.append({"data": to_js(data), "shape": shape, "dtype": dtype})
    whole = to_js({**message, "arrays": sent}, dict_converter=js.Object.fromEntries)
    port.postMessage(whole, to_js([entry["data"].buffer for entry in sent]))


def receive_arrays(arrays: Any) -> list[Any]:
    """Return the arrays of a message."""
    return [from_bytes(entry.data.to_py(), entry.shape.to_py(), str(entry.dtype)) for entry in arrays]
