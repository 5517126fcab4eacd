"""The application: one entry that every request passes, the folder behind it, and the server's own routes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from datasets_server import texts
from datasets_server.errors import HttpError
from datasets_server.files import FileResponse, error_response, request_headers, send_response, serve_file
from datasets_server.logs import logger
from datasets_server.origins import ANY, cors_headers, may_name, may_read, preflight_headers
from datasets_server.paths import RESERVED
from datasets_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from litestar import Litestar
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

    Inner = Callable[[HTTPScope, Receive, Send], Awaitable[None]]

OWN = f"/{RESERVED}/".encode()


def create_app(settings: Settings) -> ASGIApp:
    """Return the ASGI application that serves one folder.

    Everything outside ``/-/`` is the folder. The server's own routes are a Litestar application under
    ``/-/``. The entry in front of both checks the host name, answers preflights, adds the headers that let
    other origins read, turns errors into responses and writes the log.
    """
    own = OwnRoutes(settings.root)

    async def inner(scope: HTTPScope, receive: Receive, send: Send) -> None:
        if scope["raw_path"].startswith(OWN):
            await own(scope, receive, send)
        else:
            await serve_file(settings.root, scope, receive, send)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn runs without lifespan events and WebSockets, so this is a request.
        await _answer(settings, inner, cast("HTTPScope", scope), receive, send)

    return app


class OwnRoutes:
    """The server's own routes, created on the first request for one of them.

    Litestar is two thirds of the time that a start takes, and files do not need it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._app: asyncio.Future[Litestar] | None = None

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request under ``/-/``."""
        if self._app is None:
            self._app = asyncio.ensure_future(asyncio.to_thread(self._create))
        app = await asyncio.shield(self._app)
        await app(scope, receive, send)

    def _create(self) -> Litestar:
        from datasets_server.routes import create_routes

        return create_routes(self._root)


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
    except HttpError as error:
        await send_response(error_response(error), method, receive, forward)
    except (asyncio.CancelledError, ConnectionError):
        raise
    except Exception:
        logger.exception("failed", method=method, path=scope["path"])
        if not status:
            unknown = HttpError(500, texts.INTERNAL_ERROR)
            await send_response(error_response(unknown), method, receive, forward)
    finally:
        spent = round((time.monotonic() - began) * 1000, 1)
        client = (scope.get("client") or ("", 0))[0]
        logger.info(
            "request", method=method, path=scope["path"], status=status, bytes=size, ms=spent, client=client
        )


def _check_name(settings: Settings, headers: dict[str, str]) -> None:
    if not (ANY in settings.origins or may_name(headers.get("host", ""), settings.names)):
        raise HttpError(403, texts.UNKNOWN_HOST)


async def _preflight(settings: Settings, headers: dict[str, str], receive: Receive, send: Send) -> None:
    origin = headers.get("origin")
    if origin is None:
        extra = [(b"allow", b"GET, HEAD, OPTIONS")]
    elif may_read(origin, settings.origins):
        extra = preflight_headers(headers.get("access-control-request-private-network") == "true")
    else:
        raise HttpError(403, texts.origin_not_allowed(origin))
    await send_response(FileResponse(204, extra), "OPTIONS", receive, send)
