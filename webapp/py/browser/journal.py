"""The journal of this tab in the site's private file system. See `webapp.py.store.journal`."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import js
from pyodide.ffi import create_proxy, to_js

from webapp.py.browser import texts
from webapp.py.browser.indexeddb import IndexedDbStore, file_name
from webapp.py.browser.locks import lock
from webapp.py.browser.transactions import storage_problem
from webapp.py.store.journaled import TAIL, JournaledStore, restore_lost
from webapp.py.store.local import LocalStore, StorageProblem


async def open_store(
    person: str, script: str, *, solo: bool = False, recovered: Callable[[int], None] = lambda count: None
) -> LocalStore:
    """Open the durable store of a person, with a journal if the browser allows one at this address.

    Parameters
    ----------
    person
        Whose store.
    script
        The address of ``journal.js``.
    solo
        Whether there is no server.
    recovered
        Called with the number of restored edits when the browser has lost its database.

    Raises
    ------
    StorageProblem
        When the browser does not allow it.
    """
    if not _can_keep_journal():
        return await IndexedDbStore.open(person)
    journal = FileJournal(script, file_name(person))

    async def bring_back(local: IndexedDbStore) -> None:
        try:
            count = await restore_lost(local, journal)
        except StorageProblem as problem:
            js.console.warn(f"The backup of your work could not be read: {problem}")
        else:
            if count:
                recovered(count)

    store = JournaledStore(await IndexedDbStore.open(person, bring_back), journal, solo=solo)
    journal.keep(store.begin())
    return store


def _can_keep_journal() -> bool:
    return bool(js.isSecureContext) and hasattr(js.navigator, "locks") and hasattr(js.navigator, "storage")


class FileJournal:
    """`webapp.py.store.journaled.Journal` in a file that only this tab has open.

    The page starts without waiting for it. If the browser has no private file system, as in some private
    windows, nothing is kept and nothing fails.

    Parameters
    ----------
    script
        The address of ``journal.js``.
    folder
        The name of the person's folder.
    """

    def __init__(self, script: str, folder: str) -> None:
        self._size = 0
        self._lock = f"limner-journal-{folder}"
        self._mutex = asyncio.Lock()
        self._holding = False
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._worker = js.Worker.new(script)
        self._worker.addEventListener("message", create_proxy(self._on_message))
        self._worker.addEventListener("error", create_proxy(self._on_crash))
        self._opening = asyncio.ensure_future(self._open(folder))
        self._work: asyncio.Future[None] | None = None

    async def size(self) -> int:
        """See `Journal.size`."""
        await self._opening
        return self._size

    async def append(self, content: bytes) -> None:
        """See `Journal.append`."""
        if await self._opening:
            async with self._mutex:
                await self._ask("append", to_js(content))
                self._size += len(content)

    async def read(self) -> list[bytes]:
        """See `Journal.read`."""
        if not await self._opening:
            raise StorageProblem(texts.NO_PRIVATE_FILES)
        return [part.to_bytes() for part in await self._ask("read")]

    async def tails(self) -> list[bytes]:
        """See `Journal.tails`."""
        if not await self._opening:
            return []
        return [part.to_bytes() for part in await self._ask("read", TAIL)]

    async def replace(self, content: bytes) -> None:
        """See `Journal.replace`."""
        if await self._opening:
            await self._ask("replace", to_js(content))
            self._size = len(content)

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something in the background to its end."""
        self._work = asyncio.ensure_future(work)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """See `Journal.held`."""
        if self._holding:
            # The database was reopened by the code that holds the journal.
            yield
            return
        async with self._mutex, lock(self._lock):
            self._holding = True
            try:
                yield
            finally:
                self._holding = False

    async def _open(self, folder: str) -> bool:
        try:
            self._size = int(await self._ask("open", folder))
        except StorageProblem as problem:
            js.console.warn(f"No backup of your work is kept: {problem}")
            return False
        return True

    async def _ask(self, deed: str, given: Any = None) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        number = next(self._numbers)
        self._asked[number] = answer
        message = {"id": number, "deed": deed, "given": given}
        self._worker.postMessage(to_js(message, dict_converter=js.Object.fromEntries))
        try:
            return await answer
        finally:
            del self._asked[number]

    def _on_message(self, event: Any) -> None:
        message = event.data
        answer = self._asked.get(int(message.id))
        if answer is None or answer.done():
            return
        if hasattr(message, "problem"):
            answer.set_exception(storage_problem(str(message.problem), str(message.details)))
        else:
            answer.set_result(message.value)

    def _on_crash(self, event: Any) -> None:
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(storage_problem("WorkerError", str(event.message)))
