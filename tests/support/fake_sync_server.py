"""A sync server in memory that accepts everything, and a client that talks to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from tests.support.store_stories import SCOPE, annotation
from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op, apply, create
from webapp.py.domain.wire import Change, Refusal, SyncReply, SyncRequest
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.store.sync import (
    Offline,
    Sync,
)


class Server:
    """A transport that accepts everything; ``faults`` are raised or called before it answers, one each."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str, str], Fields] = {}
        self.log: list[tuple[str, Op]] = []
        self.requests: list[SyncRequest] = []
        self.faults: list[Exception | Callable[[SyncRequest], None] | None] = []
        self.lose_replies = 0
        self.rule: Callable[[SyncRequest], None] = lambda request: None
        self.refuse: dict[str, str] = {}

    async def __call__(self, request: SyncRequest) -> SyncReply:
        await asyncio.sleep(0)
        request = msgspec.json.decode(msgspec.json.encode(request), type=SyncRequest)
        self.requests.append(request)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        if fault is not None:
            fault(request)
        self.rule(request)
        reply = self.answer(request)
        if self.lose_replies:
            self.lose_replies -= 1
            raise Offline("The answer was lost.")
        return reply

    def answer(self, request: SyncRequest) -> SyncReply:
        reply = SyncReply(cursor="")
        known = {op.op_id for _, op in self.log}
        for op in request.ops:
            if op.op_id in self.refuse:
                reply.refused.append(Refusal(op_id=op.op_id, reason=self.refuse[op.op_id]))
                continue
            if op.op_id not in known:
                self.log.append((request.scope, op))
                key = (request.scope, op.table, op.id)
                self.records[key] = apply(self.records.get(key), op)
            reply.done.append(op.op_id)
        since = int(request.cursor or 0)
        touched = dict.fromkeys((op.table, op.id) for scope, op in self.log[since:] if scope == request.scope)
        reply.changes = [
            Change(table=table, id=record, fields=self.records[request.scope, table, record])
            for table, record in touched
        ]
        reply.cursor = str(len(self.log))
        return reply


async def opened(server: Server, scope: str = SCOPE, **rest: Any) -> tuple[Store, Sync]:
    local = MemoryLocalStore()
    store = await Store.open(local, scope)
    sync = Sync(local, server, "client", **rest)
    sync.watch(store)
    return store, sync


async def add(store: Store, count: int = 1, **fields: Any) -> list[Op]:
    ops = [create("annotation", annotation(**fields)) for _ in range(count)]
    store.edit(ops)
    await store.flushed()
    return ops
