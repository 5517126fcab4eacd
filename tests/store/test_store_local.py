"""The local store in memory keeps what every local store must keep."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.local_store_scenarios import SCENARIOS, S, Scenario, op
from tests.support.memory_journal import Journals, MemoryJournal
from webapp.py.store.journaled import JournaledStore
from webapp.py.store.memory import Disk, MemoryLocalStore


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_local_store_in_memory(scenario: Scenario) -> None:
    disk = Disk()

    async def door() -> MemoryLocalStore:
        return MemoryLocalStore(disk)

    asyncio.run(scenario(door))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_local_store_with_a_journal(scenario: Scenario) -> None:
    disk, journals = Disk(), Journals()

    async def door() -> JournaledStore:
        store = JournaledStore(MemoryLocalStore(disk), MemoryJournal(journals))
        await store.begin()
        return store

    asyncio.run(scenario(door))


def test_an_outbox_row_that_cannot_be_read_is_quarantined_and_does_not_hold_up_the_rest() -> None:
    async def play() -> None:
        disk = Disk()
        store = MemoryLocalStore(disk)
        await store.enqueue(S, [op(1), op(2), op(3)])
        disk.scope(S).outbox[2] = '{"op_id": "op-2", "tab'
        assert [one.op_id for one in (await store.outgoing(S, 10, 10_000)).ops] == ["op-1", "op-3"]
        stored = await MemoryLocalStore(disk).load(S)
        assert [entry.raw for entry in stored.quarantined] == ['{"op_id": "op-2", "tab']
        assert stored.quarantined[0].reason
        await store.dismiss(S, [stored.quarantined[0].id])
        assert (await store.load(S)).quarantined == []

    asyncio.run(play())
