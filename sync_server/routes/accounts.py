"""Accounts of the organisation; admins only."""

from __future__ import annotations

import logging
import sqlite3
from typing import Annotated

import msgspec
from litestar import delete, get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from sync_server import people
from sync_server.auth import signed_in
from sync_server.body import StrictJson
from sync_server.passwords import check_new_password, random_password
from sync_server.people import Account, Email
from sync_server.routes.common import Asking, PathId, require_admin, server_of
from webapp.py.domain.model import Name
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import SETUP, project_scope

logger = logging.getLogger("sync_server")
Password = Annotated[str, Meta(max_length=200)]


class NewAccount(Struct, kw_only=True):
    """An account to make. Without a password one is made up and answered once."""

    email: Email
    name: Name
    role: Role | None = None
    password: Password | None = None


class CreatedAccount(Struct, kw_only=True):
    """The account, and the password when it was made up; it can be read here only."""

    account: Account
    password: str | None = None


class AccountChange(Struct, kw_only=True):
    """What to change of an account; what is left out stays."""

    email: Email | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    role: Role | UnsetType | None = UNSET
    disabled: bool | UnsetType = UNSET
    password: Password | UnsetType = UNSET


@get("/api/accounts", guards=[signed_in], tags=["Accounts"])
async def list_accounts(request: Asking) -> list[Account]:
    """All accounts, disabled ones too. Organisation admins only."""

    def query(rows: sqlite3.Connection) -> list[Account]:
        require_admin(rows, request.user)
        return people.list_accounts(rows)

    return await server_of(request).database.read(query)


@post("/api/accounts", guards=[signed_in], dto=StrictJson[NewAccount], tags=["Accounts"])
async def create_account(request: Asking, data: JSONBody[NewAccount]) -> CreatedAccount:
    """Make an account. Role null: the person sees only projects that they are a member of."""
    server = server_of(request)
    server.database.look(lambda rows: require_admin(rows, request.user))
    if data.password is not None:
        check_new_password(data.password)
    password = data.password or random_password()
    hashed = await server.passwords.hash(password)

    def job(rows: sqlite3.Connection) -> Account:
        require_admin(rows, request.user)
        return people.create_account(
            rows, email=data.email, name=data.name, role=data.role, password_hash=hashed
        )

    account = await server.database.write(job)
    logger.info("account made", extra={"person": account.id, "by": request.user.person})
    return CreatedAccount(account=account, password=None if data.password else password)


@patch(
    "/api/accounts/{person:str}",
    guards=[signed_in],
    dto=StrictJson[AccountChange],
    tags=["Accounts"],
)
async def change_account(request: Asking, person: PathId, data: JSONBody[AccountChange]) -> Account:
    """Change an account: e-mail, name, role, password, disabled. The last admin cannot be taken away."""
    server = server_of(request)
    server.database.look(lambda rows: require_admin(rows, request.user))
    hashed = None
    if data.password is not UNSET:
        check_new_password(data.password)
        hashed = await server.passwords.hash(data.password)
    given = {
        name: value
        for name in ("email", "name", "role", "disabled")
        if (value := getattr(data, name)) is not UNSET
    }

    def job(rows: sqlite3.Connection) -> Account:
        require_admin(rows, request.user)
        account = msgspec.structs.replace(people.get_account(rows, person), **given)
        people.change_account(rows, account)
        if hashed is not None:
            keep = request.user.digest if person == request.user.person else None
            people.set_password(rows, person, hashed, keep=keep)
        return account

    account = await server.database.write(job)
    _tell(request, person, ended=account.disabled or hashed is not None)
    logger.info("account changed", extra={"person": person, "by": request.user.person, "fields": list(given)})
    return account


@delete("/api/accounts/{person:str}", guards=[signed_in], status_code=204, tags=["Accounts"])
async def disable_account(request: Asking, person: PathId) -> None:
    """Disable an account and end its sessions and keys. Its work and name stay; PATCH can enable it again."""

    def job(rows: sqlite3.Connection) -> None:
        require_admin(rows, request.user)
        account = people.get_account(rows, person)
        people.change_account(rows, msgspec.structs.replace(account, disabled=True))

    await server_of(request).database.write(job)
    _tell(request, person, ended=True)
    logger.info("account disabled", extra={"person": person, "by": request.user.person})


def _tell(request: Asking, person: str, *, ended: bool) -> None:
    server = server_of(request)
    if ended:
        server.hub.end_others(person, request.user.digest)
    projects = server.database.look(
        lambda rows: [
            row[0]
            for row in rows.execute(
                "SELECT id FROM records WHERE table_name = 'project' AND scope = ?", [SETUP]
            )
        ]
    )
    server.hub.access_changed(person, [SETUP, *map(project_scope, projects)])


HANDLERS = [list_accounts, create_account, change_account, disable_account]
