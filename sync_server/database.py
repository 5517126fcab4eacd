"""The SQLite file: how it is opened, one writer whose commits are shared, and readers beside it.

SQLite has one writer at a time. Requests that arrive while a commit is on its way to the disk wait together
and share the next one; each keeps a savepoint of its own, so that one that fails takes nothing with it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import sqlite_utils

from sync_server.migrations import MIGRATIONS

T = TypeVar("T")
Connection = sqlite3.Connection

_BATCH_S = 0.02
"""A batch that has taken this long is committed, so that the first of it need not wait for the last."""
_READERS = 2


def connect(path: Path, *, read_only: bool = False) -> Connection:
    """Return a connection with the settings that all of them share; transactions are begun explicitly."""
    connection = sqlite3.connect(
        path, timeout=5, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Hot pages are rewritten by every commit; a rarer checkpoint moves each of them once, not many times.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


class Database:
    """One file with its writer and readers.

    Parameters
    ----------
    path
        The file; it and its folder are made when missing, and brought to the newest schema.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._writing = connect(path)
        MIGRATIONS.apply(sqlite_utils.Database(self._writing))
        self._looking = connect(path, read_only=True)
        row = self._looking.execute("SELECT value FROM meta WHERE key = 'database'").fetchone()
        self.identity: str = row[0]
        self._committer = ThreadPoolExecutor(1, "commit")
        self._readers = ThreadPoolExecutor(_READERS, "read")
        self._local = threading.local()
        self._opened: list[Connection] = []
        self._waiting: deque[tuple[Callable[[Connection], Any], asyncio.Future[Any]]] = deque()
        self._draining: asyncio.Task[None] | None = None

    def look(self, query: Callable[[Connection], T]) -> T:
        """Run a short indexed query here and now, on the thread of the event loop."""
        return query(self._looking)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query that may take long, on a reader's thread, seeing one state of the database."""

        def work() -> T:
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = connect(self.path, read_only=True)
                self._opened.append(connection)
            connection.execute("BEGIN")
            try:
                return query(connection)
            finally:
                connection.execute("COMMIT")

        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    async def write(self, job: Callable[[Connection], T]) -> T:
        """Run ``job`` in the next transaction and return its result once that is durable.

        An exception of the job undoes what the job did, and nothing else, and is raised here.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((job, future))
        if self._draining is None or self._draining.done():
            self._draining = loop.create_task(self._drain())
        return await future

    def write_now(self, job: Callable[[Connection], T]) -> T:
        """Run ``job`` in a transaction of its own; for commands that have no event loop."""
        self._writing.execute("BEGIN IMMEDIATE")
        try:
            result = job(self._writing)
            self._writing.execute("COMMIT")
        except BaseException:
            if self._writing.in_transaction:
                self._writing.execute("ROLLBACK")
            raise
        return result

    def close(self) -> None:
        """Close every connection; what was acknowledged is on the disk already."""
        self._readers.shutdown()
        self._committer.shutdown()
        for connection in (*self._opened, self._looking, self._writing):
            connection.close()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await self._gather()
            finished: list[tuple[asyncio.Future[Any], Any, BaseException | None]] = []
            trouble: Exception | None = None
            try:
                self._writing.execute("BEGIN IMMEDIATE")
                self._run_batch(finished)
                await loop.run_in_executor(self._committer, self._writing.execute, "COMMIT")
            except Exception as error:
                trouble = error
                with suppress(sqlite3.Error):
                    self._writing.execute("ROLLBACK")
                if not finished:
                    finished.append((self._waiting.popleft()[1], None, error))
            for future, result, failure in finished:
                reason = failure or trouble
                if future.cancelled():
                    continue
                if reason is not None:
                    future.set_exception(reason)
                else:
                    future.set_result(result)

    async def _gather(self) -> None:
        """Let the requests that the loop has already received join the batch."""
        seen = 0
        while seen < len(self._waiting):
            seen = len(self._waiting)
            await asyncio.sleep(0)

    def _run_batch(self, finished: list[tuple[asyncio.Future[Any], Any, BaseException | None]]) -> None:
        execute = self._writing.execute
        until = time.monotonic() + _BATCH_S
        while self._waiting and time.monotonic() < until:
            job, future = self._waiting.popleft()
            finished.append((future, None, None))
            execute("SAVEPOINT request")
            try:
                result = job(self._writing)
            except Exception as error:
                # A full disk ends the whole transaction; then the rollback fails and so does the batch.
                execute("ROLLBACK TO request")
                execute("RELEASE request")
                finished[-1] = (future, None, error)
            else:
                execute("RELEASE request")
                finished[-1] = (future, result, None)
