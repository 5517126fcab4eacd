"""A journal in memory: what its files hold, and tabs that each have one of them open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from webapp.py.store.journaled import TAIL


class Journals:
    """The files, which survive when the pages are gone."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.opened: set[int] = set()
        self.lock = asyncio.Lock()

    def close_all(self) -> None:
        """Kill the browser."""
        self.opened.clear()
        self.lock = asyncio.Lock()


class MemoryJournal:
    """One tab's part."""

    def __init__(self, journals: Journals) -> None:
        self.journals = journals
        self.own = self._take(lambda part: True)
        self.mutex = asyncio.Lock()
        self.failing: Exception | None = None

    async def size(self) -> int:
        return sum(map(len, self.journals.parts))

    async def append(self, content: bytes) -> None:
        async with self.mutex:
            if self.failing is not None:
                raise self.failing
            self.journals.parts[self.own] += content

    async def read(self) -> list[bytes]:
        return list(self.journals.parts)

    async def tails(self) -> list[bytes]:
        return [part[-TAIL:] for part in self.journals.parts]

    async def replace(self, content: bytes) -> None:
        old = self.own
        self.own = self._take(lambda part: not part)
        self.journals.parts[self.own] = content
        self.journals.opened.discard(old)
        for number in range(len(self.journals.parts)):
            if number not in self.journals.opened:
                self.journals.parts[number] = b""

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        async with self.mutex, self.journals.lock:
            yield

    def _take(self, fits) -> int:  # type: ignore[no-untyped-def]
        parts, opened = self.journals.parts, self.journals.opened
        free = [number for number, part in enumerate(parts) if number not in opened and fits(part)]
        if not free:
            free = [len(parts)]
            parts.append(b"")
        opened.add(free[0])
        return free[0]
