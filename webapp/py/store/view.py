"""The view: base rows with the ops applied on top, decoded when they are read. No I/O in here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from webapp.py.domain import model, ops
from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op
from webapp.py.store import texts
from webapp.py.store.applying import read_fields
from webapp.py.store.local import Quarantined, RecordKey, Row, Stored, UnsyncedOp

_FEW = 100
"""Most records that are compared after a write, which means decoding them right away."""


def key_of(op: Op) -> RecordKey:
    """Return the record that an op changes."""
    return op.table, op.id


class View:
    """Records after the base, the durable outbox and the ops that are not durable yet.

    A change only marks its records as unread. A record is decoded and checked when it is next read. One that
    its table does not allow is listed in ``broken`` and left out. Its row stays as it is.
    """

    def __init__(self) -> None:
        self.unsaved: dict[str, Op] = {}
        """Ops that are not durable yet, by op id, in order."""
        self.unsynced: dict[str, UnsyncedOp] = {}
        """Ops of the durable outbox, by op id."""
        self.broken: dict[RecordKey, Quarantined] = {}
        self._rows: dict[RecordKey, Row] = {}
        self._ops: dict[RecordKey, list[str]] = {}
        self._values: dict[RecordKey, Fields] = {}
        self._live: dict[str, dict[str, Fields]] = {}
        self._unread: dict[str, set[str]] = {}
        self._by_asset: dict[tuple[str, int], set[str]] = {}
        self._ordered: dict[tuple[str, int], list[str]] = {}
        """Sorted ids of `_by_asset`, made when they are first read."""

    def value(self, key: RecordKey) -> Fields | None:
        """Return a record, deleted or not, or None if it does not exist or cannot be read."""
        self._read(key)
        return self._values.get(key)

    def live(self, table: str, record_id: str) -> Fields | None:
        """Return a record that is not deleted."""
        self._read((table, record_id))
        return self._live.get(table, {}).get(record_id)

    def records(self, table: str) -> Mapping[str, Fields]:
        """Return the records of a table that are not deleted."""
        for record_id in list(self._unread.get(table, ())):
            self._read((table, record_id))
        return MappingProxyType(self._live.setdefault(table, {}))

    def of_asset(self, table: str, asset: int) -> list[Fields]:
        """Return the records of a table that belong to one asset and are not deleted, ordered by id."""
        place = table, asset
        ids = self._by_asset.get(place, set())
        for record_id in ids & self._unread.get(table, set()):
            self._read((table, record_id))
        ordered = self._ordered.get(place)
        if ordered is None:
            ordered = self._ordered[place] = sorted(ids)
        return list(filter(None, map(self._live.get(table, {}).get, ordered)))

    def is_about(self, table: str, asset: int, keys: Collection[RecordKey]) -> bool:
        """Return whether one of these records belongs, or belonged, to an asset."""
        ids = self._by_asset.get((table, asset), set())
        if len(keys) < len(ids):
            return any(name == table and record_id in ids for name, record_id in keys)
        return any((table, record_id) in keys for record_id in ids)

    def add_unsaved(self, new: Iterable[Op]) -> frozenset[RecordKey]:
        """Apply ops on top and return the records that they change."""
        keys = set()
        for op in new:
            if op.op_id in self.unsaved or op.op_id in self.unsynced:
                continue
            self.unsaved[op.op_id] = op
            self._join(op)
            keys.add(key_of(op))
        return self._touch(keys)

    def confirm(self, saved: Iterable[UnsyncedOp]) -> None:
        """Note that unsaved ops are durable now, at their positions in the outbox."""
        for one in saved:
            self.unsaved.pop(one.op.op_id, None)
            self.unsynced[one.op.op_id] = one

    def drop(self, op_ids: Iterable[str]) -> frozenset[RecordKey]:
        """Remove ops, unsaved or unsynced, and return the records that they changed."""
        keys = set()
        for op_id in op_ids:
            unsaved, unsynced = self.unsaved.pop(op_id, None), self.unsynced.pop(op_id, None)
            op = unsaved or (unsynced.op if unsynced else None)
            if op is not None:
                self._ops[key_of(op)].remove(op_id)
                keys.add(key_of(op))
        return self._touch(keys)

    def put_rows(self, rows: Iterable[Row], *, reset: bool = False) -> frozenset[RecordKey]:
        """Replace rows of the base, after dropping all of them on ``reset``. Return the records touched."""
        keys: set[RecordKey] = set()
        if reset:
            keys.update(self._rows)
            self._rows.clear()
            self.broken.clear()
        return self._touch(keys | self._put(rows))

    def follow(self, rows: Sequence[Row], gone: Collection[str], *, reset: bool) -> frozenset[RecordKey]:
        """Put rows in place of the ops that they contain. Return the records whose value changed."""
        ops_gone = [self.unsaved.get(op_id) or self.unsynced.get(op_id) for op_id in gone]
        keys = {row.key for row in rows}
        keys.update(key_of(op.op if isinstance(op, UnsyncedOp) else op) for op in ops_gone if op is not None)
        compared = len(keys) <= _FEW and not reset
        before = {key: self._values[key] for key in keys if key in self._values} if compared else {}
        touched = self.put_rows(rows, reset=reset) | self.drop(gone)
        return frozenset(key for key in touched if key not in before or self.value(key) != before[key])

    def replace(self, stored: Stored, keys: Collection[RecordKey] | None) -> frozenset[RecordKey]:
        """Take over what was loaded of ``keys`` (None: of the whole scope) and return what changed.

        Unsaved ops stay on top.
        """
        touched: set[RecordKey] = set(self._rows) | set(self._ops) if keys is None else set(keys)
        before = {key: self._sources(key) for key in touched}
        old = [op_id for key in touched for op_id in self._ops.get(key, ()) if op_id in self.unsynced]
        self.drop(old)
        for key in touched:
            self._rows.pop(key, None)
            self.broken.pop(key, None)
        touched |= self._put(stored.rows)
        for one in sorted(stored.outbox, key=lambda one: one.position):
            if one.op.op_id in self.unsaved:
                self.drop([one.op.op_id])
            self.unsynced[one.op.op_id] = one
            self._join(one.op)
            touched.add(key_of(one.op))
        for op_id, op in self.unsaved.items():
            if key_of(op) in touched:
                self._ops[key_of(op)].remove(op_id)
                self._ops[key_of(op)].append(op_id)
        self._touch(touched)
        return frozenset(key for key in touched if key not in before or self._sources(key) != before[key])

    def _sources(self, key: RecordKey) -> tuple[str | None, tuple[str, ...]]:
        """Return what a record is made of: the text of its row and its ops. The same make the same record."""
        row = self._rows.get(key)
        return row.fields if row is not None else None, tuple(self._ops.get(key, ()))

    def _join(self, op: Op) -> None:
        self._ops.setdefault(key_of(op), []).append(op.op_id)
        self._index(key_of(op), op.fields.get("asset"))

    def _put(self, rows: Iterable[Row]) -> set[RecordKey]:
        """Replace rows of the base. The caller must mark the returned records as touched."""
        keys = set()
        for row in rows:
            key = row.key
            self._rows[key] = row
            keys.add(key)
            self._index(key, row.asset)
        return keys

    def _index(self, key: RecordKey, asset: object) -> None:
        if type(asset) is int:
            place = key[0], asset
            ids = self._by_asset.get(place)
            if ids is None:
                ids = self._by_asset[place] = set()
            if key[1] not in ids:
                ids.add(key[1])
                self._ordered.pop(place, None)

    def _touch(self, keys: Collection[RecordKey]) -> frozenset[RecordKey]:
        for key in keys:
            table, record_id = key
            if self._values.pop(key, None) is not None:
                self._live.get(table, {}).pop(record_id, None)
            unread = self._unread.get(table)
            if unread is None:
                unread = self._unread[table] = set()
            unread.add(record_id)
        return frozenset(keys)

    def _read(self, key: RecordKey) -> None:
        table, record_id = key
        unread = self._unread.get(table)
        if unread is None or record_id not in unread:
            return
        unread.discard(record_id)
        self.broken.pop(key, None)
        row = self._rows.get(key)
        fields = None
        if row is not None:
            fields = read_fields(row.fields)
            if fields is None:
                self._quarantine(row, texts.UNREADABLE)
                return
        for op_id in self._ops.get(key, ()):
            after = ops.apply(fields, self.unsaved.get(op_id) or self.unsynced[op_id].op)
            # A change to a record that no longer exists: the server will refuse it.
            if fields is not None or _fault(table, after) is None:
                fields = after
        if fields is None:
            return
        fault = _fault(table, fields)
        if fault is not None:
            if row is not None:
                self._quarantine(row, texts.invalid_record(fault))
            return
        self._values[key] = fields
        if not fields.get("deleted"):
            self._live.setdefault(table, {})[record_id] = fields

    def _quarantine(self, row: Row, reason: str) -> None:
        entry = Quarantined(
            id=f"{row.table}/{row.id}", table=row.table, record=row.id, raw=row.fields, reason=reason
        )
        self.broken[row.key] = entry


def _fault(table: str, fields: Fields) -> str | None:
    """Return why these fields are not a valid record of their table, or None if they are."""
    try:
        model.decode(table, fields)
    except model.Invalid as error:
        return str(error)
    return None
