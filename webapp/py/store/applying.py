"""What a reply, or an edit without a server, does to the stored rows: pure functions on rows and ops.

Both local stores (in memory and in IndexedDB) read what these functions need, call them inside the
transaction, and write what they return.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from webapp.py.domain import ops as domain_ops
from webapp.py.domain.ids import new_id
from webapp.py.domain.model import KEYS, TABLES, Fields
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import SyncReply
from webapp.py.store import texts
from webapp.py.store.local import Overwritten, Quarantined, RecordKey, RefusedOp, Row

_WORKFLOW = frozenset({"status", "started", "active_ms", "idle_ms"})
"""Fields that others change in the normal course of work, and recorded time, which the server bounds.

Their change is not reported as a loss.
"""
_ORDER = {table: place for place, table in enumerate(TABLES)}
"""Records refer to records of tables before theirs, so they are sent again in this order."""
_MISSING = object()


class StoreWrites(Struct, kw_only=True):
    """What to write to the stores of a scope after a reply, or after solo edits."""

    reset: bool = False
    rows: list[Row] = []
    gone: list[str] = []
    refused: list[RefusedOp] = []
    overwritten: list[Overwritten] = []
    quarantined: list[Quarantined] = []


def keys_touched(reply: SyncReply, named: Iterable[Op]) -> list[RecordKey]:
    """Return the records whose rows `apply_reply` needs: those that changed, and those of answered ops.

    After a reply that is ``rewound``, it needs all rows of the scope instead.
    """
    touched = dict.fromkeys((change.table, change.id) for change in reply.changes)
    touched.update(dict.fromkeys((op.table, op.id) for op in named))
    return list(touched)


def apply_reply(
    reply: SyncReply, named: Sequence[Op], rows: Mapping[RecordKey, Row], now: int
) -> StoreWrites:
    """Return what to write after a reply.

    Parameters
    ----------
    reply
        The server's reply. The caller has checked that it belongs to the stored cursor.
    named
        The ops of the outbox that the reply lists as done or refused, in outbox order.
    rows
        The stored rows of `keys_touched`, as far as they exist; all of them if the reply is ``rewound``.
    now
        The time for the notices, in milliseconds UTC.
    """
    done, reasons = set(reply.done), {refusal.op_id: refusal.reason for refusal in reply.refused}
    own: dict[RecordKey, Fields] = {}
    for op in named:
        if op.op_id in done:
            own.setdefault((op.table, op.id), {}).update(op.fields)
    result = StoreWrites(reset=reply.reset)
    if reply.rewound:
        rows, result.refused = _put_aside(reply, rows, own, now)
    changed = {(change.table, change.id): change.fields for change in reply.changes}
    for key, fields in changed.items():
        mine, lost = _compare(key, rows.get(key), fields, own.get(key, {}), now)
        result.rows.append(_row(key, fields, mine))
        result.overwritten.extend(lost)
    for key in own:
        row = rows.get(key)
        if key in changed or row is None or reply.reset:
            continue
        fields = read_fields(row.fields) or {}
        mine, lost = _compare(key, row, fields, own[key], now)
        result.rows.append(Row(table=row.table, id=row.id, fields=row.fields, asset=row.asset, mine=mine))
        result.overwritten.extend(lost)
    result.refused += [
        RefusedOp(op=op, reason=reasons[op.op_id], at=now) for op in named if op.op_id in reasons
    ]
    result.gone = [op.op_id for op in named if op.op_id in reasons or (op.op_id in done and not reply.more)]
    return result


def _put_aside(
    reply: SyncReply, rows: Mapping[RecordKey, Row], own: Mapping[RecordKey, Fields], now: int
) -> tuple[dict[RecordKey, Row], list[RefusedOp]]:
    """Return what the server had confirmed and has no longer, as ops that can be sent again.

    ``own`` are values that it has confirmed just now, which came after those.

    Returns
    -------
    rows
        The rows, without the values that were put aside. What is left is compared as after any other reply.
    lost
        The ops: a whole record where the server has none, else the fields with another value.
    """
    there = {(change.table, change.id): change.fields for change in reply.changes}
    left: dict[RecordKey, Row] = {}
    lost: dict[RecordKey, Fields] = {}
    needed: set[RecordKey] = set()
    for key, row in rows.items():
        fields = read_fields(row.fields) if row.mine else None
        if fields is None:
            left[key] = row
        elif key in there:
            theirs, newer = there[key], own.get(key, {})
            gone = [
                name
                for name in row.mine
                if name in fields and name not in newer and theirs.get(name, _MISSING) != fields[name]
            ]
            if gone:
                lost[key] = {name: fields[name] for name in gone}
            left[key] = msgspec.structs.replace(row, mine=[name for name in row.mine if name not in gone])
        elif not fields.get("deleted"):
            lost[key] = fields
            needed.add(("assignment", str(fields.get("assignment"))))
    # Only what a build of today has stored says of an assignment that it was made on this machine.
    for key in needed & left.keys() - there.keys():
        lost[key] = read_fields(left[key].fields) or {}
    entries = [
        RefusedOp(op=domain_ops.make_op(*key, fields), reason=texts.LOST_BY_SERVER, at=now)
        for key, fields in sorted(
            lost.items(), key=lambda item: (_ORDER.get(item[0][0], len(_ORDER)), item[0])
        )
    ]
    return left, entries


def apply_locally(ops: Sequence[Op], rows: Mapping[RecordKey, Row]) -> StoreWrites:
    """Return what to write after edits without a server; ``rows`` are the rows of their records."""
    result = StoreWrites()
    after: dict[RecordKey, Fields] = {}
    for op in ops:
        key = (op.table, op.id)
        before = after.get(key)
        if before is None and (row := rows.get(key)) is not None:
            before = read_fields(row.fields)
            if before is None:
                result.quarantined.append(unreadable(row.fields, row.table, row.id))
        after[key] = domain_ops.apply(before, op)
    result.rows = [_row(key, fields, []) for key, fields in after.items()]
    return result


def read_fields(text: str) -> Fields | None:
    """Return the fields in a JSON text, or None if it cannot be read."""
    try:
        fields: Fields = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return fields


def unreadable(raw: str, table: str = "", record: str = "") -> Quarantined:
    """Return the entry for a stored text that cannot be read."""
    return Quarantined(id=new_id(), table=table, record=record, raw=raw, reason=texts.UNREADABLE)


def _row(key: RecordKey, fields: Fields, mine: list[str]) -> Row:
    asset = fields.get("asset")
    return Row(
        table=key[0],
        id=key[1],
        fields=msgspec.json.encode(fields).decode(),
        asset=asset if type(asset) is int else None,
        mine=mine,
    )


def _compare(
    key: RecordKey, row: Row | None, theirs: Fields, own: Fields, now: int
) -> tuple[list[str], list[Overwritten]]:
    """Return which fields now have a value set on this machine, and notices of those that no longer do."""
    ours: Fields = {}
    if row is not None and row.mine:
        before = read_fields(row.fields) or {}
        ours = {name: before[name] for name in row.mine if name in before}
    ours.update((name, value) for name, value in own.items() if name not in KEYS)
    mine, lost = [], []
    for name, value in ours.items():
        if theirs.get(name, _MISSING) == value:
            mine.append(name)
        elif name not in _WORKFLOW:
            lost.append(
                Overwritten(
                    id=new_id(),
                    table=key[0],
                    record=key[1],
                    field=name,
                    mine=value,
                    theirs=theirs.get(name),
                    at=now,
                )
            )
    return mine, lost
