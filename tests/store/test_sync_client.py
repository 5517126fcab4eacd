"""When the browser sends, what it makes of each kind of answer, and that no answer loses an edit."""

from __future__ import annotations

import pytest

from tests.support.fake_sync_server import Server, add, opened
from tests.support.store_stories import SCOPE, annotation, play
from webapp.py.domain.ids import new_id
from webapp.py.domain.ops import create, make_op
from webapp.py.domain.wire import MOST_OPS, PROTOCOL, SETUP, Refusal, SyncReply, SyncRequest
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
)


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
