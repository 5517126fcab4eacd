"""Records and their history as plain REST, for scripts and for showing what was overwritten."""

from __future__ import annotations

import sqlite3
from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.params import QueryParameter
from msgspec import Struct

from sync_server.access import organisation_role, project_role, visible_setup
from sync_server.auth import Caller, signed_in
from sync_server.problems import invalid, missing
from sync_server.routes.common import Asking, PathId, QueryId, require_role, server_of
from webapp.py.domain.model import SETUP_TABLES, WORK_TABLES, Fields
from webapp.py.domain.permissions import Actor, visible
from webapp.py.domain.wire import SETUP, project_of, project_scope

MOST_ROWS = 1_000
MOST_BYTES = 8 * 1024 * 1024
"""A page is cut after this many bytes, and says ``more``."""

Limit = Annotated[int, QueryParameter(ge=1, le=MOST_ROWS)]
Cursor = Annotated[int, QueryParameter(ge=0, le=2**62, description="The `cursor` of the page before.")]
Since = Annotated[
    int, QueryParameter(ge=0, le=2**53, description="Only what changed at or after this time (ms UTC).")
]


class StoredRecord(Struct, kw_only=True):
    """A record with the times at which the server first and last saw it change (ms UTC)."""

    id: str
    created_at: int
    updated_at: int
    fields: Fields


class RecordPage(Struct, kw_only=True):
    """Records in the order in which they last changed; ask again with ``cursor`` while there is ``more``."""

    table: str
    records: list[StoredRecord] = []
    cursor: int = 0
    more: bool = False


class PastOp(Struct, kw_only=True):
    """One accepted change: who made it when, and the values before (null where the record began)."""

    seq: int
    op_id: str
    person: str
    made_at: int | None
    received_at: int
    before: Fields | None
    fields: Fields


class History(Struct, kw_only=True):
    """The changes of one record, oldest first; ask again with ``cursor`` while there is ``more``."""

    table: str
    record: str
    ops: list[PastOp] = []
    cursor: int = 0
    more: bool = False


def _raw(text: bytes) -> Any:
    return msgspec.Raw(text)


def _condition(rows: sqlite3.Connection, caller: Caller, table: str, project: str) -> tuple[str, list[Any]]:
    """Return the SQL condition, with its values, of the records of a table that the caller may see."""
    if table in SETUP_TABLES:
        seen = visible_setup(rows, caller.person, organisation_role(rows, caller.person))
        if seen is None:
            return "scope = ?", [SETUP]
        return "scope = ? AND id IN (SELECT value FROM json_each(?))", [
            SETUP,
            msgspec.json.encode(seen).decode(),
        ]
    if not project:
        raise invalid("Say of which project: ?project=…")
    if require_role(rows, caller, project) == "annotator":
        return "scope = ? AND owner = ?", [project_scope(project), caller.person]
    return "scope = ?", [project_scope(project)]


@get("/api/records/{table:str}", guards=[signed_in], tags=["Records"])
async def list_records(
    request: Asking,
    table: PathId,
    project: QueryId = "",
    changed_since: Since = 0,
    cursor: Cursor = 0,
    limit: Limit = MOST_ROWS,
) -> RecordPage:
    """Records of a table, as far as the caller may see them; work records need `project`.

    Deleted records are among them, with `deleted` set.
    """
    if table not in SETUP_TABLES and table not in WORK_TABLES:
        raise missing(f"There is no table {table!r}.")

    def query(rows: sqlite3.Connection) -> RecordPage:
        condition, values = _condition(rows, request.user, table, project)
        found = rows.execute(
            "SELECT seq, id, created_at, updated_at, CAST(fields AS BLOB) FROM records "
            f"WHERE {condition} AND seq > ? AND table_name = ? AND updated_at >= ? ORDER BY seq LIMIT ?",
            [*values, cursor, table, changed_since, limit + 1],
        )
        page = RecordPage(table=table, cursor=cursor)
        size = 0
        for seq, identifier, created_at, updated_at, json in found:
            size += len(json)
            if page.records and (len(page.records) == limit or size > MOST_BYTES):
                page.more = True
                break
            page.records.append(
                StoredRecord(id=identifier, created_at=created_at, updated_at=updated_at, fields=_raw(json))
            )
            page.cursor = seq
        return page

    return await server_of(request).database.read(query)


def _may_see(rows: sqlite3.Connection, caller: Caller, table: str, record: str) -> bool:
    row = rows.execute(
        "SELECT scope, CAST(fields AS BLOB) FROM records WHERE id = ? AND table_name = ?", [record, table]
    ).fetchone()
    if row is None:
        return False
    project = project_of(row[0])
    if project is None:
        seen = visible_setup(rows, caller.person, organisation_role(rows, caller.person))
        return seen is None or record in seen
    actor = Actor(caller.person, project_role(rows, caller.person, project))
    return visible(actor, table, msgspec.json.decode(row[1]))


@get("/api/ops", guards=[signed_in], tags=["Records"])
async def list_ops(
    request: Asking,
    record: QueryId,
    table: QueryId = "annotation",
    cursor: Cursor = 0,
    limit: Limit = 200,
) -> History:
    """The history of one record: every accepted change with the values that it replaced."""

    def query(rows: sqlite3.Connection) -> History:
        if not _may_see(rows, request.user, table, record):
            raise missing("There is no such record, or you may not see it.")
        found = rows.execute(
            "SELECT seq, op_id, person, made_at, received_at, CAST(before AS BLOB), CAST(fields AS BLOB) "
            "FROM ops WHERE record = ? AND table_name = ? AND seq > ? ORDER BY seq LIMIT ?",
            [record, table, cursor, limit + 1],
        )
        page = History(table=table, record=record, cursor=cursor)
        size = 0
        for seq, op_id, person, made_at, received_at, before, fields in found:
            size += len(fields) + len(before or b"")
            if page.ops and (len(page.ops) == limit or size > MOST_BYTES):
                page.more = True
                break
            page.ops.append(
                PastOp(
                    seq=seq,
                    op_id=op_id,
                    person=person,
                    made_at=made_at,
                    received_at=received_at,
                    before=None if before is None else _raw(before),
                    fields=_raw(fields),
                )
            )
            page.cursor = seq
        return page

    return await server_of(request).database.read(query)


HANDLERS = [list_records, list_ops]
