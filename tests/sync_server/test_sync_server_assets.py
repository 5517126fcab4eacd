"""Assets of a dataset in pages, and records for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync_server import texts
from tests.support.sync_server_world import World
from webapp.py.domain import ops
from webapp.py.domain.wire import MOST_ASSETS, SETUP


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


def page(world: World, **query: int) -> dict[str, Any]:
    answer = world.annotator.request("GET", f"/api/datasets/{world.dataset}/assets", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def append(world: World, start: int, *names: str) -> Any:
    assets = [{"name": name, "url": f"http://images.test/{name}"} for name in names]
    path = f"/api/datasets/{world.dataset}/assets"
    return world.admin.request("POST", path, json={"start": start, "assets": assets})


def test_assets_come_in_pages_by_ordinal(world: World) -> None:
    first = page(world, start=0, limit=3)
    assert (first["total"], [asset["ordinal"] for asset in first["assets"]]) == (20, [0, 1, 2])
    assert first["assets"][1] == {"ordinal": 1, "name": "1.png", "url": "http://images.test/1.png"}
    assert [asset["ordinal"] for asset in page(world, start=18)["assets"]] == [18, 19]
    assert page(world, start=500)["assets"] == []


@pytest.mark.parametrize("query", [{"start": -1}, {"limit": 0}, {"limit": MOST_ASSETS + 1}, {"start": 2**41}])
def test_a_page_that_cannot_be_is_refused(world: World, query: dict[str, int]) -> None:
    answer = world.annotator.request("GET", f"/api/datasets/{world.dataset}/assets", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_batch_sent_twice_is_appended_once(world: World) -> None:
    for _ in range(2):
        assert append(world, 20, "a.png", "b.png").json() == {"dataset": world.dataset, "total": 22}
    assert [asset["name"] for asset in page(world, start=19)["assets"]] == ["19.png", "a.png", "b.png"]


def test_a_batch_that_was_cut_short_is_completed(world: World) -> None:
    append(world, 20, "a.png")
    assert append(world, 20, "a.png", "b.png").json()["total"] == 22


def test_ordinals_are_neither_reused_nor_left_out(world: World) -> None:
    for start, name in ((19, "other.png"), (21, "late.png")):
        answer = append(world, start, name)
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert answer.json()["message"] == texts.other_assets(20)
    assert page(world, start=19)["total"] == 20


def test_a_dataset_needs_its_record_first(world: World) -> None:
    body = {"start": 0, "assets": [{"name": "a", "url": "http://images.test/a"}]}
    assert world.admin.request("POST", "/api/datasets/none/assets", json=body).status_code == 404


def test_a_million_assets_open_like_a_thousand(world: World) -> None:
    """The page and the total are index look-ups, whatever the number of assets."""
    plans = world.server.storage.look(
        lambda rows: [
            row[3]
            for query in (
                "SELECT max(ordinal) + 1 FROM assets WHERE dataset = ?",
                "SELECT * FROM assets WHERE dataset = ? AND ordinal >= 5 ORDER BY ordinal LIMIT 10",
            )
            for row in rows.connection.execute(f"EXPLAIN QUERY PLAN {query}", ["d"])
        ]
    )
    assert plans
    assert all(plan.startswith("SEARCH assets USING PRIMARY KEY") for plan in plans), plans


def test_records_come_in_pages_in_the_order_of_change(world: World) -> None:
    boxes = [world.annotator.draw() for _ in range(5)]
    world.annotator.send(world.annotator.begin(), *boxes)
    world.annotator.send(ops.make_op("annotation", boxes[0].id, {"order": 9}))
    path = f"/api/records/annotation?project={world.project}"

    seen: list[str] = []
    cursor, more = "", True
    while more:
        answer = world.reviewer.request("GET", f"{path}&limit=2&cursor={cursor}").json()
        seen += [record["id"] for record in answer["records"]]
        cursor, more = answer["cursor"], answer["more"]

    assert seen == [box.id for box in (*boxes[1:], boxes[0])]
    assert world.reviewer.request("GET", f"{path}&cursor={cursor}").json() == {
        "table": "annotation",
        "records": [],
        "cursor": cursor,
        "more": False,
    }
    # Later changes are found although the server's clock was set back by a year.
    newer = world.annotator.draw()
    world.annotator.send(newer)
    back = world.server.storage.write_now
    back(lambda rows: rows.connection.execute("UPDATE records SET updated_at = 1 WHERE id = ?", [newer.id]))
    answer = world.reviewer.request("GET", f"{path}&cursor={cursor}").json()
    assert [record["id"] for record in answer["records"]] == [newer.id]
    # Cursors were numbers once.
    assert len(world.reviewer.request("GET", f"{path}&cursor=0").json()["records"]) == 6
    for void in (f"x{cursor}", world.annotator.request("GET", path).json()["cursor"]):
        answer = world.reviewer.request("GET", f"{path}&cursor={void}")
        assert (answer.status_code, answer.json()["code"]) == (409, "cursor")


def test_scripts_ask_for_what_changed_since(world: World) -> None:
    old, new = world.annotator.draw(), world.annotator.draw()
    world.annotator.send(world.annotator.begin(), old, new)
    world.server.storage.write_now(
        lambda rows: rows.connection.execute("UPDATE records SET updated_at = 1000 WHERE id = ?", [old.id])
    )
    path = f"/api/records/annotation?project={world.project}&changed_since=1001"
    records = world.reviewer.request("GET", path).json()["records"]
    assert [record["id"] for record in records] == [new.id]
    assert records[0]["created_at"] <= records[0]["updated_at"]


def test_work_records_need_their_project_and_tables_must_exist(world: World) -> None:
    unsaid = world.reviewer.request("GET", "/api/records/annotation")
    assert (unsaid.status_code, "project" in unsaid.json()["message"]) == (400, True)
    assert world.reviewer.request("GET", "/api/records/salary").status_code == 404


def test_questions_about_quality_are_answered_without_shapes(world: World) -> None:
    box = world.annotator.draw()
    done = ops.make_op("assignment", world.annotator.begin().id, {"status": "submitted"})
    spent = {
        "id": "time-1",
        "project": world.project,
        "asset": 0,
        "assignment": world.annotator.begin().id,
        "annotation": box.id,
        "person": world.annotator.id,
        "started": 1,
        "active_ms": 4200,
        "idle_ms": 300,
    }
    reply = world.annotator.send(world.annotator.begin(), box, ops.create("activity", spent), done)
    assert reply.refused == []

    def ask(query: str) -> list[Any]:
        found: list[Any] = world.server.storage.look(lambda rows: rows.connection.execute(query).fetchall())
        return found

    assert ask("SELECT person, class_id, asset FROM records WHERE table_name = 'annotation'") == [
        (world.annotator.id, "cell", 0)
    ]
    assert ask("SELECT annotation, active_ms, idle_ms FROM records WHERE table_name = 'activity'") == [
        (box.id, 4200, 300)
    ]
    assert ask("SELECT status FROM records WHERE table_name = 'assignment'") == [("submitted",)]
    assert ask("SELECT person, status FROM ops WHERE status IS NOT NULL ORDER BY seq") == [
        (world.annotator.id, "started"),
        (world.annotator.id, "submitted"),
    ]


def test_what_an_annotator_may_see_is_found_by_index(world: World) -> None:
    query = "SELECT fields FROM records WHERE scope = 's' AND seq > 1 AND owner = 'o' ORDER BY seq"
    plan = world.server.storage.look(
        lambda rows: rows.connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    )
    assert [row[3] for row in plan] == [
        "SEARCH records USING INDEX records_by_owner (owner=? AND scope=? AND seq>?)"
    ]


def test_an_overwritten_instruction_can_be_looked_up_by_admins(world: World) -> None:
    world.admin.send(ops.make_op("instruction", world.instruction, {"name": "Find nuclei"}), scope=SETUP)
    path = f"/api/ops?table=instruction&record={world.instruction}"
    changes = world.admin.request("GET", path).json()["ops"]
    assert [change["before"] for change in changes] == [None, {"name": "Find cells"}]
