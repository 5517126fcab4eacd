"""IndexedDB transactions as Python generators.

IndexedDB ends a transaction as soon as the event loop runs without a pending request, so it cannot be awaited
step by step. Here the body is a generator that yields requests and is resumed in their callbacks. Its return
value is the result, once the browser confirms that everything is on disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, Literal, TypeVar

import js
from pyodide.ffi import JsException, create_once_callable, create_proxy, to_js

from webapp.py.browser import texts
from webapp.py.store.local import StorageProblem

T = TypeVar("T")
Body = Generator[Any, Any, T]
"""Yields a request, or a list of requests, and is sent the result or the results."""
Open = Callable[[str], Any]
"""Returns an object store of the transaction, by name."""
Mode = Literal["readonly", "readwrite"]

_SENTENCES: dict[str, tuple[Literal["full", "closed", "blocked", "failed"], str]] = {
    "QuotaExceededError": ("full", texts.STORAGE_FULL),
    "InvalidStateError": ("closed", texts.STORAGE_CLOSED),
    "VersionError": ("closed", texts.STORAGE_NEWER),
}


def storage_problem(name: str, details: str) -> StorageProblem:
    """Return the problem of an IndexedDB error, with a message for the person."""
    code, sentence = _SENTENCES.get(name, ("failed", texts.storage_failed(f"{name}: {details}")))
    return StorageProblem(sentence, code)


class Database:
    """An open IndexedDB database. It reopens by itself when the browser has closed it.

    Parameters
    ----------
    name, version
        Which database, and the version of its stores.
    upgrade
        Called with the database to create the stores if its version is older.
    prepare
        Awaited with the database each time it is opened, before anything else uses it. The browser may have
        lost its content, even while the page was open.
    """

    def __init__(
        self,
        name: str,
        version: int,
        upgrade: Callable[[Any, int], None],
        prepare: Callable[[Database], Awaitable[None]] | None = None,
    ) -> None:
        self._name, self._version, self._upgrade, self._prepare = name, version, upgrade, prepare
        self._database: Any = None
        self._opening: asyncio.Future[Any] | None = None

    async def open(self) -> None:
        """Open the database.

        Raises
        ------
        StorageProblem
            When the browser does not allow it, or another tab holds an older version open.
        """
        if self._database is not None:
            return
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._open())
        try:
            await asyncio.shield(self._opening)
        finally:
            self._opening = None

    async def run(self, stores: Sequence[str], mode: Mode, body: Callable[[Open], Body[T]]) -> T:
        """Run a transaction and return the result of its body once it is durable.

        Parameters
        ----------
        stores
            The object stores it uses.
        mode
            Transactions with ``readwrite`` run one after the other.
        body
            Receives a function that returns a store by name. An exception undoes the transaction.

        Raises
        ------
        StorageProblem
            When the browser failed. Then nothing was written, or that is unknown.
        """
        await self.open()
        try:
            return await self._run(stores, mode, body)
        except JsException as error:
            if self._database is None:
                await self.open()
                return await self._run(stores, mode, body)
            raise storage_problem(str(error.name), str(error.message)) from None

    def close(self) -> None:
        """Close the database."""
        if self._database is not None:
            self._database.close()
            self._database = None

    async def _run(self, stores: Sequence[str], mode: Mode, body: Callable[[Open], Body[T]]) -> T:
        options = to_js({"durability": "strict"}, dict_converter=js.Object.fromEntries)
        try:
            transaction = self._database.transaction(to_js(list(stores)), mode, options)
        except JsException:
            self._database = None
            raise
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        _Drive(transaction, body(transaction.objectStore), done)
        return await done

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[Any] = loop.create_future()
        try:
            request = js.indexedDB.open(self._name, self._version)
        except (JsException, AttributeError):
            raise StorageProblem(texts.STORAGE_FORBIDDEN) from None

        def fail(problem: StorageProblem) -> None:
            if not opened.done():
                opened.set_exception(problem)

        def on_upgrade(event: Any) -> None:
            self._upgrade(request.result, int(event.oldVersion))

        def on_success(_event: Any) -> None:
            if not opened.done():
                opened.set_result(request.result)

        def on_error(_event: Any) -> None:
            fail(storage_problem(str(request.error.name), str(request.error.message)))

        def on_blocked(_event: Any) -> None:
            fail(StorageProblem(texts.STORAGE_BLOCKED, "blocked"))

        proxies = [create_proxy(handler) for handler in (on_upgrade, on_success, on_error, on_blocked)]
        for name, proxy in zip(("upgradeneeded", "success", "error", "blocked"), proxies, strict=True):
            request.addEventListener(name, proxy)
        try:
            database = await opened
        finally:
            for proxy in proxies:
                proxy.destroy()

        def give_way(_event: Any) -> None:
            database.close()
            self._forget()

        database.addEventListener("close", create_once_callable(lambda _event: self._forget()))
        # Another tab wants to change the stores: close the database, the next use opens it again.
        database.addEventListener("versionchange", create_once_callable(give_way))
        if self._prepare is not None:
            alone = Database(self._name, self._version, self._upgrade)
            alone._database = database
            await self._prepare(alone)
        self._database = database

    def _forget(self) -> None:
        self._database = None


class _Drive:
    """Resumes the body of a transaction in the callbacks of its requests."""

    def __init__(self, transaction: Any, body: Body[Any], done: asyncio.Future[Any]) -> None:
        self._transaction, self._body, self._done = transaction, body, done
        self._result: Any = None
        self._error: BaseException | None = None
        self._proxies = [create_proxy(handler) for handler in (self._completed, self._aborted)]
        transaction.addEventListener("complete", self._proxies[0])
        transaction.addEventListener("abort", self._proxies[1])
        self._resume(None)

    def _resume(self, value: Any) -> None:
        try:
            asked = self._body.send(value)
        except StopIteration as stop:
            self._result = stop.value
            return
        except BaseException as error:
            self._error = error
            self._transaction.abort()
            return
        requests = asked if isinstance(asked, list) else [asked]
        if not requests:
            self._resume([])
            return

        def succeeded(_event: Any) -> None:
            results = [request.result for request in requests]
            self._resume(results if isinstance(asked, list) else results[0])

        # Requests of a transaction succeed in the order they were made.
        requests[-1].addEventListener("success", create_once_callable(succeeded))

    def _completed(self, _event: Any) -> None:
        self._settle(lambda: self._done.set_result(self._result))

    def _aborted(self, _event: Any) -> None:
        error = self._error
        if error is None or isinstance(error, JsException):
            cause = self._transaction.error or error
            name = str(getattr(cause, "name", "AbortError"))
            error = storage_problem(name, str(getattr(cause, "message", "")))
        self._settle(lambda: self._done.set_exception(error))

    def _settle(self, settle: Callable[[], None]) -> None:
        for proxy in self._proxies:
            proxy.destroy()
        if not self._done.done():
            settle()
