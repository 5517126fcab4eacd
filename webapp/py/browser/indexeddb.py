"""The durable store of a person, in IndexedDB. See `webapp.py.store.local.LocalStore` for what it promises.

Values are JSON text: it crosses into Python in one piece, and what cannot be read is kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import js
import msgspec
from pyodide.ffi import to_js

from webapp.py.browser.transactions import Body, Database, Open
from webapp.py.domain.ids import now_ms
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import AssetPage, SyncReply
from webapp.py.store import settling
from webapp.py.store.local import (
    MOST_NEWS_KEYS,
    MOST_OVERWRITTEN,
    Aside,
    Key,
    News,
    Outgoing,
    Overwritten,
    Refused,
    Row,
    Settled,
    Stored,
    Waiting,
    Written,
)

T = TypeVar("T")
VERSION = 1
_SCOPED = ("scopes", "base", "outbox", "lists")
_REFUSED, _OVERWRITTEN, _ASIDE = "refused", "overwritten", "aside"


class IndexedDbStore:
    """One tab's door to a person's database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.on_change: Callable[[News], None] | None = None

    @classmethod
    async def open(cls, person: str) -> IndexedDbStore:
        """Open a person's database, which is made at the first time.

        Raises
        ------
        StorageProblem
            When the browser does not allow it.
        """
        name = "limner-" + re.sub(r"[^A-Za-z0-9_-]", "_", person)
        store = cls(Database(name, VERSION, _upgrade))
        await store._database.open()
        return store

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    async def load(self, scope: str, keys: Collection[Key] | None = None) -> Stored:
        """See `LocalStore.load`."""

        def body(at: Open) -> Body[Stored]:
            state = yield at("scopes").get(scope)
            revision, cursor = _scope_state(state)
            outbox = yield from _read_outbox(at, scope)
            if keys is None:
                texts = yield at("base").getAll(_below(scope))
                rows = _rows(texts)
            else:
                found = yield [at("base").get(to_js([scope, *key])) for key in keys]
                rows = [_decode(str(text), Row) for text in found if text]
                wanted = set(keys)
                outbox = [one for one in outbox if (one.op.table, one.op.id) in wanted]
            lists = yield from _read_lists(at, scope)
            return Stored(
                revision=revision,
                cursor=cursor,
                rows=rows,
                outbox=outbox,
                refused=lists[_REFUSED],
                overwritten=lists[_OVERWRITTEN],
                aside=lists[_ASIDE],
            )

        # Unreadable ops of the outbox are moved to the aside list on the way.
        return await self._database.run(_SCOPED, "readwrite", body)

    async def revision(self, scope: str) -> int:
        """See `LocalStore.revision`."""

        def body(at: Open) -> Body[int]:
            state = yield at("scopes").get(scope)
            return _scope_state(state)[0]

        return await self._database.run(["scopes"], "readonly", body)

    async def scopes_waiting(self) -> list[str]:
        """See `LocalStore.scopes_waiting`."""

        def body(at: Open) -> Body[list[str]]:
            entries = yield at("outbox").getAll()
            return list(dict.fromkeys(str(entry.scope) for entry in entries))

        return await self._database.run(["outbox"], "readonly", body)

    async def enqueue(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Written:
        """See `LocalStore.enqueue`."""

        def body(at: Open) -> Body[Written]:
            by_id = at("outbox").index("op_id")
            known = yield [by_id.getKey(to_js([scope, op.op_id])) for op in ops]
            fresh = {op.op_id: op for op, key in zip(ops, known, strict=True) if not key}
            positions = yield [at("outbox").add(_outbox_entry(scope, op)) for op in fresh.values()]
            yield from _drop(at, scope, dismiss)
            revision = yield from _raise_revision(at, scope)
            waiting = [
                Waiting(position=int(position), op=op)
                for position, op in zip(positions, fresh.values(), strict=True)
            ]
            keys = list(dict.fromkeys((op.table, op.id) for op in ops))
            return Written(revision=revision, keys=keys, waiting=waiting)

        written = await self._database.run(_SCOPED, "readwrite", body)
        self._tell(scope, written.revision, written.keys)
        return written

    async def fold(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Settled:
        """See `LocalStore.fold`."""

        def body(at: Open) -> Body[Settled]:
            rows = yield from _get_rows(at, scope, [(op.table, op.id) for op in ops])
            yield from _drop(at, scope, dismiss)
            return (yield from _carry_out(at, scope, settling.fold(ops, rows)))

        settled = await self._database.run(_SCOPED, "readwrite", body)
        self._tell(scope, settled.revision, [row.key for row in settled.rows])
        return settled

    async def outgoing(self, scope: str, most: int, most_bytes: int) -> Outgoing:
        """See `LocalStore.outgoing`."""

        def body(at: Open) -> Body[Outgoing]:
            state = yield at("scopes").get(scope)
            revision, cursor = _scope_state(state)
            waiting = yield from _read_outbox(at, scope)
            taken: list[Op] = []
            size = 0
            for one in waiting[:most]:
                size += len(msgspec.json.encode(one.op))
                if taken and size > most_bytes:
                    break
                taken.append(one.op)
            left = len(waiting) - len(taken)
            return Outgoing(revision=revision, cursor=cursor, ops=taken, left=left)

        return await self._database.run(_SCOPED, "readwrite", body)

    async def settle(self, scope: str, sent_cursor: str, reply: SyncReply) -> Settled:
        """See `LocalStore.settle`."""
        named: list[Op] = []

        def body(at: Open) -> Body[Settled]:
            state = yield at("scopes").get(scope)
            revision, cursor = _scope_state(state)
            if cursor != sent_cursor:
                return Settled(revision=revision, stale=True)
            answered = {*reply.done, *(refusal.op_id for refusal in reply.refused)}
            outbox = yield from _read_outbox(at, scope)
            named.extend(one.op for one in outbox if one.op.op_id in answered)
            rows = yield from _get_rows(at, scope, settling.keys_touched(reply, named))
            result = settling.settle(reply, named, rows, now_ms())
            return (yield from _carry_out(at, scope, result, reply.cursor))

        settled = await self._database.run(_SCOPED, "readwrite", body)
        if not settled.stale:
            keys = [*(row.key for row in settled.rows), *((op.table, op.id) for op in named)]
            self._tell(scope, settled.revision, None if settled.reset else keys)
        return settled

    async def dismiss(self, scope: str, entries: Collection[str]) -> Written:
        """See `LocalStore.dismiss`."""

        def body(at: Open) -> Body[int]:
            yield from _drop(at, scope, entries)
            return (yield from _raise_revision(at, scope))

        revision = await self._database.run(_SCOPED, "readwrite", body)
        self._tell(scope, revision, [])
        return Written(revision=revision)

    async def get_meta(self, key: str) -> Any:
        """See `LocalStore.get_meta`."""
        text = await self._get("meta", key)
        return None if text is None else msgspec.json.decode(text)

    async def set_meta(self, key: str, value: Any) -> None:
        """See `LocalStore.set_meta`."""
        await self._put("meta", key, _encode(value))

    async def get_assets(self, dataset: str, start: int) -> AssetPage | None:
        """See `LocalStore.get_assets`."""
        text = await self._get("assets", to_js([dataset, start]))
        return None if text is None else _decode(text, AssetPage)

    async def put_assets(self, page: AssetPage) -> None:
        """See `LocalStore.put_assets`."""
        await self._put("assets", to_js([page.dataset, page.start]), _encode(page))

    async def _get(self, store: str, key: Any) -> str | None:
        def body(at: Open) -> Body[str | None]:
            text = yield at(store).get(key)
            return str(text) if text else None

        return await self._database.run([store], "readonly", body)

    async def _put(self, store: str, key: Any, text: str) -> None:
        def body(at: Open) -> Body[None]:
            yield at(store).put(text, key)

        await self._database.run([store], "readwrite", body)

    def _tell(self, scope: str, revision: int, keys: Sequence[Key] | None) -> None:
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
    lists = database.createObjectStore("lists", counted)
    lists.createIndex("scope", "scope")
    lists.createIndex("entry", to_js(["scope", "kind", "id"]), unique)


def _scope_state(text: Any) -> tuple[int, str]:
    """Return revision and cursor of a scope."""
    return _decode(str(text), tuple[int, str]) if text else (0, "")


def _raise_revision(at: Open, scope: str, cursor: str | None = None) -> Body[int]:
    state = yield at("scopes").get(scope)
    revision, before = _scope_state(state)
    text = _encode((revision + 1, before if cursor is None else cursor))
    yield at("scopes").put(text, scope)
    return revision + 1


def _get_rows(at: Open, scope: str, keys: Iterable[Key]) -> Body[Mapping[Key, Row]]:
    wanted = list(dict.fromkeys(keys))
    texts = yield [at("base").get(to_js([scope, *key])) for key in wanted]
    return {key: _decode(str(text), Row) for key, text in zip(wanted, texts, strict=True) if text}


def _carry_out(at: Open, scope: str, result: settling.Settlement, cursor: str | None = None) -> Body[Settled]:
    if result.reset:
        yield at("base").delete(_below(scope))
    yield [at("base").put(_encode(row), to_js([scope, *row.key])) for row in result.rows]
    by_id = at("outbox").index("op_id")
    positions = yield [by_id.getKey(to_js([scope, op_id])) for op_id in result.gone]
    yield [at("outbox").delete(position) for position in positions if position]
    added = [
        *((_REFUSED, entry.op.op_id, entry) for entry in result.refused),
        *((_OVERWRITTEN, entry.id, entry) for entry in result.overwritten),
        *((_ASIDE, entry.id, entry) for entry in result.aside),
    ]
    yield [at("lists").put(_list_entry(scope, kind, name, entry)) for kind, name, entry in added]
    if result.overwritten:
        ordered = at("lists").index("entry").getAllKeys(_below(scope, _OVERWRITTEN))
        keys = sorted(int(key) for key in (yield ordered))
        yield [at("lists").delete(key) for key in keys[:-MOST_OVERWRITTEN]]
    revision = yield from _raise_revision(at, scope, cursor)
    return Settled(
        revision=revision,
        reset=result.reset,
        rows=result.rows,
        gone=result.gone,
        refused=result.refused,
        overwritten=result.overwritten,
    )


def _drop(at: Open, scope: str, entries: Collection[str]) -> Body[None]:
    by_entry = at("lists").index("entry")
    kinds = (_REFUSED, _OVERWRITTEN, _ASIDE)
    keys = yield [by_entry.getKey(to_js([scope, kind, entry])) for entry in entries for kind in kinds]
    yield [at("lists").delete(key) for key in keys if key]


def _read_outbox(at: Open, scope: str) -> Body[list[Waiting]]:
    by_scope = at("outbox").index("scope")
    positions, entries = yield [by_scope.getAllKeys(scope), by_scope.getAll(scope)]
    waiting: list[Waiting] = []
    broken: list[tuple[int, str]] = []
    for position, entry in zip(positions, entries, strict=True):
        try:
            waiting.append(Waiting(position=int(position), op=_decode(str(entry.text), Op)))
        except msgspec.DecodeError:
            broken.append((int(position), str(entry.text)))
    for position, text in broken:
        aside = settling.unreadable(text)
        yield [at("lists").put(_list_entry(scope, _ASIDE, aside.id, aside)), at("outbox").delete(position)]
    return waiting


def _read_lists(at: Open, scope: str) -> Body[dict[str, list[Any]]]:
    kinds: dict[str, Any] = {_REFUSED: Refused, _OVERWRITTEN: Overwritten, _ASIDE: Aside}
    found: dict[str, list[Any]] = {kind: [] for kind in kinds}
    entries = yield at("lists").index("scope").getAll(scope)
    for entry in entries:
        kind = str(entry.kind)
        found[kind].append(_decode(str(entry.text), kinds[kind]))
    return found


def _rows(texts: Any) -> list[Row]:
    """Return the rows of an array of JSON texts, which crosses into Python in one piece."""
    return _decode("[" + str(texts.join(",")) + "]", list[Row])


def _outbox_entry(scope: str, op: Op) -> Any:
    return _object(scope=scope, op_id=op.op_id, text=_encode(op))


def _list_entry(scope: str, kind: str, name: str, entry: Any) -> Any:
    return _object(scope=scope, kind=kind, id=name, text=_encode(entry))


def _object(**fields: str) -> Any:
    return to_js(fields, dict_converter=js.Object.fromEntries)


def _below(*parts: str) -> Any:
    """Return the range of all keys that begin with ``parts``: an array sorts behind every text."""
    return js.IDBKeyRange.bound(to_js(list(parts)), to_js([*parts, []]))


def _encode(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _decode(text: str, kind: type[T]) -> T:
    return msgspec.json.decode(text, type=kind)
