"""Records and the op log as rows: what one request reads before it decides, and what it writes after.

All reads of a request are two queries and all writes two statements, whatever the number of its ops.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from webapp.py.domain.model import Activity, Annotation, Assignment, Fields, Record, Review, WorkRecord
from webapp.py.domain.ops import Op

_READ = """
SELECT table_name, id, scope, owner, project, asset, assignment, deleted, created_at, CAST(fields AS BLOB)
FROM records WHERE id IN (
    SELECT value FROM json_each(?1)
    UNION SELECT assignment FROM records
    WHERE table_name = 'annotation' AND id IN (SELECT value FROM json_each(?1))
)
"""
_COLUMNS = (
    "table_name, id, scope, seq, owner, project, asset, assignment, annotation, person, class_id, status, "
    "score, active_ms, idle_ms, created_at, updated_at, deleted, fields"
)
_WRITE = (
    f"INSERT INTO records ({_COLUMNS}) VALUES ({', '.join('?' * 19)}) "
    "ON CONFLICT (id, table_name) DO UPDATE SET seq = excluded.seq, class_id = excluded.class_id, "
    "status = excluded.status, score = excluded.score, updated_at = excluded.updated_at, "
    "deleted = excluded.deleted, fields = excluded.fields"
)
_LOG = (
    "INSERT INTO ops (seq, op_id, scope, table_name, record, person, client_id, made_at, received_at, "
    "status, before, fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CLASSES = """
SELECT DISTINCT json_extract(class.value, '$.id')
FROM ops AS op, json_each(op.fields, '$.classes') AS class
WHERE op.table_name = 'instruction' AND op.record IN (
    SELECT json_extract(fields, '$.instruction') FROM ops WHERE record = ? AND table_name = 'project'
)
"""
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_encode = msgspec.json.encode
_decode = msgspec.json.decode


OF_ASSIGNMENT = (Annotation, Review, Activity)
"""Records that belong to an assignment."""


class Stored(Struct):
    """A record as it is kept, with the columns that decisions need."""

    scope: str
    owner: str | None
    project: str | None
    asset: int | None
    assignment: str | None
    deleted: bool
    created_at: int
    json: bytes
    parsed: Fields | None = None

    @property
    def fields(self) -> Fields:
        """The plain fields; not to be changed in place."""
        if self.parsed is None:
            self.parsed = _decode(self.json)
        return self.parsed


def last_seq(connection: sqlite3.Connection) -> int:
    """Return the number of the last op accepted, 0 for none."""
    row = connection.execute("SELECT max(seq) FROM ops").fetchone()
    return row[0] or 0


def load(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[tuple[str, str], Stored]:
    """Return the records with these ids, and the assignments of annotations among them, by table and id."""
    rows = connection.execute(_READ, [_encode(list(ids)).decode()]).fetchall()
    return {(row[0], row[1]): Stored(*row[2:]) for row in rows}


def senders(connection: sqlite3.Connection, op_ids: list[str]) -> dict[str, str]:
    """Return who sent those of these ops that were accepted before."""
    rows = connection.execute(
        "SELECT op_id, person FROM ops WHERE op_id IN (SELECT value FROM json_each(?))",
        [_encode(op_ids).decode()],
    )
    return dict(rows.fetchall())


def classes_ever(connection: sqlite3.Connection, project: str) -> frozenset[str]:
    """Return the ids of all classes that an instruction of this project has had so far.

    Work done offline may use a class that was taken out meanwhile; it is kept, not refused.
    """
    return frozenset(row[0] for row in connection.execute(_CLASSES, [project]))


def made_at(op_id: str) -> int | None:
    """Return the milliseconds UTC at which an op was made, when its id is a UUIDv7 and says so."""
    return int(op_id[:8] + op_id[9:13], 16) if _UUID7.fullmatch(op_id) else None


class Ledger:
    """Collects what one request changes and writes it in one go.

    Parameters
    ----------
    connection
        The writer's, inside a transaction.
    records
        What `load` returned; kept up to date as ops are accepted.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        records: dict[tuple[str, str], Stored],
        *,
        scope: str,
        person: str,
        client_id: str,
        now: int,
    ) -> None:
        self.connection = connection
        self.records = records
        self.scope = scope
        self.person = person
        self._client_id = client_id
        self._now = now
        self._seq = last_seq(connection)
        self._rows: dict[tuple[str, str], tuple[Any, ...]] = {}
        self._ops: list[tuple[Any, ...]] = []

    def accept(self, op: Op, before: Stored | None, after: Fields, record: Record, json: bytes) -> None:
        """Take an op into the log and its record, decoded as ``record``, into the tables."""
        self._seq += 1
        columns = _columns(record)
        owner = before.owner if before else self._owner(record)
        created_at = before.created_at if before else self._now
        old = {name: before.fields[name] for name in op.fields if name in before.fields} if before else None
        status = op.fields.get("status")
        self._ops.append(
            (
                self._seq,
                op.op_id,
                self.scope,
                op.table,
                op.id,
                self.person,
                self._client_id,
                made_at(op.op_id),
                self._now,
                columns[6] if status is not None else None,
                None if old is None else _encode(old).decode(),
                _encode(op.fields).decode(),
            )
        )
        self._rows[op.table, op.id] = (
            op.table,
            op.id,
            self.scope,
            self._seq,
            owner,
            *columns,
            created_at,
            self._now,
            record.deleted,
            json.decode(),
        )
        self.records[op.table, op.id] = Stored(
            self.scope, owner, columns[0], columns[1], columns[2], record.deleted, created_at, json, after
        )

    def write(self) -> None:
        """Write everything that was accepted."""
        if self._ops:
            self.connection.executemany(_LOG, self._ops)
            self.connection.executemany(_WRITE, self._rows.values())

    def _owner(self, record: Record) -> str | None:
        if isinstance(record, Assignment):
            return record.person
        if isinstance(record, OF_ASSIGNMENT):
            return self.records["assignment", record.assignment].owner
        return None


def _columns(record: Record) -> tuple[Any, ...]:
    """Return project, asset, assignment, annotation, person, class_id, status, score, active_ms, idle_ms."""
    if not isinstance(record, WorkRecord):
        return (None,) * 10
    where = (record.project, record.asset)
    match record:
        case Annotation():
            return (*where, record.assignment, None, record.author, record.class_id, None, None, None, None)
        case Assignment():
            return (*where, None, None, record.person, None, record.status, None, None, None)
        case Review():
            about = (record.assignment, record.annotation, record.author)
            return (*where, *about, None, record.verdict, record.score, None, None)
        case Activity():
            about = (record.assignment, record.annotation, record.person)
            return (*where, *about, None, None, None, record.active_ms, record.idle_ms)
    raise TypeError(f"no columns are known for {type(record).__name__}")
