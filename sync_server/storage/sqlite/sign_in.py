"""Sessions and API keys as rows, known by their hashes."""

from __future__ import annotations

import sqlite3

from sync_server.storage.rows import ApiKey


class SqliteSessions:
    """The table of sessions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def create(self, digest: bytes, person: str, now: int, expires_at: int) -> None:
        """Store a session and drop the expired ones."""
        self._connection.execute("DELETE FROM sessions WHERE expires_at <= ?", [now])
        self._connection.execute(
            "INSERT INTO sessions VALUES (?, ?, ?, ?)", [digest, person, now, expires_at]
        )

    def person(self, digest: bytes, now: int, newest: int) -> str | None:
        """Return whose session this is. None when it has ended, is too new, or its account is disabled."""
        row = self._connection.execute(
            "SELECT account.id FROM sessions AS session "
            "JOIN accounts AS account ON account.id = session.person "
            "WHERE session.hash = ? AND session.expires_at > ? "
            "AND session.created_at <= ? AND NOT account.disabled",
            [digest, now, newest],
        ).fetchone()
        return row[0] if row else None

    def exists(self, digest: bytes, now: int, newest: int) -> bool:
        """Tell whether a session has neither ended nor expired and is not newer than ``newest``."""
        row = self._connection.execute(
            "SELECT 1 FROM sessions WHERE hash = ? AND expires_at > ? AND created_at <= ?",
            [digest, now, newest],
        ).fetchone()
        return row is not None

    def end(self, digest: bytes) -> None:
        """End a session."""
        self._connection.execute("DELETE FROM sessions WHERE hash = ?", [digest])

    def end_all(self, person: str, *, keep: bytes | None = None) -> None:
        """End every session of a person except the one with the hash ``keep``."""
        self._connection.execute("DELETE FROM sessions WHERE person = ? AND hash IS NOT ?", [person, keep])


class SqliteApiKeys:
    """The table of API keys."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self, person: str) -> list[ApiKey]:
        """Return the keys of a person, without the keys themselves."""
        rows = self._connection.execute(
            "SELECT id, name, created_at FROM api_keys WHERE person = ? ORDER BY id", [person]
        )
        return [ApiKey(id=row[0], name=row[1], created_at=row[2]) for row in rows]

    def create(self, key: ApiKey, digest: bytes, person: str) -> None:
        """Store a key."""
        self._connection.execute(
            "INSERT INTO api_keys VALUES (?, ?, ?, ?, ?)", [key.id, digest, person, key.name, key.created_at]
        )

    def person(self, digest: bytes) -> str | None:
        """Return whose key this is. None when it was revoked or the account is disabled."""
        row = self._connection.execute(
            "SELECT account.id FROM api_keys AS key JOIN accounts AS account ON account.id = key.person "
            "WHERE key.hash = ? AND NOT account.disabled",
            [digest],
        ).fetchone()
        return row[0] if row else None

    def exists(self, digest: bytes) -> bool:
        """Tell whether a key has not been revoked."""
        row = self._connection.execute("SELECT 1 FROM api_keys WHERE hash = ?", [digest]).fetchone()
        return row is not None

    def revoke(self, person: str, key: str) -> bool:
        """Revoke a key of a person. False when they have no such key."""
        ended = self._connection.execute("DELETE FROM api_keys WHERE id = ? AND person = ?", [key, person])
        return ended.rowcount > 0

    def revoke_all(self, person: str) -> None:
        """Revoke every key of a person."""
        self._connection.execute("DELETE FROM api_keys WHERE person = ?", [person])
