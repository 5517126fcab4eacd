"""Requests that are large, slow or many must not keep the server from answering the others."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync_server import body_quota, sync_request
from sync_server.body_quota import BodyQuota, Share
from sync_server.errors import ApiError
from sync_server.storage import StorageError, open_storage
from sync_server.storage.sqlite import engine
from sync_server.sync_request import check_elements, read_in_parts, read_request
from tests.support.sync_server_process import Process
from tests.support.sync_server_world import Refusal, World
from webapp.py.domain import ops
from webapp.py.domain.wire import PROTOCOL, SyncRequest


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    made = Process(tmp_path)
    try:
        made.wait_until_up()
        yield made
    finally:
        made.end()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


def request(*changes: ops.Op, **fields: Any) -> bytes:
    given = {"protocol": PROTOCOL, "client_id": "c", "scope": "project/p", "ops": list(changes), **fields}
    return msgspec.json.encode(given)


def test_a_body_of_empty_lists_is_turned_away_before_it_takes_memory(server: Process) -> None:
    lists = b"[" + b",".join([b"[]"] * 10_000_000) + b"]"
    body = request(ops.create("annotation", {"id": "a", "x": 0})).replace(b'"x":0', b'"x":' + lists)
    connection = server.connect()
    with closing(connection):
        connection.request("POST", "/api/sync", body, {"Authorization": f"Bearer {server.key}"})
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (413, "too-large")
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    # Decoded, they would take 56 bytes each in CPython (sys.getsizeof([])), and 8 in the outer list.
    assert peak * 1024 < 3 * len(body) + 100_000_000 < 10_000_000 * 64


def test_what_is_read_in_parts_is_what_is_read_at_once() -> None:
    changes = [ops.create("annotation", {"id": f"a{n}", "shape": {"points": [[n, 1.5]]}}) for n in range(3)]
    body = request(*changes, cursor="x")
    assert read_in_parts(body) == read_request(body) == msgspec.json.decode(body, type=SyncRequest)
    for wrong in ({"ops": [[]]}, {"ops": 1}, {"scope": ""}, {"cursor": "x" * 201}, {"ops": [{"op_id": "?"}]}):
        for read in (read_in_parts, read_request):
            with pytest.raises(ApiError, match="form"):
                read(request(**wrong))
    bad_fields = request(*changes).replace(b'"fields":{', b'"fields":[{', 1).replace(b"}},{", b"}]},{", 1)
    with pytest.raises(ApiError, match="form"):
        read_in_parts(bad_fields)
    with pytest.raises(ApiError, match="not JSON"):
        read_in_parts(request(*changes)[:-2])
    for read in (read_in_parts, read_request):
        with pytest.raises(ApiError) as caught:
            read(request(protocol=PROTOCOL + 1, ops=None))
        assert caught.value.status == 409


def test_the_largest_work_of_a_page_has_room() -> None:
    # A page sends 4 MB at most (docs/sync-protocol.md); points of four digits are the most lists in it.
    points = [[1234, 1234]] * (4 * 1024 * 1024 // len("[1234,1234],"))
    check_elements(request(ops.create("annotation", {"id": "a", "points": points})))
    # Noise of 4096 x 4096 where one pixel in ten differs has so many runs.
    check_elements(request(ops.create("annotation", {"id": "a", "runs": [5, 5] * (4096 * 4096 // 10)})))


def test_a_long_request_is_done_like_any_other(world: World) -> None:
    many = [world.annotator.draw(blob="x" * 1000) for _ in range(400)]
    assert len(request(*many)) > sync_request.SMALL_BYTES
    reply = world.annotator.send(world.annotator.begin(), *many)
    assert (len(reply.done), reply.refused) == (401, [])
    bad = world.annotator.draw(blob="x" * 300_000, class_id="unicorn")
    good = world.annotator.draw()
    reply = world.annotator.send(bad, good)
    assert ([one.op_id for one in reply.refused], reply.done) == ([bad.op_id], [good.op_id])
    assert len(world.reviewer.sees("annotation")) == 401
    body = {"protocol": 999, "ops": ["x" * 300_000]}
    assert world.annotator.request("POST", "/api/sync", json=body).status_code == 409


async def test_a_long_write_leaves_the_event_loop_to_others(tmp_path: Path) -> None:
    storage = open_storage(tmp_path)
    order: list[str] = []
    go_on = threading.Event()

    def long(_: Any) -> None:
        order.append("begun")
        assert go_on.wait(20)
        order.append("done")

    try:
        writing = asyncio.create_task(storage.write(long, long=True))
        while not order:
            await asyncio.sleep(0)
        order.append("others")
        following = asyncio.create_task(storage.write(lambda _: order.append("next")))
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(writing, following)
    finally:
        storage.close()
    assert order == ["begun", "others", "done", "next"]


async def test_while_another_process_writes_the_event_loop_goes_on(tmp_path: Path) -> None:
    storage = open_storage(tmp_path)
    with closing(sqlite3.connect(tmp_path / "limner.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(storage.write(lambda _: "written"))
        for _ in range(1000):
            await asyncio.sleep(0)
        assert not writing.done()
        other.execute("COMMIT")
        assert await writing == "written"
    storage.close()


async def test_whoever_waits_for_a_file_that_stays_locked_waits_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_PATIENCE_MS", 50)
    storage = open_storage(tmp_path)
    with closing(sqlite3.connect(tmp_path / "limner.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = [storage.write(lambda _: 1) for _ in range(5)]
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [StorageError] * 5
        assert len({id(outcome.__cause__) for outcome in outcomes if isinstance(outcome, StorageError)}) == 1
        other.execute("COMMIT")
    assert await storage.write(lambda _: 1) == 1
    storage.close()


def test_bodies_under_way_are_bounded_for_each_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_quota, "MOST_OF_PERSON", 100)
    monkeypatch.setattr(body_quota, "MOST_OF_NOBODY", 10)
    quota = BodyQuota()
    first, second, other = Share(quota), Share(quota), Share(quota)
    first.add("ann", True, 60)
    with pytest.raises(ApiError) as caught:
        second.add("ann", True, 41)
    assert (caught.value.status, caught.value.code) == (429, "too-much-at-once")
    other.add("bob", True, 100)
    with pytest.raises(ApiError):
        other.add("10.0.0.1", False, 11)
    first.give_back()
    second.add("ann", True, 100)


def test_a_person_whose_quota_is_used_up_is_told_so_and_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_quota, "MOST_OF_PERSON", 2000)
    held = Share(world.server.body_quota)
    held.add(world.annotator.id, True, 1900)
    with pytest.raises(Refusal, match="429"):
        world.annotator.send(world.annotator.begin())
    assert world.colleague.send(world.colleague.begin()).refused == []
    held.give_back()
    assert world.annotator.send(world.annotator.begin()).refused == []
