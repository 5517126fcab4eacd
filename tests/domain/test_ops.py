"""How ops change records, and how they are taken back."""

from __future__ import annotations

import copy
import uuid

import pytest

from webapp.py.domain import ids, ops
from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op, apply, changes_nothing, inverse


def op(fields: Fields, table: str = "annotation") -> Op:
    return Op(op_id="o", table=table, id="a", fields=fields)


@pytest.mark.parametrize(
    ("record", "fields", "after"),
    [
        (None, {"name": "x"}, {"id": "a", "name": "x"}),
        (None, {}, {"id": "a"}),
        ({"id": "a", "name": "x"}, {"name": "y"}, {"id": "a", "name": "y"}),
        ({"id": "a", "name": "x"}, {"order": 1}, {"id": "a", "name": "x", "order": 1}),
        (
            {"id": "a", "shape": {"kind": "box", "x": 1}},
            {"shape": {"kind": "box"}},
            {"id": "a", "shape": {"kind": "box"}},
        ),
        ({"id": "a"}, {"id": "another"}, {"id": "a"}),
        (None, {"id": "another"}, {"id": "a"}),
        ({"id": "a", "name": "x"}, {"name": None}, {"id": "a", "name": None}),
        ({"id": "a", "newer": [1]}, {"deleted": True}, {"id": "a", "newer": [1], "deleted": True}),
        ({"id": "a", "deleted": True}, {"deleted": False}, {"id": "a", "deleted": False}),
    ],
)
def test_an_op_sets_its_fields_and_leaves_the_others(
    record: Fields | None, fields: Fields, after: Fields
) -> None:
    before = copy.deepcopy(record)
    assert apply(record, op(fields)) == after
    assert record == before


@pytest.mark.parametrize(
    ("table", "record", "fields", "back"),
    [
        ("annotation", None, {"order": 1}, {"deleted": True}),
        ("annotation", {"id": "a", "order": 1}, {"order": 2}, {"order": 1}),
        ("annotation", {"id": "a"}, {"order": 2}, {"order": 0}),
        ("annotation", {"id": "a"}, {"deleted": True}, {"deleted": False}),
        ("annotation", {"id": "a", "deleted": True}, {"deleted": False}, {"deleted": True}),
        ("annotation", {"id": "a"}, {"attributes": {"q": "x"}}, {"attributes": {}}),
        ("annotation", {"id": "a", "order": 1}, {"order": 2, "shape": 3}, {"order": 1}),
        ("review", {"id": "a"}, {"score": 5.0, "comment": "x"}, {"score": None, "comment": ""}),
        ("assignment", {"id": "a"}, {"status": "submitted"}, {"status": "queued"}),
        ("unknown", {"id": "a", "x": 1}, {"x": 2, "y": 3}, {"x": 1}),
    ],
)
def test_the_inverse_of_an_op_says_what_was_there(
    table: str, record: Fields | None, fields: Fields, back: Fields
) -> None:
    undo = inverse(record, op(fields, table))
    assert (undo.table, undo.id, undo.fields) == (table, "a", back)
    assert undo.op_id != "o"


def test_an_undo_brings_back_the_record_and_an_undone_undo_the_change() -> None:
    record = {"id": "a", "order": 1, "class_id": "cell", "deleted": False}
    change = op({"order": 2, "class_id": "nucleus"})
    changed = apply(record, change)
    undo = inverse(record, change)
    assert apply(changed, undo) == record
    assert apply(apply(changed, undo), inverse(changed, undo)) == changed


@pytest.mark.parametrize(
    ("record", "fields", "nothing"),
    [
        (None, {}, False),
        ({"id": "a"}, {}, True),
        ({"id": "a", "order": 1}, {"order": 1}, True),
        ({"id": "a", "order": 1}, {"order": 2}, False),
        ({"id": "a"}, {"order": None}, False),
    ],
)
def test_an_op_that_changes_nothing_is_known(record: Fields | None, fields: Fields, nothing: bool) -> None:
    assert changes_nothing(record, op(fields)) is nothing


def test_an_op_keeps_what_it_was_given_even_if_that_is_changed_later() -> None:
    points = [[1.0, 2.0]]
    made = ops.make_op("annotation", "a", {"shape": {"points": points}})
    points.append([3.0, 4.0])
    assert made.fields == {"shape": {"points": [[1.0, 2.0]]}}


def test_creating_and_deleting_name_the_record() -> None:
    assert ops.create("dataset", {"id": "d", "name": "D"}).id == "d"
    assert ops.delete("dataset", "d").fields == {"deleted": True}


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [ids.new_id() for _ in range(5_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {uuid.UUID(one).version for one in made} == {7}


def test_the_time_in_an_id_is_the_time_of_its_making() -> None:
    before = ids.now_ms()
    made = ids.time_of(ids.new_id())
    assert before - 1 <= made <= ids.now_ms() + 1


def test_one_persons_work_on_an_image_has_one_id_on_every_device() -> None:
    assert ids.assignment_id("p", 1, "ann") == ids.assignment_id("p", 1, "ann")
    others = [
        ids.assignment_id(*key)
        for key in (("p", 1, "ann"), ("p", 2, "ann"), ("q", 1, "ann"), ("p", 1, "bob"))
    ]
    assert len(set(others)) == 4
