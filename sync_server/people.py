"""Accounts, sessions, API keys and members, as rows. All functions run inside a transaction of the caller."""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync_server.problems import Refused, invalid, missing
from webapp.py.domain.ids import new_id, now_ms
from webapp.py.domain.model import Name
from webapp.py.domain.permissions import Role

Connection = sqlite3.Connection
Email = Annotated[str, Meta(min_length=3, max_length=254)]

KEY_PREFIX = "limner_"
_DAY_MS = 86_400_000
_MAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")


class Account(Struct, kw_only=True):
    """A person who can sign in."""

    id: str
    email: str
    name: str
    role: Role | None
    disabled: bool
    created_at: int


class ApiKey(Struct, kw_only=True):
    """A key for scripts. The key itself is shown once, when it is made."""

    id: str
    name: str
    created_at: int
    key: str | None = None


class Member(Struct, kw_only=True):
    """A person with access to a project, and whether a membership or their organisation role gives it."""

    person: str
    name: str
    email: str
    role: Role
    source: Literal["project", "organisation"]


def _hash(token: str) -> bytes:
    # Tokens are random, so a plain digest is enough: there is nothing to guess.
    return hashlib.sha256(token.encode()).digest()


_ACCOUNT = "id, email, name, role, disabled, created_at"


def _account(row: tuple[str, str, str, Role | None, int, int]) -> Account:
    return Account(
        id=row[0], email=row[1], name=row[2], role=row[3], disabled=bool(row[4]), created_at=row[5]
    )


def list_accounts(connection: Connection) -> list[Account]:
    """Return all accounts, by name."""
    rows = connection.execute(f"SELECT {_ACCOUNT} FROM accounts ORDER BY name, id")
    return [_account(row) for row in rows]


def get_account(connection: Connection, person: str) -> Account:
    """Return one account.

    Raises
    ------
    Refused
        With 404, when there is none.
    """
    row = connection.execute(f"SELECT {_ACCOUNT} FROM accounts WHERE id = ?", [person]).fetchone()
    if row is None:
        raise missing("There is no such account.")
    return _account(row)


def find_person(connection: Connection, id_or_email: str) -> str:
    """Return the id of an account that is named by its id or its e-mail address."""
    row = connection.execute(
        "SELECT id FROM accounts WHERE id = :who OR email = :who", {"who": id_or_email}
    ).fetchone()
    if row is None:
        raise missing(
            "There is no account with this e-mail address. An admin of the organisation can make one."
        )
    found: str = row[0]
    return found


def create_account(
    connection: Connection, *, email: str, name: str, role: Role | None, password_hash: str
) -> Account:
    """Make an account and return it."""
    check_email(connection, email, None)
    person = new_id()
    connection.execute(
        "INSERT INTO accounts (id, email, name, role, password, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        [person, email, name, role, password_hash, now_ms()],
    )
    return get_account(connection, person)


def check_email(connection: Connection, email: str, person: str | None) -> None:
    """Refuse what is no e-mail address, or belongs to another account."""
    if not _MAIL.fullmatch(email):
        raise invalid("This is not an e-mail address.")
    row = connection.execute("SELECT id FROM accounts WHERE email = ?", [email]).fetchone()
    if row is not None and row[0] != person:
        raise Refused(409, "taken", "There is already an account with this e-mail address.")


def change_account(connection: Connection, account: Account) -> None:
    """Store e-mail, name, role and whether the account is disabled; a disabled one loses sessions and keys.

    Raises
    ------
    Refused
        With 409, when nobody would be left to administer the organisation.
    """
    check_email(connection, account.email, account.id)
    connection.execute(
        "UPDATE accounts SET email = ?, name = ?, role = ?, disabled = ? WHERE id = ?",
        [account.email, account.name, account.role, account.disabled, account.id],
    )
    left = connection.execute(
        "SELECT 1 FROM accounts WHERE role = 'admin' AND NOT disabled LIMIT 1"
    ).fetchone()
    if left is None:
        raise Refused(
            409,
            "last-admin",
            "This is the last admin. Make another account an admin first, then change this one.",
        )
    if account.disabled:
        connection.execute("DELETE FROM sessions WHERE person = ?", [account.id])
        connection.execute("DELETE FROM api_keys WHERE person = ?", [account.id])


def set_password(
    connection: Connection, person: str, password_hash: str, *, keep: bytes | None = None
) -> None:
    """Store a new password and end every session of the person but the one whose hash is ``keep``."""
    connection.execute("UPDATE accounts SET password = ? WHERE id = ?", [password_hash, person])
    connection.execute("DELETE FROM sessions WHERE person = ? AND hash IS NOT ?", [person, keep])


def credentials(connection: Connection, email: str) -> tuple[str, str] | None:
    """Return the id and the password hash of an account that may sign in."""
    row = connection.execute(
        "SELECT id, password FROM accounts WHERE email = ? AND NOT disabled", [email]
    ).fetchone()
    return (row[0], row[1]) if row else None


def start_session(connection: Connection, person: str, days: int) -> str:
    """Begin a session and return its token; expired ones are swept out on the way."""
    now = now_ms()
    token = secrets.token_urlsafe(32)
    connection.execute("DELETE FROM sessions WHERE expires_at <= ?", [now])
    connection.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?)", [_hash(token), person, now, now + days * _DAY_MS]
    )
    return token


def session_person(connection: Connection, token: str) -> tuple[str, bytes] | None:
    """Return whose session this token opens, and its hash; None when unknown, ended or expired."""
    digest = _hash(token)
    row = connection.execute(
        "SELECT account.id FROM sessions AS session JOIN accounts AS account ON account.id = session.person "
        "WHERE session.hash = ? AND session.expires_at > ? AND NOT account.disabled",
        [digest, now_ms()],
    ).fetchone()
    return (row[0], digest) if row else None


def session_lives(connection: Connection, digest: bytes) -> bool:
    """Tell whether a session has neither ended nor expired."""
    row = connection.execute(
        "SELECT 1 FROM sessions WHERE hash = ? AND expires_at > ?", [digest, now_ms()]
    ).fetchone()
    return row is not None


def end_session(connection: Connection, digest: bytes) -> None:
    """End a session."""
    connection.execute("DELETE FROM sessions WHERE hash = ?", [digest])


def key_person(connection: Connection, key: str) -> tuple[str, bytes] | None:
    """Return whose API key this is, and its hash."""
    digest = _hash(key)
    row = connection.execute(
        "SELECT account.id FROM api_keys AS key JOIN accounts AS account ON account.id = key.person "
        "WHERE key.hash = ? AND NOT account.disabled",
        [digest],
    ).fetchone()
    return (row[0], digest) if row else None


def key_lives(connection: Connection, digest: bytes) -> bool:
    """Tell whether an API key has not been revoked."""
    return connection.execute("SELECT 1 FROM api_keys WHERE hash = ?", [digest]).fetchone() is not None


def list_keys(connection: Connection, person: str) -> list[ApiKey]:
    """Return a person's API keys, without the keys themselves."""
    rows = connection.execute(
        "SELECT id, name, created_at FROM api_keys WHERE person = ? ORDER BY id", [person]
    )
    return [ApiKey(id=row[0], name=row[1], created_at=row[2]) for row in rows]


def create_key(connection: Connection, person: str, name: Name) -> ApiKey:
    """Make an API key; the answer is the only place where it can be read."""
    made = ApiKey(id=new_id(), name=name, created_at=now_ms(), key=KEY_PREFIX + secrets.token_urlsafe(32))
    connection.execute(
        "INSERT INTO api_keys VALUES (?, ?, ?, ?, ?)",
        [made.id, _hash(made.key or ""), person, made.name, made.created_at],
    )
    return made


def revoke_key(connection: Connection, person: str, key: str) -> None:
    """Revoke one of a person's own keys."""
    ended = connection.execute("DELETE FROM api_keys WHERE id = ? AND person = ?", [key, person])
    if ended.rowcount == 0:
        raise missing("You have no such key.")


def list_members(connection: Connection, project: str) -> list[Member]:
    """Return everyone with access to a project, by name."""
    rows = connection.execute(
        "SELECT account.id, account.name, account.email, coalesce(membership.role, account.role), "
        "CASE WHEN membership.role IS NULL THEN 'organisation' ELSE 'project' END "
        "FROM accounts AS account "
        "LEFT JOIN memberships AS membership ON membership.person = account.id AND membership.project = ? "
        "WHERE NOT account.disabled AND coalesce(membership.role, account.role) IS NOT NULL "
        "ORDER BY account.name, account.id",
        [project],
    )
    return [Member(person=row[0], name=row[1], email=row[2], role=row[3], source=row[4]) for row in rows]


def set_member(connection: Connection, project: str, person: str, role: Role) -> None:
    """Give a person a role in a project."""
    connection.execute(
        "INSERT INTO memberships VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET role = excluded.role",
        [project, person, role],
    )


def remove_member(connection: Connection, project: str, person: str) -> None:
    """Take a person's membership of a project away; a role in the organisation stays."""
    ended = connection.execute("DELETE FROM memberships WHERE project = ? AND person = ?", [project, person])
    if ended.rowcount == 0:
        raise missing("This person is not a member of the project.")
