"""What the routes of one running server share."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from sync_server.body_quota import BodyQuota
from sync_server.change_feed import ChangeFeed
from sync_server.passwords import Attempts, Passwords
from sync_server.settings import Settings
from sync_server.storage import Storage, open_storage
from sync_server.sync_handler import SyncHandler


class Server(Struct, frozen=True):
    """One server: its settings, storage, listeners and password checks."""

    settings: Settings
    storage: Storage
    sync_handler: SyncHandler
    change_feed: ChangeFeed
    passwords: Passwords
    attempts: Attempts
    body_quota: BodyQuota
    long_requests: asyncio.Semaphore


def open_server(settings: Settings) -> Server:
    """Open the storage and return the server around it."""
    storage = open_storage(settings.home)
    return Server(
        settings=settings,
        storage=storage,
        sync_handler=SyncHandler(storage.identity),
        change_feed=ChangeFeed(),
        passwords=Passwords(settings.password_memory_kib, settings.password_rounds),
        attempts=Attempts(
            settings.sign_in_attempts, settings.sign_in_attempts_of_address, settings.sign_in_window_s
        ),
        body_quota=BodyQuota(),
        long_requests=asyncio.Semaphore(1),
    )
