"""Web Locks: work that only one tab of this browser may do at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import js
from pyodide.ffi import create_once_callable

from webapp.py.browser.transactions import storage_problem


@asynccontextmanager
async def lock(name: str) -> AsyncIterator[None]:
    """Hold a lock, after waiting for other tabs to release it. Needs a secure context."""
    granted: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def hold(_lock: Any) -> Any:
        # The lock is held until this promise is resolved.
        return js.Promise.new(create_once_callable(lambda resolve, _reject: granted.set_result(resolve)))

    def fail(reason: Any) -> None:
        if not granted.done():
            granted.set_exception(storage_problem(str(reason.name), str(reason.message)))

    js.navigator.locks.request(name, create_once_callable(hold)).catch(create_once_callable(fail))
    release = await granted
    try:
        yield
    finally:
        release(None)
