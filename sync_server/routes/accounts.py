"""Accounts of the organization. Admins only."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import delete, get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from sync_server import accounts
from sync_server.accounts import Email
from sync_server.body import StrictJson
from sync_server.logs import get_logger
from sync_server.passwords import check_new_password, random_password
from sync_server.routes.common import Asking, PathId, admin_only, require_admin, server_of
from sync_server.storage import Transaction
from sync_server.storage.rows import Account, ApiKey
from webapp.py.domain.model import Name
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import SETUP, project_scope

logger = get_logger("sync_server")
Password = Annotated[str, Meta(max_length=200)]


class NewAccount(Struct, kw_only=True):
    """An account to create. Without a password the server makes one up and returns it once."""

    email: Email
    name: Name
    role: Role | None = None
    password: Password | None = None


class CreatedAccount(Struct, kw_only=True):
    """The account, and its password when the server made it up. It is shown only here."""

    account: Account
    password: str | None = None


class AccountChange(Struct, kw_only=True):
    """What to change of an account. Fields that are left out stay as they are."""

    email: Email | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    role: Role | UnsetType | None = UNSET
    disabled: bool | UnsetType = UNSET
    password: Password | UnsetType = UNSET


@get("/api/accounts", guards=[admin_only], tags=["Accounts"])
async def list_accounts(request: Asking) -> list[Account]:
    """List all accounts, including disabled ones. Organization admins only."""

    def query(transaction: Transaction) -> list[Account]:
        require_admin(transaction, request.user)
        return transaction.accounts.all()

    return await server_of(request).storage.read(query)


@post("/api/accounts", guards=[admin_only], dto=StrictJson[NewAccount], tags=["Accounts"])
async def create_account(request: Asking, data: JSONBody[NewAccount]) -> CreatedAccount:
    """Create an account. With role null the person sees only projects that they are a member of."""
    server = server_of(request)
    if data.password is not None:
        check_new_password(data.password)
    password = data.password or random_password()
    hashed = await server.passwords.hash(password, request.user.person)

    def job(transaction: Transaction) -> Account:
        require_admin(transaction, request.user)
        return accounts.create_account(
            transaction, email=data.email, name=data.name, role=data.role, password_hash=hashed
        )

    account = await server.storage.write(job)
    logger.info("account created", person=account.id, by=request.user.person)
    return CreatedAccount(account=account, password=None if data.password else password)


@patch(
    "/api/accounts/{person:str}",
    guards=[admin_only],
    dto=StrictJson[AccountChange],
    tags=["Accounts"],
)
async def change_account(request: Asking, person: PathId, data: JSONBody[AccountChange]) -> Account:
    """Change e-mail, name, role, password or disabled. The last admin cannot be removed."""
    server = server_of(request)
    hashed = None
    if data.password is not UNSET:
        check_new_password(data.password)
        hashed = await server.passwords.hash(data.password, request.user.person)
    given = {
        name: value
        for name in ("email", "name", "role", "disabled")
        if (value := getattr(data, name)) is not UNSET
    }

    def job(transaction: Transaction) -> Account:
        require_admin(transaction, request.user)
        account = msgspec.structs.replace(accounts.get_account(transaction, person), **given)
        accounts.change_account(transaction, account)
        if hashed is not None:
            own = request.user.digest if person == request.user.person else None
            accounts.reset_password(transaction, person, hashed, own=own)
        return account

    account = await server.storage.write(job)
    _notify(request, person, ended=account.disabled or hashed is not None)
    logger.info("account changed", person=person, by=request.user.person, fields=list(given))
    return account


@delete("/api/accounts/{person:str}", guards=[admin_only], status_code=204, tags=["Accounts"])
async def disable_account(request: Asking, person: PathId) -> None:
    """Disable an account and end its sessions and keys. Its work and name stay. PATCH can enable it again."""

    def job(transaction: Transaction) -> None:
        require_admin(transaction, request.user)
        account = accounts.get_account(transaction, person)
        accounts.change_account(transaction, msgspec.structs.replace(account, disabled=True))

    await server_of(request).storage.write(job)
    _notify(request, person, ended=True)
    logger.info("account disabled", person=person, by=request.user.person)


def _notify(request: Asking, person: str, *, ended: bool) -> None:
    server = server_of(request)
    if ended:
        server.change_feed.end_others(person, request.user.digest)
    projects = server.storage.look(lambda transaction: transaction.records.project_ids())
    server.change_feed.access_changed(person, [SETUP, *map(project_scope, projects)])


@get("/api/accounts/{person:str}/keys", guards=[admin_only], tags=["Accounts"])
async def list_account_keys(request: Asking, person: PathId) -> list[ApiKey]:
    """List the API keys of an account, without the keys themselves. Organization admins only."""

    def query(transaction: Transaction) -> list[ApiKey]:
        require_admin(transaction, request.user)
        return accounts.list_keys(transaction, person)

    return await server_of(request).storage.read(query)


@delete("/api/accounts/{person:str}/keys/{key:str}", guards=[admin_only], status_code=204, tags=["Accounts"])
async def revoke_account_key(request: Asking, person: PathId, key: PathId) -> None:
    """Revoke an API key of an account. It stops working immediately."""

    def job(transaction: Transaction) -> None:
        require_admin(transaction, request.user)
        accounts.revoke_key(transaction, person, key)

    await server_of(request).storage.write(job)
    logger.info("API key revoked", person=person, key=key, by=request.user.person)


HANDLERS = [
    list_accounts,
    create_account,
    change_account,
    disable_account,
    list_account_keys,
    revoke_account_key,
]
