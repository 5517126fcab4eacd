"""What the routes of one running server share."""

from __future__ import annotations

from msgspec import Struct

from sync_server.database import Database
from sync_server.exchange import Exchange
from sync_server.hub import Hub
from sync_server.passwords import Attempts, Passwords
from sync_server.settings import Settings


class Server(Struct, frozen=True):
    """One server: its settings, database, listeners and password checks."""

    settings: Settings
    database: Database
    exchange: Exchange
    hub: Hub
    passwords: Passwords
    attempts: Attempts


def open_server(settings: Settings) -> Server:
    """Open the database (making or migrating it) and return the server around it."""
    database = Database(settings.database)
    return Server(
        settings=settings,
        database=database,
        exchange=Exchange(database.identity),
        hub=Hub(),
        passwords=Passwords(settings.password_memory_kib, settings.password_rounds),
        attempts=Attempts(settings.sign_in_attempts, settings.sign_in_window_s),
    )
