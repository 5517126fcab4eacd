"""The application: routes, error answers, headers and logs around one `Server`."""

from __future__ import annotations

import logging
import time
from typing import Any

from litestar import Litestar, get
from litestar.datastructures import State
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Reference, SecurityScheme
from litestar.types import Message, Scope
from msgspec import Struct

from sync_server.auth import Caller
from sync_server.body_quota import Share
from sync_server.errors import EXCEPTION_HANDLERS
from sync_server.logs import get_logger
from sync_server.routes import HANDLERS
from sync_server.settings import Settings
from sync_server.site import site_handlers
from sync_server.state import Server, open_server
from webapp.py.domain.wire import PROTOCOL

MOST_BODY_BYTES = 1024 * 1024
"""Largest request body, except for the routes that take records or assets."""

logger = get_logger("sync_server.requests")

_DESCRIPTION = """Scripts can do everything here that Limner's pages do.

Sign in with an API key (`Authorization: Bearer limner_…`, created under your account or by `POST /api/keys`)
or with the session cookie of `POST /api/session`. With the cookie, requests that change something need the
header `X-Limner: 1`. Every error is an object with a stable `code` and a `message` for people."""

# 'wasm-unsafe-eval' allows compiling WebAssembly and nothing else. Images come from customers' own servers.
_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "connect-src * data: blob:; img-src * data: blob:; media-src * blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: list[tuple[bytes, bytes]] = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


class Health(Struct):
    """The server and its database answer."""

    status: str
    protocol: int


@get("/health", tags=["Health"])
async def health(state: State) -> Health:
    """Tell whether the server and its database answer. Needs no sign-in."""
    server: Server = state.server
    server.storage.look(lambda transaction: transaction.ping())
    return Health(status="ok", protocol=PROTOCOL)


class Application(Litestar):
    """Litestar, with the security headers on every answer and one log line for every request."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one connection."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0
        # HEAD is answered as GET without the body. The server below needs to know that it was HEAD.
        head = scope["method"] == "HEAD"
        inner: Any = {**scope, "method": "GET"} if head else scope
        server: Server = self.state.server
        share = Share(server.body_quota)

        async def receive_within_quota() -> Any:
            message = await receive()
            if message["type"] == "http.request":
                share.add(*_owner(inner), len(message.get("body", b"")))
            return message

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", []), *_HEADERS]
                if scope["path"].startswith("/api") and not any(
                    name == b"cache-control" for name, _ in headers
                ):
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
                await send(message)
                if head:
                    # At once: a stream would not come to an end by itself.
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
            elif not head:
                await send(message)

        try:
            await super().__call__(inner, receive_within_quota, send_with_headers)
        finally:
            share.give_back()
            _log_request(inner, str(scope["method"]), status, began)


def _owner(scope: Scope) -> tuple[str, bool]:
    """Return whose quota the body of a request counts for, and whether it is a person, not an address."""
    user: Caller | None = scope.get("user")
    if user is not None:
        return user.person, True
    client = scope.get("client")
    return client[0] if client else "", False


def _log_request(scope: Scope, method: str, status: int, began: float) -> None:
    level = logging.DEBUG if status < 400 else logging.INFO
    if logger.isEnabledFor(level):
        user = scope.get("user")
        logger.log(
            level,
            "request",
            method=method,
            # Never the path itself: people paste keys and e-mail addresses into it.
            route=scope.get("path_template") or "none",
            status=status,
            ms=round((time.perf_counter() - began) * 1000, 1),
            person=user.person if user else None,
        )


def create_app(settings: Settings) -> Application:
    """Return the application on the database in ``settings.home``, which is created or migrated here.

    It works with and without ASGI lifespan events. The shutdown event closes the database.
    """
    server = open_server(settings)
    handlers = [health, *HANDLERS]
    if settings.site is not None:
        handlers.extend(site_handlers(settings.site))
    schemes: dict[str, SecurityScheme | Reference] = {
        "key": SecurityScheme(type="http", scheme="bearer", description="An API key."),
        "cookie": SecurityScheme(type="apiKey", name="limner_session", security_scheme_in="cookie"),
    }
    return Application(
        handlers,
        state=State({"server": server}),
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=MOST_BODY_BYTES,
        return_dto=None,
        openapi_config=OpenAPIConfig(
            title="Limner sync server",
            version=str(PROTOCOL),
            description=_DESCRIPTION,
            path="/schema",
            render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
            components=Components(security_schemes=schemes),
            security=[{"key": []}, {"cookie": []}],
            use_handler_docstrings=True,
        ),
        on_shutdown=[lambda: server.storage.close()],
        logging_config=None,
    )
