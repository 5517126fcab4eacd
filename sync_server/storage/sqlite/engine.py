"""The SQLite file: how it is opened, one writer whose commits are shared, and readers beside it.

SQLite has one writer at a time. Requests that arrive while a commit is on its way to the disk wait together
and share the next one. Each keeps a savepoint of its own, so that one that fails takes nothing with it.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sync_server.storage.interface import StorageError
from sync_server.storage.sqlite.schema import migrate
from sync_server.storage.sqlite.transaction import SqliteTransaction

T = TypeVar("T")
Job = Callable[[SqliteTransaction], T]

_BATCH_S = 0.02
"""A batch that has taken this long is committed, so that its first job does not wait for its last."""
_READERS = 2
_PATIENCE_MS = 5000
"""How long a connection waits for a file that another process has locked."""


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Return a connection with the settings that all of them share. Transactions are begun explicitly."""
    connection = sqlite3.connect(
        path,
        timeout=_PATIENCE_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Every commit rewrites hot pages. A rarer checkpoint moves each of them once, not many times.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


def _create_private(path: Path) -> None:
    """Create what is missing of a database and its folder, for nobody else to read.

    What SQLite puts beside the file follows it. A folder that exists keeps its permissions: others may have
    a reason to look into it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(FileNotFoundError, PermissionError):
            file.chmod(0o600)


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(str(error)) from error


class SqliteStorage:
    """One file with its writer and readers.

    Parameters
    ----------
    path
        The file. It and its folder are created when missing, and brought to the newest schema.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            _create_private(path)
            self._writer = SqliteTransaction(connect(path))
            migrate(self._writer.connection)
            self._looker = SqliteTransaction(connect(path, read_only=True))
            row = self._looker.connection.execute("SELECT value FROM meta WHERE key = 'database'").fetchone()
            self._identity: str = row[0]
        except (OSError, sqlite3.Error) as error:
            raise StorageError(str(error)) from error
        # These two run on the thread of the event loop, which must never wait for another process.
        for transaction in (self._writer, self._looker):
            transaction.connection.execute("PRAGMA busy_timeout = 0")
        self._committer = ThreadPoolExecutor(1, "commit")
        self._readers = ThreadPoolExecutor(_READERS, "read")
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._waiting: deque[tuple[Job[Any], asyncio.Future[Any], bool]] = deque()
        self._draining: asyncio.Task[None] | None = None

    @property
    def identity(self) -> str:
        """Tells this database from others."""
        return self._identity

    def look(self, query: Job[T]) -> T:
        """Run a short indexed query right away, on the thread of the event loop."""
        try:
            return query(self._looker)
        except sqlite3.Error as error:
            raise StorageError(str(error)) from error

    async def read(self, query: Job[T]) -> T:
        """Run a query that may take long, on a reader's thread, seeing one state of the database."""

        def work() -> T:
            transaction: SqliteTransaction | None = getattr(self._local, "transaction", None)
            if transaction is None:
                transaction = self._local.transaction = SqliteTransaction(connect(self.path, read_only=True))
                self._opened.append(transaction.connection)
            transaction.connection.execute("BEGIN")
            try:
                return query(transaction)
            finally:
                transaction.connection.execute("COMMIT")

        with _storage_errors():
            return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    async def write(self, job: Job[T], *, long: bool = False) -> T:
        """Run ``job`` in the next transaction and return its result once that is durable.

        An exception of the job undoes what the job did, and nothing else, and is raised here. A ``long`` job
        runs on the thread of commits, so that the event loop goes on. Others are faster without that detour.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((job, future, long))
        if self._draining is None or self._draining.done():
            self._draining = loop.create_task(self._drain())
        try:
            return await future
        except sqlite3.Error as error:
            raise StorageError(str(error)) from error

    def write_now(self, job: Job[T]) -> T:
        """Run ``job`` in a transaction of its own. For commands without an event loop."""
        connection = self._writer.connection
        with _storage_errors():
            self._begin_patiently()
            try:
                result = job(self._writer)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return result

    def close(self) -> None:
        """Close every connection. What was acknowledged is already on disk."""
        self._readers.shutdown()
        self._committer.shutdown()
        for connection in (*self._opened, self._looker.connection, self._writer.connection):
            connection.close()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        execute = self._writer.connection.execute
        while self._waiting:
            await self._gather()
            finished: list[tuple[asyncio.Future[Any], Any, BaseException | None]] = []
            batch_error: Exception | None = None
            try:
                await self._begin()
                await self._run_batch(finished)
                await loop.run_in_executor(self._committer, execute, "COMMIT")
            except Exception as error:
                batch_error = error
                with suppress(sqlite3.Error):
                    execute("ROLLBACK")
                if not finished:
                    finished = [(future, None, error) for _, future, _ in self._waiting]
                    self._waiting.clear()
            for future, result, job_error in finished:
                error_or_none = job_error or batch_error
                if future.cancelled():
                    continue
                if error_or_none is not None:
                    future.set_exception(error_or_none)
                else:
                    future.set_result(result)

    async def _begin(self) -> None:
        """Begin a transaction. Waiting for another process is left to the thread of commits."""
        try:
            self._writer.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            await asyncio.get_running_loop().run_in_executor(self._committer, self._begin_patiently)

    def _begin_patiently(self) -> None:
        execute = self._writer.connection.execute
        execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        try:
            execute("BEGIN IMMEDIATE")
        finally:
            execute("PRAGMA busy_timeout = 0")

    async def _gather(self) -> None:
        """Let the requests that the loop has already received join the batch."""
        seen = 0
        while seen < len(self._waiting):
            seen = len(self._waiting)
            await asyncio.sleep(0)

    async def _run_batch(self, finished: list[tuple[asyncio.Future[Any], Any, BaseException | None]]) -> None:
        execute = self._writer.connection.execute
        loop = asyncio.get_running_loop()
        until = time.monotonic() + _BATCH_S
        while self._waiting and time.monotonic() < until:
            job, future, long = self._waiting.popleft()
            finished.append((future, None, None))
            execute("SAVEPOINT request")
            try:
                if long:
                    result = await loop.run_in_executor(self._committer, job, self._writer)
                else:
                    result = job(self._writer)
            except Exception as error:
                # A full disk ends the whole transaction. Then this rollback fails, and the batch with it.
                execute("ROLLBACK TO request")
                execute("RELEASE request")
                finished[-1] = (future, None, error)
            else:
                execute("RELEASE request")
                finished[-1] = (future, result, None)
