"""Signing in and out, and your own password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from litestar import Request, Response, delete, get, post, put
from litestar.datastructures import Cookie, State
from litestar.params import JSONBody
from msgspec import Meta, Struct

from sync_server import accounts, texts
from sync_server.access import project_roles
from sync_server.accounts import Email
from sync_server.auth import COOKIE, Caller, public, signed_in
from sync_server.body import StrictJson
from sync_server.errors import ApiError, forbidden
from sync_server.logs import get_logger
from sync_server.passwords import check_new_password, network_of
from sync_server.routes.common import Asking, server_of
from sync_server.state import Server
from sync_server.storage import Transaction
from sync_server.storage.rows import Credentials
from webapp.py.domain.wire import PROTOCOL, SignedIn

logger = get_logger("sync_server")
Password = Annotated[str, Meta(min_length=1, max_length=200)]


class SignIn(Struct):
    """E-mail and password of an account."""

    email: Email
    password: Password


class NewPassword(Struct):
    """Your current password and the new one."""

    current: Password
    new: Password


def _session(transaction: Transaction, caller: Caller | None) -> SignedIn:
    if caller is None:
        return SignedIn(protocol=PROTOCOL)
    account = accounts.get_account(transaction, caller.person)
    return SignedIn(
        protocol=PROTOCOL,
        person=account.id,
        name=account.name,
        email=account.email,
        role=account.role,
        projects=project_roles(transaction, account.id),
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
    """Return who is signed in, with their role and projects. `person` is null for nobody."""
    return server_of(request).storage.look(lambda transaction: _session(transaction, request.user))


@post(
    "/api/session",
    guards=[public],
    dto=StrictJson[SignIn],
    status_code=200,
    tags=["Sign-in"],
)
async def sign_in(request: Request[Caller | None, Any, State], data: JSONBody[SignIn]) -> Response[SignedIn]:
    """Sign in with e-mail and password. Sets the session cookie. 429 after too many failures."""
    server = server_of(request)
    address = _address(request)
    server.attempts.count(data.email, address)
    known = server.storage.look(lambda transaction: transaction.accounts.credentials(data.email))
    owner = network_of(address)
    right = await server.passwords.check(known.password_hash if known else None, data.password, owner)
    token = None
    days = server.settings.session_days
    if right and known is not None:
        token = await server.storage.write(_new_session(request.user, data.email, known, days))
    if token is None or known is None:
        logger.warning("sign-in failed", address=address)
        raise ApiError(401, "wrong-password", texts.WRONG_PASSWORD)
    server.attempts.forget(data.email, address)
    if request.user is not None and not request.user.by_key:
        server.change_feed.end(request.user.digest)
    logger.info("signed in", person=known.person, address=address)
    answer = server.storage.look(
        lambda transaction: _session(transaction, Caller(known.person, b"", by_key=False))
    )
    return Response(answer, cookies=[_cookie(server, token, days * 86_400)])


def _new_session(
    before: Caller | None, email: str, checked: Credentials, days: int
) -> Callable[[Transaction], str | None]:
    def job(transaction: Transaction) -> str | None:
        token = accounts.start_session(transaction, email, checked, days)
        if token is not None and before is not None and not before.by_key:
            # The cookie is about to be replaced, so nobody could end this one any more.
            accounts.end_session(transaction, before.digest)
        return token

    return job


@delete("/api/session", guards=[public], status_code=204, tags=["Sign-in"])
async def sign_out(request: Request[Caller | None, Any, State]) -> Response[None]:
    """Sign out: ends the session and its event streams and clears the cookie."""
    server = server_of(request)
    caller = request.user
    if caller is not None and not caller.by_key:
        await server.storage.write(lambda transaction: accounts.end_session(transaction, caller.digest))
        server.change_feed.end(caller.digest)
    return Response(None, status_code=204, cookies=[_cookie(server, "", 0)])


@put(
    "/api/password",
    guards=[signed_in],
    dto=StrictJson[NewPassword],
    status_code=204,
    tags=["Sign-in"],
)
async def change_password(request: Asking, data: JSONBody[NewPassword]) -> None:
    """Change your password. All other sessions of your account end."""
    server = server_of(request)
    caller = request.user
    check_new_password(data.new)
    account = server.storage.look(lambda transaction: accounts.get_account(transaction, caller.person))
    server.attempts.count(account.email, _address(request))
    known = server.storage.look(lambda transaction: transaction.accounts.credentials(account.email))
    if known is None or not await server.passwords.check(known.password_hash, data.current, caller.person):
        raise forbidden(texts.WRONG_CURRENT_PASSWORD)
    server.attempts.forget(account.email, _address(request))
    hashed = await server.passwords.hash(data.new, caller.person)
    changed = await server.storage.write(
        lambda transaction: accounts.change_password(
            transaction, account.email, known, hashed, keep=caller.digest
        )
    )
    if not changed:
        raise forbidden(texts.WRONG_CURRENT_PASSWORD)
    server.change_feed.end_others(caller.person, caller.digest)
    logger.info("password changed", person=caller.person)


HANDLERS = [get_session, sign_in, sign_out, change_password]
