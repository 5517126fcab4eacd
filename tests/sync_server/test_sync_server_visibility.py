"""What reaches whom: roles, memberships, cursors and long answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_server import texts
from tests.support.sync_server_world import Refusal, World
from webapp.py.domain import ids, ops
from webapp.py.domain.model import Fields
from webapp.py.domain.wire import MOST_CHANGES, MOST_OPS, SETUP, project_scope


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


def test_an_annotator_never_receives_the_work_of_others(world: World) -> None:
    mine, theirs = world.annotator.draw(), world.colleague.draw()
    world.annotator.send(world.annotator.begin(), mine)
    world.colleague.send(world.colleague.begin(), theirs)

    assert set(world.annotator.sees("annotation")) == {mine.id}
    assert set(world.annotator.sees("assignment")) == {world.annotator.begin().id}
    assert set(world.reviewer.sees("annotation")) == {mine.id, theirs.id}
    touch = ops.make_op("annotation", theirs.id, {"order": 1})
    assert "in your own name" in world.annotator.send(touch).refused[0].reason


def test_no_reason_tells_an_annotator_who_works_on_which_image(world: World) -> None:
    drawn = world.colleague.draw()
    world.colleague.send(world.colleague.begin(), drawn)
    there, nowhere = world.colleague.begin(), world.colleague.begin(asset=1)
    whole = {**there.fields, "answers": {}}
    attempts: list[Fields] = [
        {},
        {"status": "queued"},
        {"status": "accepted"},
        {"status": ["queued"]},
        {"deleted": True},
        {"asset": "none", "person": [], "project": {}},
        {"person": world.annotator.id},
        {"unknown": [[[]]]},
        whole,
        {**whole, "status": 7},
        {**whole, "width": -1},
    ]
    for project in (world.project, world.other):
        if project == world.other:
            world.member(world.annotator, "annotator", project)
        for fields in attempts:
            reasons = []
            for work, image in ((there, 0), (nowhere, 1)):
                given = {**fields, "asset": image} if fields.get("asset") == 0 else fields
                op = ops.make_op("assignment", work.id, given)
                reply = world.annotator.send(op, scope=project_scope(project))
                assert reply.done == []
                reasons.append(reply.refused[0].reason)
            assert reasons[0] == reasons[1], fields
    for fields in ({}, {"order": 1}, {"order": "x"}, {"deleted": True}, {**drawn.fields}):
        known = ops.make_op("annotation", drawn.id, fields)
        unknown = ops.make_op(
            "annotation", ids.new_id(), {**fields, **({"id": "x"} if "id" in fields else {})}
        )
        first, second = (world.annotator.send(op).refused[0].reason for op in (known, unknown))
        assert first == second


def test_the_id_of_a_record_out_of_sight_cannot_be_taken(world: World) -> None:
    theirs = world.colleague.draw()
    world.colleague.send(world.colleague.begin(), theirs)
    world.annotator.send(world.annotator.begin())
    taken = ops.make_op("annotation", theirs.id, {**world.annotator.draw().fields, "id": theirs.id})
    assert world.annotator.send(taken).refused[0].reason == texts.ID_TAKEN
    assert world.reviewer.sees("annotation")[theirs.id]["author"] == world.colleague.id


def test_an_annotator_sees_the_reviews_of_their_own_work_only(world: World) -> None:
    reviews = {}
    for person in (world.annotator, world.colleague):
        person.send(person.begin())
        fields = {
            "id": ids.new_id(),
            "project": world.project,
            "asset": 0,
            "assignment": person.begin().id,
            "author": world.reviewer.id,
            "verdict": "rejected",
        }
        reviews[person.name] = fields["id"]
        assert world.reviewer.send(ops.create("review", fields)).refused == []
    assert set(world.annotator.sees("review")) == {reviews["annotator"]}
    assert set(world.colleague.sees("review")) == {reviews["colleague"]}


def test_a_changed_role_resets_what_a_person_has(world: World) -> None:
    theirs = world.colleague.draw()
    world.colleague.send(world.colleague.begin(), theirs)
    world.annotator.send()

    world.member(world.annotator, "reviewer")
    promoted = world.annotator.send()
    assert promoted.reset
    assert theirs.id in {change.id for change in promoted.changes}

    world.member(world.annotator, "annotator")
    demoted = world.annotator.send()
    assert (demoted.reset, demoted.changes) == (True, [])
    assert not world.annotator.send().reset


def test_a_member_who_is_removed_has_no_access_any_more(world: World) -> None:
    world.annotator.send(world.annotator.begin())
    path = f"/api/projects/{world.project}/members/{world.annotator.id}"
    assert world.admin.request("DELETE", path).status_code == 204

    with pytest.raises(Refusal, match="403"):
        world.annotator.send(world.annotator.draw())
    with pytest.raises(Refusal, match="403"):
        world.outsider.send(world.outsider.begin())
    with pytest.raises(Refusal, match="403"):
        world.admin.send(scope="project/none")


def test_cursors_that_do_not_belong_here_start_afresh(world: World) -> None:
    world.annotator.send(world.annotator.begin())
    cursor = world.annotator.send().cursor
    assert not world.annotator.send(cursor=cursor).reset
    op, place, sight = cursor.split("~")
    nothing = "0" * 16
    unknown, moved, blind = (
        f"{ids.new_id()}~{place}~{sight}",
        f"{op}~{nothing}~{sight}",
        f"{op}~{place}~{nothing}",
    )
    elsewhere = world.colleague.send().cursor
    for strange in (
        "",
        "x",
        "7.0123456789abcdef",
        unknown,
        moved,
        blind,
        elsewhere,
        "9" * 200,
        f"{cursor}\n",
    ):
        assert world.annotator.send(cursor=strange).reset, strange


def test_a_cursor_goes_on_with_what_its_owner_may_see_and_tells_nothing_of_the_rest(world: World) -> None:
    world.annotator.send(world.annotator.begin())
    reached = [world.annotator.send().cursor]
    world.colleague.send(world.colleague.begin(), *[world.colleague.draw() for _ in range(5)])
    assert world.annotator.send().cursor == reached[0]
    for number in range(4):
        drawn = world.annotator.draw()
        world.annotator.send(drawn)
        if number % 2:
            world.reviewer.send(ops.make_op("annotation", drawn.id, {"order": number}))
        reached.append(world.annotator.send().cursor)
    assert len(set(reached)) == 5
    # Whoever comes with an older one is sent exactly what came after it.
    sent = [len(world.annotator.send(cursor=cursor).changes) for cursor in reached]
    assert sent == [4, 3, 2, 1, 0]


def test_many_changes_come_in_several_replies_and_only_the_first_resets(world: World) -> None:
    world.annotator.send(world.annotator.begin())
    drawn: set[str] = set()
    while len(drawn) <= MOST_CHANGES:
        batch = [world.annotator.draw() for _ in range(MOST_OPS)]
        assert world.annotator.send(*batch).refused == []
        drawn |= {op.id for op in batch}

    first = world.reviewer.send()
    second = world.reviewer.send()

    assert (first.reset, first.more, len(first.changes)) == (True, True, MOST_CHANGES)
    assert (second.reset, second.more) == (False, False)
    received = {change.id for reply in (first, second) for change in reply.changes}
    assert received == drawn | {world.annotator.begin().id}


def test_large_records_are_spread_over_replies(world: World) -> None:
    large = [world.annotator.draw(blob="x" * 5_000_000) for _ in range(3)]
    world.annotator.send(world.annotator.begin(), *large)
    reply = world.reviewer.send()
    assert reply.more
    assert set(world.reviewer.sees("annotation")) == {op.id for op in large}


def test_whoever_has_single_projects_sees_the_set_up_of_these_alone(world: World) -> None:
    assert set(world.outsider.sees("project", SETUP)) == {world.other}
    assert set(world.admin.sees("project", SETUP)) == {world.project, world.other}
    spare = ops.create("dataset", {"id": "spare", "name": "Spare"})
    world.admin.send(spare, scope=SETUP)
    assert set(world.outsider.sees("dataset", SETUP)) == {world.dataset}
    reply = world.outsider.send(ops.make_op("project", world.other, {"name": "Mine"}), scope=SETUP)
    assert "Only admins" in reply.refused[0].reason


def test_a_new_membership_brings_the_project_and_an_ended_one_takes_it_away(world: World) -> None:
    world.outsider.sees("project", SETUP)
    world.member(world.outsider, "annotator")
    assert set(world.outsider.sees("project", SETUP)) == {world.project, world.other}

    path = f"/api/projects/{world.other}/members/{world.outsider.id}"
    world.admin.request("DELETE", path)
    assert set(world.outsider.sees("project", SETUP)) == {world.project}
