"""The journal of a solo workspace, which holds everything: there is no server to fetch it from."""

from __future__ import annotations

import msgspec
import pytest

from tests.support.journal_machine import Machine, play
from tests.support.local_store_scenarios import S, op
from webapp.py.domain.model import Asset
from webapp.py.domain.wire import AssetPage
from webapp.py.store import journaled
from webapp.py.store.journal import checkpoint, write_entry


def test_a_solo_workspace_comes_back_whole_with_its_images() -> None:
    async def story() -> None:
        machine = Machine(solo=True)
        tab = await machine.tab()
        page = AssetPage(dataset="d", start=0, total=1, assets=[Asset(ordinal=0, name="a.jpg", url="a.jpg")])
        await tab.put_assets(page)
        await tab.apply_locally(S, [op(1, x=1, y=1), op(2, record="b", x=5)])
        await tab.apply_locally(S, [op(3, x=2)])
        await tab.apply_locally(S, [op(4, record="b", deleted=True)])
        before = await machine.held()
        assert before["a"] == {"id": "a", "asset": 7, "x": 2, "y": 1}
        machine.drop()
        again = await machine.tab()
        assert await machine.held() == before
        assert await again.get_assets("d", 0) == page

    play(story)


def test_a_rewritten_solo_journal_says_what_the_base_says(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        monkeypatch.setattr(journaled, "ROOM", 1000)
        machine = Machine(solo=True)
        tab = await machine.tab()
        page = AssetPage(dataset="d", start=0, total=0, assets=[])
        await tab.put_assets(page)
        for n in range(50):
            await tab.apply_locally(S, [op(n, record=f"r{n % 5}", x=n)])
        before, long = await machine.held(), len(b"".join(machine.journals.parts))
        machine.kill()
        tab = await machine.tab()
        assert len(b"".join(machine.journals.parts)) < long / 5
        await tab.apply_locally(S, [op(50, record="r0", x=-1)])
        machine.drop()
        tab = await machine.tab()
        assert await machine.held() == {**before, "r0": {**before["r0"], "x": -1}}
        assert await tab.all_assets() == [page]

    play(story)


def test_another_tab_that_writes_while_the_journal_is_rewritten_loses_nothing() -> None:
    async def story() -> None:
        machine = Machine(solo=True)
        one, other = await machine.tab(), await machine.tab()
        await one.apply_locally(S, [op(1, x=1, y=1)])
        await other.apply_locally(S, [op(2, x=2)])
        entries = await checkpoint(one._local, solo=True)
        await other.apply_locally(S, [op(3, y=3)])
        assert entries is not None
        await one._journal.replace(b"".join(map(write_entry, entries)))
        machine.drop()
        await machine.tab()
        assert (await machine.held())["a"] == {"id": "a", "asset": 7, "x": 2, "y": 3}

    play(story)


def test_a_kill_between_the_new_journal_and_the_emptying_of_the_old_one_loses_nothing() -> None:
    async def story() -> None:
        machine = Machine(solo=True)
        tab = await machine.tab()
        await tab.apply_locally(S, [op(1, x=1)])
        await tab.apply_locally(S, [op(2, record="b", x=1)])
        entries = await checkpoint(tab._local, solo=True)
        assert entries is not None
        content = b"".join(map(write_entry, entries))
        old = machine.journals.parts[0]
        for length in range(len(content)):
            machine.journals.parts[:] = [old, content[:length]]
            machine.drop()
            await machine.tab()
            assert sorted(await machine.held()) == ["a", "b"]

    play(story)


def test_a_base_with_something_unreadable_keeps_its_long_journal() -> None:
    async def story() -> None:
        machine = Machine(solo=True)
        tab = await machine.tab()
        await tab.apply_locally(S, [op(1, x=1)])
        key = ("annotation", "a")
        row = msgspec.json.decode(machine.disk.scope(S).rows[key])
        machine.disk.scope(S).rows[key] = msgspec.json.encode({**row, "fields": "{damaged"}).decode()
        assert await checkpoint(tab._local, solo=True) is None

    play(story)
