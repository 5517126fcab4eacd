"""The body of a sync request: bounded before it is decoded, and decoded once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from sync_server import texts
from sync_server.body import reasons
from sync_server.errors import ApiError
from webapp.py.domain.model import Id
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import MOST_OPS, PROTOCOL, Cursor, Scope, SyncRequest

SMALL_BYTES = 256 * 1024
"""Bodies up to this are decoded right away, which takes less than handing them to a thread."""
MOST_LISTS = 500_000
"""Most lists and objects in a body. Each takes twenty times the bytes that it takes as JSON.

A point of an outline is one. A page sends at most 4 MB at once, which is 350,000 points of four digits.
"""
MOST_VALUES = 4_000_000
"""Most values in a body. A run of a mask is one."""


class _Envelope(Struct):
    """The one part of a sync request that every protocol has."""

    protocol: int


class _OpenOp(Struct, kw_only=True):
    """An op whose fields are not decoded yet."""

    op_id: Id
    table: Annotated[str, Meta(max_length=40)]
    id: Id
    fields: msgspec.Raw


class _OpenRequest(Struct, kw_only=True):
    """A request whose ops are not decoded yet."""

    protocol: int
    client_id: Id
    scope: Scope
    cursor: Cursor = ""
    ops: Annotated[list[_OpenOp], Meta(max_length=MOST_OPS)] = []


_Request = TypeVar("_Request", SyncRequest, _OpenRequest)
_decoder = msgspec.json.Decoder(SyncRequest)
_open_decoder = msgspec.json.Decoder(_OpenRequest)
_fields_decoder = msgspec.json.Decoder(dict[str, Any])


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector from looking at every list of a request again and again.

    JSON has no circles, so there is nothing for it to find, and it would take ten times as long as decoding.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def check_elements(body: bytes) -> None:
    """Reject a body that would take far more memory than it has bytes.

    Brackets and commas in texts count, too.

    Raises
    ------
    ApiError
        With 413.
    """
    lists = body.count(b"[") + body.count(b"{")
    if lists > MOST_LISTS or lists + body.count(b",") > MOST_VALUES:
        raise ApiError(413, "too-large", texts.TOO_MANY_PARTS)


def read_request(body: bytes) -> SyncRequest:
    """Return the request in a body.

    Raises
    ------
    ApiError
        With 409 and the code ``protocol`` for a page of another protocol, whatever the rest of its request
        looks like; with 400 for a body that is not a request.
    """
    return _checked(body, _decoder)


def read_in_parts(body: bytes) -> SyncRequest:
    """Do the same as `read_request` op by op, so that other threads get their turn in between."""
    request = _checked(body, _open_decoder)
    with reasons():
        ops = [
            Op(op_id=op.op_id, table=op.table, id=op.id, fields=_fields_decoder.decode(memoryview(op.fields)))
            for op in request.ops
        ]
    return SyncRequest(
        protocol=request.protocol,
        client_id=request.client_id,
        scope=request.scope,
        cursor=request.cursor,
        ops=ops,
    )


def _checked(body: bytes, decoder: msgspec.json.Decoder[_Request]) -> _Request:
    try:
        with reasons():
            request = decoder.decode(body)
    except ApiError:
        _check_protocol(body)
        raise
    if request.protocol != PROTOCOL:
        raise _other_protocol()
    return request


def _check_protocol(body: bytes) -> None:
    try:
        protocol = msgspec.json.decode(body, type=_Envelope).protocol
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if protocol != PROTOCOL:
        raise _other_protocol()


def _other_protocol() -> ApiError:
    return ApiError(409, "protocol", texts.OTHER_VERSION)
