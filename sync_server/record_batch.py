"""What one sync request changes: collected op by op, then written at once."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from sync_server.change_feed import Changed
from sync_server.storage import Transaction
from sync_server.storage.rows import OpRow, RecordRow, RecordState
from webapp.py.domain.model import Activity, Annotation, Assignment, Fields, Record, Review, WorkRecord
from webapp.py.domain.ops import Op

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_encode = msgspec.json.encode

OF_ASSIGNMENT = (Annotation, Review, Activity)
"""Records that belong to an assignment."""


def made_at(op_id: str) -> int | None:
    """Return the milliseconds UTC at which an op was made. None when its id is not a UUIDv7."""
    return int(op_id[:8] + op_id[9:13], 16) if _UUID7.fullmatch(op_id) else None


class RecordBatch:
    """The records that a request is about, and what it changes of them.

    Parameters
    ----------
    transaction
        A transaction that may write.
    records
        The records that the ops are about or refer to, by table and id. Kept up to date as ops are accepted.
    scope, person, client_id
        Where the ops belong, and who sent them from which device.
    now
        Milliseconds UTC.
    """

    def __init__(
        self,
        transaction: Transaction,
        records: dict[tuple[str, str], RecordState],
        *,
        scope: str,
        person: str,
        client_id: str,
        now: int,
    ) -> None:
        self.transaction = transaction
        self.records = records
        self.scope = scope
        self.person = person
        self._client_id = client_id
        self.now = now
        self._seq = transaction.records.last_seq()
        self._rows: dict[tuple[str, str], RecordRow] = {}
        self._ops: list[OpRow] = []

    def accept(self, op: Op, before: RecordState | None, after: Fields, record: Record, json: bytes) -> None:
        """Add an op to the log and its result to the records.

        Parameters
        ----------
        op
            The op.
        before
            Its record so far, None when the op creates it.
        after, record, json
            The record after the op: as fields, decoded, and as JSON.
        """
        self._seq += 1
        row = RecordRow(
            table_name=op.table,
            id=op.id,
            scope=self.scope,
            seq=self._seq,
            owner=before.owner if before else self._owner(record),
            created_at=before.created_at if before else self.now,
            updated_at=self.now,
            deleted=record.deleted,
            fields=json.decode(),
            **_columns(record),
        )
        self._ops.append(self._op_row(op, before, after, row))
        self._rows[op.table, op.id] = row
        self.records[op.table, op.id] = RecordState(
            self.scope,
            row.owner,
            row.project,
            row.asset,
            row.assignment,
            row.deleted,
            row.created_at,
            json,
            after,
        )

    def write(self) -> Changed | None:
        """Write everything that was accepted, and return what that changes. None if nothing was."""
        if not self._ops:
            return None
        rows = self._rows.values()
        self.transaction.records.write(self._ops, rows)
        owners = frozenset(row.owner for row in rows if row.owner is not None)
        return Changed(frozenset(row.id for row in rows), owners)

    def _op_row(self, op: Op, before: RecordState | None, after: Fields, row: RecordRow) -> OpRow:
        old = {name: before.fields[name] for name in op.fields if name in before.fields} if before else None
        return OpRow(
            seq=self._seq,
            op_id=op.op_id,
            scope=self.scope,
            table_name=op.table,
            record=op.id,
            person=self.person,
            client_id=self._client_id,
            made_at=made_at(op.op_id),
            received_at=self.now,
            status=row.status if op.fields.get("status") is not None else None,
            before=None if old is None else _encode(old).decode(),
            fields=row.fields if _is_whole(op, before, after) else _encode(op.fields).decode(),
        )

    def _owner(self, record: Record) -> str | None:
        if isinstance(record, Assignment):
            return record.person
        if isinstance(record, OF_ASSIGNMENT):
            return self.records["assignment", record.assignment].owner
        return None


def _is_whole(op: Op, before: RecordState | None, after: Fields) -> bool:
    """Tell whether an op creates a record and names all of it. Then its JSON need not be made twice."""
    return before is None and len(op.fields) == len(after) and op.fields.get("id") == op.id


def _columns(record: Record) -> dict[str, Any]:
    """Return the columns that repeat fields of a work record, by name."""
    if isinstance(record, Annotation):
        return {
            "project": record.project,
            "asset": record.asset,
            "assignment": record.assignment,
            "person": record.author,
            "class_id": record.class_id,
        }
    if isinstance(record, Assignment):
        return {
            "project": record.project,
            "asset": record.asset,
            "person": record.person,
            "status": record.status,
        }
    if isinstance(record, Review):
        return {
            "project": record.project,
            "asset": record.asset,
            "assignment": record.assignment,
            "annotation": record.annotation,
            "person": record.author,
            "status": record.verdict,
            "score": record.score,
        }
    if isinstance(record, Activity):
        return {
            "project": record.project,
            "asset": record.asset,
            "assignment": record.assignment,
            "annotation": record.annotation,
            "person": record.person,
            "active_ms": record.active_ms,
            "idle_ms": record.idle_ms,
        }
    if isinstance(record, WorkRecord):
        raise TypeError(f"no columns are known for {type(record).__name__}")
    return {}
