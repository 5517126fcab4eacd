"""Labeling slices of a stack without a browser: one undo history, one object over slices, one status."""

from __future__ import annotations

import pytest

from tests.support.annotator import Annotator, new_annotator
from webapp.py.domain.ids import assignment_id
from webapp.py.domain.model import Asset
from webapp.py.domain.ops import make_op
from webapp.py.domain.shapes import Box
from webapp.py.workspace.stack_view import SliceView, StackView
from webapp.py.workspace.tool import Create

ORDER = (7, 5, 6)
"""Images of the stack, bottom to top: positions need not follow the list."""


@pytest.fixture
async def annotator() -> Annotator:
    annotator = await new_annotator(solo=True)
    go(annotator, 5)
    return annotator


def go(annotator: Annotator, asset: int) -> None:
    slices = tuple(SliceView(one, f"{one}.dcm", 2.5 * at) for at, one in enumerate(ORDER))
    stack = StackView(slices, ORDER.index(asset), (2.5, 0.7, 0.7))
    annotator.session.open(Asset(ordinal=asset, name=f"{asset}.dcm", url=f"{asset}.dcm"), stack)
    annotator.session.set_size(100, 80)


def boxes(annotator: Annotator) -> dict[int, list[Box]]:
    stack = annotator.session.context(1.0).stack
    assert stack is not None
    found = {one.asset: stack.annotations(at) for at, one in enumerate(stack.slices)}
    return {asset: [view.shape for view in views] for asset, views in found.items() if views}


def status(annotator: Annotator, asset: int) -> str | None:
    fields = annotator.store.get("assignment", assignment_id("p1", asset, "anna"))
    return fields["status"] if fields else None


async def test_an_object_over_slices_is_one_step_and_one_object(annotator: Annotator) -> None:
    first, second = Box(1, 2, 3, 4), Box(2, 2, 3, 4)
    annotator.session.make(
        [Create(first, asset=5, object_id="lung"), Create(second, asset=6, object_id="lung")]
    )
    assert boxes(annotator) == {5: [first], 6: [second]}
    stack = annotator.session.context(1.0).stack
    assert stack is not None
    assert {view.object_id for at in (1, 2) for view in stack.annotations(at)} == {"lung"}
    assert [view.shape for view in annotator.session.annotations] == [first]
    assert annotator.session.undo() == {5, 6}
    assert boxes(annotator) == {}
    assert annotator.session.redo() == {5, 6}
    assert boxes(annotator) == {5: [first], 6: [second]}


async def test_undo_on_one_slice_takes_back_what_was_done_last_on_another_and_says_where(
    annotator: Annotator,
) -> None:
    annotator.session.make([Create(Box(1, 2, 3, 4))])
    go(annotator, 6)
    annotator.session.make([Create(Box(5, 5, 3, 4))])
    go(annotator, 7)
    assert annotator.session.undo() == {6}
    assert annotator.session.undo() == {5}
    assert annotator.session.undo() == set()


async def test_steps_made_before_the_stack_was_known_can_be_taken_back_in_it(annotator: Annotator) -> None:
    annotator.open(40)
    annotator.session.make([Create(Box(1, 2, 3, 4))])
    before = annotator.session.history
    slices = (SliceView(40, "40.dcm"), SliceView(39, "39.dcm"))
    annotator.session.set_stack(StackView(slices, 0))
    assert annotator.session.history is not before
    assert annotator.session.undo() == {40}


async def test_work_on_a_slice_begins_that_slice_and_the_stack(annotator: Annotator) -> None:
    go(annotator, 6)
    annotator.session.make([Create(Box(1, 2, 3, 4))])
    assert [status(annotator, one) for one in ORDER] == [None, "started", "started"]
    assert annotator.session.anchor == 5


async def test_submitting_a_stack_submits_its_slices(annotator: Annotator) -> None:
    assert annotator.session.set_status("submitted") is None
    assert [status(annotator, one) for one in ORDER] == ["submitted"] * 3
    assert annotator.session.assignment is not None
    assert annotator.session.assignment["status"] == "submitted"


async def test_a_slice_that_was_judged_already_keeps_its_judgement(annotator: Annotator) -> None:
    annotator.session.set_status("submitted")
    annotator.store.edit([make_op("assignment", assignment_id("p1", 6, "anna"), {"status": "accepted"})])
    annotator.session.set_status("started")
    assert [status(annotator, one) for one in ORDER] == ["started", "started", "accepted"]


async def test_annotations_of_all_slices_are_looked_through_for_required_answers(
    annotator: Annotator,
) -> None:
    annotator.session.make([Create(Box(1, 2, 3, 4), asset=6)])
    assert len(annotator.session.own()) == 1
