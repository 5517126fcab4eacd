"""Images kept on this machine, in a database of their own, so that a full disk never touches people's work.

Three stores by address: ``files`` and ``thumbnails`` hold blobs, ``uses`` says how large each file is and
when it was last used. The least recently used go first when the budget is spent or the browser has no more
room.
"""

from __future__ import annotations

import asyncio
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy, to_js

NAME = "limner-images"
BUDGET = 2_000_000_000
"""Bytes that images may take on this machine; less where the browser gives less."""
_FILES, _USES, _THUMBNAILS = "files", "uses", "thumbnails"


class ImageCache:
    """The database of kept images. Without a working one (blocked, broken) it quietly keeps nothing."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._opening: asyncio.Future[Any] | None = None
        self._uses: dict[str, tuple[float, int]] = {}
        self._background: set[asyncio.Future[bool]] = set()

    async def open(self) -> None:
        """Open the database before it is needed."""
        await self._open()

    async def get(self, url: str) -> Any | None:
        """Return the blob of an address, and note that it was used; None when it is not kept."""
        blob = await self._read(_FILES, url)
        if blob is not None:
            # Written behind: whoever wants the image does not wait for that.
            writing = asyncio.ensure_future(self._write(_USES, url, self._used_now(url, int(blob.size))))
            self._background.add(writing)
            writing.add_done_callback(self._background.discard)
        return blob

    async def keeps(self, url: str) -> bool:
        """Tell whether the file of an address is kept."""
        await self._open()
        return url in self._uses

    async def put(self, url: str, blob: Any) -> bool:
        """Keep a file; makes room first. False when there is none."""
        size = int(blob.size)
        if size > self._budget:
            return False
        await self._make_room(size)
        if not await self._write(_FILES, url, blob):
            # The browser gives less than the budget: half of what is kept goes, then it is tried once more.
            self._budget = max(sum(kept for _, kept in self._uses.values()) // 2, size)
            await self._make_room(size)
            if not await self._write(_FILES, url, blob):
                return False
        await self._note(url, size)
        return True

    async def forget(self, url: str) -> None:
        """Drop a file."""
        self._uses.pop(url, None)
        for store in (_FILES, _USES):
            await self._change(store, lambda target: target.delete(url))

    async def get_thumbnail(self, url: str, size: int) -> Any | None:
        """Return the blob of a thumbnail."""
        return await self._read(_THUMBNAILS, f"{size} {url}")

    async def put_thumbnail(self, url: str, size: int, blob: Any) -> None:
        """Keep a thumbnail; they are small and stay when their file goes."""
        await self._write(_THUMBNAILS, f"{size} {url}", blob)

    async def _make_room(self, size: int) -> None:
        await self._open()
        total = sum(kept for _, kept in self._uses.values()) + size
        for url, (_, kept) in sorted(self._uses.items(), key=lambda use: use[1]):
            if total <= self._budget:
                return
            total -= kept
            await self.forget(url)

    async def _note(self, url: str, size: int) -> None:
        await self._write(_USES, url, self._used_now(url, size))

    def _used_now(self, url: str, size: int) -> Any:
        """Take note of a use; returns what the database is to say of it."""
        now = float(js.Date.now())
        self._uses[url] = (now, size)
        return to_js([now, size])

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
    """Wait for a request or a transaction of IndexedDB; tells whether it went well."""
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
