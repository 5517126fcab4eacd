"""Turns at something that only one may do at a time: the owners take them one after the other.

Whoever asks a hundred times waits behind everybody else who asks once.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sync_server import texts
from sync_server.errors import ApiError


class Turns:
    """Gives out turns.

    Parameters
    ----------
    most_each, most_all
        How many may wait, of one owner and of all together.
    """

    def __init__(self, most_each: int, most_all: int) -> None:
        self._most_each = most_each
        self._most_all = most_all
        self._busy = False
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, owner: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it.

        Raises
        ------
        ApiError
            With 429, when too many wait already.
        """
        await self._wait(owner)
        try:
            yield
        finally:
            self._next()

    async def _wait(self, owner: str) -> None:
        if not self._busy:
            self._busy = True
            return
        own = self._waiting.get(owner, ())
        if len(own) >= self._most_each or sum(map(len, self._waiting.values())) >= self._most_all:
            raise ApiError(429, "busy", texts.TOO_MANY_SIGN_INS, {"Retry-After": "2"})
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(owner, deque()).append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._next()
            raise

    def _next(self) -> None:
        """Give the turn to the owner who has waited longest since their last one."""
        while self._waiting:
            owner, futures = self._waiting.popitem(last=False)
            future = futures.popleft()
            if futures:
                self._waiting[owner] = futures
            if not future.done():
                future.set_result(None)
                return
        self._busy = False
