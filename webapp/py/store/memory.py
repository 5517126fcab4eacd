"""A local store in memory: the reference for what a local store does, and what the tests use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from webapp.py.domain.ids import now_ms
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import AssetPage, SyncReply
from webapp.py.store import applying
from webapp.py.store.local import (
    MOST_NEWS_KEYS,
    MOST_OVERWRITTEN,
    Applied,
    News,
    Outgoing,
    Overwritten,
    Quarantined,
    RecordKey,
    RefusedOp,
    Row,
    Stored,
    UnsyncedOp,
    Written,
)

_Entry = TypeVar("_Entry")
Hook = Callable[[str], Awaitable[None]]


class _Scope:
    """One scope on a disk. Every value is JSON text, so nothing is shared with the reader."""

    def __init__(self) -> None:
        self.revision = 0
        self.cursor = ""
        self.rows: dict[RecordKey, str] = {}
        self.outbox: dict[int, str] = {}
        self.refused: dict[str, str] = {}
        self.overwritten: dict[str, str] = {}
        self.quarantined: dict[str, str] = {}


class Disk:
    """What survives when the page is closed. Several local stores (tabs) can share a disk."""

    def __init__(self) -> None:
        self.scopes: dict[str, _Scope] = {}
        self.meta: dict[str, str] = {}
        self.assets: dict[tuple[str, int], str] = {}
        self.last_position = 0

    def scope(self, name: str) -> _Scope:
        """Return a scope, empty at first."""
        return self.scopes.setdefault(name, _Scope())


class MemoryLocalStore:
    """One tab's access to a `Disk`.

    ``before`` and ``after`` are awaited around every transaction, with the name of the method. They can let
    other tasks run, or raise a `StorageProblem`. If ``before`` raises, nothing was written; if ``after``
    raises, everything was. The caller cannot tell which.
    """

    def __init__(self, disk: Disk | None = None) -> None:
        self.disk = disk or Disk()
        self.on_change: Callable[[News], None] | None = None
        self.before: Hook | None = None
        self.after: Hook | None = None

    async def load(self, scope: str, keys: Collection[RecordKey] | None = None) -> Stored:
        """See `LocalStore.load`."""
        await self._hook(self.before, "load")
        held = self.disk.scope(scope)
        outbox = self._read_outbox(held)
        if keys is None:
            rows = [_decode(text, Row) for text in held.rows.values()]
        else:
            rows = [_decode(held.rows[key], Row) for key in keys if key in held.rows]
            wanted = set(keys)
            outbox = [one for one in outbox if (one.op.table, one.op.id) in wanted]
        return Stored(
            revision=held.revision,
            cursor=held.cursor,
            rows=rows,
            outbox=outbox,
            refused=[_decode(text, RefusedOp) for text in held.refused.values()],
            overwritten=[_decode(text, Overwritten) for text in held.overwritten.values()],
            quarantined=[_decode(text, Quarantined) for text in held.quarantined.values()],
        )

    async def revision(self, scope: str) -> int:
        """See `LocalStore.revision`."""
        await self._hook(self.before, "revision")
        return self.disk.scope(scope).revision

    async def count_from(self, revision: int) -> None:
        """See `LocalStore.count_from`."""
        await self._hook(self.before, "count_from")
        for held in self.disk.scopes.values():
            held.revision = max(held.revision, revision) if held.revision else 0

    async def scopes(self) -> list[str]:
        """See `LocalStore.scopes`."""
        await self._hook(self.before, "scopes")
        return [name for name, held in self.disk.scopes.items() if held.revision]

    async def unsynced_scopes(self) -> list[str]:
        """See `LocalStore.unsynced_scopes`."""
        await self._hook(self.before, "unsynced_scopes")
        return [name for name, held in self.disk.scopes.items() if held.outbox]

    async def enqueue(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Written:
        """See `LocalStore.enqueue`."""
        await self._hook(self.before, "enqueue")
        held = self.disk.scope(scope)
        known = {one.op.op_id for one in self._read_outbox(held)}
        unsynced: list[UnsyncedOp] = []
        for op in ops:
            if op.op_id in known:
                continue
            known.add(op.op_id)
            self.disk.last_position += 1
            held.outbox[self.disk.last_position] = _encode(op)
            unsynced.append(UnsyncedOp(position=self.disk.last_position, op=_decode(_encode(op), Op)))
        self._drop(held, dismiss)
        keys = list(dict.fromkeys((op.table, op.id) for op in ops))
        revision = await self._commit(scope, held, keys, "enqueue")
        return Written(revision=revision, keys=keys, unsynced=unsynced)

    async def apply_locally(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Applied:
        """See `LocalStore.apply_locally`."""
        await self._hook(self.before, "apply_locally")
        held = self.disk.scope(scope)
        result = applying.apply_locally(ops, self._rows(held, ((op.table, op.id) for op in ops)))
        self._drop(held, dismiss)
        return await self._write(scope, held, result, "apply_locally")

    async def outgoing(self, scope: str, most: int, most_bytes: int) -> Outgoing:
        """See `LocalStore.outgoing`."""
        await self._hook(self.before, "outgoing")
        held = self.disk.scope(scope)
        unsynced = self._read_outbox(held)
        taken: list[Op] = []
        size = 0
        for one in unsynced[:most]:
            size += len(held.outbox[one.position].encode())
            if taken and size > most_bytes:
                break
            taken.append(one.op)
        left = len(unsynced) - len(taken)
        return Outgoing(revision=held.revision, cursor=held.cursor, ops=taken, left=left)

    async def apply_reply(self, scope: str, sent_cursor: str, reply: SyncReply) -> Applied:
        """See `LocalStore.apply_reply`."""
        await self._hook(self.before, "apply_reply")
        held = self.disk.scope(scope)
        if held.cursor != sent_cursor:
            return Applied(revision=held.revision, stale=True)
        answered = {*reply.done, *(refusal.op_id for refusal in reply.refused)}
        named = [one.op for one in self._read_outbox(held) if one.op.op_id in answered]
        rows = self._rows(held, held.rows if reply.rewound else applying.keys_touched(reply, named))
        result = applying.apply_reply(reply, named, rows, now_ms())
        held.cursor = reply.cursor
        return await self._write(
            scope, held, result, "apply_reply", extra=[(op.table, op.id) for op in named]
        )

    async def dismiss(self, scope: str, entries: Collection[str]) -> Written:
        """See `LocalStore.dismiss`."""
        await self._hook(self.before, "dismiss")
        held = self.disk.scope(scope)
        self._drop(held, entries)
        return Written(revision=await self._commit(scope, held, [], "dismiss"))

    async def get_meta(self, key: str) -> Any:
        """See `LocalStore.get_meta`."""
        await self._hook(self.before, "get_meta")
        return msgspec.json.decode(self.disk.meta[key]) if key in self.disk.meta else None

    async def set_meta(self, key: str, value: Any) -> None:
        """See `LocalStore.set_meta`."""
        await self._hook(self.before, "set_meta")
        self.disk.meta[key] = _encode(value)
        await self._hook(self.after, "set_meta")

    async def get_assets(self, dataset: str, start: int) -> AssetPage | None:
        """See `LocalStore.get_assets`."""
        await self._hook(self.before, "get_assets")
        text = self.disk.assets.get((dataset, start))
        return None if text is None else _decode(text, AssetPage)

    async def put_assets(self, page: AssetPage) -> None:
        """See `LocalStore.put_assets`."""
        await self._hook(self.before, "put_assets")
        self.disk.assets[page.dataset, page.start] = _encode(page)
        await self._hook(self.after, "put_assets")

    async def all_assets(self) -> list[AssetPage]:
        """See `LocalStore.all_assets`."""
        await self._hook(self.before, "all_assets")
        return [_decode(text, AssetPage) for text in self.disk.assets.values()]

    async def _hook(self, hook: Hook | None, method: str) -> None:
        if hook is not None:
            await hook(method)

    async def _write(
        self,
        scope: str,
        held: _Scope,
        result: applying.StoreWrites,
        method: str,
        extra: Iterable[RecordKey] = (),
    ) -> Applied:
        if result.reset:
            held.rows.clear()
        held.rows.update((row.key, _encode(row)) for row in result.rows)
        gone = set(result.gone)
        for one in self._read_outbox(held):
            if one.op.op_id in gone:
                del held.outbox[one.position]
        held.refused.update((entry.op.op_id, _encode(entry)) for entry in result.refused)
        held.overwritten.update((entry.id, _encode(entry)) for entry in result.overwritten)
        for oldest in list(held.overwritten)[:-MOST_OVERWRITTEN]:
            del held.overwritten[oldest]
        held.quarantined.update((entry.id, _encode(entry)) for entry in result.quarantined)
        keys = None if result.reset else list(dict.fromkeys([*(row.key for row in result.rows), *extra]))
        revision = await self._commit(scope, held, keys, method)
        return Applied(
            revision=revision,
            reset=result.reset,
            rows=result.rows,
            gone=result.gone,
            refused=result.refused,
            overwritten=result.overwritten,
        )

    async def _commit(self, scope: str, held: _Scope, keys: list[RecordKey] | None, method: str) -> int:
        held.revision += 1
        revision = held.revision
        if self.on_change is not None:
            small = keys if keys is not None and len(keys) <= MOST_NEWS_KEYS else None
            self.on_change(News(scope=scope, revision=revision, keys=small))
        await self._hook(self.after, method)
        return revision

    def _rows(self, held: _Scope, keys: Iterable[RecordKey]) -> Mapping[RecordKey, Row]:
        return {key: _decode(held.rows[key], Row) for key in keys if key in held.rows}

    def _drop(self, held: _Scope, entries: Collection[str]) -> None:
        for entry in entries:
            for entries_held in (held.refused, held.overwritten, held.quarantined):
                entries_held.pop(entry, None)

    def _read_outbox(self, held: _Scope) -> list[UnsyncedOp]:
        unsynced: list[UnsyncedOp] = []
        for position, text in list(held.outbox.items()):
            try:
                unsynced.append(UnsyncedOp(position=position, op=_decode(text, Op)))
            except msgspec.DecodeError:
                entry = applying.unreadable(text)
                held.quarantined[entry.id] = _encode(entry)
                del held.outbox[position]
        return unsynced


def _encode(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _decode(text: str, kind: type[_Entry]) -> _Entry:
    return msgspec.json.decode(text, type=kind)
