"""The second copy: whatever a kill leaves of it, and whatever the browser drops, saved edits come back."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.journal_machine import Machine, play
from tests.support.local_store_scenarios import S, T, change, op, reply
from tests.support.memory_journal import MemoryJournal
from webapp.py.domain.ops import create
from webapp.py.domain.wire import Refusal
from webapp.py.store import journaled
from webapp.py.store.journal import read_entries, restore
from webapp.py.store.journaled import JournaledStore, restore_lost
from webapp.py.store.local import StorageProblem
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store


def test_unsynced_ops_are_back_in_their_order_after_the_database_is_dropped() -> None:
    async def story() -> None:
        machine = Machine()
        tab = await machine.tab()
        await tab.enqueue(S, [op(1), op(2)])
        await tab.enqueue(T, [op(3)])
        await tab.enqueue(S, [op(4)])
        machine.drop()
        await machine.tab()
        assert await machine.unsynced() == ["op-1", "op-2", "op-4"]
        assert await machine.unsynced(T) == ["op-3"]

    play(story)


def test_what_the_server_has_is_not_sent_again_and_what_it_refused_is_not_forgotten() -> None:
    async def story() -> None:
        machine = Machine()
        tab = await machine.tab()
        await tab.enqueue(S, [op(n) for n in range(1, 6)])
        refused = [Refusal(op_id=f"op-{n}", reason="no") for n in (3, 4)]
        await tab.apply_reply(S, "", reply("c1", done=["op-1", "op-2"], refused=refused))
        await tab.dismiss(S, ["op-4"])
        machine.drop()
        await machine.tab()
        assert await machine.unsynced() == ["op-3", "op-5"]

    play(story)


def test_what_a_restored_server_has_lost_has_a_second_copy_again() -> None:
    async def story() -> None:
        machine = Machine()
        tab = await machine.tab()
        await tab.enqueue(S, [op(1, x=1), op(2, record="b", x=1)])
        known = [change(x=1), change("b", x=1)]
        await tab.apply_reply(S, "", reply("c1", *known, done=["op-1", "op-2"]))
        applied = await tab.apply_reply(S, "c1", reply("r1", known[0], reset=True, rewound=True))
        (lost,) = applied.refused
        machine.drop()
        await machine.tab()
        assert (lost.op.id, await machine.unsynced()) == ("b", [lost.op.op_id])

    play(story)


def test_two_tabs_write_and_one_of_them_sends() -> None:
    async def story() -> None:
        machine = Machine()
        one, other = await machine.tab(), await machine.tab()
        await one.enqueue(S, [op(1), op(2)])
        await other.enqueue(S, [op(3)])
        await other.apply_reply(S, "", reply("c1", done=["op-1"]))
        machine.drop()
        await asyncio.gather(machine.tab(), machine.tab())
        assert await machine.unsynced() == ["op-2", "op-3"]

    play(story)


def test_a_database_that_is_whole_takes_nothing_from_the_journal() -> None:
    async def story() -> None:
        machine = Machine()
        tab = await machine.tab()
        await tab.enqueue(S, [op(1)])
        await tab._local.apply_reply(
            S, "", reply("c1", done=["op-1"])
        )  # killed before the journal heard of it
        machine.kill()
        await machine.tab()
        assert await machine.unsynced() == []

    play(story)


def test_an_edit_that_was_written_once_when_the_browser_was_killed_has_two_copies_after_the_next_start() -> (
    None
):
    async def story() -> None:
        for solo in (False, True):
            machine = Machine(solo=solo)
            tab = await machine.tab()
            write, write_once = (
                (tab.apply_locally, tab._local.apply_locally) if solo else (tab.enqueue, tab._local.enqueue)
            )
            await write(S, [op(1)])
            await write_once(S, [op(2, record="b")])
            machine.kill()
            await machine.tab()
            machine.drop()
            await machine.tab()
            assert (list(await machine.held()) if solo else await machine.unsynced()) in (
                ["a", "b"],
                ["op-1", "op-2"],
            )

    play(story)


def test_a_journal_that_contains_everything_is_not_rewritten_at_a_start() -> None:
    async def story() -> None:
        machine = Machine(solo=True)
        tab = await machine.tab()
        await tab.apply_locally(S, [op(1)])
        await tab.apply_locally(T, [op(2)])
        await tab.apply_locally(S, [op(3)])
        before = list(machine.journals.parts)
        machine.kill()
        await machine.tab()
        assert [part for part in machine.journals.parts if part] == [part for part in before if part]

    play(story)


def test_while_a_restore_fails_the_journal_stays_as_it_is() -> None:
    async def story() -> None:
        machine = Machine()
        tab = await machine.tab()
        await tab.enqueue(S, [op(1)])
        await tab.enqueue(T, [op(2)])
        await tab.enqueue(S, [op(4)])
        machine.drop()
        local, journal = MemoryLocalStore(machine.disk), MemoryJournal(machine.journals)

        async def fail(method: str) -> None:
            if method == "enqueue" and machine.disk.scopes:
                raise StorageProblem("This machine's storage is full.", "full")

        local.before = fail
        with pytest.raises(StorageProblem):
            await restore_lost(local, journal)
        assert await machine.unsynced() == ["op-1", "op-4"]
        local.before = None
        unlucky = JournaledStore(local, journal)
        await unlucky.begin()
        await unlucky.enqueue(S, [op(3)])
        machine.kill()
        await machine.tab()
        assert (await machine.unsynced(), await machine.unsynced(T)) == (["op-1", "op-4", "op-3"], ["op-2"])

    play(story)


def test_nothing_is_called_saved_before_the_journal_is_checked() -> None:
    async def story() -> None:
        machine = Machine()
        tab = JournaledStore(MemoryLocalStore(machine.disk), MemoryJournal(machine.journals))
        writing = asyncio.ensure_future(tab.enqueue(S, [op(1)]))
        done, _ = await asyncio.wait([writing], timeout=0.05)
        assert not done
        await tab.begin()
        await writing

    play(story)


def test_a_refused_edit_that_was_sent_again_comes_back_once() -> None:
    async def story() -> None:
        machine = Machine()
        tab = await machine.tab()
        await tab.enqueue(S, [op(1)])
        await tab.apply_reply(S, "", reply("c1", refused=[Refusal(op_id="op-1", reason="no")]))
        await tab.enqueue(S, [op(2)], ["op-1"])
        machine.drop()
        await machine.tab()
        assert await machine.unsynced() == ["op-2"]

    play(story)


def test_a_tab_does_not_count_the_writes_of_a_tab_that_was_killed() -> None:
    async def story() -> None:
        machine = Machine(solo=True)
        one, other = await machine.tab(), await machine.tab()
        await one.apply_locally(S, [op(1)])
        await other._local.apply_locally(S, [op(2, record="b")])
        await one.apply_locally(S, [op(3, record="c")])
        machine.kill()
        await machine.tab()
        machine.drop()
        await machine.tab()
        assert sorted(await machine.held()) == ["a", "b", "c"]

    play(story)


def test_a_killed_restore_goes_on_where_it_ended() -> None:
    async def story() -> None:
        machine = Machine()
        tab = await machine.tab()
        for n in range(1, 4):
            await tab.enqueue(S, [op(n)])
        machine.drop()
        half = MemoryLocalStore(machine.disk)
        await restore(half, read_entries(machine.journals.parts)[:2])
        await machine.tab()
        assert await machine.unsynced() == ["op-1", "op-2", "op-3"]

    play(story)


def test_an_edit_is_not_called_saved_while_its_second_copy_cannot_be_written() -> None:
    async def story() -> None:
        machine = Machine()
        tab = await machine.tab()
        assert isinstance(tab._journal, MemoryJournal)
        store = await Store.open(tab, S)
        tab._journal.failing = StorageProblem("This machine's storage is full.", "full")
        store.edit([op(1, table="project", name="p", dataset="d", instruction="i")])
        await store.flushed()
        assert not store.status.saved and store.status.storage_problem == "This machine's storage is full."
        tab._journal.failing = None
        await store.retry()
        assert store.status.saved and store.status.unsynced == 1
        machine.drop()
        await machine.tab()
        assert await machine.unsynced() == ["op-1"]

    play(story)


def test_a_long_journal_is_rewritten_with_only_what_is_unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        machine = Machine()
        tab = await machine.tab()
        await tab.enqueue(S, [op(n, note="x" * 500) for n in range(1, 11)])
        await tab.apply_reply(S, "", reply("c1", refused=[Refusal(op_id="op-2", reason="no")]))
        monkeypatch.setattr(journaled, "ROOM", 1000)
        await tab.apply_reply(S, "c1", reply("c2", done=[f"op-{n}" for n in range(4, 10)]))
        kept = b"".join(machine.journals.parts)
        assert kept.count(b"queued") == 4 and b"op-2" in kept and b"op-5" not in kept
        machine.drop()
        await machine.tab()
        assert await machine.unsynced() == ["op-2", "op-1", "op-3", "op-10"]

    play(story)


@pytest.mark.parametrize("solo", [False, True])
@pytest.mark.parametrize("writes", range(1, 6))
def test_open_pages_notice_that_everything_was_restored(solo: bool, writes: int) -> None:
    async def story() -> None:
        machine = Machine(solo=solo)

        async def page() -> Store:
            return await Store.open(await machine.tab(), S, solo=solo)

        def datasets(store: Store) -> list[str]:
            return sorted(store.records("dataset"))

        async def add(store: Store, name: str) -> None:
            store.edit([create("dataset", {"id": name, "name": name})])
            await store.flushed()
            assert store.status.saved

        one, other = await page(), await page()
        await add(one, "a")
        await other.refresh()
        for n in range(3):
            await add(other, f"b{n}")
        for store in (one, other):
            assert isinstance(store.local, JournaledStore) and isinstance(
                store.local._local, MemoryLocalStore
            )
            lost = store.local._local.disk
        lost.scopes.clear()
        lost.meta.clear()
        await restore_lost(MemoryLocalStore(lost), MemoryJournal(machine.journals))
        for n in range(writes):
            await add(one, f"c{n}")
        await add(other, "d")
        for store in (one, other):
            await store.refresh()
        whole = sorted(["a", "b0", "b1", "b2", *(f"c{n}" for n in range(writes)), "d"])
        assert datasets(one) == datasets(other) == whole

    play(story)


def test_work_that_is_older_than_its_journal_gets_a_second_copy_too() -> None:
    async def story() -> None:
        for solo in (False, True):
            machine = Machine(solo=solo)
            bare = MemoryLocalStore(machine.disk)
            await (bare.apply_locally if solo else bare.enqueue)(S, [op(1, x=1)])
            await machine.tab()
            machine.drop()
            await machine.tab()
            assert await machine.held() if solo else await machine.unsynced()

    play(story)
