"""When the browser sends, what it makes of each kind of answer, and that no answer loses an edit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.store.test_store import SCOPE, annotation, change, play
from webapp.py.domain.ids import new_id
from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op, apply, create, make_op
from webapp.py.domain.wire import MOST_OPS, PROTOCOL, SETUP, Change, Refusal, SyncReply, SyncRequest
from webapp.py.store import sync as syncing
from webapp.py.store.local import StorageProblem
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.store.sync import (
    Offline,
    ProtocolMismatch,
    Rejected,
    ServerTrouble,
    SignedOut,
    Sync,
    delay,
    read_reply,
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


def test_edits_go_up_and_news_come_down() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        [op] = await add(store)
        server.answer(
            SyncRequest(
                protocol=1, client_id="other", scope=SCOPE, ops=[create("annotation", annotation("theirs"))]
            )
        )
        await sync.run_once()
        assert (sync.state, sync.problem, sync.failures) == ("idle", "", 0)
        assert sync.synced_at is not None
        assert store.status.unsynced == 0
        assert set(store.records("annotation")) == {"theirs", op.id}
        request = server.requests[0]
        assert (request.protocol, request.client_id, request.cursor) == (PROTOCOL, "client", "")
        await sync.run_once()
        assert server.requests[-1].cursor == "2" and server.requests[-1].ops == []

    play(story)


def test_a_lost_reply_means_sending_again_and_nothing_is_applied_twice() -> None:
    async def story() -> None:
        server = Server()
        server.lose_replies = 1
        store, sync = await opened(server)
        [op] = await add(store)
        await sync.run_once()
        assert (sync.state, store.status.unsynced) == ("offline", 1)
        await sync.run_once()
        assert (sync.state, store.status.unsynced) == ("idle", 0)
        assert [op_.op_id for _, op_ in server.log] == [op.op_id]

    play(story)


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (Offline("No network."), "offline"),
        (SignedOut("Sign in again."), "signed_out"),
        (ProtocolMismatch("Reload."), "outdated"),
        (ServerTrouble("Try later."), "trouble"),
        (RuntimeError("a bug in the transport"), "trouble"),
    ],
)
def test_whatever_goes_wrong_the_outbox_stays_and_goes_up_later(problem: Exception, state: str) -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        states: list[str] = []
        sync.subscribe(lambda: states.append(sync.state))
        server.faults = [problem, problem]
        await add(store)
        await sync.run_once()
        assert sync.state == state and sync.problem
        await sync.run_once()
        assert (sync.failures, store.status.unsynced) == (2, 1)
        await sync.run_once()
        assert (sync.state, sync.failures, store.status.unsynced) == ("idle", 0, 0)
        assert states == ["syncing", state, "syncing", state, "syncing", "idle"]

    play(story)


def test_many_edits_go_up_in_several_requests() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        ops = await add(store, MOST_OPS * 2 + 1)
        await sync.run_once()
        assert [len(request.ops) for request in server.requests] == [MOST_OPS, MOST_OPS, 1]
        assert [op for _, op in server.log] == ops

    play(story)


def test_large_edits_are_split_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "MOST_BYTES", 20_000)

    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        await add(store, 5, attributes={"note": "x" * 9_000})
        await add(store, 1, attributes={f"note{n}": "x" * 9_000 for n in range(5)})
        await sync.run_once()
        assert [len(request.ops) for request in server.requests] == [2, 2, 1, 1]

    play(story)


def test_an_edit_that_makes_the_server_turn_the_request_down_is_found_and_listed() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        ops = await add(store, 40)
        poison = ops[23]

        def rule(request: SyncRequest) -> None:
            if any(op.op_id == poison.op_id for op in request.ops):
                raise Rejected("This request is too large.", 413)

        server.rule = rule
        await sync.run_once()
        assert (sync.state, store.status.unsynced) == ("idle", 0)
        assert [(entry.op, entry.reason) for entry in store.refused] == [
            (poison, "This request is too large.")
        ]
        assert [op for _, op in server.log] == [op for op in ops if op is not poison]

    play(story)


def test_when_the_scope_itself_is_closed_its_edits_wait_and_other_scopes_go_on() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        other = await Store.open(store.local, "project/q")
        sync.watch(other)
        await add(store, 3)
        await add(other, 2)

        def rule(request: SyncRequest) -> None:
            if request.scope == SCOPE:
                raise Rejected("You have no access to this project.", 403)

        server.rule = rule
        await sync.run_once()
        assert (sync.state, sync.problem) == ("trouble", "You have no access to this project.")
        assert sync.failures == 0, "the other scopes are not slowed down"
        assert sync.problems == {SCOPE: "You have no access to this project."}
        assert (store.status.unsynced, store.status.refused) == (3, 0)
        assert other.status.unsynced == 0
        server.rule = lambda request: None
        await sync.run_once()
        assert (sync.state, store.status.unsynced, sync.problems) == ("idle", 0, {})

    play(story)


def test_edits_of_scopes_that_are_not_open_are_sent_too_set_up_first() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        setup = await Store.open(store.local, SETUP)
        setup.edit([create("dataset", {"id": "d", "name": "Cells"})])
        await setup.flushed()
        await add(store)
        sync.unwatch(store)
        await sync.run_once()
        assert [request.scope for request in server.requests] == [SETUP, SCOPE]
        await store.refresh()
        assert store.status.unsynced == 0 and len(store.records("annotation")) == 1

    play(story)


def test_refusals_are_listed_and_the_view_goes_back() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        [first] = await add(store, id="a")
        await sync.run_once()
        second = make_op("annotation", first.id, {"class_id": "nerve"})
        server.refuse[second.op_id] = "Not now."
        store.edit([second])
        await store.flushed()
        assert store.get("annotation", first.id) == annotation(first.id, class_id="nerve")
        await sync.run_once()
        assert sync.state == "idle"
        assert store.get("annotation", first.id) == annotation(first.id)
        assert [entry.reason for entry in store.refused] == ["Not now."]

    play(story)


def test_an_answer_that_names_unknown_edits_does_no_harm() -> None:
    async def story() -> None:
        server = Server()
        store, _ = await opened(server)
        await add(store)

        async def odd(request: SyncRequest) -> SyncReply:
            reply = await server(request)
            reply.done.append(new_id())
            reply.refused.append(Refusal(op_id=new_id(), reason="?"))
            return reply

        await Sync(store.local, odd, "client").run_once()
        await store.refresh()
        assert (store.status.unsynced, store.status.refused) == (0, 0)

    play(story)


@pytest.mark.parametrize("more", [False, True])
def test_an_answer_that_would_go_on_for_ever_is_trouble(more: bool) -> None:
    async def story() -> None:
        local = MemoryLocalStore()
        store = await Store.open(local, SCOPE)
        await add(store)

        async def odd(request: SyncRequest) -> SyncReply:
            return SyncReply(cursor=request.cursor, more=more, done=["another"])

        sync = Sync(local, odd, "client")
        await sync.run_once()
        assert sync.state == "trouble" and store.status.unsynced == 1

    play(story)


def test_a_disk_that_cannot_take_the_reply_leaves_everything_to_be_sent_again() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        await add(store)
        full = True

        async def before(method: str) -> None:
            if method == "apply_reply" and full:
                raise StorageProblem("The disk is full.", "full")

        assert isinstance(store.local, MemoryLocalStore)
        store.local.before = before
        await sync.run_once()
        assert (sync.state, sync.problem, store.status.unsynced) == ("trouble", "The disk is full.", 1)
        full = False
        await sync.run_once()
        assert (sync.state, store.status.unsynced, len(server.log)) == ("idle", 0, 1)

    play(story)


def test_edits_made_while_a_request_is_under_way_are_not_lost() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        [op] = await add(store)
        later = make_op("annotation", op.id, {"class_id": "nerve"})
        server.faults = [lambda request: store.edit([later])]
        await sync.run_once()
        await store.flushed()
        record = store.get("annotation", op.id)
        assert record is not None and record["class_id"] == "nerve"
        await sync.run_once()
        assert store.status.unsynced == 0
        assert [op.op_id for _, op in server.log] == [op.op_id, later.op_id]

    play(story)


def test_only_the_leading_tab_sends_and_the_others_still_see() -> None:
    async def story() -> None:
        server = Server()

        class Never:
            async def lead(self) -> bool:
                return False

        store, sync = await opened(server, leadership=Never())
        other = await Store.open(MemoryLocalStore(store.local.disk), SCOPE)  # type: ignore[attr-defined]
        await add(other)
        await sync.run_once()
        assert server.requests == [] and len(store.records("annotation")) == 1

    play(story)


def test_two_tabs_that_both_send_do_no_harm() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        local = MemoryLocalStore(store.local.disk)  # type: ignore[attr-defined]
        other = await Store.open(local, SCOPE)
        second = Sync(local, server, "client")
        second.watch(other)
        await add(store, 3)
        await add(other, 3)
        await asyncio.gather(sync.run_once(), second.run_once())
        await asyncio.gather(sync.run_once(), second.run_once())
        assert len(server.log) == 6
        assert (store.status.unsynced, other.status.unsynced) == (0, 0)
        assert dict(store.records("annotation")) == dict(other.records("annotation"))

    play(story)


def test_an_edit_goes_up_as_soon_as_it_is_durable_and_stopping_is_clean() -> None:
    async def story() -> None:
        server = Server()
        store, sync = await opened(server)
        runner = asyncio.ensure_future(sync.run_forever())
        await until(lambda: sync.synced_at is not None and sync.state == "idle")
        await add(store)
        await until(lambda: store.status.unsynced == 0)
        runner.cancel()
        with pytest.raises(asyncio.CancelledError):
            await runner

    play(story)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never happened")


def test_the_pause_after_failures_grows_to_two_minutes_and_is_never_in_step() -> None:
    assert [delay(failures, 0.999999) for failures in range(1, 9)] == pytest.approx(
        [2, 4, 8, 16, 32, 64, 120, 120], rel=1e-5
    )
    assert delay(10**9, 0.5) == 90


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (401, b'{"code": "signed-out", "message": "Sign in."}', SignedOut),
        (401, b"", SignedOut),
        (409, b'{"code": "protocol", "message": "Reload the page."}', ProtocolMismatch),
        (413, b'{"code": "too-large", "message": "Too large."}', Rejected),
        (400, b'{"code": "invalid", "message": "What?"}', Rejected),
        (403, b'{"code": "forbidden", "message": "No access."}', Rejected),
        (403, b"<html>the portal of a hotel</html>", ServerTrouble),
        (404, b'{"code": "not-found", "message": "There is nothing here."}', ServerTrouble),
        (429, b'{"code": "slow-down", "message": "Wait a minute."}', ServerTrouble),
        (500, b'{"code": "fault", "message": "A fault."}', ServerTrouble),
        (502, b"\xff\xfe", ServerTrouble),
        (200, b"<html>sign in to the wifi</html>", ServerTrouble),
        (200, b'{"cursor": 1}', ServerTrouble),
        (200, b'{"done": []}', ServerTrouble),
        (200, b"[" * 100_000, ServerTrouble),
        (302, b"", ServerTrouble),
    ],
)
def test_every_answer_that_is_no_reply_has_its_meaning(
    status: int, body: bytes, outcome: type[Exception]
) -> None:
    with pytest.raises(outcome) as caught:
        read_reply(status, body)
    assert len(str(caught.value)) > 4


def test_a_reply_is_read() -> None:
    reply = SyncReply(cursor="c", done=["a"], changes=[change(annotation("a"))])
    assert read_reply(201, msgspec.json.encode(reply)) == reply
