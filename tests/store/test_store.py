"""A scope as the page sees it: edits show at once, are called saved only when durable, and survive."""

from __future__ import annotations

import msgspec
import pytest

from tests.support.store_stories import SCOPE, annotation, box, change, play
from webapp.py.domain.model import Invalid
from webapp.py.domain.ops import Op, create, delete, inverse, make_op
from webapp.py.domain.wire import Refusal, SyncReply
from webapp.py.store.local import RecordKey
from webapp.py.store.memory import Disk, MemoryLocalStore
from webapp.py.store.store import Store


def test_an_edit_shows_at_once_and_counts_as_saved_only_when_it_is_durable() -> None:
    async def story() -> None:
        disk = Disk()
        store = await Store.open(MemoryLocalStore(disk), SCOPE)
        seen: list[frozenset[RecordKey]] = []
        store.subscribe(seen.append)
        store.edit([create("annotation", annotation("a"))])
        assert store.get("annotation", "a") is not None
        assert (store.status.unsaved, store.status.unsynced, store.status.saved) == (1, 0, False)
        assert disk.scope(SCOPE).outbox == {}
        await store.flushed()
        assert (store.status.unsaved, store.status.unsynced, store.status.saved) == (0, 1, True)
        assert len(disk.scope(SCOPE).outbox) == 1
        assert seen == [frozenset({("annotation", "a")})]

    play(story)


def test_edits_made_at_once_become_one_write_in_their_order() -> None:
    async def story() -> None:
        disk = Disk()
        store = await Store.open(MemoryLocalStore(disk), SCOPE)
        store.edit([create("annotation", annotation("a"))])
        for x in range(50):
            store.edit([make_op("annotation", "a", {"shape": box(x)})])
        await store.flushed()
        assert disk.scope(SCOPE).revision == 1
        again = await Store.open(MemoryLocalStore(disk), SCOPE)
        record = again.get("annotation", "a")
        assert record is not None and record["shape"]["x"] == 49

    play(story)


def test_after_opening_the_page_again_the_view_is_the_same() -> None:
    async def story() -> None:
        disk = Disk()
        store = await Store.open(MemoryLocalStore(disk), SCOPE)
        base = [annotation("a"), annotation("b", asset=1), annotation("c")]
        await store.apply_reply("", SyncReply(cursor="c1", changes=[change(fields) for fields in base]))
        store.edit([make_op("annotation", "a", {"class_id": "nerve"}), delete("annotation", "b")])
        store.edit([create("annotation", annotation("d", asset=1))])
        await store.flushed()
        again = await Store.open(MemoryLocalStore(disk), SCOPE)
        assert dict(again.records("annotation")) == dict(store.records("annotation"))
        assert sorted(again.records("annotation")) == ["a", "c", "d"]
        assert [fields["id"] for fields in again.of_asset("annotation", 1)] == ["d"]
        assert [fields["id"] for fields in again.of_asset("annotation", 0)] == ["a", "c"]
        assert again.get("annotation", "b") is None
        deleted = again.get_deleted("annotation", "b")
        assert deleted is not None and deleted["deleted"]

    play(story)


def test_undo_of_a_deletion_brings_the_record_back() -> None:
    async def story() -> None:
        store = await Store.open(MemoryLocalStore(), SCOPE)
        store.edit([create("annotation", annotation("a"))])
        remove = delete("annotation", "a")
        undo = inverse(store.get("annotation", "a"), remove)
        store.edit([remove])
        assert store.get("annotation", "a") is None
        store.edit([undo])
        assert store.get("annotation", "a") == annotation("a", deleted=False)

    play(story)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (create("annotation", annotation("x", shape={"kind": "blob"})), "blob"),
        (create("annotation", annotation("x", shape=box(float("nan")))), "float"),
        (make_op("annotation", "nobody", {"class_id": "c"}), "missing"),
        (create("color", {"id": "x"}), "no table"),
        (create("annotation", annotation("not an id!")), "regex"),
    ],
)
def test_an_edit_that_would_make_an_invalid_record_changes_nothing(wrong: Op, words: str) -> None:
    async def story() -> None:
        disk = Disk()
        store = await Store.open(MemoryLocalStore(disk), SCOPE)
        with pytest.raises(Invalid, match=words):
            store.edit([create("annotation", annotation("a")), wrong])
        await store.flushed()
        assert dict(store.records("annotation")) == {}
        assert store.status.saved and disk.scope(SCOPE).outbox == {}

    play(story)


def test_without_a_server_edits_are_the_base() -> None:
    async def story() -> None:
        disk = Disk()
        store = await Store.open(MemoryLocalStore(disk), SCOPE, solo=True)
        store.edit([create("annotation", annotation("a"))])
        store.edit([make_op("annotation", "a", {"class_id": "nerve"})])
        await store.flushed()
        assert (store.status.unsaved, store.status.unsynced) == (0, 0)
        assert store.get("annotation", "a") == annotation("a", class_id="nerve")
        again = await Store.open(MemoryLocalStore(disk), SCOPE, solo=True)
        assert again.get("annotation", "a") == annotation("a", class_id="nerve")

    play(story)


def test_a_refused_edit_leaves_the_view_and_can_be_sent_again() -> None:
    async def story() -> None:
        disk = Disk()
        store = await Store.open(MemoryLocalStore(disk), SCOPE)
        first = create("annotation", annotation("a"))
        second = make_op("annotation", "a", {"class_id": "nerve"})
        store.edit([first, second])
        await store.flushed()
        refused = [Refusal(op_id=op.op_id, reason="Not now.") for op in (first, second)]
        await store.apply_reply("", SyncReply(cursor="c1", refused=refused))
        assert store.get("annotation", "a") is None
        assert [entry.op for entry in store.refused] == [first, second]
        assert (store.status.unsynced, store.status.refused) == (0, 2)
        store.send_again([first.op_id, second.op_id])
        await store.flushed()
        assert store.get("annotation", "a") == annotation("a", class_id="nerve")
        assert (store.status.unsynced, store.status.refused) == (2, 0)
        again = await Store.open(MemoryLocalStore(disk), SCOPE)
        assert again.status == store.status
        assert {one.op.op_id for one in (await again.local.load(SCOPE)).outbox}.isdisjoint(
            {first.op_id, second.op_id}
        )

    play(story)


def test_an_overwritten_value_is_shown_and_restored() -> None:
    async def story() -> None:
        store = await Store.open(MemoryLocalStore(), SCOPE)
        op = create("annotation", annotation("a"))
        store.edit([op])
        await store.flushed()
        await store.apply_reply(
            "", SyncReply(cursor="c1", done=[op.op_id], changes=[change(annotation("a"))])
        )
        await store.apply_reply("c1", SyncReply(cursor="c2", changes=[change(annotation("a", shape=box(8)))]))
        [notice] = store.overwritten
        assert (notice.mine, notice.theirs) == (box(1), box(8))
        store.bring_back(notice.id)
        await store.flushed()
        assert store.get("annotation", "a") == annotation("a")
        assert store.overwritten == [] and store.status.overwritten == 0

    play(story)


def test_a_hundred_thousand_annotations_open_without_decoding_more_than_is_looked_at() -> None:
    async def story() -> None:
        disk = Disk()
        local = MemoryLocalStore(disk)
        changes = [change(annotation(f"r{number:06}", asset=number // 10)) for number in range(100_000)]
        await local.apply_reply(SCOPE, "", SyncReply(cursor="c1", changes=changes))
        store = await Store.open(MemoryLocalStore(disk), SCOPE)
        for text in ("r000500", "r099999"):
            row = msgspec.json.decode(disk.scope(SCOPE).rows["annotation", text])
            assert store.get("annotation", text) == msgspec.json.decode(row["fields"])
        assert len(store.of_asset("annotation", 77)) == 10
        assert len(store._view._values) == 12
        store.edit([make_op("annotation", "r000775", {"order": 3})])
        assert [fields.get("order") for fields in store.of_asset("annotation", 77)][5] == 3

    play(story)


def test_a_listener_that_fails_does_not_stop_the_others() -> None:
    async def story() -> None:
        store = await Store.open(MemoryLocalStore(), SCOPE)
        heard: list[frozenset[RecordKey]] = []

        def broken(keys: frozenset[RecordKey]) -> None:
            raise RuntimeError("no")

        store.subscribe(broken)
        stop = store.subscribe(heard.append)
        store.edit([create("annotation", annotation("a"))])
        assert heard == [frozenset({("annotation", "a")})]
        stop()
        store.edit([delete("annotation", "a")])
        assert len(heard) == 1
        await store.flushed()

    play(story)


def test_a_change_to_a_record_that_was_taken_away_does_not_leak_into_a_new_one() -> None:
    async def story() -> None:
        store = await Store.open(MemoryLocalStore(), SCOPE)
        await store.apply_reply("", SyncReply(cursor="c1", changes=[change(annotation("a"))]))
        store.edit([make_op("annotation", "a", {"order": 7})])
        await store.flushed()
        await store.apply_reply("c1", SyncReply(cursor="c2", reset=True))
        assert store.get("annotation", "a") is None and store.status.unsynced == 1
        store.edit([create("annotation", annotation("a", class_id="nerve"))])
        assert store.get("annotation", "a") == annotation("a", class_id="nerve")
        await store.flushed()

    play(story)
