"""One transaction on a SQLite connection, with a table object for each subject."""

from __future__ import annotations

import sqlite3

from sync_server.storage.sqlite.accounts import SqliteAccounts
from sync_server.storage.sqlite.assets import SqliteAssets
from sync_server.storage.sqlite.memberships import SqliteMemberships
from sync_server.storage.sqlite.records import SqliteRecords
from sync_server.storage.sqlite.sign_in import SqliteApiKeys, SqliteSessions


class SqliteTransaction:
    """What a job works with. There is one for each connection, used by one job at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.accounts = SqliteAccounts(connection)
        self.sessions = SqliteSessions(connection)
        self.api_keys = SqliteApiKeys(connection)
        self.memberships = SqliteMemberships(connection)
        self.records = SqliteRecords(connection)
        self.assets = SqliteAssets(connection)

    def ping(self) -> None:
        """Fail when the database does not answer."""
        self.connection.execute("SELECT 1").fetchone()
