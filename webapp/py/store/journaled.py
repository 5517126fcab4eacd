"""A local store with a journal: an edit is durable once it is in both."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import msgspec

from webapp.py.domain.ids import now_ms
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import AssetPage, SyncReply
from webapp.py.store.journal import (
    Entry,
    checkpoint,
    newest_revisions,
    read_entries,
    restore,
    write_entry,
)
from webapp.py.store.local import (
    Applied,
    LocalStore,
    News,
    Outgoing,
    RecordKey,
    StorageProblem,
    Stored,
    Written,
)

ROOM = 4_000_000
"""How many bytes a journal may grow beyond twice its last checkpoint before it is rewritten."""
TAIL = 65_536
"""How many bytes at the end of a part are searched for its last entry."""
_CHECKPOINT_SIZE = "journal"
_log = logging.getLogger(__name__)


class Journal(Protocol):
    """The files of the journal, of which this tab writes one. Every failure is a `StorageProblem`."""

    async def size(self) -> int:
        """Return about how many bytes all parts have together."""
        ...

    async def append(self, content: bytes) -> None:
        """Append to the part of this tab. It is durable when this returns."""
        ...

    async def read(self) -> list[bytes]:
        """Return the parts of all tabs, including closed ones."""
        ...

    async def tails(self) -> list[bytes]:
        """Return the last `TAIL` bytes of each part."""
        ...

    async def replace(self, content: bytes) -> None:
        """Write a new part, then empty the old part of this tab and those of closed tabs."""
        ...

    def held(self) -> AbstractAsyncContextManager[None]:
        """Meanwhile, keep other tabs from holding the journal, and this one from appending."""
        ...


async def restore_lost(local: LocalStore, journal: Journal) -> int:
    """Restore a database that the browser has dropped, and return how many ops were restored.

    A store that is complete has a mark in its meta values, which is lost with everything else.
    """
    if await local.get_meta(_CHECKPOINT_SIZE) is not None:
        return 0
    async with journal.held():
        if await local.get_meta(_CHECKPOINT_SIZE) is not None:
            return 0
        count = await restore(local, read_entries(await journal.read()))
        if count:
            # Higher than any number that an open page has seen, so that it loads what was restored.
            await local.count_from(now_ms())
        await local.set_meta(_CHECKPOINT_SIZE, 0)
        return count


class JournaledStore:
    """A `LocalStore` that writes to another one first, and then to a journal.

    The journal never contains an edit that the store did not accept, so a restore never adds anything new.

    Parameters
    ----------
    local
        The store, after `restore_lost`.
    journal
        Where its second copy goes.
    solo
        Whether there is no server, so that everything in the store exists only on this machine.
    """

    def __init__(self, local: LocalStore, journal: Journal, *, solo: bool = False) -> None:
        self._local = local
        self._journal = journal
        self._solo = solo
        self._revisions: dict[str, int] = {}
        self._begun = asyncio.Event()

    @property
    def on_change(self) -> Callable[[News], None] | None:
        """See `LocalStore.on_change`."""
        return self._local.on_change

    @on_change.setter
    def on_change(self, tell: Callable[[News], None] | None) -> None:
        self._local.on_change = tell

    async def begin(self) -> None:
        """Rewrite the journal if it lacks something that the store has, or has grown large.

        A browser that was killed between the two writes leaves an edit in the store only. The page shows that
        edit, so it must be in both before anything more counts as saved. Writes wait for this.
        """
        try:
            async with self._journal.held():
                self._revisions = newest_revisions(await self._journal.tails())
                if await self._is_behind() or await self._is_long():
                    await self._rewrite()
        except StorageProblem as problem:
            _log.warning("the journal could not be checked: %s", problem)
        finally:
            self._begun.set()

    async def load(self, scope: str, keys: Collection[RecordKey] | None = None) -> Stored:
        """See `LocalStore.load`."""
        return await self._local.load(scope, keys)

    async def revision(self, scope: str) -> int:
        """See `LocalStore.revision`."""
        return await self._local.revision(scope)

    async def count_from(self, revision: int) -> None:
        """See `LocalStore.count_from`."""
        await self._local.count_from(revision)

    async def scopes(self) -> list[str]:
        """See `LocalStore.scopes`."""
        return await self._local.scopes()

    async def unsynced_scopes(self) -> list[str]:
        """See `LocalStore.unsynced_scopes`."""
        return await self._local.unsynced_scopes()

    async def enqueue(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Written:
        """See `LocalStore.enqueue`."""
        written = await self._local.enqueue(scope, ops, dismiss)
        entry = Entry(at=now_ms(), scope=scope, queued=list(ops), gone=list(dismiss))
        await self._append(entry, written.revision)
        return written

    async def apply_locally(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Applied:
        """See `LocalStore.apply_locally`."""
        applied = await self._local.apply_locally(scope, ops, dismiss)
        await self._append(Entry(at=now_ms(), scope=scope, applied=list(ops)), applied.revision)
        return applied

    async def outgoing(self, scope: str, most: int, most_bytes: int) -> Outgoing:
        """See `LocalStore.outgoing`."""
        return await self._local.outgoing(scope, most, most_bytes)

    async def apply_reply(self, scope: str, sent_cursor: str, reply: SyncReply) -> Applied:
        """See `LocalStore.apply_reply`."""
        applied = await self._local.apply_reply(scope, sent_cursor, reply)
        # The server does not have a refused op, so its second copy stays until the person dismisses it.
        refused = {one.op.op_id for one in applied.refused}
        gone = [op_id for op_id in applied.gone if op_id not in refused]
        # What the server has lost had no second copy any more.
        lost = [one.op for one in applied.refused if one.op.op_id not in applied.gone]
        if not applied.stale:
            entry = Entry(at=now_ms(), scope=scope, queued=lost, gone=gone)
            await self._forget(entry, applied.revision)
        return applied

    async def dismiss(self, scope: str, entries: Collection[str]) -> Written:
        """See `LocalStore.dismiss`."""
        written = await self._local.dismiss(scope, entries)
        await self._forget(Entry(at=now_ms(), scope=scope, gone=list(entries)), written.revision)
        return written

    async def get_meta(self, key: str) -> Any:
        """See `LocalStore.get_meta`."""
        return await self._local.get_meta(key)

    async def set_meta(self, key: str, value: Any) -> None:
        """See `LocalStore.set_meta`."""
        await self._local.set_meta(key, value)

    async def get_assets(self, dataset: str, start: int) -> AssetPage | None:
        """See `LocalStore.get_assets`."""
        return await self._local.get_assets(dataset, start)

    async def put_assets(self, page: AssetPage) -> None:
        """See `LocalStore.put_assets`."""
        await self._local.put_assets(page)
        if self._solo:
            await self._append(Entry(at=now_ms(), assets=page))

    async def all_assets(self) -> list[AssetPage]:
        """See `LocalStore.all_assets`."""
        return await self._local.all_assets()

    async def _append(self, entry: Entry, revision: int = 0) -> None:
        await self._begun.wait()
        before = self._revisions.get(entry.scope, 0)
        # If another tab has written in between, this one cannot know that all of it is in the journal.
        own = {entry.scope: revision} if revision == before + 1 else {}
        whole = msgspec.structs.replace(entry, revisions=self._revisions | own)
        await self._journal.append(write_entry(whole))
        self._revisions.update(own)

    async def _forget(self, entry: Entry, revision: int) -> None:
        """Note what needs no second copy. A superfluous op in the journal would only be sent once more."""
        try:
            await self._append(entry, revision)
            if entry.gone and await self._is_long():
                async with self._journal.held():
                    await self._rewrite()
        except StorageProblem as problem:
            _log.warning("the journal could not be kept short: %s", problem)

    async def _is_behind(self) -> bool:
        revisions = {scope: await self._local.revision(scope) for scope in await self._local.scopes()}
        return any(self._revisions.get(scope) != revision for scope, revision in revisions.items())

    async def _is_long(self) -> bool:
        size = await self._journal.size()
        return size > ROOM and size > ROOM + 2 * int(await self._local.get_meta(_CHECKPOINT_SIZE) or 0)

    async def _rewrite(self) -> None:
        if await self._local.get_meta(_CHECKPOINT_SIZE) is None:
            return  # a restore has failed: the journal may be the only copy
        entries = await checkpoint(self._local, solo=self._solo)
        if entries is not None:
            content = b"".join(map(write_entry, entries))
            await self._journal.replace(content)
            await self._local.set_meta(_CHECKPOINT_SIZE, len(content))
            self._revisions = entries[-1].revisions
