"""The accounts of the organization and the rules that hold for them."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

from sync_server import texts
from sync_server.errors import ApiError, invalid, not_found
from sync_server.storage import Transaction
from sync_server.storage.rows import Account, Credentials
from webapp.py.domain.ids import new_id, now_ms
from webapp.py.domain.permissions import Role

Email = Annotated[str, Meta(min_length=3, max_length=254)]

_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")


def get_account(transaction: Transaction, person: str) -> Account:
    """Return one account.

    Raises
    ------
    ApiError
        With 404, when there is none.
    """
    account = transaction.accounts.get(person)
    if account is None:
        raise not_found(texts.NO_ACCOUNT)
    return account


def find_person(transaction: Transaction, id_or_email: str) -> str:
    """Return the id of the account with this id or e-mail address.

    Raises
    ------
    ApiError
        With 404, when there is none.
    """
    person = transaction.accounts.find(id_or_email)
    if person is None:
        raise not_found(texts.NO_ACCOUNT_WITH_EMAIL)
    return person


def create_account(
    transaction: Transaction, *, email: str, name: str, role: Role | None, password_hash: str
) -> Account:
    """Create an account and return it.

    Raises
    ------
    ApiError
        With 400 for something that is not an e-mail address, with 409 for one that is taken.
    """
    account = Account(id=new_id(), email=email, name=name, role=role, disabled=False, created_at=now_ms())
    _check_email(transaction, account)
    transaction.accounts.create(account, password_hash)
    return account


def change_account(transaction: Transaction, account: Account) -> None:
    """Store e-mail, name, role and whether the account is disabled. A disabled one loses sessions and keys.

    Raises
    ------
    ApiError
        With 409, when the e-mail address is taken or nobody would be left to administer the organization.
    """
    _check_email(transaction, account)
    transaction.accounts.update(account)
    if not transaction.accounts.has_admin():
        raise ApiError(409, "last-admin", texts.LAST_ADMIN)
    if account.disabled:
        transaction.sessions.end_all(account.id)
        transaction.api_keys.revoke_all(account.id)


def change_password(
    transaction: Transaction, email: str, checked: Credentials, password_hash: str, *, keep: bytes
) -> bool:
    """Store a person's own new password, and end their sessions except the one with the hash ``keep``.

    False when the password that was checked has changed meanwhile, or the account was disabled.
    """
    if transaction.accounts.credentials(email) != checked:
        return False
    transaction.accounts.set_password(checked.person, password_hash)
    transaction.sessions.end_all(checked.person, keep=keep)
    return True


def reset_password(
    transaction: Transaction, person: str, password_hash: str, *, own: bytes | None = None
) -> None:
    """Store a password. All sessions and API keys of the person end.

    With ``own``, an admin resets their own: the session with this hash and their API keys stay.
    """
    transaction.accounts.set_password(person, password_hash)
    transaction.sessions.end_all(person, keep=own)
    if own is None:
        transaction.api_keys.revoke_all(person)


def _check_email(transaction: Transaction, account: Account) -> None:
    if not _EMAIL.fullmatch(account.email):
        raise invalid(texts.NOT_AN_EMAIL)
    # An id has no @, so this finds by e-mail address.
    if transaction.accounts.find(account.email) not in (None, account.id):
        raise ApiError(409, "taken", texts.EMAIL_TAKEN)
