"""Labeling one image without a browser: drawing, undo, permissions, keys and status."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.labeler import INSTRUCTION, Labeler, new_labeler
from webapp.py.domain.model import Instruction
from webapp.py.domain.shapes import Box, Mask
from webapp.py.geometry.masks import area
from webapp.py.workspace.tool import Tool, drag

pytestmark = pytest.mark.anyio


async def test_choosing_a_class_activates_its_tool(labeler: Labeler) -> None:
    labeler.session.choose_class("sky")
    assert labeler.session.tool_id == "brush"


async def test_a_drawn_box_is_an_annotation_of_the_active_class_and_begins_the_assignment(
    labeler: Labeler,
) -> None:
    labeler.session.choose_class("cat")
    labeler.drag((10, 10), (30, 25))
    assert labeler.shapes == [Box(10, 10, 20, 15)]
    assert labeler.session.annotations[0].class_id == "cat"
    assert labeler.session.assignment is not None
    assert labeler.session.assignment["status"] == "started"
    assert (labeler.session.assignment["width"], labeler.session.assignment["height"]) == (100, 80)
    assert [fields["person"] for fields in labeler.store.records("assignment").values()] == ["anna"]


async def test_undo_and_redo_reach_over_everything_on_the_image(labeler: Labeler) -> None:
    labeler.session.choose_class("cat")
    labeler.drag((10, 10), (30, 25))
    (made,) = labeler.session.annotations
    labeler.session.select([made.id])
    labeler.session.reclassify("sky")
    labeler.session.delete_selected()
    assert labeler.shapes == []
    labeler.session.undo()
    assert [view.class_id for view in labeler.session.annotations] == ["sky"]
    labeler.session.undo()
    assert [view.class_id for view in labeler.session.annotations] == ["cat"]
    labeler.session.undo()
    assert labeler.shapes == []
    assert not labeler.session.undo()
    for _ in range(3):
        labeler.session.redo()
    assert labeler.shapes == []
    labeler.session.undo()
    assert labeler.shapes == [Box(10, 10, 20, 15)]


async def test_undo_belongs_to_the_image_that_is_open(labeler: Labeler) -> None:
    labeler.session.choose_class("cat")
    labeler.drag((10, 10), (30, 25))
    labeler.open(1)
    assert not labeler.session.undo()
    labeler.open(0)
    assert labeler.session.undo()


async def test_a_brush_stroke_shows_as_a_draft_and_becomes_one_mask(labeler: Labeler) -> None:
    labeler.session.choose_class("sky")
    labeler.session.change_setting("brush", "radius", 4)
    press, move, release = drag((20, 20), (40, 20))
    labeler.gestures.handle(press, 1.0)
    labeler.gestures.handle(move, 1.0)
    assert labeler.gestures.mask_draft is not None
    assert labeler.gestures.mask_draft.pending
    labeler.gestures.handle(release, 1.0)
    assert labeler.gestures.mask_draft is None
    (mask,) = labeler.shapes
    assert isinstance(mask, Mask)
    # A capsule of radius 4 and length 20: 2·r·length + π·r² = 210, to the rounding of its border.
    assert abs(area(mask) - 210) <= 8


async def test_escape_leaves_no_trace_of_a_gesture(labeler: Labeler) -> None:
    labeler.session.choose_class("cat")
    press, move, _ = drag((10, 10), (30, 25))
    labeler.gestures.handle(press, 1.0)
    labeler.gestures.handle(move, 1.0)
    labeler.key("Escape")
    assert labeler.shapes == []
    assert not labeler.gestures.busy
    assert labeler.session.assignment is None


async def test_a_tool_that_throws_is_switched_off_and_the_work_stays(
    labeler: Labeler, monkeypatch: pytest.MonkeyPatch
) -> None:
    labeler.session.choose_class("cat")
    labeler.drag((10, 10), (30, 25))

    def broken(self: Tool, press: Any, ctx: Any) -> Any:
        raise ZeroDivisionError("oh")
        yield

    monkeypatch.setattr(type(labeler.session.tool), "gesture", broken)
    labeler.drag((40, 40), (60, 60))
    assert len(labeler.shapes) == 1
    assert "box" in labeler.session.switched_off
    assert labeler.session.tool_id == "select"
    assert "turned off" in labeler.canvas.told[-1]
    labeler.session.choose_tool("box")
    assert labeler.session.tool_id == "select"


async def test_an_annotation_of_somebody_else_is_locked_for_an_annotator_and_open_for_a_reviewer() -> None:
    anna = await new_labeler("anna")
    anna.session.choose_class("cat")
    anna.drag((10, 10), (30, 25))
    bert = Labeler("bert", "annotator", anna.store)
    assert [view.locked for view in bert.session.annotations] == [True]
    bert.session.select([bert.session.annotations[0].id])
    bert.session.delete_selected()
    assert len(bert.shapes) == 1
    rita = Labeler("rita", "reviewer", anna.store)
    rita.session.select([rita.session.annotations[0].id])
    rita.session.delete_selected()
    assert rita.shapes == []


async def test_a_class_deleted_while_in_use_leaves_its_annotations_to_be_seen(labeler: Labeler) -> None:
    labeler.session.choose_class("cat")
    labeler.drag((10, 10), (30, 25))
    labeler.session.labeling.instruction = Instruction(
        id="i1", name="Animals", classes=INSTRUCTION.classes[1:]
    )
    scene = labeler.gestures.scene(1.0, 0.4)
    assert len(scene.figures) == 1
    assert labeler.session.label_class("cat") is None


async def test_the_status_follows_the_work(labeler: Labeler) -> None:
    assert labeler.session.status_of(0) is None
    labeler.session.choose_class("cat")
    labeler.drag((10, 10), (30, 25))
    labeler.drag((50, 50), (70, 60))
    assert labeler.session.status_of(0) == "started"
    labeler.session.set_status("submitted")
    assert labeler.session.status_of(0) == "submitted"


async def test_what_an_arrow_key_moves_while_it_is_held_is_one_step(labeler: Labeler) -> None:
    labeler.session.choose_class("cat")
    labeler.drag((10, 10), (30, 25))
    labeler.session.choose_tool("select")
    for held in (False, True, True, True):
        labeler.key("ArrowRight", repeat=held)
    for held in (False, True):
        labeler.key("ArrowDown", repeat=held)
    labeler.key("ArrowDown")
    assert labeler.shapes == [Box(14, 13, 20, 15)]
    for where in (Box(14, 12, 20, 15), Box(14, 10, 20, 15), Box(10, 10, 20, 15)):
        labeler.session.undo()
        assert labeler.shapes == [where]
    for where in (Box(14, 10, 20, 15), Box(14, 12, 20, 15), Box(14, 13, 20, 15)):
        labeler.session.redo()
        assert labeler.shapes == [where]


async def test_a_held_arrow_key_that_was_undone_meanwhile_begins_a_step_of_its_own(labeler: Labeler) -> None:
    labeler.session.choose_class("cat")
    labeler.drag((10, 10), (30, 25))
    labeler.session.choose_tool("select")
    labeler.key("ArrowRight")
    labeler.session.undo()
    labeler.key("ArrowRight", repeat=True)
    labeler.session.undo()
    assert labeler.shapes == [Box(10, 10, 20, 15)]
    labeler.session.undo()
    assert labeler.shapes == []
