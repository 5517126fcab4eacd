"""Files from servers other than ours: requested without credentials, read in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import js
from pyodide.ffi import JsException, to_js

from webapp.py.imaging.sources import (
    MOST_BYTES,
    Observation,
    Request,
    broken_off,
    plan_request,
    stalled,
    too_many_bytes,
)

PATIENCE_S = 120.0
"""Longest wait for the next piece of a file, in seconds."""
_PROBE_MS = 10_000
OnReceived = Callable[[int, int | None], None]
"""Called with the bytes received, and the bytes expected or None."""


def plan(url: str) -> Request:
    """Return how this page may request an address. See `plan_request`."""
    return plan_request(url, str(js.location.href), can_target())


def can_target() -> bool:
    """Return whether requests can say that an address is in the local network."""
    return bool(js.Reflect.has(js.Request.prototype, "targetAddressSpace"))


def options(request: Request, **more: Any) -> Any:
    """Return the options of ``fetch`` for a request: never with credentials or a referrer."""
    made = {"credentials": "omit", "referrerPolicy": "no-referrer", **more}
    if request.target:
        made["targetAddressSpace"] = request.target
    return to_js(made, dict_converter=js.Object.fromEntries)


def expected_bytes(response: Any) -> int | None:
    """Return the size that a response announces, or None if that is unknown or the size when compressed.

    Raises
    ------
    ImageProblem
        When the file is too large to load.
    """
    length = response.headers.get("Content-Length")
    encoded = bool(response.headers.get("Content-Encoding"))
    expected = int(length) if length and str(length).isdigit() and not encoded else None
    if expected is not None and expected > MOST_BYTES:
        raise too_many_bytes(expected)
    return expected


async def read_body(
    response: Any,
    expected: int | None,
    on_received: OnReceived | None = None,
    patience: float = PATIENCE_S,
) -> Any:
    """Return the body as a ``Blob``. A body that breaks off, stalls or is too large is an `ImageProblem`."""
    reader = response.body.getReader()
    parts = js.Array.new()
    received = 0
    while True:
        try:
            step = await asyncio.wait_for(asyncio.ensure_future(reader.read()), patience)
        except JsException:
            raise broken_off(received, expected) from None
        except TimeoutError:
            raise stalled(str(response.url), patience) from None
        if step.done:
            break
        received += int(step.value.byteLength)
        if received > MOST_BYTES:
            raise too_many_bytes(received)
        parts.push(step.value)
        if on_received is not None:
            on_received(received, expected)
    kind = str(response.headers.get("Content-Type") or "")
    return js.Blob.new(parts, to_js({"type": kind}, dict_converter=js.Object.fromEntries))


async def probe(request: Request) -> Observation:
    """Request an address again without reading the answer. If that works, only CORS headers are missing."""
    page, targeted = str(js.location.href), request.target is not None
    seen = Observation(request.url, page, online=bool(js.navigator.onLine), targeted=targeted)
    signal = js.AbortSignal.timeout(_PROBE_MS)
    try:
        await js.fetch(request.url, options(request, mode="no-cors", cache="no-store", signal=signal))
    except JsException:
        return replace(seen, opaque=False, local_refused=targeted and await _local_refused())
    return replace(seen, opaque=True)


async def _local_refused() -> bool:
    """Return whether the person denied this page access to the local network."""
    name = to_js({"name": "local-network-access"}, dict_converter=js.Object.fromEntries)
    try:
        return str((await js.navigator.permissions.query(name)).state) == "denied"
    except JsException:
        return False
