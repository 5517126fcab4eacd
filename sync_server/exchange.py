"""The sync request: ops up, changes down, inside one transaction."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import msgspec
from msgspec import Struct

from sync_server import ledger as rows
from sync_server.access import fingerprint, scope_role, visible_setup
from sync_server.ledger import Ledger
from sync_server.rules import Rules
from webapp.py.domain.ids import now_ms
from webapp.py.domain.model import Invalid
from webapp.py.domain.ops import Op, apply
from webapp.py.domain.permissions import Actor, Role, refusal, work_of
from webapp.py.domain.wire import MOST_CHANGES, SETUP, Change, Refusal, SyncReply, SyncRequest

MOST_CHANGE_BYTES = 8 * 1024 * 1024
"""A reply is cut after this many bytes of changes, and says ``more``."""

_CURSOR = re.compile(r"(\d{1,18})\.([0-9a-f]{16})")
_SELECT = "SELECT seq, table_name, id, CAST(fields AS BLOB) FROM records WHERE scope = ? AND seq > ?"
_PAGE = f" ORDER BY seq LIMIT {MOST_CHANGES + 1}"


class Outcome(Struct, frozen=True):
    """What a request came to: the reply, and whether it changed anything."""

    reply: SyncReply
    changed: bool


class Exchange:
    """Answers sync requests on one database.

    Parameters
    ----------
    identity
        Tells this database from others; a cursor of another one is void.
    """

    def __init__(self, identity: str) -> None:
        self._identity = identity
        self._rules = Rules()

    def __call__(self, connection: sqlite3.Connection, person: str, request: SyncRequest) -> Outcome:
        """Apply the ops of a request and return what became of them and what changed since its cursor.

        Without ops nothing is written, and a reader's connection will do.

        Raises
        ------
        Refused
            With 403, when the person has no access to the scope.
        """
        role = scope_role(connection, person, request.scope)
        reply = SyncReply(cursor="")
        changed = self._take(connection, person, role, request, reply) if request.ops else False
        self._answer(connection, person, role, request, reply)
        return Outcome(reply, changed)

    def _take(
        self,
        connection: sqlite3.Connection,
        person: str,
        role: Role | None,
        request: SyncRequest,
        reply: SyncReply,
    ) -> bool:
        senders = rows.senders(connection, [op.op_id for op in request.ops])
        ledger = Ledger(
            connection,
            rows.load(connection, _ids_of(request.ops)),
            scope=request.scope,
            person=person,
            client_id=request.client_id,
            now=now_ms(),
        )
        # Someone with single projects has no role in the set-up: they change it as little as an annotator.
        actor = Actor(person, role or "annotator")
        changed = False
        for op in request.ops:
            sender = senders.get(op.op_id)
            if sender is not None:
                reason = None if sender == person else "This change carries the id of somebody else's change."
            else:
                reason = self._decide(ledger, actor, op)
                if reason is None:
                    senders[op.op_id] = person
                    changed = True
            if reason is None:
                reply.done.append(op.op_id)
            else:
                reply.refused.append(Refusal(op_id=op.op_id, reason=reason))
        ledger.write()
        return changed

    def _decide(self, ledger: Ledger, actor: Actor, op: Op) -> str | None:
        """Take one op in, or return why not. Form goes first: the rules of roles trust it."""
        before = ledger.records.get((op.table, op.id))
        reason = self._rules.misplaced(op, before, ledger.scope)
        if reason:
            return reason
        after = apply(before.fields if before else None, op)
        try:
            record, json = self._rules.resulting(op, after)
        except Invalid as error:
            return f"This change is not valid: {error}."
        fields = before.fields if before else None
        work = ledger.records.get(("assignment", work_of(op, fields) or ""))
        reason = refusal(actor, op, fields, work.fields if work else None)
        reason = reason or self._rules.dangling(ledger, op, before is None, record)
        if reason is None:
            ledger.accept(op, before, after, record, json)
        return reason

    def _answer(
        self,
        connection: sqlite3.Connection,
        person: str,
        role: Role | None,
        request: SyncRequest,
        reply: SyncReply,
    ) -> None:
        visible = visible_setup(connection, person, role) if request.scope == SETUP else None
        sight = (
            [person, *visible] if visible is not None else [person, "all" if request.scope == SETUP else role]
        )
        mark = fingerprint(self._identity, request.scope, *sight)
        last = rows.last_seq(connection)
        known = _CURSOR.fullmatch(request.cursor)
        since = int(known[1]) if known and known[2] == mark and int(known[1]) <= last else None
        reply.reset = since is None
        query, values = _SELECT, [request.scope, since or 0]
        if visible is not None:
            query += " AND id IN (SELECT value FROM json_each(?))"
            values.append(msgspec.json.encode(visible).decode())
        elif request.scope != SETUP and role == "annotator":
            query += " AND owner = ?"
            values.append(person)
        size = 0
        for seq, table, identifier, json in connection.execute(query + _PAGE, values):
            size += len(json)
            if reply.changes and (len(reply.changes) == MOST_CHANGES or size > MOST_CHANGE_BYTES):
                reply.more = True
                break
            reply.changes.append(_change(table, identifier, json))
            reached = seq
        reply.cursor = f"{reached if reply.more else last}.{mark}"


def _change(table: str, identifier: str, json: bytes) -> Change:
    # The stored text goes out as it is; decoding it only to encode it again would be most of the work.
    fields: Any = msgspec.Raw(json)
    return Change(table=table, id=identifier, fields=fields)


def _ids_of(ops: list[Op]) -> set[str]:
    """Return the ids of all records that ops are about or refer to."""
    ids = {op.id for op in ops}
    for op in ops:
        for name in ("assignment", "annotation", "dataset", "instruction"):
            value = op.fields.get(name)
            if isinstance(value, str):
                ids.add(value)
    return ids
