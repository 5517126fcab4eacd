"""A browser profile with a database and a journal, and how to run a story on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from tests.support.local_store_scenarios import S, op
from tests.support.memory_journal import Journals, MemoryJournal
from webapp.py.store.journal import Entry
from webapp.py.store.journaled import JournaledStore, restore_lost
from webapp.py.store.memory import Disk, MemoryLocalStore


class Machine:
    """A browser profile: a database and a journal, and tabs that come and go."""

    def __init__(self, *, solo: bool = False) -> None:
        self.disk, self.journals, self.solo = Disk(), Journals(), solo

    async def tab(self) -> JournaledStore:
        local, journal = MemoryLocalStore(self.disk), MemoryJournal(self.journals)
        await restore_lost(local, journal)
        store = JournaledStore(local, journal, solo=self.solo)
        await store.begin()
        return store

    def kill(self) -> None:
        self.journals.close_all()

    def drop(self) -> None:
        """Do what Chromium does with a database that it finds damaged."""
        self.kill()
        self.disk = Disk()

    async def held(self, scope: str = S) -> dict[str, Any]:
        rows = (await MemoryLocalStore(self.disk).load(scope)).rows
        return {row.id: msgspec.json.decode(row.fields) for row in rows}

    async def unsynced(self, scope: str = S) -> list[str]:
        return [one.op.op_id for one in (await MemoryLocalStore(self.disk).load(scope)).outbox]


def play(story: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await story()

    asyncio.run(run())


def some(count: int) -> list[Entry]:
    return [Entry(at=100 + n, scope=S, queued=[op(n, note="ü\n")]) for n in range(count)]
