"""Brings a database to the newest schema.

sqlite-utils takes a tenth of a second to import, so it is imported only when there is a step to apply.
"""

from __future__ import annotations

import sqlite3

STEPS = ("m001_first",)
"""Names of all steps in `migrations`, in order."""


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the steps that this database lacks."""
    if set(STEPS) <= _applied(connection):
        return
    import sqlite_utils

    from sync_server.storage.sqlite.migrations import MIGRATIONS

    MIGRATIONS.apply(sqlite_utils.Database(connection))


def _applied(connection: sqlite3.Connection) -> set[str]:
    try:
        rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'limner'")
        return {row[0] for row in rows}
    except sqlite3.OperationalError:
        return set()  # a new database
