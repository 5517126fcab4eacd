"""Accounts as rows."""

from __future__ import annotations

import sqlite3

from sync_server.storage.rows import Account, Credentials
from webapp.py.domain.permissions import Role

_COLUMNS = "id, email, name, role, disabled, created_at"


def _account(row: tuple[str, str, str, Role | None, int, int]) -> Account:
    return Account(
        id=row[0], email=row[1], name=row[2], role=row[3], disabled=bool(row[4]), created_at=row[5]
    )


class SqliteAccounts:
    """The table of accounts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self) -> list[Account]:
        """Return all accounts, by name."""
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM accounts ORDER BY name, id")
        return [_account(row) for row in rows]

    def get(self, person: str) -> Account | None:
        """Return one account."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM accounts WHERE id = ?", [person]).fetchone()
        return None if row is None else _account(row)

    def find(self, id_or_email: str) -> str | None:
        """Return the id of the account with this id or e-mail address."""
        row = self._connection.execute(
            "SELECT id FROM accounts WHERE id = :who OR email = :who", {"who": id_or_email}
        ).fetchone()
        return row[0] if row else None

    def create(self, account: Account, password_hash: str) -> None:
        """Store a new account."""
        self._connection.execute(
            "INSERT INTO accounts (id, email, name, role, password, disabled, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                account.id,
                account.email,
                account.name,
                account.role,
                password_hash,
                account.disabled,
                account.created_at,
            ],
        )

    def update(self, account: Account) -> None:
        """Store e-mail, name, role and whether the account is disabled."""
        self._connection.execute(
            "UPDATE accounts SET email = ?, name = ?, role = ?, disabled = ? WHERE id = ?",
            [account.email, account.name, account.role, account.disabled, account.id],
        )

    def has_admin(self) -> bool:
        """Tell whether anybody can administer the organization."""
        row = self._connection.execute(
            "SELECT 1 FROM accounts WHERE role = 'admin' AND NOT disabled LIMIT 1"
        ).fetchone()
        return row is not None

    def organization_role(self, person: str) -> Role | None:
        """Return the role of a person in the organization. None for a disabled account, too."""
        row = self._connection.execute(
            "SELECT role FROM accounts WHERE id = ? AND NOT disabled", [person]
        ).fetchone()
        return row[0] if row else None

    def credentials(self, email: str) -> Credentials | None:
        """Return what a sign-in is checked against. None for a disabled account, too."""
        row = self._connection.execute(
            "SELECT id, password FROM accounts WHERE email = ? AND NOT disabled", [email]
        ).fetchone()
        return Credentials(row[0], row[1]) if row else None

    def set_password(self, person: str, password_hash: str) -> None:
        """Store a new password hash."""
        self._connection.execute("UPDATE accounts SET password = ? WHERE id = ?", [password_hash, person])
