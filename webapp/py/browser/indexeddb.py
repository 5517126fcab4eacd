"""The durable store of a person in IndexedDB. `webapp.py.store.local.LocalStore` says what it guarantees.

Values are JSON text: it crosses into Python in one piece, and unreadable values are kept as they are.
Object stores: ``scopes`` (revision and cursor), ``base`` (rows by scope, table and id), ``outbox`` (ops, by
position), ``lists`` (refused, overwritten, quarantined), ``meta`` and ``assets``.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

import js
import msgspec
from pyodide.ffi import to_js

from webapp.py.browser.indexeddb_steps import (
    OVERWRITTEN,
    QUARANTINED,
    REFUSED,
    all_rows,
    carry_out,
    decode,
    decode_outbox,
    drop_entries,
    encode,
    get_rows,
    outbox_entry,
    outbox_of,
    raise_revision,
    read_lists,
    read_outbox,
    scope_state,
)
from webapp.py.browser.transactions import Body, Database, Open
from webapp.py.domain.ids import now_ms
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import AssetPage, SyncReply
from webapp.py.store import applying
from webapp.py.store.local import (
    MOST_NEWS_KEYS,
    Applied,
    News,
    Outgoing,
    RecordKey,
    Stored,
    UnsyncedOp,
    Written,
)

VERSION = 1
_SCOPED = ("scopes", "base", "outbox", "lists")
Prepare = Callable[["IndexedDbStore"], Awaitable[Any]]


def file_name(person: str) -> str:
    """Return a person's id as it is used in the names of databases and folders."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", person)


class IndexedDbStore:
    """One tab's access to the database of a person."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.on_change: Callable[[News], None] | None = None

    @classmethod
    async def open(cls, person: str, prepare: Prepare | None = None) -> IndexedDbStore:
        """Open the database of a person, and create it the first time.

        Parameters
        ----------
        person
            Whose database.
        prepare
            Called with the database each time it is opened, before anything else uses it.

        Raises
        ------
        StorageProblem
            When the browser does not allow it.
        """

        async def make_ready(database: Database) -> None:
            if prepare is not None:
                await prepare(cls(database))

        store = cls(Database("limner-" + file_name(person), VERSION, _upgrade, make_ready))
        await store._database.open()
        return store

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    async def load(self, scope: str, keys: Collection[RecordKey] | None = None) -> Stored:
        """See `LocalStore.load`."""

        def body(at: Open) -> Body[Stored]:
            state = yield at("scopes").get(scope)
            revision, cursor = scope_state(state)
            if keys is None:
                outbox = yield from read_outbox(at, scope)
                rows = yield from all_rows(at, scope)
            else:
                outbox = yield from outbox_of(at, scope, keys)
                rows = list((yield from get_rows(at, scope, keys)).values())
            lists = yield from read_lists(at, scope)
            return Stored(
                revision=revision,
                cursor=cursor,
                rows=rows,
                outbox=outbox,
                refused=lists[REFUSED],
                overwritten=lists[OVERWRITTEN],
                quarantined=lists[QUARANTINED],
            )

        # This also quarantines unreadable ops of the outbox.
        return await self._database.run(_SCOPED, "readwrite", body)

    async def revision(self, scope: str) -> int:
        """See `LocalStore.revision`."""

        def body(at: Open) -> Body[int]:
            state = yield at("scopes").get(scope)
            return scope_state(state)[0]

        return await self._database.run(["scopes"], "readonly", body)

    async def count_from(self, revision: int) -> None:
        """See `LocalStore.count_from`."""

        def body(at: Open) -> Body[None]:
            scopes = at("scopes")
            names = yield scopes.getAllKeys()
            for name in names:
                before, cursor = scope_state((yield scopes.get(name)))
                yield scopes.put(encode((max(before, revision), cursor)), name)

        await self._database.run(["scopes"], "readwrite", body)

    async def scopes(self) -> list[str]:
        """See `LocalStore.scopes`."""

        def body(at: Open) -> Body[list[str]]:
            return [str(name) for name in (yield at("scopes").getAllKeys())]

        return await self._database.run(["scopes"], "readonly", body)

    async def unsynced_scopes(self) -> list[str]:
        """See `LocalStore.unsynced_scopes`."""

        def body(at: Open) -> Body[list[str]]:
            by_scope = at("outbox").index("scope")
            scopes: list[str] = []
            cursor = yield by_scope.openKeyCursor()
            while cursor:
                scopes.append(str(cursor.key))
                cursor = yield by_scope.openKeyCursor(js.IDBKeyRange.lowerBound(cursor.key, True))
            return scopes

        return await self._database.run(["outbox"], "readonly", body)

    async def enqueue(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Written:
        """See `LocalStore.enqueue`."""

        def body(at: Open) -> Body[Written]:
            outbox = at("outbox")
            by_id = outbox.index("op_id")
            known = yield [by_id.getKey(to_js([scope, op.op_id])) for op in ops]
            new = {op.op_id: op for op, key in zip(ops, known, strict=True) if not key}
            positions = yield [outbox.add(outbox_entry(scope, op)) for op in new.values()]
            yield from drop_entries(at, scope, dismiss)
            revision = yield from raise_revision(at, scope)
            unsynced = [
                UnsyncedOp(position=int(position), op=op)
                for position, op in zip(positions, new.values(), strict=True)
            ]
            keys = list(dict.fromkeys((op.table, op.id) for op in ops))
            return Written(revision=revision, keys=keys, unsynced=unsynced)

        written = await self._database.run(_SCOPED, "readwrite", body)
        self._tell(scope, written.revision, written.keys)
        return written

    async def apply_locally(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Applied:
        """See `LocalStore.apply_locally`."""

        def body(at: Open) -> Body[Applied]:
            rows = yield from get_rows(at, scope, [(op.table, op.id) for op in ops])
            yield from drop_entries(at, scope, dismiss)
            return (yield from carry_out(at, scope, applying.apply_locally(ops, rows)))

        applied = await self._database.run(_SCOPED, "readwrite", body)
        self._tell(scope, applied.revision, [row.key for row in applied.rows])
        return applied

    async def outgoing(self, scope: str, most: int, most_bytes: int) -> Outgoing:
        """See `LocalStore.outgoing`."""

        def body(at: Open) -> Body[Outgoing]:
            state = yield at("scopes").get(scope)
            revision, cursor = scope_state(state)
            unsynced = yield from read_outbox(at, scope, most)
            count = yield at("outbox").index("scope").count(scope)
            taken: list[Op] = []
            size = 0
            for one in unsynced:
                size += len(msgspec.json.encode(one.op))
                if taken and size > most_bytes:
                    break
                taken.append(one.op)
            left = max(0, int(count) - len(taken))
            return Outgoing(revision=revision, cursor=cursor, ops=taken, left=left)

        return await self._database.run(_SCOPED, "readwrite", body)

    async def apply_reply(self, scope: str, sent_cursor: str, reply: SyncReply) -> Applied:
        """See `LocalStore.apply_reply`."""
        named: list[Op] = []

        def body(at: Open) -> Body[Applied]:
            state = yield at("scopes").get(scope)
            revision, cursor = scope_state(state)
            if cursor != sent_cursor:
                return Applied(revision=revision, stale=True)
            answered = dict.fromkeys([*reply.done, *(refusal.op_id for refusal in reply.refused)])
            by_id = at("outbox").index("op_id")
            names = [to_js([scope, op_id]) for op_id in answered]
            positions = yield [by_id.getKey(name) for name in names]
            entries = yield [by_id.get(name) for name in names]
            found = [(at_, entry) for at_, entry in zip(positions, entries, strict=True) if at_]
            unsynced = yield from decode_outbox(at, scope, found)
            named.extend(one.op for one in sorted(unsynced, key=lambda one: one.position))
            if reply.rewound:
                rows = {row.key: row for row in (yield from all_rows(at, scope))}
            else:
                rows = yield from get_rows(at, scope, applying.keys_touched(reply, named))
            result = applying.apply_reply(reply, named, rows, now_ms())
            return (yield from carry_out(at, scope, result, reply.cursor))

        applied = await self._database.run(_SCOPED, "readwrite", body)
        if not applied.stale:
            keys = [*(row.key for row in applied.rows), *((op.table, op.id) for op in named)]
            self._tell(scope, applied.revision, None if applied.reset else keys)
        return applied

    async def dismiss(self, scope: str, entries: Collection[str]) -> Written:
        """See `LocalStore.dismiss`."""

        def body(at: Open) -> Body[int]:
            yield from drop_entries(at, scope, entries)
            return (yield from raise_revision(at, scope))

        revision = await self._database.run(_SCOPED, "readwrite", body)
        self._tell(scope, revision, [])
        return Written(revision=revision)

    async def get_meta(self, key: str) -> Any:
        """See `LocalStore.get_meta`."""
        text = await self._get("meta", key)
        return None if text is None else msgspec.json.decode(text)

    async def set_meta(self, key: str, value: Any) -> None:
        """See `LocalStore.set_meta`."""
        await self._put("meta", key, encode(value))

    async def get_assets(self, dataset: str, start: int) -> AssetPage | None:
        """See `LocalStore.get_assets`."""
        text = await self._get("assets", to_js([dataset, start]))
        return None if text is None else decode(text, AssetPage)

    async def put_assets(self, page: AssetPage) -> None:
        """See `LocalStore.put_assets`."""
        await self._put("assets", to_js([page.dataset, page.start]), encode(page))

    async def all_assets(self) -> list[AssetPage]:
        """See `LocalStore.all_assets`."""

        def body(at: Open) -> Body[list[AssetPage]]:
            pages: list[AssetPage] = []
            for text in (yield at("assets").getAll()):
                with contextlib.suppress(msgspec.DecodeError):
                    pages.append(decode(str(text), AssetPage))
            return pages

        return await self._database.run(["assets"], "readonly", body)

    async def _get(self, store: str, key: Any) -> str | None:
        def body(at: Open) -> Body[str | None]:
            text = yield at(store).get(key)
            return str(text) if text else None

        return await self._database.run([store], "readonly", body)

    async def _put(self, store: str, key: Any, text: str) -> None:
        def body(at: Open) -> Body[None]:
            yield at(store).put(text, key)

        await self._database.run([store], "readwrite", body)

    def _tell(self, scope: str, revision: int, keys: Sequence[RecordKey] | None) -> None:
        if self.on_change is not None:
            unique = None if keys is None else list(dict.fromkeys(keys))
            small = unique if unique is not None and len(unique) <= MOST_NEWS_KEYS else None
            self.on_change(News(scope=scope, revision=revision, keys=small))


def _upgrade(database: Any, _old_version: int) -> None:
    for name in ("scopes", "base", "meta", "assets"):
        database.createObjectStore(name)
    counted = to_js({"autoIncrement": True}, dict_converter=js.Object.fromEntries)
    unique = to_js({"unique": True}, dict_converter=js.Object.fromEntries)
    outbox = database.createObjectStore("outbox", counted)
    outbox.createIndex("scope", "scope")
    outbox.createIndex("op_id", to_js(["scope", "op_id"]), unique)
    outbox.createIndex("record", to_js(["scope", "table", "record"]))
    lists = database.createObjectStore("lists", counted)
    lists.createIndex("scope", "scope")
    lists.createIndex("entry", to_js(["scope", "kind", "id"]), unique)
