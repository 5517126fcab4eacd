"""Labeling slices of a stack without a browser: one undo history, one object over slices, one status."""

from __future__ import annotations

import pytest

from tests.workspace.test_image_session import Desk
from webapp.py.domain.ids import assignment_id
from webapp.py.domain.model import Asset
from webapp.py.domain.ops import make_op
from webapp.py.domain.shapes import Box
from webapp.py.domain.wire import project_scope
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.workspace.stack_view import SliceView, StackView
from webapp.py.workspace.tool import Create

pytestmark = pytest.mark.anyio
ORDER = (7, 5, 6)
"""Images of the stack, bottom to top: positions need not follow the list."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def workbench() -> Desk:
    store = await Store.open(MemoryLocalStore(), project_scope("p1"), solo=True)
    workbench = Desk("anna", "annotator", store)
    go(workbench, 5)
    return workbench


def go(workbench: Desk, asset: int) -> None:
    slices = tuple(SliceView(one, f"{one}.dcm", 2.5 * at) for at, one in enumerate(ORDER))
    stack = StackView(slices, ORDER.index(asset), (2.5, 0.7, 0.7))
    workbench.session.open(Asset(ordinal=asset, name=f"{asset}.dcm", url=f"{asset}.dcm"), stack)
    workbench.session.set_size(100, 80)


def boxes(workbench: Desk) -> dict[int, list[Box]]:
    stack = workbench.session.context(1.0).stack
    assert stack is not None
    found = {one.asset: stack.annotations(at) for at, one in enumerate(stack.slices)}
    return {asset: [view.shape for view in views] for asset, views in found.items() if views}


def status(workbench: Desk, asset: int) -> str | None:
    fields = workbench.store.get("assignment", assignment_id("p1", asset, "anna"))
    return fields["status"] if fields else None


async def test_an_object_over_slices_is_one_step_and_one_object(workbench: Desk) -> None:
    first, second = Box(1, 2, 3, 4), Box(2, 2, 3, 4)
    workbench.session.make(
        [Create(first, asset=5, object_id="lung"), Create(second, asset=6, object_id="lung")]
    )
    assert boxes(workbench) == {5: [first], 6: [second]}
    stack = workbench.session.context(1.0).stack
    assert stack is not None
    assert {view.object_id for at in (1, 2) for view in stack.annotations(at)} == {"lung"}
    assert [view.shape for view in workbench.session.annotations] == [first]
    assert workbench.session.undo() == {5, 6}
    assert boxes(workbench) == {}
    assert workbench.session.redo() == {5, 6}
    assert boxes(workbench) == {5: [first], 6: [second]}


async def test_undo_on_one_slice_takes_back_what_was_done_last_on_another_and_says_where(
    workbench: Desk,
) -> None:
    workbench.session.make([Create(Box(1, 2, 3, 4))])
    go(workbench, 6)
    workbench.session.make([Create(Box(5, 5, 3, 4))])
    go(workbench, 7)
    assert workbench.session.undo() == {6}
    assert workbench.session.undo() == {5}
    assert workbench.session.undo() == set()


async def test_steps_made_before_the_stack_was_known_can_be_taken_back_in_it(workbench: Desk) -> None:
    workbench.open(40)
    workbench.session.make([Create(Box(1, 2, 3, 4))])
    before = workbench.session.history
    slices = (SliceView(40, "40.dcm"), SliceView(39, "39.dcm"))
    workbench.session.set_stack(StackView(slices, 0))
    assert workbench.session.history is not before
    assert workbench.session.undo() == {40}


async def test_work_on_a_slice_begins_that_slice_and_the_stack(workbench: Desk) -> None:
    go(workbench, 6)
    workbench.session.make([Create(Box(1, 2, 3, 4))])
    assert [status(workbench, one) for one in ORDER] == [None, "started", "started"]
    assert workbench.session.anchor == 5


async def test_submitting_a_stack_submits_its_slices(workbench: Desk) -> None:
    assert workbench.session.set_status("submitted") is None
    assert [status(workbench, one) for one in ORDER] == ["submitted"] * 3
    assert workbench.session.assignment is not None
    assert workbench.session.assignment["status"] == "submitted"


async def test_a_slice_that_was_judged_already_keeps_its_judgement(workbench: Desk) -> None:
    workbench.session.set_status("submitted")
    workbench.store.edit([make_op("assignment", assignment_id("p1", 6, "anna"), {"status": "accepted"})])
    workbench.session.set_status("started")
    assert [status(workbench, one) for one in ORDER] == ["started", "started", "accepted"]


async def test_annotations_of_all_slices_are_looked_through_for_required_answers(workbench: Desk) -> None:
    workbench.session.make([Create(Box(1, 2, 3, 4), asset=6)])
    assert len(workbench.session.own()) == 1
