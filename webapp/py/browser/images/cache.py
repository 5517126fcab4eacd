"""Images kept on this computer, in a database of their own, so that a full disk never affects people's work.

Three stores, each by address: ``files`` and ``thumbnails`` hold blobs, ``uses`` holds the size of each file
and when it was last used. When the budget or the browser's storage is used up, the least recently used files
are removed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy, to_js

NAME = "limner-images"
BUDGET = 2_000_000_000
"""Bytes that images may use on this computer. Browsers may allow less."""
_FILES, _USES, _THUMBNAILS = "files", "uses", "thumbnails"


class ImageCache:
    """The database of kept images. If the browser blocks it or it is broken, nothing is kept."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._opening: asyncio.Future[Any] | None = None
        self._uses: dict[str, tuple[float, int]] = {}
        self._background: set[asyncio.Future[Any]] = set()

    async def open(self) -> None:
        """Open the database ahead of its first use."""
        await self._open()

    async def get(self, url: str) -> Any | None:
        """Return the file of an address as a ``Blob``, or None if it is not kept."""
        blob = await self._read(_FILES, url)
        if blob is not None:
            self._in_background(self._note_use(url, int(blob.size)))
        return blob

    async def keeps(self, url: str) -> bool:
        """Return whether the file of an address is kept."""
        await self._open()
        return url in self._uses

    def put_later(self, url: str, blob: Any) -> None:
        """Keep a file, without waiting until it is written."""
        self._in_background(self.put(url, blob))

    async def put(self, url: str, blob: Any) -> bool:
        """Keep a file, removing others if necessary. Returns False if there is no room."""
        size = int(blob.size)
        if size > self._budget:
            return False
        await self._make_room(size)
        if not await self._write(_FILES, url, blob):
            # The browser allows less than the budget: remove half of what is kept and try once more.
            self._budget = max(sum(kept for _, kept in self._uses.values()) // 2, size)
            await self._make_room(size)
            if not await self._write(_FILES, url, blob):
                return False
        await self._note_use(url, size)
        return True

    async def forget(self, url: str) -> None:
        """Remove a file."""
        self._uses.pop(url, None)
        for store in (_FILES, _USES):
            await self._change(store, lambda target: target.delete(url))

    async def get_thumbnail(self, url: str, size: int) -> Any | None:
        """Return a thumbnail as a ``Blob``, or None if it is not kept."""
        return await self._read(_THUMBNAILS, f"{size} {url}")

    def put_thumbnail_later(self, url: str, size: int, blob: Any) -> None:
        """Keep a thumbnail, without waiting until it is written. It stays when its file is removed."""
        self._in_background(self._write(_THUMBNAILS, f"{size} {url}", blob))

    async def written(self) -> None:
        """Wait until everything that was put so far is written."""
        await asyncio.gather(*self._background)

    async def _make_room(self, size: int) -> None:
        await self._open()
        total = sum(kept for _, kept in self._uses.values()) + size
        for url, (_, kept) in sorted(self._uses.items(), key=lambda use: use[1]):
            if total <= self._budget:
                return
            total -= kept
            await self.forget(url)

    def _note_use(self, url: str, size: int) -> Coroutine[Any, Any, bool]:
        """Note that a file was used now. Returns the write of this note, which the caller runs."""
        now = float(js.Date.now())
        self._uses[url] = (now, size)
        return self._write(_USES, url, to_js([now, size]))

    def _in_background(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _read(self, store: str, key: str) -> Any | None:
        database = await self._open()
        if database is None:
            return None
        request = database.transaction(store, "readonly").objectStore(store).get(key)
        return (request.result or None) if await _outcome(request, "success", "error") else None

    async def _write(self, store: str, key: str, value: Any) -> bool:
        return await self._change(store, lambda target: target.put(value, key))

    async def _change(self, store: str, change: Any) -> bool:
        database = await self._open()
        if database is None:
            return False
        try:
            transaction = database.transaction(store, "readwrite")
            change(transaction.objectStore(store))
        except JsException:
            return False
        return await _outcome(transaction, "complete", "abort")

    async def _open(self) -> Any | None:
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._open_now())
        return await asyncio.shield(self._opening)

    async def _open_now(self) -> Any | None:
        try:
            request = js.indexedDB.open(NAME, 1)
        except (JsException, AttributeError):
            return None

        def upgrade(_event: Any) -> None:
            for store in (_FILES, _USES, _THUMBNAILS):
                request.result.createObjectStore(store)

        make = create_proxy(upgrade)
        request.onupgradeneeded = make
        try:
            if not await _outcome(request, "success", "error"):
                return None
        finally:
            make.destroy()
        database = request.result
        uses = database.transaction(_USES, "readonly").objectStore(_USES)
        keys, values = uses.getAllKeys(), uses.getAll()
        if await _outcome(values, "success", "error"):
            for url, (used, size) in zip(keys.result, values.result, strict=True):
                self._uses[str(url)] = (float(used), int(size))
        return database


async def _outcome(target: Any, good: str, bad: str) -> bool:
    """Wait for a request or transaction of IndexedDB. Returns whether it succeeded."""
    done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def settle(event: Any) -> None:
        if not done.done():
            done.set_result(str(event.type) == good)

    heard = create_proxy(settle)
    target.addEventListener(good, heard)
    target.addEventListener(bad, heard)
    try:
        return await done
    finally:
        target.removeEventListener(good, heard)
        target.removeEventListener(bad, heard)
        heard.destroy()
