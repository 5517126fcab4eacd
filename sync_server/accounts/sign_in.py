"""Sessions and API keys. Only hashes of their tokens are stored."""

from __future__ import annotations

import hashlib
import secrets

from sync_server import texts
from sync_server.accounts.directory import get_account
from sync_server.errors import not_found
from sync_server.storage import Transaction
from sync_server.storage.rows import ApiKey, Credentials
from webapp.py.domain.ids import new_id, now_ms
from webapp.py.domain.model import Name

KEY_PREFIX = "limner_"
_DAY_MS = 86_400_000
_AHEAD_MS = _DAY_MS
"""A session from further in the future was begun while the clock was wrong, and does not count."""


def _hash(token: str) -> bytes:
    # Tokens are random, so a plain digest is enough: there is nothing to guess.
    return hashlib.sha256(token.encode()).digest()


def start_session(transaction: Transaction, email: str, checked: Credentials, days: int) -> str | None:
    """Start a session for a person whose password was checked, and return its token.

    None when the password was changed or the account disabled meanwhile: checking takes a while.
    """
    if transaction.accounts.credentials(email) != checked:
        return None
    return new_session(transaction, checked.person, days)


def new_session(transaction: Transaction, person: str, days: int) -> str:
    """Start a session for a person, and return its token."""
    now = now_ms()
    token = secrets.token_urlsafe(32)
    transaction.sessions.create(_hash(token), person, now, now + days * _DAY_MS)
    return token


def session_owner(transaction: Transaction, token: str) -> tuple[str, bytes] | None:
    """Return whose session this token opens, and its hash. None when unknown, ended or expired."""
    digest = _hash(token)
    now = now_ms()
    person = transaction.sessions.person(digest, now, now + _AHEAD_MS)
    return None if person is None else (person, digest)


def session_is_valid(transaction: Transaction, digest: bytes) -> bool:
    """Tell whether a session has neither ended nor expired."""
    now = now_ms()
    return transaction.sessions.exists(digest, now, now + _AHEAD_MS)


def end_session(transaction: Transaction, digest: bytes) -> None:
    """End a session."""
    transaction.sessions.end(digest)


def create_key(transaction: Transaction, person: str, name: Name) -> ApiKey:
    """Create an API key. The answer is the only place where it can be read."""
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(id=new_id(), name=name, created_at=now_ms(), key=secret)
    transaction.api_keys.create(key, _hash(secret), person)
    return key


def key_owner(transaction: Transaction, key: str) -> tuple[str, bytes] | None:
    """Return whose API key this is, and its hash. None when unknown or revoked."""
    digest = _hash(key)
    person = transaction.api_keys.person(digest)
    return None if person is None else (person, digest)


def key_is_valid(transaction: Transaction, digest: bytes) -> bool:
    """Tell whether an API key has not been revoked."""
    return transaction.api_keys.exists(digest)


def list_keys(transaction: Transaction, person: str) -> list[ApiKey]:
    """Return the keys of a person, without the keys themselves."""
    return transaction.api_keys.all(get_account(transaction, person).id)


def revoke_key(transaction: Transaction, person: str, key: str) -> None:
    """Revoke one of a person's keys.

    Raises
    ------
    ApiError
        With 404, when the person has no such key.
    """
    if not transaction.api_keys.revoke(person, key):
        raise not_found(texts.NO_SUCH_KEY)
