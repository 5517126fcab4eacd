"""What a reactive view needs of the store: what was read, what a change affects, and the status apart."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.store_stories import SCOPE, annotation, box, change, play
from webapp.py.domain.ops import create, delete, make_op
from webapp.py.domain.wire import Refusal, SyncReply
from webapp.py.store.local import RecordKey
from webapp.py.store.memory import Disk, MemoryLocalStore
from webapp.py.store.store import Read, Store


def keys(*ids: str) -> frozenset[RecordKey]:
    return frozenset(("annotation", record_id) for record_id in ids)


async def opened(disk: Disk | None = None, *, solo: bool = False) -> tuple[Store, list[Any]]:
    """A store, and a list that grows by the keys of each change and by each status."""
    store = await Store.open(MemoryLocalStore(disk), SCOPE, solo=solo)
    heard: list[Any] = []
    store.subscribe(heard.append)
    store.subscribe_status(lambda: heard.append(store.status))
    return store, heard


def test_every_read_is_reported() -> None:
    async def story() -> None:
        store, _ = await opened()
        store.edit([create("annotation", annotation("a"))])
        reads: list[Read] = []
        store.on_read = reads.append
        store.get("annotation", "a")
        store.get_deleted("annotation", "b")
        store.of_asset("annotation", 7)
        store.records("review")
        assert reads == [("annotation", "a"), ("annotation", "b"), ("annotation", 7), ("review", None)]
        store.on_read = None
        store.get("annotation", "a")
        assert len(reads) == 4
        await store.flushed()

    play(story)


def test_the_first_record_of_an_image_is_there_for_who_has_read_the_image_before() -> None:
    async def story() -> None:
        store, _ = await opened()
        assert store.of_asset("annotation", 0) == []
        store.edit([create("annotation", annotation("b"))])
        assert [one["id"] for one in store.of_asset("annotation", 0)] == ["b"]
        store.edit([create("annotation", annotation("a"))])
        assert [one["id"] for one in store.of_asset("annotation", 0)] == ["a", "b"]
        await store.flushed()

    play(story)


def test_a_change_affects_the_reads_whose_answer_it_changes_and_no_others() -> None:
    async def story() -> None:
        store, _ = await opened()
        store.edit([create("annotation", annotation("a", asset=1)), create("annotation", annotation("b"))])
        reads: list[Read] = [
            ("annotation", "a"),
            ("annotation", "b"),
            ("annotation", 0),
            ("annotation", 1),
            ("annotation", None),
            ("review", None),
            ("review", 1),
            ("review", "a"),
        ]
        assert store.affected(reads, keys("a")) == [
            ("annotation", "a"),
            ("annotation", 1),
            ("annotation", None),
        ]
        assert store.affected(reads, keys("a", "b")) == reads[:5]
        assert store.affected(reads, frozenset()) == []
        # A record that is gone still belonged to its image.
        store.edit([delete("annotation", "a")])
        assert ("annotation", 1) in store.affected(reads, keys("a"))
        await store.flushed()

    play(story)


def test_a_change_among_many_records_of_an_image_affects_that_image() -> None:
    async def story() -> None:
        store, _ = await opened()
        store.edit([create("annotation", annotation(str(n), asset=n % 2)) for n in range(10)])
        reads: list[Read] = [("annotation", 0), ("annotation", 1)]
        assert store.affected(reads, keys("3")) == [("annotation", 1)]
        assert store.affected(reads, keys(*map(str, range(0, 10, 2)), "x", "y")) == [("annotation", 0)]
        await store.flushed()

    play(story)


@pytest.mark.parametrize("solo", [False, True])
def test_an_edit_names_its_records_once_and_saving_it_changes_the_status_alone(solo: bool) -> None:
    async def story() -> None:
        store, heard = await opened(solo=solo)
        store.edit([create("annotation", annotation("a"))])
        first = store.status
        assert heard == [keys("a"), first] and first.unsaved == 1
        assert store.get("annotation", "a") == annotation("a")
        await store.flushed()
        records = [one for one in heard if isinstance(one, frozenset)]
        assert heard[-1] == store.status and store.status.saved
        assert records == [keys("a")]

    play(story)


def test_a_reply_names_the_records_that_it_changes() -> None:
    async def story() -> None:
        store, heard = await opened()
        edit = create("annotation", annotation("a"))
        store.edit([edit])
        await store.flushed()
        heard.clear()
        changes = [change(annotation("b")), change(annotation("c"))]
        refused = [Refusal(op_id=edit.op_id, reason="No.")]
        await store.apply_reply("", SyncReply(cursor="c1", refused=refused, changes=changes))
        assert heard == [keys("a", "b", "c"), store.status]
        assert (store.status.unsynced, store.status.refused) == (0, 1)

    play(story)


def test_a_reply_that_confirms_an_edit_names_no_record() -> None:
    async def story() -> None:
        store, heard = await opened()
        edit = create("annotation", annotation("a"))
        store.edit([edit])
        await store.flushed()
        assert store.get("annotation", "a") == annotation("a")
        heard.clear()
        changes = [change(annotation("a"))]
        await store.apply_reply("", SyncReply(cursor="c1", done=[edit.op_id], changes=changes))
        assert heard == [store.status]
        theirs = [change(annotation("a", order=4))]
        await store.apply_reply("c1", SyncReply(cursor="c2", changes=theirs))
        assert heard[1] == keys("a") and store.get("annotation", "a") == annotation("a", order=4)

    play(story)


def test_catching_up_names_only_what_another_tab_changed() -> None:
    async def story() -> None:
        disk = Disk()
        one, _ = await opened(disk)
        await one.apply_reply(
            "", SyncReply(cursor="c1", changes=[change(annotation(name)) for name in "abcd"])
        )
        one.edit([make_op("annotation", "d", {"class_id": "nerve"})])
        await one.flushed()
        other, heard = await opened(disk)
        other.edit([make_op("annotation", "a", {"class_id": "nerve"})])
        await other.flushed()
        heard.clear()
        one.edit([make_op("annotation", "b", {"shape": box(5)}), create("annotation", annotation("e"))])
        await one.flushed()
        await one.apply_reply("c1", SyncReply(cursor="c2", changes=[change(annotation("c", order=3))]))
        await other.refresh()
        assert heard == [keys("b", "c", "e"), other.status]
        assert dict(other.records("annotation")) != {}
        await one.refresh()
        assert dict(other.records("annotation")) == dict(one.records("annotation"))

    play(story)


def test_a_status_listener_that_fails_does_not_stop_the_others_and_can_leave() -> None:
    async def story() -> None:
        store = await Store.open(MemoryLocalStore(), SCOPE)
        heard: list[int] = []

        def broken() -> None:
            raise RuntimeError("no")

        store.subscribe_status(broken)
        stop = store.subscribe_status(lambda: heard.append(store.status.unsaved))
        store.edit([create("annotation", annotation("a"))])
        await store.flushed()
        assert heard == [1, 0]
        stop()
        store.edit([delete("annotation", "a")])
        await store.flushed()
        assert heard == [1, 0]

    play(story)


def test_the_first_record_of_an_image_is_found_after_the_image_was_looked_at() -> None:
    async def story() -> None:
        store = await Store.open(MemoryLocalStore(), SCOPE)
        assert store.of_asset("annotation", 0) == []
        store.edit([create("annotation", annotation("a"))])
        assert store.of_asset("annotation", 0) == [annotation("a")]

    play(story)
