"""Who may do and see what, as one table: each row an act, each column a role."""

from __future__ import annotations

import pytest

from webapp.py.domain.ids import assignment_id
from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op
from webapp.py.domain.permissions import ROLES, Actor, Role, allowed, refusal, visible, work_of

ME, OTHER = "me", "other"
MINE, THEIRS = assignment_id("p", 7, ME), assignment_id("p", 7, OTHER)
WHERE = {"project": "p", "asset": 7}


def assignment(person: str, **fields: object) -> Fields:
    return {"id": assignment_id("p", 7, person), **WHERE, "person": person, "status": "started", **fields}


def annotation(author: str, assigned: str = MINE, **fields: object) -> Fields:
    return {"id": "a", **WHERE, "assignment": assigned, "author": author, "class_id": "c", **fields}


def review(author: str, assigned: str = MINE) -> Fields:
    return {"id": "r", **WHERE, "assignment": assigned, "author": author, "verdict": "accepted"}


def activity(person: str, assigned: str = MINE) -> Fields:
    return {"id": "t", **WHERE, "assignment": assigned, "person": person, "active_ms": 1}


STARTED = assignment(ME)
PROJECT: Fields = {"id": "p", "name": "P"}

# What is done, its table, the record before, the fields set; who may: admin, reviewer, annotator, no role.
ACTS: list[tuple[str, str, Fields | None, Fields, str]] = [
    ("begin a project", "project", None, PROJECT, "yes no no no"),
    ("rename a project", "project", PROJECT, {"name": "Q"}, "yes no no no"),
    ("delete a dataset", "dataset", {"id": "d"}, {"deleted": True}, "yes no no no"),
    ("change an instruction", "instruction", {"id": "i"}, {"classes": []}, "yes no no no"),
    ("begin own work", "assignment", None, assignment(ME), "yes yes yes no"),
    ("assign work to others", "assignment", None, assignment(OTHER, status="queued"), "yes no no no"),
    ("begin work under a wrong id", "assignment", None, {**assignment(ME), "person": OTHER}, "no no no no"),
    ("submit own work", "assignment", assignment(ME), {"status": "submitted"}, "yes yes yes no"),
    ("skip own work", "assignment", assignment(ME), {"status": "skipped"}, "yes yes yes no"),
    ("accept own work", "assignment", assignment(ME), {"status": "accepted"}, "yes yes no no"),
    ("accept others' work", "assignment", assignment(OTHER), {"status": "accepted"}, "yes yes no no"),
    ("reject others' work", "assignment", assignment(OTHER), {"status": "rejected"}, "yes yes no no"),
    ("queue others' work again", "assignment", assignment(OTHER), {"status": "queued"}, "yes yes no no"),
    ("submit others' work", "assignment", assignment(OTHER), {"status": "submitted"}, "no no no no"),
    ("answer about own image", "assignment", assignment(ME), {"answers": {"q": "x"}}, "yes yes yes no"),
    ("answer for others", "assignment", assignment(OTHER), {"answers": {"q": "x"}}, "yes yes no no"),
    (
        "reopen own accepted work",
        "assignment",
        assignment(ME, status="accepted"),
        {"status": "started"},
        "yes yes no no",
    ),
    ("withdraw own work", "assignment", assignment(ME), {"deleted": True}, "yes no no no"),
    ("withdraw others' work", "assignment", assignment(OTHER), {"deleted": True}, "yes no no no"),
    ("hand work over", "assignment", assignment(ME), {"person": OTHER}, "no no no no"),
    ("annotate own work", "annotation", None, annotation(ME), "yes yes yes no"),
    ("annotate in others' work", "annotation", None, annotation(ME, THEIRS), "yes yes no no"),
    ("annotate in another's name", "annotation", None, annotation(OTHER), "no no no no"),
    ("reshape own annotation", "annotation", annotation(ME), {"shape": {}}, "yes yes yes no"),
    ("delete own annotation", "annotation", annotation(ME), {"deleted": True}, "yes yes yes no"),
    ("reshape others' annotation", "annotation", annotation(OTHER, THEIRS), {"shape": {}}, "yes yes no no"),
    (
        "reshape a reviewer's in own work",
        "annotation",
        annotation(OTHER, MINE),
        {"shape": {}},
        "yes yes no no",
    ),
    ("move an annotation", "annotation", annotation(ME), {"asset": 8}, "no no no no"),
    ("say the same key again", "annotation", annotation(ME), {"asset": 7, "order": 1}, "yes yes yes no"),
    ("take authorship", "annotation", annotation(OTHER), {"author": ME}, "no no no no"),
    ("review", "review", None, review(ME), "yes yes no no"),
    ("review in another's name", "review", None, review(OTHER), "no no no no"),
    ("change own review", "review", review(ME), {"score": 3}, "yes yes no no"),
    ("change others' review", "review", review(OTHER), {"score": 3}, "no no no no"),
    ("record own time", "activity", None, activity(ME), "yes yes yes no"),
    ("record own time on others' work", "activity", None, activity(ME, THEIRS), "yes yes no no"),
    ("record others' time", "activity", None, activity(OTHER), "no no no no"),
    ("change recorded time", "activity", activity(ME), {"active_ms": 2}, "no no no no"),
    ("write an unknown table", "salary", None, {"id": "s"}, "no no no no"),
]

# What is seen, its table, the record, and who may: admin, reviewer, annotator, no role.
SIGHTS: list[tuple[str, str, Fields, str]] = [
    ("own work", "assignment", assignment(ME), "yes yes yes no"),
    ("others' work", "assignment", assignment(OTHER), "yes yes no no"),
    ("own annotation", "annotation", annotation(ME), "yes yes yes no"),
    ("others' annotation", "annotation", annotation(OTHER, THEIRS), "yes yes no no"),
    ("a reviewer's annotation in own work", "annotation", annotation(OTHER, MINE), "yes yes yes no"),
    ("own annotation in others' work", "annotation", annotation(ME, THEIRS), "yes yes no no"),
    ("a review of own work", "review", review(OTHER, MINE), "yes yes yes no"),
    ("a review of others' work", "review", review(OTHER, THEIRS), "yes yes no no"),
    ("own time", "activity", activity(ME), "yes yes yes no"),
    ("others' time", "activity", activity(OTHER, THEIRS), "yes yes no no"),
    ("a project, which is no work", "project", PROJECT, "no no no no"),
]

COLUMNS: tuple[Role | None, ...] = ("admin", "reviewer", "annotator", None)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act[0])
def test_who_may_do_what(act: tuple[str, str, Fields | None, Fields, str]) -> None:
    _, table, record, fields, expected = act
    identifier = (record or fields).get("id", "a")
    if act[0] == "begin work under a wrong id":
        identifier = MINE
    op = Op(op_id="o", table=table, id=identifier, fields=fields)
    answers = [allowed(Actor(ME, role), op, record, STARTED) for role in COLUMNS]
    assert " ".join("yes" if answer else "no" for answer in answers) == expected


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight[0])
def test_who_may_see_what(sight: tuple[str, str, Fields, str]) -> None:
    _, table, record, expected = sight
    answers = [visible(Actor(ME, role), table, record) for role in COLUMNS]
    assert " ".join("yes" if answer else "no" for answer in answers) == expected


# What is done, its table, the record before, the fields set; and who may in which state of the work.
IN_STATES: list[tuple[str, str, Fields | None, Fields]] = [
    ("annotate", "annotation", None, annotation(ME)),
    ("reshape", "annotation", annotation(ME), {"shape": {}}),
    ("answer", "annotation", annotation(ME), {"attributes": {"q": "x"}}),
    ("delete", "annotation", annotation(ME), {"deleted": True}),
    ("bring back", "annotation", annotation(ME, deleted=True), {"deleted": False}),
]
STATES = {
    "queued": "yes yes yes no",
    "started": "yes yes yes no",
    "submitted": "yes yes yes no",
    "skipped": "yes yes yes no",
    "accepted": "yes yes no no",
    "rejected": "yes yes yes no",
}


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("act", IN_STATES, ids=lambda act: act[0])
def test_annotations_of_accepted_work_are_for_judges_alone(
    act: tuple[str, str, Fields | None, Fields], status: str
) -> None:
    _, table, record, fields = act
    op = Op(op_id="o", table=table, id="a", fields=fields)
    assert work_of(op, record) == MINE
    work = assignment(ME, status=status)
    answers = [allowed(Actor(ME, role), op, record, work) for role in COLUMNS]
    assert " ".join("yes" if answer else "no" for answer in answers) == STATES[status]


def test_time_may_still_be_recorded_on_accepted_work() -> None:
    op = Op(op_id="o", table="activity", id="t", fields=activity(ME))
    assert work_of(op, None) is None
    assert allowed(Actor(ME, "annotator"), op, None, assignment(ME, status="accepted"))


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act[0])
def test_a_refusal_is_a_sentence(act: tuple[str, str, Fields | None, Fields, str]) -> None:
    _, table, record, fields, _ = act
    op = Op(op_id="o", table=table, id=(record or fields).get("id", "a"), fields=fields)
    for role in COLUMNS:
        reason = refusal(Actor(ME, role), op, record, STARTED)
        assert reason is None or (reason[0].isupper() and reason.endswith("."))


def test_what_an_annotator_sees_does_not_depend_on_what_can_change() -> None:
    for role in ROLES:
        actor = Actor(ME, role)
        for _, table, record, _ in SIGHTS:
            changed = {**record, "status": "accepted", "deleted": True, "class_id": "z", "shape": None}
            assert visible(actor, table, record) is visible(actor, table, changed)
