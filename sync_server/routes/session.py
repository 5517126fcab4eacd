"""Signing in and out, and one's own password."""

from __future__ import annotations

import logging
import sqlite3
from typing import Annotated, Any

from litestar import Request, Response, delete, get, post, put
from litestar.datastructures import Cookie, State
from litestar.params import JSONBody
from msgspec import Meta, Struct

from sync_server import people
from sync_server.access import project_roles
from sync_server.auth import COOKIE, Caller, public, signed_in
from sync_server.body import StrictJson
from sync_server.passwords import check_new_password
from sync_server.people import Email
from sync_server.problems import Refused, forbidden
from sync_server.routes.common import Asking, server_of
from sync_server.state import Server
from webapp.py.domain.wire import PROTOCOL, SignedIn

logger = logging.getLogger("sync_server")
Password = Annotated[str, Meta(min_length=1, max_length=200)]


class SignIn(Struct):
    """E-mail and password of an account."""

    email: Email
    password: Password


class NewPassword(Struct):
    """The password to leave and the one to take."""

    current: Password
    new: Password


def _session(connection: sqlite3.Connection, caller: Caller | None) -> SignedIn:
    if caller is None:
        return SignedIn(protocol=PROTOCOL)
    account = people.get_account(connection, caller.person)
    return SignedIn(
        protocol=PROTOCOL,
        person=account.id,
        name=account.name,
        email=account.email,
        role=account.role,
        projects=project_roles(connection, account.id),
    )


def _cookie(server: Server, token: str, seconds: int) -> Cookie:
    return Cookie(
        key=COOKIE,
        value=token,
        path="/",
        max_age=seconds,
        httponly=True,
        secure=server.settings.secure,
        samesite="strict",
    )


def _address(request: Request[Any, Any, State]) -> str:
    return request.client.host if request.client else ""


@get("/api/session", guards=[public], tags=["Sign-in"])
async def get_session(request: Request[Caller | None, Any, State]) -> SignedIn:
    """Who is signed in, with their role and projects; `person` is null for nobody."""
    return server_of(request).database.look(lambda rows: _session(rows, request.user))


@post(
    "/api/session",
    guards=[public],
    dto=StrictJson[SignIn],
    status_code=200,
    tags=["Sign-in"],
)
async def sign_in(request: Request[Caller | None, Any, State], data: JSONBody[SignIn]) -> Response[SignedIn]:
    """Sign in with e-mail and password. The answer sets the session cookie; 429 after too many failures."""
    server = server_of(request)
    address = _address(request)
    server.attempts.count(data.email, address)
    known = server.database.look(lambda rows: people.credentials(rows, data.email))
    if not await server.passwords.check(known[1] if known else None, data.password) or known is None:
        logger.warning("sign-in failed", extra={"address": address})
        raise Refused(401, "wrong-password", "E-mail address or password are not right.")
    server.attempts.forget(data.email, address)
    days = server.settings.session_days
    token = await server.database.write(lambda rows: people.start_session(rows, known[0], days))
    logger.info("signed in", extra={"person": known[0], "address": address})
    answer = server.database.look(lambda rows: _session(rows, Caller(known[0], b"", by_key=False)))
    return Response(answer, cookies=[_cookie(server, token, days * 86_400)])


@delete("/api/session", guards=[public], status_code=204, tags=["Sign-in"])
async def sign_out(request: Request[Caller | None, Any, State]) -> Response[None]:
    """Sign out: the session ends on the server, its event streams close, the cookie goes."""
    server = server_of(request)
    caller = request.user
    if caller is not None and not caller.by_key:
        await server.database.write(lambda rows: people.end_session(rows, caller.digest))
        server.hub.end(caller.digest)
    return Response(None, status_code=204, cookies=[_cookie(server, "", 0)])


@put(
    "/api/password",
    guards=[signed_in],
    dto=StrictJson[NewPassword],
    status_code=204,
    tags=["Sign-in"],
)
async def change_password(request: Asking, data: JSONBody[NewPassword]) -> None:
    """Change one's own password. All other sessions of the account end."""
    server = server_of(request)
    caller = request.user
    check_new_password(data.new)
    account = server.database.look(lambda rows: people.get_account(rows, caller.person))
    server.attempts.count(account.email, _address(request))
    known = server.database.look(lambda rows: people.credentials(rows, account.email))
    if known is None or not await server.passwords.check(known[1], data.current):
        raise forbidden("The current password is not right.")
    server.attempts.forget(account.email, _address(request))
    hashed = await server.passwords.hash(data.new)
    await server.database.write(
        lambda rows: people.set_password(rows, caller.person, hashed, keep=caller.digest)
    )
    server.hub.end_others(caller.person, caller.digest)
    logger.info("password changed", extra={"person": caller.person})


HANDLERS = [get_session, sign_in, sign_out, change_password]
