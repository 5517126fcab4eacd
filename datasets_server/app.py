"""The application: a door that every request passes, the folder behind it, and the server's own routes."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from datasets_server.errors import Refused
from datasets_server.files import Answer, refusal_answer, request_headers, send_answer, serve_file
from datasets_server.logs import log
from datasets_server.origins import ANY, cors_headers, may_name, may_read, preflight_headers
from datasets_server.paths import RESERVED
from datasets_server.settings import Settings

OWN = f"/{RESERVED}/".encode()

Inner = Callable[[HTTPScope, Receive, Send], Awaitable[None]]


def create_app(settings: Settings) -> ASGIApp:
    """Return the ASGI application that serves one folder.

    Everything outside ``/-/`` is the folder; the server's own routes live in a Litestar application below
    ``/-/``. The door in front of both checks the host name, answers preflights, adds the headers that let
    other origins read, turns refusals into answers and writes the log.
    """
    own = create_routes(settings.root)

    async def inner(scope: HTTPScope, receive: Receive, send: Send) -> None:
        if scope["raw_path"].startswith(OWN):
            await own(scope, receive, send)
        else:
            await serve_file(settings.root, scope, receive, send)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            await _answer(settings, inner, scope, receive, send)
        else:
            await own(scope, receive, send)

    return app


def create_routes(root: Path) -> Litestar:
    """Return the server's own routes."""

    @get("/-/health", sync_to_thread=True)
    def health() -> Response[dict[str, str]]:
        """Say whether the served folder can be read right now."""
        try:
            os.scandir(root).close()
        except OSError:
            return Response({"status": "the folder cannot be read"}, status_code=503)
        return Response({"status": "ok"})

    return Litestar(
        [health], openapi_config=None, logging_config=None, exception_handlers={HTTPException: _own_refusal}
    )


def _own_refusal(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, object]]:
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    value: dict[str, object] = {"status": error.status_code, "error": error.detail, "reason": error.detail}
    return Response(value, status_code=error.status_code, headers=headers)


async def _answer(settings: Settings, inner: Inner, scope: HTTPScope, receive: Receive, send: Send) -> None:
    began = time.monotonic()
    method = str(scope["method"])
    headers = request_headers(scope)
    shared = cors_headers(headers.get("origin"), settings.origins)
    status = size = 0

    async def forward(message: Message) -> None:
        nonlocal status, size
        if message["type"] == "http.response.start":
            status = message["status"]
            message["headers"] = [*message.get("headers", []), *shared]
        elif message["type"] == "http.response.body":
            size += len(message["body"])
        await send(message)

    try:
        _check_name(settings, headers)
        if method == "OPTIONS":
            await _preflight(settings, headers, receive, forward)
        else:
            await inner(scope, receive, forward)
    except Refused as refused:
        await send_answer(refusal_answer(refused), method, receive, forward)
    except (asyncio.CancelledError, ConnectionError):
        raise
    except Exception:
        log("failed", logging.ERROR, trace=True, method=method, path=scope["path"])
        if not status:
            unknown = Refused(500, "The datasets server made a mistake. Its log says more.")
            await send_answer(refusal_answer(unknown), method, receive, forward)
    finally:
        spent = round((time.monotonic() - began) * 1000, 1)
        client = (scope.get("client") or ("", 0))[0]
        log("request", method=method, path=scope["path"], status=status, bytes=size, ms=spent, client=client)


def _check_name(settings: Settings, headers: dict[str, str]) -> None:
    if ANY in settings.origins or may_name(headers.get("host", ""), settings.names):
        return
    raise Refused(
        403, "The server does not know itself by this host name. Start it with --name and the name."
    )


async def _preflight(settings: Settings, headers: dict[str, str], receive: Receive, send: Send) -> None:
    origin = headers.get("origin")
    if origin is None:
        extra = [(b"allow", b"GET, HEAD, OPTIONS")]
    elif may_read(origin, settings.origins):
        extra = preflight_headers(headers.get("access-control-request-private-network") == "true")
    else:
        reason = f"Pages of {origin} may not read this folder. Start the server with --origin {origin}"
        raise Refused(403, reason)
    await send_answer(Answer(204, extra), "OPTIONS", receive, send)
