"""Who is asking: session cookies, API keys, and the defense against forged requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from sync_server import accounts, texts
from sync_server.accounts.sign_in import KEY_PREFIX
from sync_server.errors import ApiError, forbidden
from sync_server.state import Server

COOKIE = "limner_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Asker = ASGIConnection[Any, Any, Any, Any]


class Caller(Struct, frozen=True):
    """The person behind a request, and the hash of the session or key that proves it."""

    person: str
    digest: bytes
    by_key: bool


def identify(connection: Asker, server: Server) -> Caller | None:
    """Return who is asking. None when nobody is signed in.

    Raises
    ------
    ApiError
        With 401, when the request has an unknown API key.
    """
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    key = key.strip()
    token = connection.cookies.get(COOKIE)
    # A proxy in front may have a sign-in of its own. What it is told is none of our business.
    if scheme.lower() == "bearer" and (key.startswith(KEY_PREFIX) or not token):
        found = server.storage.look(lambda transaction: accounts.key_owner(transaction, key))
        if found is None:
            raise ApiError(401, "signed-out", texts.UNKNOWN_KEY)
        return Caller(*found, by_key=True)
    if not token:
        return None
    found = server.storage.look(lambda transaction: accounts.session_owner(transaction, token))
    return Caller(*found, by_key=False) if found else None


def check_not_forged(connection: Asker, server: Server) -> None:
    """Reject a changing request that another site may have sent in a person's name.

    Raises
    ------
    ApiError
        With 403, when the ``X-Limner`` header is missing or the browser names another origin.
    """
    headers = connection.headers
    if headers.get("x-limner") != "1":
        raise forbidden(texts.HEADER_MISSING)
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise forbidden(texts.CROSS_SITE)
    origin = headers.get("origin")
    if origin is None:
        return
    own = {f"{connection.scope['scheme']}://{headers.get('host', '')}"}
    if server.settings.public_url:
        parts = urlsplit(server.settings.public_url)
        own.add(f"{parts.scheme}://{parts.netloc}")
    if origin not in own:
        raise forbidden(texts.CROSS_ORIGIN)


async def public(connection: Asker, _: BaseRouteHandler) -> None:
    """Guard: anyone may ask, but a changing request must not be forged."""
    _admit(connection, needs_account=False)


async def signed_in(connection: Asker, _: BaseRouteHandler) -> None:
    """Guard: only people who are signed in. `request.user` is the `Caller`.

    Raises
    ------
    ApiError
        With 401, when nobody is signed in.
    """
    _admit(connection, needs_account=True)


def _admit(connection: Asker, *, needs_account: bool) -> None:
    server: Server = connection.app.state.server
    caller = identify(connection, server)
    connection.scope["user"] = caller
    if caller is None and needs_account:
        raise ApiError(401, "signed-out", texts.SIGNED_OUT)
    by_key = caller is not None and caller.by_key
    if connection.scope.get("method") not in _SAFE and not by_key:
        check_not_forged(connection, server)
