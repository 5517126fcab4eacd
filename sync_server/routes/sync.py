"""The sync request, and the stream that says when to send one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, cast

import msgspec
from litestar import Response, get, post
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, QueryParameter
from litestar.response import Stream

from sync_server import accounts, texts
from sync_server.access import hears_of
from sync_server.auth import Caller, signed_in
from sync_server.body import KeptJson
from sync_server.change_feed import Changed, Listener
from sync_server.errors import ApiError
from sync_server.routes.common import Asking, server_of
from sync_server.state import Server
from sync_server.storage import Transaction
from sync_server.sync_handler import Outcome
from sync_server.sync_request import SMALL_BYTES, check_elements, no_collection, read_in_parts, read_request
from webapp.py.domain.wire import SyncReply, SyncRequest

MOST_BODY_BYTES = 32 * 1024 * 1024
"""Largest sync request. A client with more to send uses several."""


@post(
    "/api/sync",
    guards=[signed_in],
    dto=KeptJson[SyncRequest],
    status_code=200,
    request_max_body_size=MOST_BODY_BYTES,
    responses={200: ResponseSpec(SyncReply, generate_examples=False)},
    tags=["Sync"],
)
async def synchronize(request: Asking, data: JSONBody[SyncRequest]) -> Response[bytes]:
    """Send ops and receive what changed since the cursor, in one transaction.

    Ops are applied in order. Each ends up in `done` or, with a reason, in `refused`. An op that was accepted
    before is `done` again and changes nothing. 409 with code `protocol`: page and server versions differ.
    """
    server = server_of(request)
    person = request.user.person
    body = cast(bytes, data)
    check_elements(body)
    if len(body) <= SMALL_BYTES:
        answer = await _answer(server, person, read_request(body), long=False)
    else:
        # One at a time, so that memory stays bounded, and on other threads, so that the others are answered.
        async with server.long_requests:
            with no_collection():
                answer = await _answer(
                    server, person, await asyncio.to_thread(read_in_parts, body), long=True
                )
    return Response(answer, media_type=MediaType.JSON)


async def _answer(server: Server, person: str, data: SyncRequest, *, long: bool) -> bytes:
    def job(transaction: Transaction) -> Outcome:
        return server.sync_handler(transaction, person, data)

    outcome = await (server.storage.write(job, long=long) if data.ops else server.storage.read(job))
    if outcome.changed is not None:
        server.change_feed.changed(data.scope, outcome.changed, by_client=data.client_id)
    return msgspec.json.encode(outcome.reply)


@get("/api/events", guards=[signed_in], tags=["Sync"])
async def events(request: Asking, client_id: Annotated[str, QueryParameter(max_length=64)] = "") -> Stream:
    """Stream server-sent events: `changed`, with the scope as data, whenever that scope is worth a sync.

    Only changes count that you may see. With `client_id` those that this client sent itself are left out.
    The stream ends when the session ends and when the server stops. 429 when you have too many streams open.
    """
    server = server_of(request)
    listener = Listener(request.user.person, request.user.digest, client_id)
    if server.change_feed.streams(listener.person) >= server.settings.event_streams:
        raise ApiError(429, "too-many-streams", texts.TOO_MANY_STREAMS, {"Retry-After": "60"})
    return Stream(
        _event_lines(server, request.user, listener),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _event_lines(server: Server, caller: Caller, listener: Listener) -> AsyncIterator[str]:
    # Not before: a stream whose client has gone again is never asked for its first line.
    if server.change_feed.streams(caller.person) >= server.settings.event_streams:
        return
    server.change_feed.add(listener)
    try:
        yield "retry: 2000\n\n"
        silent_since = time.monotonic()
        while True:
            left = silent_since + server.settings.keep_alive_s - time.monotonic()
            scopes = await listener.wait(max(left, 0))
            if listener.closed or not _is_valid(server, caller):
                return
            named = [scope for scope, what in scopes.items() if _hears_of(server, caller.person, scope, what)]
            if not named and scopes:
                continue  # even that something else has changed is not for everybody
            yield "".join(f"event: changed\ndata: {scope}\n\n" for scope in named) or ": alive\n\n"
            silent_since = time.monotonic()
    finally:
        server.change_feed.remove(listener)


def _is_valid(server: Server, caller: Caller) -> bool:
    check = accounts.key_is_valid if caller.by_key else accounts.session_is_valid
    return server.storage.look(lambda transaction: check(transaction, caller.digest))


def _hears_of(server: Server, person: str, scope: str, what: Changed) -> bool:
    return server.storage.look(lambda transaction: hears_of(transaction, person, scope, what))


HANDLERS = [synchronize, events]
