"""Records and the log of ops as rows.

A sync request reads with two queries and writes with two statements, whatever the number of its ops.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec.structs import astuple

from sync_server.storage.rows import LoggedOp, OpRow, RecordFilter, RecordRow, RecordState
from webapp.py.domain.wire import SETUP

_STATE = "scope, owner, project, asset, assignment, deleted, created_at, CAST(fields AS BLOB)"
_LOGGED = "seq, op_id, received_at"
_LOAD = f"""
SELECT table_name, id, {_STATE}
FROM records WHERE id IN (
    SELECT value FROM json_each(?1)
    UNION SELECT assignment FROM records
    WHERE table_name = 'annotation' AND id IN (SELECT value FROM json_each(?1))
)
"""
_CLASSES = """
SELECT DISTINCT json_extract(class.value, '$.id')
FROM ops AS op, json_each(op.fields, '$.classes') AS class
WHERE op.table_name = 'instruction' AND op.record IN (
    SELECT json_extract(fields, '$.instruction') FROM ops WHERE record = ? AND table_name = 'project'
)
"""
_HISTORY = """
SELECT seq, op_id, scope, table_name, record, person, client_id, made_at, received_at, status,
    before, fields
FROM ops WHERE record = ? AND table_name = ? AND seq > ? ORDER BY seq LIMIT ?
"""


def _insert(table: str, row: type[OpRow] | type[RecordRow]) -> str:
    """Return the statement that inserts `astuple` of a row.

    Columns and values both come from the fields of the structure, so their order cannot differ. Parameters
    by name would do the same for a third more time.
    """
    names = row.__struct_fields__
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


_CHANGING = ("seq", "class_id", "status", "score", "updated_at", "deleted", "fields")
"""Columns that an op on a present record may change. The others say what it is about, and stay."""
_WRITE_OP = _insert("ops", OpRow)
_WRITE_RECORD = (
    f"{_insert('records', RecordRow)} ON CONFLICT (id, table_name) DO UPDATE SET "
    f"{', '.join(f'{name} = excluded.{name}' for name in _CHANGING)}"
)


def _json(value: Sequence[str]) -> str:
    return msgspec.json.encode(value).decode()


def _condition(wanted: RecordFilter) -> tuple[str, list[Any]]:
    conditions, values = ["scope = ?"], [wanted.scope]
    if wanted.ids is not None:
        conditions.append("id IN (SELECT value FROM json_each(?))")
        values.append(_json(wanted.ids))
    if wanted.owner is not None:
        conditions.append("owner = ?")
        values.append(wanted.owner)
    return " AND ".join(conditions), values


class SqliteRecords:
    """The tables of records and of ops."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def load(self, ids: Iterable[str]) -> dict[tuple[str, str], RecordState]:
        """Return the records with these ids and the assignments of annotations among them."""
        rows = self._connection.execute(_LOAD, [_json(list(ids))]).fetchall()
        return {(row[0], row[1]): RecordState(*row[2:]) for row in rows}

    def get(self, table: str, record: str) -> RecordState | None:
        """Return one record."""
        row = self._connection.execute(
            f"SELECT {_STATE} FROM records WHERE id = ? AND table_name = ?", [record, table]
        ).fetchone()
        return None if row is None else RecordState(*row)

    def exists(self, table: str, record: str) -> bool:
        """Tell whether there is such a record."""
        row = self._connection.execute(
            "SELECT 1 FROM records WHERE id = ? AND table_name = ?", [record, table]
        ).fetchone()
        return row is not None

    def ids(self, scope: str) -> set[str]:
        """Return the ids of all records of a scope."""
        return {row[0] for row in self._connection.execute("SELECT id FROM records WHERE scope = ?", [scope])}

    def project_ids(self) -> list[str]:
        """Return the ids of all projects, sorted."""
        rows = self._connection.execute(
            "SELECT id FROM records WHERE scope = ? AND table_name = 'project' ORDER BY id", [SETUP]
        )
        return [row[0] for row in rows]

    def classes_ever(self, project: str) -> frozenset[str]:
        """Return the ids of all classes that an instruction of this project has ever had."""
        return frozenset(row[0] for row in self._connection.execute(_CLASSES, [project]))

    def last_seq(self) -> int:
        """Return the number of the last accepted op, 0 for none."""
        row = self._connection.execute("SELECT max(seq) FROM ops").fetchone()
        return row[0] or 0

    def logged(self, seq: int) -> LoggedOp | None:
        """Return the op with this number."""
        row = self._connection.execute(f"SELECT {_LOGGED} FROM ops WHERE seq = ?", [seq]).fetchone()
        return None if row is None else LoggedOp(*row)

    def logged_as(self, op_id: str) -> LoggedOp | None:
        """Return the op with this id."""
        row = self._connection.execute(f"SELECT {_LOGGED} FROM ops WHERE op_id = ?", [op_id]).fetchone()
        return None if row is None else LoggedOp(*row)

    def senders(self, op_ids: Sequence[str]) -> dict[str, str]:
        """Return who sent those of these ops that were accepted before."""
        rows = self._connection.execute(
            "SELECT op_id, person FROM ops WHERE op_id IN (SELECT value FROM json_each(?))", [_json(op_ids)]
        )
        return dict(rows.fetchall())

    def write(self, ops: Sequence[OpRow], records: Iterable[RecordRow]) -> None:
        """Append to the log of ops and store the records that they result in."""
        self._connection.executemany(_WRITE_OP, map(astuple, ops))
        self._connection.executemany(_WRITE_RECORD, map(astuple, records))

    def changes(self, wanted: RecordFilter, since: int, limit: int) -> Iterable[tuple[int, str, str, bytes]]:
        """Return sequence number, table, id and JSON of the records changed after ``since``, in order."""
        condition, values = _condition(wanted)
        return self._connection.execute(
            "SELECT seq, table_name, id, CAST(fields AS BLOB) FROM records "
            f"WHERE {condition} AND seq > ? ORDER BY seq LIMIT ?",
            [*values, since, limit],
        )

    def page(
        self, wanted: RecordFilter, table: str, *, since: int, changed_since: int, limit: int
    ) -> Iterable[tuple[int, str, int, int, bytes]]:
        """Return sequence number, id, created, updated and JSON of the records of a table, in order."""
        condition, values = _condition(wanted)
        return self._connection.execute(
            "SELECT seq, id, created_at, updated_at, CAST(fields AS BLOB) FROM records "
            f"WHERE {condition} AND seq > ? AND table_name = ? AND updated_at >= ? ORDER BY seq LIMIT ?",
            [*values, since, table, changed_since, limit],
        )

    def history(self, table: str, record: str, *, since: int, limit: int) -> Iterable[OpRow]:
        """Return the accepted ops of a record with a number above ``since``, oldest first."""
        for row in self._connection.execute(_HISTORY, [record, table, since, limit]):
            yield OpRow(**dict(zip(OpRow.__struct_fields__, row, strict=True)))
