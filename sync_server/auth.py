"""Who is asking: session cookies, API keys, and the defence against forged requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from sync_server import people
from sync_server.problems import Refused, forbidden
from sync_server.state import Server

COOKIE = "limner_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Asker = ASGIConnection[Any, Any, Any, Any]


class Caller(Struct, frozen=True):
    """The person behind a request, and the session or key that says so."""

    person: str
    digest: bytes
    by_key: bool


def identify(connection: Asker, server: Server) -> Caller | None:
    """Return who is asking; None when nobody is signed in.

    Raises
    ------
    Refused
        With 401, when the request carries an API key that is not known.
    """
    header = connection.headers.get("authorization", "")
    if header:
        scheme, _, key = header.partition(" ")
        found = None
        if scheme.lower() == "bearer":
            found = server.database.look(lambda rows: people.key_person(rows, key.strip()))
        if found is None:
            raise Refused(401, "signed-out", "This API key is not known. Make a new one under your account.")
        return Caller(*found, by_key=True)
    token = connection.cookies.get(COOKIE)
    if not token:
        return None
    found = server.database.look(lambda rows: people.session_person(rows, token))
    return Caller(*found, by_key=False) if found else None


def check_not_forged(connection: Asker, server: Server) -> None:
    """Refuse a changing request that another site may have sent in a person's name.

    Raises
    ------
    Refused
        With 403: the ``X-Limner`` header is missing, or the browser says that another origin asks.
    """
    headers = connection.headers
    if headers.get("x-limner") != "1":
        raise forbidden("Requests that change something must carry the header 'X-Limner: 1'.")
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise forbidden("This request comes from another site.")
    origin = headers.get("origin")
    if origin is None:
        return
    own = {f"{connection.scope['scheme']}://{headers.get('host', '')}"}
    if server.settings.public_url:
        parts = urlsplit(server.settings.public_url)
        own.add(f"{parts.scheme}://{parts.netloc}")
    if origin not in own:
        raise forbidden(
            "This request comes from another address than the server's own. Behind a proxy, start the "
            "server with --public-url and the address that people type."
        )


async def public(connection: Asker, _: BaseRouteHandler) -> None:
    """Guard: everyone may ask; what changes something must not be forged."""
    _admit(connection, needs_account=False)


async def signed_in(connection: Asker, _: BaseRouteHandler) -> None:
    """Guard: only people with an account; `request.user` is the `Caller`.

    Raises
    ------
    Refused
        With 401, when nobody is signed in.
    """
    _admit(connection, needs_account=True)


def _admit(connection: Asker, *, needs_account: bool) -> None:
    server: Server = connection.app.state.server
    caller = identify(connection, server)
    connection.scope["user"] = caller
    if caller is None and needs_account:
        raise Refused(401, "signed-out", "You are not signed in, or your sign-in has expired. Sign in again.")
    by_key = caller is not None and caller.by_key
    if connection.scope.get("method") not in _SAFE and not by_key:
        check_not_forged(connection, server)
