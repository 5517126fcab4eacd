"""What the page does when storage fails, is emptied, or holds something that cannot be read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from tests.support.fake_sync_server import Server
from tests.support.store_stories import SCOPE, annotation, change, play
from webapp.py.domain.ops import create, make_op
from webapp.py.domain.wire import SyncReply
from webapp.py.store.local import Row, StorageProblem
from webapp.py.store.memory import Disk, MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.store.sync import Sync


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


@pytest.mark.parametrize(
    "torn",
    ["", "{oops", '{"id": "a", "asset": 0', '{"id": "a", "asset" 0}'],
    ids=["empty", "junk", "cut", "inside"],
)
def test_a_damaged_record_is_told_and_fetched_again(torn: str) -> None:
    async def story() -> None:
        server = Server()
        disk = Disk()
        first = await Store.open(MemoryLocalStore(disk), SCOPE)
        sync = Sync(first.local, server, "client")
        sync.watch(first)
        mine = create("annotation", annotation("a"))
        first.edit([mine, create("annotation", annotation("b"))])
        await first.flushed()
        await sync.run_once()
        row = msgspec.json.decode(disk.scope(SCOPE).rows["annotation", "a"], type=Row)
        damaged = msgspec.structs.replace(row, fields=torn, asset=0 if torn.endswith("}") else None)
        disk.scope(SCOPE).rows["annotation", "a"] = msgspec.json.encode(damaged).decode()

        store = await Store.open(MemoryLocalStore(disk), SCOPE)
        sync = Sync(store.local, server, "client")
        sync.watch(store)
        await sync.run_once()
        shown = [one["id"] for one in store.of_asset("annotation", 0)]
        assert shown == (["b"] if torn.endswith("}") else ["a", "b"])
        if torn.endswith("}"):
            assert store.status.quarantined == 1
            assert "fetches it again" in store.quarantined[0].reason
            sync._woken.clear()
            async with asyncio.timeout(10):
                await sync._woken.wait()
            await sync.run_once()
        assert store.get("annotation", "a") == mine.fields | {"id": "a"}
        assert store.status.quarantined == 0
        assert disk.scope(SCOPE).cursor != ""

    play(story)


def test_a_damaged_record_of_a_solo_workspace_stays_for_download() -> None:
    async def story() -> None:
        disk = Disk()
        store = await Store.open(MemoryLocalStore(disk), SCOPE, solo=True)
        store.edit([create("annotation", annotation("a"))])
        await store.flushed()
        row = msgspec.json.decode(disk.scope(SCOPE).rows["annotation", "a"], type=Row)
        damaged = msgspec.structs.replace(row, fields=row.fields[:-9])
        disk.scope(SCOPE).rows["annotation", "a"] = msgspec.json.encode(damaged).decode()
        again = await Store.open(MemoryLocalStore(disk), SCOPE, solo=True)
        assert again._mending is None
        assert [entry.raw for entry in again.quarantined] == [row.fields[:-9]]
        assert "fetch" not in again.quarantined[0].reason

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
