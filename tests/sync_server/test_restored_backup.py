"""A backup of the server is restored, others go on working, and a device comes back that knows more."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from litestar.testing import TestClient

from sync_server.app import create_app
from tests.support.sync_server_world import World
from webapp.py.domain import ops
from webapp.py.domain.wire import SyncReply, SyncRequest, project_scope
from webapp.py.store import texts
from webapp.py.store.memory import Disk, MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.store.sync import Sync


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path / "home") as made:
        yield made


def copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def restore(world: World, backup: Path) -> None:
    """Stop the server, put the backup in place of its database, and start it again."""
    world.client.__exit__(None, None, None)
    for file in world.settings.home.glob("limner.db*"):
        file.unlink()
    copy(backup, world.settings.home / "limner.db")
    world.app = create_app(world.settings)
    world.server = world.app.state.server
    world.client = TestClient(world.app, base_url="http://limner.test")
    world.client.__enter__()


def test_a_cursor_of_the_lost_history_is_void_however_far_the_others_have_come(
    world: World, tmp_path: Path
) -> None:
    world.annotator.send(world.annotator.begin())
    before = world.annotator.send().cursor
    copy(world.settings.home / "limner.db", tmp_path / "backup.db")
    lost = world.annotator.send(*[world.annotator.draw() for _ in range(9)]).cursor
    restore(world, tmp_path / "backup.db")
    world.colleague.send(world.colleague.begin(), *[world.colleague.draw() for _ in range(20)])

    reply = world.annotator.send(cursor=before)
    assert (reply.reset, reply.rewound, reply.changes) == (False, False, [])
    reply = world.annotator.send(cursor=lost)
    assert (reply.reset, reply.rewound, len(reply.changes)) == (True, True, 1)


def test_an_op_that_lands_on_its_old_number_again_does_not_make_a_lost_history_hold(
    world: World, tmp_path: Path
) -> None:
    world.annotator.send(world.annotator.begin())
    world.colleague.send(world.colleague.begin())
    copy(world.settings.home / "limner.db", tmp_path / "backup.db")
    again = world.annotator.draw()
    world.reviewer.send(world.reviewer.begin())
    world.annotator.send(again)
    cursor = world.reviewer.send().cursor
    restore(world, tmp_path / "backup.db")
    # Another change takes the place of the lost one. The answer to the last one was lost, so it comes again.
    world.colleague.send(world.colleague.draw())
    world.annotator.send(again)

    reply = world.reviewer.send(cursor=cursor)
    assert (reply.reset, reply.rewound) == (True, True)


def test_another_database_at_the_same_address_makes_no_cursor_hold(world: World, tmp_path: Path) -> None:
    world.annotator.send(world.annotator.begin())
    cursor = world.annotator.send().cursor
    with World(tmp_path / "other") as other:
        reply = other.annotator.send(cursor=cursor, scope=project_scope(other.project))
    assert (reply.reset, reply.rewound) == (True, True)


def test_a_device_that_comes_back_shows_what_the_server_lost_and_sends_it_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In parts, so that no part alone shows what is missing.
    monkeypatch.setattr("sync_server.sync_handler.MOST_CHANGES", 3)

    async def transport(request: SyncRequest) -> SyncReply:
        answer = world.annotator.request("POST", "/api/sync", content=msgspec.json.encode(request))
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=SyncReply)

    async def play() -> None:
        local = MemoryLocalStore(Disk())
        store = await Store.open(local, project_scope(world.project))
        sync = Sync(local, transport, "device")
        sync.watch(store)

        async def save(*changes: ops.Op) -> None:
            store.edit(changes)
            await store.flushed()
            await sync.run_once()
            assert (sync.state, store.status.unsynced) == ("idle", 0), sync.problem

        kept = [world.annotator.draw() for _ in range(4)]
        await save(world.annotator.begin(), *kept)
        copy(world.settings.home / "limner.db", tmp_path / "backup.db")
        lost = [world.annotator.draw(asset=1) for _ in range(8)]
        await save(world.annotator.begin(1), *lost, ops.make_op("annotation", kept[0].id, {"order": 7}))
        restore(world, tmp_path / "backup.db")
        world.colleague.send(world.colleague.begin(), *[world.colleague.draw() for _ in range(20)])

        await sync.run_once()

        assert set(store.records("annotation")) == {op.id for op in kept}
        assert {entry.reason for entry in store.refused} == {texts.LOST_BY_SERVER}
        assert [entry.op.id for entry in store.refused] == [
            world.annotator.begin(1).id,
            *sorted(op.id for op in (kept[0], *lost)),
        ]
        store.send_again([entry.op.op_id for entry in store.refused])
        await store.flushed()
        await sync.run_once()
        assert (store.refused, store.status.unsynced) == ([], 0)

    asyncio.run(play())
    seen = world.reviewer.sees("annotation")
    mine = {key: fields for key, fields in seen.items() if fields["author"] == world.annotator.id}
    assert len(mine) == 12
    assert sorted(fields.get("order", 0) for fields in mine.values()) == [0] * 11 + [7]
