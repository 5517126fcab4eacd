"""What transactions on a person's database read and write; see `webapp.py.browser.indexeddb`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import js
import msgspec
from msgspec import Struct
from pyodide.ffi import to_js

from webapp.py.browser.transactions import Body, Open
from webapp.py.domain.ops import Op
from webapp.py.store import applying
from webapp.py.store.local import (
    MOST_OVERWRITTEN,
    Applied,
    Overwritten,
    Quarantined,
    RecordKey,
    RefusedOp,
    Row,
    UnsyncedOp,
)
from webapp.py.store.status import SaveStatus

T = TypeVar("T")
_SLICE = 250
REFUSED, OVERWRITTEN, QUARANTINED = "refused", "overwritten", "aside"


class _Entry(Struct):
    """An entry of the outbox or of a list. ``kind`` names the list."""

    text: str = ""
    kind: str = ""


def scope_state(text: Any) -> tuple[int, str]:
    """Return revision and cursor of a scope, or those of an empty one if they are unreadable."""
    try:
        return decode(str(text), tuple[int, str]) if text else (0, "")
    except msgspec.DecodeError:
        return 0, ""


def raise_revision(at: Open, scope: str, cursor: str | None = None) -> Body[int]:
    """Increase the revision of a scope, set its cursor if one is given, and return the revision."""
    state = yield at("scopes").get(scope)
    revision, before = scope_state(state)
    text = encode((revision + 1, before if cursor is None else cursor))
    yield at("scopes").put(text, scope)
    return revision + 1


def get_rows(at: Open, scope: str, keys: Iterable[RecordKey]) -> Body[dict[RecordKey, Row]]:
    """Return the rows that exist."""
    base = at("base")
    wanted = list(dict.fromkeys(keys))
    texts: list[Any] = []
    for some in _slices(wanted):
        texts += yield [base.get(to_js([scope, *key])) for key in some]
    return {key: _row(key, str(text)) for key, text in zip(wanted, texts, strict=True) if text}


def all_rows(at: Open, scope: str) -> Body[list[Row]]:
    """Return all rows of a scope."""
    texts = yield at("base").getAll(_below(scope))
    try:
        # One long text crosses into Python much faster than one text per row.
        return decode("[" + str(texts.join(",")) + "]", list[Row])
    except msgspec.DecodeError:
        keys = yield at("base").getAllKeys(_below(scope))
        places = _read(keys, list[tuple[str, str, str]])
        return [_row(place[1:], str(text)) for place, text in zip(places, texts, strict=True)]


def _slices(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield items in parts small enough that the page stays responsive."""
    for start in range(0, len(items), _SLICE):
        yield items[start : start + _SLICE]


def _row(key: RecordKey, text: str) -> Row:
    """Return a stored row. An unreadable one holds its raw text, so that it can be quarantined."""
    try:
        return decode(text, Row)
    except msgspec.DecodeError:
        return Row(table=key[0], id=key[1], fields=text)


def carry_out(at: Open, scope: str, result: applying.StoreWrites, cursor: str | None = None) -> Body[Applied]:
    """Write the result of a reply, or of ops applied locally."""
    if result.reset:
        yield at("base").delete(_below(scope))
    base, outbox = at("base"), at("outbox")
    for some in _slices(result.rows):
        yield [base.put(encode(row), to_js([scope, *row.key])) for row in some]
    by_id = outbox.index("op_id")
    positions = yield [by_id.getKey(to_js([scope, op_id])) for op_id in result.gone]
    yield [outbox.delete(position) for position in positions if position]
    added = [
        *((REFUSED, entry.op.op_id, entry) for entry in result.refused),
        *((OVERWRITTEN, entry.id, entry) for entry in result.overwritten),
        *((QUARANTINED, entry.id, entry) for entry in result.quarantined),
    ]
    yield [at("lists").put(_list_entry(scope, kind, name, entry)) for kind, name, entry in added]
    if result.overwritten:
        ordered = at("lists").index("entry").getAllKeys(_below(scope, OVERWRITTEN))
        keys = sorted(int(key) for key in (yield ordered))
        yield [at("lists").delete(key) for key in keys[:-MOST_OVERWRITTEN]]
    revision = yield from raise_revision(at, scope, cursor)
    return Applied(
        revision=revision,
        reset=result.reset,
        rows=result.rows,
        gone=result.gone,
        refused=result.refused,
        overwritten=result.overwritten,
    )


def drop_entries(at: Open, scope: str, entries: Collection[str]) -> Body[None]:
    """Remove entries from all lists."""
    by_entry = at("lists").index("entry")
    kinds = (REFUSED, OVERWRITTEN, QUARANTINED)
    keys = yield [by_entry.getKey(to_js([scope, kind, entry])) for entry in entries for kind in kinds]
    yield [at("lists").delete(key) for key in keys if key]


def read_outbox(at: Open, scope: str, most: int | None = None) -> Body[list[UnsyncedOp]]:
    """Return the outbox of a scope, or its first ``most`` ops, in order."""
    by_scope = at("outbox").index("scope")
    only = () if most is None else (most,)
    positions, entries = yield [by_scope.getAllKeys(scope, *only), by_scope.getAll(scope, *only)]
    found = zip(_read(positions, list[int]), _read_entries(entries), strict=True)
    return (yield from decode_outbox(at, scope, found))


def outbox_of(at: Open, scope: str, keys: Iterable[RecordKey]) -> Body[list[UnsyncedOp]]:
    """Return the ops of the outbox for these records, in order."""
    by_record = at("outbox").index("record")
    places = [to_js([scope, *key]) for key in dict.fromkeys(keys)]
    positions = yield [by_record.getAllKeys(place) for place in places]
    entries = yield [by_record.getAll(place) for place in places]
    found = [
        pair
        for some, others in zip(positions, entries, strict=True)
        for pair in zip(_read(some, list[int]), _read_entries(others), strict=True)
    ]
    return sorted((yield from decode_outbox(at, scope, found)), key=lambda one: one.position)


def decode_outbox(at: Open, scope: str, found: Iterable[tuple[Any, Any]]) -> Body[list[UnsyncedOp]]:
    """Return ops with their positions. Unreadable ones are quarantined."""
    unsynced: list[UnsyncedOp] = []
    broken: list[tuple[int, str]] = []
    for position, entry in found:
        try:
            unsynced.append(UnsyncedOp(position=int(position), op=decode(str(entry.text), Op)))
        except msgspec.DecodeError:
            broken.append((int(position), str(entry.text)))
    for position, text in broken:
        yield from quarantine(at, scope, applying.unreadable(text))
        yield at("outbox").delete(position)
    return unsynced


def quarantine(at: Open, scope: str, entry: Quarantined) -> Body[None]:
    """Add an entry to the quarantined ones."""
    yield at("lists").put(_list_entry(scope, QUARANTINED, entry.id, entry))


def count_entries(at: Open, scope: str) -> Body[SaveStatus]:
    """Return how many entries the outbox and the lists of a scope have."""
    by_entry = at("lists").index("entry")
    unsynced, refused, quarantined = yield [
        at("outbox").index("scope").count(scope),
        by_entry.count(_below(scope, REFUSED)),
        by_entry.count(_below(scope, QUARANTINED)),
    ]
    return SaveStatus(unsynced=int(unsynced), refused=int(refused), quarantined=int(quarantined))


def read_lists(at: Open, scope: str) -> Body[dict[str, list[Any]]]:
    """Return the refused, overwritten and quarantined entries of a scope."""
    kinds: dict[str, Any] = {REFUSED: RefusedOp, OVERWRITTEN: Overwritten, QUARANTINED: Quarantined}
    found: dict[str, list[Any]] = {kind: [] for kind in kinds}
    entries = yield at("lists").index("scope").getAll(scope)
    for entry in _read_entries(entries):
        try:
            found[entry.kind].append(decode(entry.text, kinds[entry.kind]))
        except (msgspec.DecodeError, KeyError):
            found[QUARANTINED].append(applying.unreadable(entry.text))
    return found


def _read(value: Any, kind: type[T]) -> T:
    """Convert a JavaScript value to Python. As JSON it crosses in one piece."""
    return decode(str(js.JSON.stringify(value)), kind)


def _read_entries(entries: Any) -> list[_Entry]:
    """Return entries of the outbox or of a list. One of another form has all of it as its text."""
    try:
        return _read(entries, list[_Entry])
    except msgspec.DecodeError:
        found = []
        for entry in entries:
            try:
                found.append(_read(entry, _Entry))
            except msgspec.DecodeError:
                found.append(_Entry(text=str(js.JSON.stringify(entry))))
        return found


def outbox_entry(scope: str, op: Op) -> Any:
    """Return an op as an entry of the outbox."""
    return _object(scope=scope, table=op.table, record=op.id, op_id=op.op_id, text=encode(op))


def _list_entry(scope: str, kind: str, name: str, entry: Any) -> Any:
    return _object(scope=scope, kind=kind, id=name, text=encode(entry))


def _object(**fields: str) -> Any:
    return to_js(fields, dict_converter=js.Object.fromEntries)


def _below(*parts: str) -> Any:
    """Return the range of all keys that start with ``parts``. An array sorts after every text."""
    return js.IDBKeyRange.bound(to_js(list(parts)), to_js([*parts, []]))


def encode(value: Any) -> str:
    """Return a value as JSON text."""
    return msgspec.json.encode(value).decode()


def decode(text: str, kind: type[T]) -> T:
    """Return the value of JSON text. Raises `msgspec.DecodeError`."""
    try:
        return msgspec.json.decode(text, type=kind)
    except (UnicodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from None
