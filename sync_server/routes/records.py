"""Records and their history as plain REST, for scripts and for showing overwritten values."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.params import QueryParameter
from msgspec import Struct

from sync_server import texts
from sync_server.access import organization_role, project_role, visible_setup
from sync_server.auth import Caller, signed_in
from sync_server.cursors import Cursors
from sync_server.errors import ApiError, invalid, not_found
from sync_server.routes.common import Asking, PathId, QueryId, require_role, server_of
from sync_server.storage import Transaction
from sync_server.storage.rows import RecordFilter
from webapp.py.domain.model import SETUP_TABLES, WORK_TABLES, Fields
from webapp.py.domain.permissions import Actor, visible
from webapp.py.domain.wire import SETUP, project_of, project_scope

MOST_ROWS = 1_000
MOST_BYTES = 8 * 1024 * 1024
"""Most bytes of one page. Then it says ``more``."""

Limit = Annotated[int, QueryParameter(ge=1, le=MOST_ROWS)]
Cursor = Annotated[int, QueryParameter(ge=0, le=2**62, description="The `cursor` of the previous page.")]
Since = Annotated[
    int,
    QueryParameter(
        ge=0,
        le=2**53,
        description="Only what changed at or after this time (ms UTC) of the server's clock. To ask again "
        "and again for what is new, keep the `cursor` instead: a clock that is set back would hide changes.",
    ),
]
PageCursor = Annotated[str, QueryParameter(max_length=200, description="The `cursor` of an earlier page.")]


class StoredRecord(Struct, kw_only=True):
    """A record with the times at which the server first and last saw it change (ms UTC)."""

    id: str
    created_at: int
    updated_at: int
    fields: Fields


class RecordPage(Struct, kw_only=True):
    """Records in the order of their last change. Ask again with ``cursor`` while there is ``more``.

    Later, the last ``cursor`` brings what has changed since, whatever the clocks say.
    """

    table: str
    records: list[StoredRecord] = []
    cursor: str = ""
    more: bool = False


class PastOp(Struct, kw_only=True):
    """One accepted change: who made it when, and the values before (null where it created the record)."""

    seq: int
    op_id: str
    person: str
    made_at: int | None
    received_at: int
    before: Fields | None
    fields: Fields


class History(Struct, kw_only=True):
    """The changes of one record, oldest first. Ask again with ``cursor`` while there is ``more``."""

    table: str
    record: str
    ops: list[PastOp] = []
    cursor: int = 0
    more: bool = False


def _raw(json: bytes | str) -> Any:
    return msgspec.Raw(json)


def _visible(
    transaction: Transaction, caller: Caller, table: str, project: str
) -> tuple[RecordFilter, list[str]]:
    """Return which records of a table the caller may see, and what that depends on."""
    if table in SETUP_TABLES:
        role = organization_role(transaction, caller.person)
        ids = visible_setup(transaction, caller.person, role)
        return RecordFilter(SETUP, ids=ids), [SETUP, caller.person, *(["all"] if ids is None else ids)]
    if not project:
        raise invalid(texts.PROJECT_MISSING)
    role = require_role(transaction, caller, project)
    scope, owner = project_scope(project), caller.person if role == "annotator" else None
    return RecordFilter(scope, owner=owner), [scope, caller.person, role]


def _since(transaction: Transaction, cursors: Cursors, cursor: str, sight: list[str]) -> int:
    """Return the number up to which a script has read.

    Raises
    ------
    ApiError
        With 409, when the cursor does not hold any more.
    """
    if cursor.isascii() and cursor.isdigit():
        return min(int(cursor), 2**62)  # scripts that were written when cursors were numbers
    reading = cursors.read(transaction, cursor, sight)
    if cursor and reading.since is None:
        raise ApiError(409, "cursor", texts.CURSOR_VOID)
    return reading.since or 0


@get("/api/records/{table:str}", guards=[signed_in], tags=["Records"])
async def list_records(
    request: Asking,
    table: PathId,
    project: QueryId = "",
    changed_since: Since = 0,
    cursor: PageCursor = "",
    limit: Limit = MOST_ROWS,
) -> RecordPage:
    """List the records of a table that you may see. Work records need `project`.

    Deleted records are included, with `deleted` set.
    """
    if table not in SETUP_TABLES and table not in WORK_TABLES:
        raise not_found(texts.no_table(table))

    cursors = server_of(request).sync_handler.cursors

    def query(transaction: Transaction) -> RecordPage:
        wanted, sight = _visible(transaction, request.user, table, project)
        reached = _since(transaction, cursors, cursor, sight)
        found = transaction.records.page(
            wanted, table, since=reached, changed_since=changed_since, limit=limit + 1
        )
        page = RecordPage(table=table)
        size = 0
        for seq, identifier, created_at, updated_at, json in found:
            size += len(json)
            if page.records and (len(page.records) == limit or size > MOST_BYTES):
                page.more = True
                break
            page.records.append(
                StoredRecord(id=identifier, created_at=created_at, updated_at=updated_at, fields=_raw(json))
            )
            reached = seq
        # A number of the time before may name no op.
        page.cursor = cursor if not page.records else cursors.give(transaction, reached, sight)
        return page

    return await server_of(request).storage.read(query)


def _may_see(transaction: Transaction, caller: Caller, table: str, record: str) -> bool:
    state = transaction.records.get(table, record)
    if state is None:
        return False
    project = project_of(state.scope)
    if project is None:
        role = organization_role(transaction, caller.person)
        seen = visible_setup(transaction, caller.person, role)
        return seen is None or record in seen
    actor = Actor(caller.person, project_role(transaction, caller.person, project))
    return visible(actor, table, state.fields)


@get("/api/ops", guards=[signed_in], tags=["Records"])
async def list_ops(
    request: Asking,
    record: QueryId,
    table: QueryId = "annotation",
    cursor: Cursor = 0,
    limit: Limit = 200,
) -> History:
    """List the history of one record: every accepted change with the values that it replaced."""

    def query(transaction: Transaction) -> History:
        if not _may_see(transaction, request.user, table, record):
            raise not_found(texts.NO_RECORD)
        found = transaction.records.history(table, record, since=cursor, limit=limit + 1)
        page = History(table=table, record=record, cursor=cursor)
        size = 0
        for op in found:
            size += len(op.fields) + len(op.before or "")
            if page.ops and (len(page.ops) == limit or size > MOST_BYTES):
                page.more = True
                break
            page.ops.append(
                PastOp(
                    seq=op.seq,
                    op_id=op.op_id,
                    person=op.person,
                    made_at=op.made_at,
                    received_at=op.received_at,
                    before=None if op.before is None else _raw(op.before),
                    fields=_raw(op.fields),
                )
            )
            page.cursor = op.seq
        return page

    return await server_of(request).storage.read(query)


HANDLERS = [list_records, list_ops]
