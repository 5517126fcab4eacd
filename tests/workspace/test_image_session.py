"""Labeling one image without a browser: drawing, undo, permissions, keys and status."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.annotator import INSTRUCTION, Annotator, new_annotator
from webapp.py.domain.model import Instruction
from webapp.py.domain.shapes import Box, Mask
from webapp.py.geometry.masks import area
from webapp.py.workspace.tool import Tool, drag


async def test_choosing_a_class_activates_its_tool(annotator: Annotator) -> None:
    annotator.session.choose_class("sky")
    assert annotator.session.tool_id == "brush"


async def test_a_drawn_box_is_an_annotation_of_the_active_class_and_begins_the_assignment(
    annotator: Annotator,
) -> None:
    annotator.session.choose_class("cat")
    annotator.drag((10, 10), (30, 25))
    assert annotator.shapes == [Box(10, 10, 20, 15)]
    assert annotator.session.annotations[0].class_id == "cat"
    assert annotator.session.assignment is not None
    assert annotator.session.assignment["status"] == "started"
    assert (annotator.session.assignment["width"], annotator.session.assignment["height"]) == (100, 80)
    assert [fields["person"] for fields in annotator.store.records("assignment").values()] == ["anna"]


async def test_undo_and_redo_reach_over_everything_on_the_image(annotator: Annotator) -> None:
    annotator.session.choose_class("cat")
    annotator.drag((10, 10), (30, 25))
    (made,) = annotator.session.annotations
    annotator.session.select([made.id])
    annotator.session.reclassify("sky")
    annotator.session.delete_selected()
    assert annotator.shapes == []
    annotator.session.undo()
    assert [view.class_id for view in annotator.session.annotations] == ["sky"]
    annotator.session.undo()
    assert [view.class_id for view in annotator.session.annotations] == ["cat"]
    annotator.session.undo()
    assert annotator.shapes == []
    assert not annotator.session.undo()
    for _ in range(3):
        annotator.session.redo()
    assert annotator.shapes == []
    annotator.session.undo()
    assert annotator.shapes == [Box(10, 10, 20, 15)]


async def test_undo_belongs_to_the_image_that_is_open(annotator: Annotator) -> None:
    annotator.session.choose_class("cat")
    annotator.drag((10, 10), (30, 25))
    annotator.open(1)
    assert not annotator.session.undo()
    annotator.open(0)
    assert annotator.session.undo()


async def test_a_brush_stroke_shows_as_a_draft_and_becomes_one_mask(annotator: Annotator) -> None:
    annotator.session.choose_class("sky")
    annotator.session.change_setting("brush", "radius", 4)
    press, move, release = drag((20, 20), (40, 20))
    annotator.gestures.handle(press, 1.0)
    annotator.gestures.handle(move, 1.0)
    assert annotator.gestures.mask_draft is not None
    assert annotator.gestures.mask_draft.pending
    annotator.gestures.handle(release, 1.0)
    assert annotator.gestures.mask_draft is None
    (mask,) = annotator.shapes
    assert isinstance(mask, Mask)
    # A capsule of radius 4 and length 20: 2·r·length + π·r² = 210, to the rounding of its border.
    assert abs(area(mask) - 210) <= 8


async def test_escape_leaves_no_trace_of_a_gesture(annotator: Annotator) -> None:
    annotator.session.choose_class("cat")
    press, move, _ = drag((10, 10), (30, 25))
    annotator.gestures.handle(press, 1.0)
    annotator.gestures.handle(move, 1.0)
    annotator.key("Escape")
    assert annotator.shapes == []
    assert not annotator.gestures.busy
    assert annotator.session.assignment is None


async def test_a_tool_that_throws_is_switched_off_and_the_work_stays(
    annotator: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotator.session.choose_class("cat")
    annotator.drag((10, 10), (30, 25))

    def broken(self: Tool, press: Any, ctx: Any) -> Any:
        raise ZeroDivisionError("oh")
        yield

    monkeypatch.setattr(type(annotator.session.tool), "gesture", broken)
    annotator.drag((40, 40), (60, 60))
    assert len(annotator.shapes) == 1
    assert "box" in annotator.session.switched_off
    assert annotator.session.tool_id == "select"
    assert "turned off" in annotator.canvas.told[-1]
    annotator.session.choose_tool("box")
    assert annotator.session.tool_id == "select"


async def test_an_annotation_of_somebody_else_is_locked_for_an_annotator_and_open_for_a_reviewer() -> None:
    anna = await new_annotator("anna")
    anna.session.choose_class("cat")
    anna.drag((10, 10), (30, 25))
    bert = Annotator("bert", "annotator", anna.store)
    assert [view.locked for view in bert.session.annotations] == [True]
    bert.session.select([bert.session.annotations[0].id])
    bert.session.delete_selected()
    assert len(bert.shapes) == 1
    rita = Annotator("rita", "reviewer", anna.store)
    rita.session.select([rita.session.annotations[0].id])
    rita.session.delete_selected()
    assert rita.shapes == []


async def test_a_class_deleted_while_in_use_leaves_its_annotations_to_be_seen(annotator: Annotator) -> None:
    annotator.session.choose_class("cat")
    annotator.drag((10, 10), (30, 25))
    annotator.session.labeling.instruction = Instruction(
        id="i1", name="Animals", classes=INSTRUCTION.classes[1:]
    )
    scene = annotator.gestures.scene(1.0, 0.4)
    assert len(scene.figures) == 1
    assert annotator.session.label_class("cat") is None


async def test_the_status_follows_the_work(annotator: Annotator) -> None:
    assert annotator.session.status_of(0) is None
    annotator.session.choose_class("cat")
    annotator.drag((10, 10), (30, 25))
    annotator.drag((50, 50), (70, 60))
    assert annotator.session.status_of(0) == "started"
    annotator.session.set_status("submitted")
    assert annotator.session.status_of(0) == "submitted"


async def test_what_an_arrow_key_moves_while_it_is_held_is_one_step(annotator: Annotator) -> None:
    annotator.session.choose_class("cat")
    annotator.drag((10, 10), (30, 25))
    annotator.session.choose_tool("select")
    for held in (False, True, True, True):
        annotator.key("ArrowRight", repeat=held)
    for held in (False, True):
        annotator.key("ArrowDown", repeat=held)
    annotator.key("ArrowDown")
    assert annotator.shapes == [Box(14, 13, 20, 15)]
    for where in (Box(14, 12, 20, 15), Box(14, 10, 20, 15), Box(10, 10, 20, 15)):
        annotator.session.undo()
        assert annotator.shapes == [where]
    for where in (Box(14, 10, 20, 15), Box(14, 12, 20, 15), Box(14, 13, 20, 15)):
        annotator.session.redo()
        assert annotator.shapes == [where]


async def test_a_held_arrow_key_that_was_undone_meanwhile_begins_a_step_of_its_own(
    annotator: Annotator,
) -> None:
    annotator.session.choose_class("cat")
    annotator.drag((10, 10), (30, 25))
    annotator.session.choose_tool("select")
    annotator.key("ArrowRight")
    annotator.session.undo()
    annotator.key("ArrowRight", repeat=True)
    annotator.session.undo()
    assert annotator.shapes == [Box(10, 10, 20, 15)]
    annotator.session.undo()
    assert annotator.shapes == []
