"""Files from other servers than our own: asked for without credentials, read piece by piece."""

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
"""Longest wait for the next piece of a file."""
_PROBE_MS = 10_000
OnReceived = Callable[[int, int | None], None]
"""Told how many bytes have come, of how many where that is known."""


def plan(url: str) -> Request:
    """Decide how this page may ask for an address; see `plan_request`."""
    return plan_request(url, str(js.location.href), can_target())


def can_target() -> bool:
    """Tell whether the browser can be told that an address lies in the local network."""
    return bool(js.Reflect.has(js.Request.prototype, "targetAddressSpace"))


def options(request: Request, **more: Any) -> Any:
    """Return what ``fetch`` is given for a request: no credentials and no referrer, whatever else."""
    made = {"credentials": "omit", "referrerPolicy": "no-referrer", **more}
    if request.target:
        made["targetAddressSpace"] = request.target
    return to_js(made, dict_converter=js.Object.fromEntries)


def expected_bytes(response: Any) -> int | None:
    """Return the size that an answer names; None where it names none, or one of the packed bytes.

    Raises
    ------
    ImageProblem
        When it is more than can be loaded.
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
    """Return the body as a blob; a body that breaks off, stands still or never ends is an `ImageProblem`."""
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


async def look_again(request: Request) -> Observation:
    """See whether the server answers when nothing of it may be read: then only its permission lacks."""
    page, targeted = str(js.location.href), request.target is not None
    seen = Observation(request.url, page, online=bool(js.navigator.onLine), targeted=targeted)
    signal = js.AbortSignal.timeout(_PROBE_MS)
    try:
        await js.fetch(request.url, options(request, mode="no-cors", cache="no-store", signal=signal))
    except JsException:
        return replace(seen, opaque=False, local_refused=targeted and await _local_refused())
    return replace(seen, opaque=True)


async def _local_refused() -> bool:
    """Tell whether the person forbade the page to reach the local network."""
    name = to_js({"name": "local-network-access"}, dict_converter=js.Object.fromEntries)
    try:
        return str((await js.navigator.permissions.query(name)).state) == "denied"
    except JsException:
        return False
