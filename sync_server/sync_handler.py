"""The sync request: ops up, changes down, inside one transaction."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from sync_server import texts
from sync_server.access import scope_role, visible_setup
from sync_server.change_feed import Changed
from sync_server.cursors import Cursors
from sync_server.record_batch import RecordBatch
from sync_server.recorded_time import bounded
from sync_server.storage import Transaction
from sync_server.storage.rows import RecordFilter, RecordState
from sync_server.validation import Validation
from webapp.py.domain.ids import now_ms
from webapp.py.domain.model import Invalid
from webapp.py.domain.ops import Op, apply
from webapp.py.domain.permissions import Actor, Role, refusal, work_of
from webapp.py.domain.wire import MOST_CHANGES, SETUP, Change, Refusal, SyncReply, SyncRequest

MOST_CHANGE_BYTES = 8 * 1024 * 1024
"""Most bytes of changes in one reply. Then it says ``more``."""


class Outcome(Struct, frozen=True):
    """The reply to a request, and what the request changed. None if nothing."""

    reply: SyncReply
    changed: Changed | None


class SyncHandler:
    """Answers sync requests on one database.

    Parameters
    ----------
    identity
        Tells this database from others. A cursor of another one is void.
    """

    def __init__(self, identity: str) -> None:
        self.cursors = Cursors(identity)
        """Gives out and reads what clients remember."""
        self._validation = Validation()

    def __call__(self, transaction: Transaction, person: str, request: SyncRequest) -> Outcome:
        """Apply the ops of a request and return what became of them and what changed since its cursor.

        Without ops nothing is written, and a transaction that only reads is enough.

        Raises
        ------
        ApiError
            With 403, when the person has no access to the scope.
        """
        role = scope_role(transaction, person, request.scope)
        reply = SyncReply(cursor="")
        changed = self._take(transaction, person, role, request, reply) if request.ops else None
        self._answer(transaction, person, role, request, reply)
        return Outcome(reply, changed)

    def _take(
        self,
        transaction: Transaction,
        person: str,
        role: Role | None,
        request: SyncRequest,
        reply: SyncReply,
    ) -> Changed | None:
        senders = transaction.records.senders([op.op_id for op in request.ops])
        batch = RecordBatch(
            transaction,
            transaction.records.load(_ids_of(request.ops)),
            scope=request.scope,
            person=person,
            client_id=request.client_id,
            now=now_ms(),
        )
        # People with single projects have no role in the set-up. Like annotators, they cannot change it.
        actor = Actor(person, role or "annotator")
        for op in request.ops:
            sender = senders.get(op.op_id)
            if sender is not None:
                reason = None if sender == person else texts.OP_ID_TAKEN
            else:
                reason = self._decide(batch, actor, bounded(op, batch.now))
                if reason is None:
                    senders[op.op_id] = person
            if reason is None:
                reply.done.append(op.op_id)
            else:
                reply.refused.append(Refusal(op_id=op.op_id, reason=reason))
        return batch.write()

    def _decide(self, batch: RecordBatch, actor: Actor, op: Op) -> str | None:
        """Accept one op, or return why not.

        The role is checked before the form. To people who may not see a record it does not exist, so that no
        reason tells them of it.
        """
        before = found = batch.records.get((op.table, op.id))
        reason = self._validation.misplaced(op, found, batch.scope, actor.person)
        if reason:
            return reason
        if found is not None and (found.scope != batch.scope or not _sees(actor, found)):
            before = None
        fields = before.fields if before else None
        work = batch.records.get(("assignment", work_of(op, fields) or ""))
        reason = refusal(actor, op, fields, work.fields if work else None)
        if reason:
            return reason
        after = apply(fields, op)
        try:
            record, json = self._validation.resulting(op, after)
        except Invalid as error:
            return texts.invalid_change(str(error))
        reason = self._validation.dangling(batch, op, before is None, record)
        if reason is None and before is not found:
            reason = texts.ID_TAKEN
        if reason is None:
            batch.accept(op, before, after, record, json)
        return reason

    def _answer(
        self,
        transaction: Transaction,
        person: str,
        role: Role | None,
        request: SyncRequest,
        reply: SyncReply,
    ) -> None:
        visible = visible_setup(transaction, person, role) if request.scope == SETUP else None
        own_only = request.scope != SETUP and role == "annotator"
        seen = visible if visible is not None else ["all" if request.scope == SETUP else str(role)]
        sight = [request.scope, person, *seen]
        reading = self.cursors.read(transaction, request.cursor, sight)
        reply.reset, reply.rewound = reading.since is None, reading.rewound
        reached = reading.since or 0
        wanted = RecordFilter(request.scope, ids=visible, owner=person if own_only else None)
        size = 0
        for seq, table, identifier, json in transaction.records.changes(wanted, reached, MOST_CHANGES + 1):
            size += len(json)
            if reply.changes and (len(reply.changes) == MOST_CHANGES or size > MOST_CHANGE_BYTES):
                reply.more = True
                break
            reply.changes.append(_change(table, identifier, json))
            reached = seq
        reply.cursor = self.cursors.give(transaction, reached, sight)


def _sees(actor: Actor, record: RecordState) -> bool:
    if record.scope == SETUP:
        # Nobody else may change any of it, so it does not matter which of it they see.
        return actor.role == "admin"
    return actor.judges or record.owner == actor.person


def _change(table: str, identifier: str, json: bytes) -> Change:
    # The stored JSON is sent as it is. Decoding and encoding it again would be most of the work.
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
