"""The sync request, as the people of a project meet it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from sync_server import texts
from sync_server.app import create_app
from tests.support.sync_server_world import BOX, Refusal, World
from webapp.py.domain import ids, ops
from webapp.py.domain.wire import MOST_OPS, SETUP, SyncReply, project_scope

BIGGER = {**BOX, "width": 99.0}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


def history(world: World, record: str, table: str = "annotation") -> list[dict[str, Any]]:
    answer = world.admin.request("GET", "/api/ops", params={"record": record, "table": table})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["ops"]
    return found


def test_what_an_annotator_saves_comes_back_and_reaches_the_reviewer(world: World) -> None:
    box = world.annotator.draw()
    reply = world.annotator.send(world.annotator.begin(), box)

    assert (len(reply.done), reply.refused) == (2, [])
    assert {change.id for change in reply.changes} >= {box.id}
    assert world.reviewer.sees("annotation")[box.id]["shape"] == BOX
    assert world.admin.sees("annotation")[box.id]["author"] == world.annotator.id


def test_a_request_whose_answer_was_lost_is_sent_again_and_applied_once(world: World) -> None:
    before = world.annotator.send().cursor
    begin, box = world.annotator.begin(), world.annotator.draw()
    world.annotator.send(begin, box)

    again = world.annotator.send(begin, box, cursor=before)

    assert again.done == [begin.op_id, box.op_id]
    assert {change.id for change in again.changes} == {begin.id, box.id}
    assert len(history(world, box.id)) == 1


def test_a_late_copy_of_an_old_change_does_not_undo_a_newer_one(world: World) -> None:
    box = world.annotator.draw()
    first = ops.make_op("annotation", box.id, {"order": 1})
    second = ops.make_op("annotation", box.id, {"order": 2})
    world.annotator.send(world.annotator.begin(), box, first)
    world.annotator.send(second)

    world.annotator.send(first)

    assert world.annotator.sees("annotation")[box.id]["order"] == 2


def test_the_same_change_twice_in_one_request_counts_once(world: World) -> None:
    box = world.annotator.draw()
    reply = world.annotator.send(world.annotator.begin(), box, box)
    assert reply.done.count(box.op_id) == 2
    assert len(history(world, box.id)) == 1


def test_a_change_that_carries_the_id_of_somebody_elses_change_is_refused(world: World) -> None:
    box = world.annotator.draw()
    world.annotator.send(world.annotator.begin(), box)
    stolen = msgspec.structs.replace(world.colleague.draw(), op_id=box.op_id)

    reply = world.colleague.send(world.colleague.begin(), stolen)

    assert [refusal.op_id for refusal in reply.refused] == [box.op_id]
    assert stolen.id not in world.admin.sees("annotation")


def test_annotations_of_accepted_work_are_for_reviewers_alone_until_it_is_opened_again(world: World) -> None:
    begin, box = world.annotator.begin(), world.annotator.draw()
    world.annotator.send(begin, box)
    world.reviewer.send(ops.make_op("assignment", begin.id, {"status": "accepted"}))
    bigger, another = ops.make_op("annotation", box.id, {"shape": BIGGER}), world.annotator.draw()
    gone = ops.delete("annotation", box.id)

    reply = world.annotator.send(bigger, another, gone)

    assert [refusal.op_id for refusal in reply.refused] == [bigger.op_id, another.op_id, gone.op_id]
    assert {refusal.reason for refusal in reply.refused} == {
        "This image was accepted. Ask a reviewer to reopen it."
    }
    assert world.annotator.sees("annotation")[box.id]["shape"] == BOX
    mended = ops.make_op("annotation", box.id, {"order": 3})
    assert world.reviewer.send(mended).refused == []
    world.reviewer.send(ops.make_op("assignment", begin.id, {"status": "queued"}))
    again = ops.make_op("annotation", box.id, {"shape": BIGGER})
    assert world.annotator.send(again).refused == []
    assert world.annotator.sees("annotation")[box.id]["shape"] == BIGGER


def test_a_refused_change_leaves_its_neighbours_in_place(world: World) -> None:
    good, bad, later = (
        world.annotator.draw(),
        world.annotator.draw(shape={"kind": "?"}),
        world.annotator.draw(),
    )

    reply = world.annotator.send(world.annotator.begin(), good, bad, later)

    assert [refusal.op_id for refusal in reply.refused] == [bad.op_id]
    assert set(world.annotator.sees("annotation")) == {good.id, later.id}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"shape": {"kind": "box", "x": 0, "y": 0, "width": 0, "height": 1}}, "width and a height above 0"),
        ({"shape": {"kind": "polygon", "points": [[1, 1], [2, 2]]}}, "needs 3 to"),
        ({"shape": None}, "shape"),
        ({"asset": -1}, "asset"),
        ({"asset": 3}, texts.ASSIGNMENT_MISSING),
        ({"project": "elsewhere"}, texts.OTHER_PROJECT),
        ({"assignment": "nowhere"}, texts.ASSIGNMENT_MISSING),
        ({"class_id": "unicorn"}, texts.NO_SUCH_CLASS),
        ({"class_id": ["cell"]}, "class_id"),
        ({"order": "first"}, "order"),
        ({"author": "somebody"}, "in your own name"),
    ],
)
def test_an_annotation_that_makes_no_sense_is_refused_with_a_reason(
    world: World, fields: dict[str, Any], words: str
) -> None:
    world.reviewer.send(world.reviewer.begin())
    reply = world.reviewer.send(world.reviewer.draw(**fields))
    assert reply.done == []
    assert words in reply.refused[0].reason


def test_work_on_an_image_that_is_not_there_is_refused(world: World) -> None:
    reply = world.annotator.send(world.annotator.begin(asset=20))
    assert reply.refused[0].reason == texts.no_image(20)


def test_work_for_a_person_without_an_account_is_refused(world: World) -> None:
    fields = {
        "id": ids.assignment_id(world.project, 1, "ghost"),
        "project": world.project,
        "asset": 1,
        "person": "ghost",
    }
    reply = world.admin.send(ops.create("assignment", fields))
    assert reply.refused[0].reason == texts.ASSIGNEE_MISSING


def test_a_project_needs_its_dataset_and_instruction(world: World) -> None:
    parts = {"dataset": "none", "instruction": world.instruction}
    reply = world.admin.send(ops.create("project", {"id": "p", "name": "P", **parts}), scope=SETUP)
    assert reply.refused[0].reason == texts.part_missing("dataset")


def test_changes_in_the_wrong_scope_are_refused(world: World) -> None:
    project = ops.create("dataset", {"id": "d", "name": "D"})
    assert "does not belong" in world.admin.send(project).refused[0].reason
    assert "does not belong" in world.admin.send(world.admin.begin(), scope=SETUP).refused[0].reason
    unknown = ops.create("salary", {"id": "s"})
    assert world.admin.send(unknown).refused[0].reason == texts.no_table("salary")


def test_a_record_is_not_reached_through_another_project(world: World) -> None:
    world.member(world.annotator, "annotator", world.other)
    box = world.annotator.draw()
    world.annotator.send(world.annotator.begin(), box)

    move = ops.make_op("annotation", box.id, {"order": 5})
    reply = world.annotator.send(move, scope=project_scope(world.other))

    assert reply.refused[0].reason == texts.WRONG_PROJECT


def test_a_class_taken_out_of_the_instruction_still_holds_for_work_done_offline(world: World) -> None:
    offline = world.annotator.draw()
    classes = [{"id": "nucleus", "name": "Nucleus", "color": "#00ff00"}]
    edit = ops.make_op("instruction", world.instruction, {"classes": classes, "version": 2})
    assert world.admin.send(edit, scope=SETUP).refused == []

    reply = world.annotator.send(world.annotator.begin(), offline, world.annotator.draw(class_id="nucleus"))

    assert reply.refused == []


def test_fields_of_a_newer_version_are_kept(world: World) -> None:
    box = world.annotator.draw(confidence={"model": 0.5})
    world.annotator.send(world.annotator.begin(), box)
    world.annotator.send(ops.make_op("annotation", box.id, {"order": 1}))
    assert world.reviewer.sees("annotation")[box.id]["confidence"] == {"model": 0.5}


def test_of_two_people_at_one_record_each_field_keeps_what_came_last(world: World) -> None:
    box = world.annotator.draw()
    world.annotator.send(world.annotator.begin(), box)
    world.reviewer.send()

    world.annotator.send(ops.make_op("annotation", box.id, {"shape": BIGGER}))
    world.reviewer.send(ops.make_op("annotation", box.id, {"order": 7}))
    world.annotator.send(ops.make_op("annotation", box.id, {"order": 8}))

    for person in (world.annotator, world.reviewer):
        seen = person.sees("annotation")[box.id]
        assert (seen["shape"], seen["order"]) == (BIGGER, 8)


def test_what_was_overwritten_can_be_seen_and_brought_back(world: World) -> None:
    box = world.annotator.draw()
    world.annotator.send(world.annotator.begin(), box)
    world.reviewer.send(ops.make_op("annotation", box.id, {"shape": BIGGER}))

    begun, changed = history(world, box.id)

    assert begun["before"] is None
    assert (changed["person"], changed["before"]) == (world.reviewer.id, {"shape": BOX})
    world.annotator.send(ops.make_op("annotation", box.id, changed["before"]))
    assert world.reviewer.sees("annotation")[box.id]["shape"] == BOX


def test_a_deletion_is_undone_by_its_inverse(world: World) -> None:
    box = world.annotator.draw()
    world.annotator.send(world.annotator.begin(), box)
    deletion = ops.delete("annotation", box.id)
    undo = ops.inverse(world.annotator.sees("annotation")[box.id], deletion)

    world.annotator.send(deletion)
    assert world.reviewer.sees("annotation")[box.id]["deleted"] is True
    world.annotator.send(undo)

    restored = world.reviewer.sees("annotation")[box.id]
    assert (restored["deleted"], restored["shape"]) == (False, BOX)


def test_a_record_beyond_the_bound_is_refused(world: World) -> None:
    reply = world.annotator.send(world.annotator.begin(), world.annotator.draw(blob="x" * 17_000_000))
    assert "larger than" in reply.refused[0].reason


def test_a_page_of_another_protocol_is_told_so_even_if_the_rest_cannot_be_read(world: World) -> None:
    for body in ({"protocol": 999, "hello": []}, {"protocol": 0}):
        answer = world.annotator.request("POST", "/api/sync", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "protocol")


def test_more_changes_than_one_request_holds_are_turned_away(world: World) -> None:
    with pytest.raises(Refusal, match="400"):
        world.annotator.send(*[world.annotator.draw() for _ in range(MOST_OPS + 1)])


def test_the_log_knows_when_a_change_was_made_and_when_it_arrived(world: World) -> None:
    box = world.annotator.draw()
    world.annotator.send(world.annotator.begin(), box)
    (made,) = history(world, box.id)
    assert made["made_at"] == ids.time_of(box.op_id)
    assert made["received_at"] >= made["made_at"]
    named = msgspec.structs.replace(ops.make_op("annotation", box.id, {"order": 3}), op_id="by-hand")
    assert world.annotator.send(named).done == ["by-hand"]
    assert history(world, box.id)[-1]["made_at"] is None


def test_a_full_disk_is_said_and_the_change_can_be_sent_again(world: World) -> None:
    world.annotator.send(world.annotator.begin())
    box = world.annotator.draw(blob="x" * 1_000_000)
    writing = world.server.storage._writer.connection
    (pages,) = writing.execute("PRAGMA page_count").fetchone()
    writing.execute(f"PRAGMA max_page_count = {pages + 5}")

    with pytest.raises(Refusal, match=r"503.*storage"):
        world.annotator.send(box)
    assert set(world.reviewer.sees("annotation")) == set()
    small = world.annotator.draw()
    assert world.annotator.send(small).refused == []

    writing.execute("PRAGMA max_page_count = 1000000")
    assert world.annotator.send(box).done == [box.op_id]
    assert set(world.reviewer.sees("annotation")) == {small.id, box.id}


def test_a_restarted_server_goes_on_where_it_stopped(world: World) -> None:
    box = world.annotator.draw()
    world.annotator.send(world.annotator.begin(), box)
    cursor = world.annotator.send().cursor

    with TestClient(create_app(world.settings)) as second:
        body = {
            "protocol": 1,
            "client_id": "c",
            "scope": project_scope(world.project),
            "cursor": cursor,
            "ops": [msgspec.to_builtins(box)],
        }
        answer = second.post("/api/sync", json=body, headers=world.annotator.headers)
    reply = msgspec.json.decode(answer.content, type=SyncReply)
    assert (reply.done, reply.changes, reply.reset) == ([box.op_id], [], False)
