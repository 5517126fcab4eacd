"""Everything the server keeps, and the only room with SQL. The rest of the server sees `Storage`.

`interface` says what an engine offers, `rows` what goes in and out. `sqlite` is the engine; another database
is another folder beside it.
"""

from __future__ import annotations

from pathlib import Path

from sync_server.storage.interface import Storage, StorageError, Transaction
from sync_server.storage.sqlite.engine import SqliteStorage

__all__ = ["Storage", "StorageError", "Transaction", "open_storage"]


def open_storage(home: Path) -> Storage:
    """Open the database in a folder. Creates the folder and the database, or migrates an older one.

    Parameters
    ----------
    home
        Folder of the database.
    """
    return SqliteStorage(home / "limner.db")
