"""What the page does when storage fails, is emptied, or holds something that cannot be read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from tests.support.store_stories import SCOPE, annotation, change, play
from webapp.py.domain.ops import create, make_op
from webapp.py.domain.wire import SyncReply
from webapp.py.store.local import StorageProblem
from webapp.py.store.memory import Disk, MemoryLocalStore
from webapp.py.store.store import Store


class Faults:
    """Makes a local store fail: "before" a transaction, or "after" it, when it has in truth happened."""

    def __init__(self, local: MemoryLocalStore) -> None:
        self.when: str | None = None
        local.before = self._hook("before")
        local.after = self._hook("after")

    def _hook(self, when: str) -> Callable[[str], Awaitable[None]]:
        async def hook(method: str) -> None:
            await asyncio.sleep(0)
            if self.when == when:
                raise StorageProblem("The disk is full.", "full")

        return hook


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("solo", [False, True])
def test_a_full_disk_is_reported_and_nothing_is_called_saved_until_a_retry_succeeds(
    when: str, solo: bool
) -> None:
    async def story() -> None:
        disk = Disk()
        local = MemoryLocalStore(disk)
        faults = Faults(local)
        store = await Store.open(local, SCOPE, solo=solo)
        faults.when = when
        store.edit([create("annotation", annotation("a"))])
        await store.flushed()
        store.edit([create("annotation", annotation("b"))])
        await store.flushed()
        assert store.status.storage_problem == "The disk is full."
        assert store.status.unsaved == 2 and not store.status.saved
        assert sorted(store.records("annotation")) == ["a", "b"]
        faults.when = None
        await store.retry()
        assert store.status.storage_problem is None
        assert (store.status.unsaved, store.status.unsynced) == (0, 0 if solo else 2)
        again = await Store.open(MemoryLocalStore(disk), SCOPE, solo=solo)
        assert dict(again.records("annotation")) == dict(store.records("annotation"))
        assert again.status.unsynced == store.status.unsynced

    play(story)


def test_the_next_edit_takes_the_failed_ones_along_in_order() -> None:
    async def story() -> None:
        disk = Disk()
        local = MemoryLocalStore(disk)
        faults = Faults(local)
        store = await Store.open(local, SCOPE)
        faults.when = "before"
        store.edit([create("annotation", annotation("a"))])
        await store.flushed()
        faults.when = None
        store.edit([make_op("annotation", "a", {"class_id": "nerve"})])
        await store.flushed()
        ops = [one.op.fields for one in (await MemoryLocalStore(disk).load(SCOPE)).outbox]
        assert ops == [annotation("a"), {"class_id": "nerve"}]
        assert store.status.storage_problem is None

    play(story)


def test_a_corrupt_or_unknown_record_is_quarantined_and_the_others_stay_usable() -> None:
    async def story() -> None:
        disk = Disk()
        store = await Store.open(MemoryLocalStore(disk), SCOPE)
        records = [
            annotation("a"),
            annotation("b"),
            annotation("c"),
            annotation("d", shape={"kind": "nurbs"}),
        ]
        await store.apply_reply("", SyncReply(cursor="c1", changes=[change(fields) for fields in records]))
        rows = disk.scope(SCOPE).rows
        row = msgspec.json.decode(rows["annotation", "b"])
        rows["annotation", "b"] = msgspec.json.encode({**row, "fields": '{"id": "b", "sha'}).decode()
        again = await Store.open(MemoryLocalStore(disk), SCOPE)
        assert [fields["id"] for fields in again.of_asset("annotation", 0)] == ["a", "c"]
        assert sorted(again.records("annotation")) == ["a", "c"]
        assert {entry.record: entry.raw[:13] for entry in again.quarantined} == {
            "b": '{"id": "b", "',
            "d": '{"id":"d","pr',
        }
        assert all(entry.reason for entry in again.quarantined)
        assert again.status.quarantined == 2
        assert len(disk.scope(SCOPE).rows) == 4
        await again.apply_reply("c1", SyncReply(cursor="c2", changes=[change(annotation("b"))]))
        assert sorted(again.records("annotation")) == ["a", "b", "c"]
        assert again.status.quarantined == 1
        await again.dismiss([again.quarantined[0].id])
        assert again.status.quarantined == 0 and len(disk.scope(SCOPE).rows) == 4

    play(story)


def test_storage_that_is_emptied_under_the_page_gets_what_the_page_still_holds() -> None:
    async def story() -> None:
        disk = Disk()
        store = await Store.open(MemoryLocalStore(disk), SCOPE)
        store.edit([create("annotation", annotation("a"))])
        await store.flushed()
        store.edit([make_op("annotation", "a", {"order": 1})])
        await store.flushed()
        disk.scopes.clear()
        store.edit([create("annotation", annotation("b"))])
        await store.flushed()
        again = await Store.open(MemoryLocalStore(disk), SCOPE)
        assert dict(again.records("annotation")) == dict(store.records("annotation"))
        assert again.get("annotation", "a") == annotation("a", order=1)
        assert again.status == store.status
        disk.scopes.clear()
        await store.refresh()
        await store.flushed()
        assert len(disk.scope(SCOPE).outbox) == 3

    play(story)
