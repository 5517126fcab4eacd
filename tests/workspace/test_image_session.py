"""Labeling without a browser: real tools, a real store, gestures as a person makes them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.support.fake_canvas import FakeCanvas
from webapp.py.domain.model import Asset, Attribute, Instruction, LabelClass
from webapp.py.domain.ops import make_op
from webapp.py.domain.permissions import Actor, Role
from webapp.py.domain.shapes import Box, Mask
from webapp.py.domain.wire import project_scope
from webapp.py.geometry.masks import area
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import LabelingState
from webapp.py.workspace.questionnaire_session import Missing
from webapp.py.workspace.registry import find_tools
from webapp.py.workspace.tool import KeyPress, Tool, drag

INSTRUCTION = Instruction(
    id="i1",
    name="Animals",
    classes=[
        LabelClass(id="cat", name="Cat", color="#ff0000", tool="box"),
        LabelClass(id="sky", name="Sky", color="#0000ff", tool="brush"),
    ],
)


class Desk:
    """A person at work: a session and the gestures of its one viewport."""

    def __init__(self, person: str, role: Role, store: Store) -> None:
        self.store = store
        self.session = ImageSession(
            LabelingState(self.store, Actor(person, role), "p1", INSTRUCTION, find_tools())
        )
        self.canvas = FakeCanvas()
        self.gestures = Gestures(self.session, self.canvas)
        self.open(0)

    def open(self, ordinal: int) -> None:
        self.session.open(Asset(ordinal=ordinal, name=f"{ordinal}.png", url=f"{ordinal}.png"))
        self.session.set_size(100, 80)

    def drag(self, *points: tuple[float, float]) -> None:
        for event in drag(*points):
            self.gestures.handle(event, 1.0)

    def key(self, key: str, *, repeat: bool = False) -> None:
        self.gestures.handle(KeyPress(key, repeat=repeat), 1.0)

    @property
    def shapes(self) -> list[Any]:
        return [view.shape for view in self.session.annotations]


pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def at_work(person: str = "anna", role: Role = "annotator") -> Desk:
    return Desk(person, role, await Store.open(MemoryLocalStore(), project_scope("p1")))


@pytest.fixture
async def workbench() -> Desk:
    return await at_work()


async def test_choosing_a_class_activates_its_tool(workbench: Desk) -> None:
    workbench.session.choose_class("sky")
    assert workbench.session.tool_id == "brush"


async def test_a_drawn_box_is_an_annotation_of_the_active_class_and_begins_the_assignment(
    workbench: Desk,
) -> None:
    workbench.session.choose_class("cat")
    workbench.drag((10, 10), (30, 25))
    assert workbench.shapes == [Box(10, 10, 20, 15)]
    assert workbench.session.annotations[0].class_id == "cat"
    assert workbench.session.assignment is not None
    assert workbench.session.assignment["status"] == "started"
    assert (workbench.session.assignment["width"], workbench.session.assignment["height"]) == (100, 80)
    assert [fields["person"] for fields in workbench.store.records("assignment").values()] == ["anna"]


async def test_undo_and_redo_reach_over_everything_on_the_image(workbench: Desk) -> None:
    workbench.session.choose_class("cat")
    workbench.drag((10, 10), (30, 25))
    (made,) = workbench.session.annotations
    workbench.session.select([made.id])
    workbench.session.reclassify("sky")
    workbench.session.delete_selected()
    assert workbench.shapes == []
    workbench.session.undo()
    assert [view.class_id for view in workbench.session.annotations] == ["sky"]
    workbench.session.undo()
    assert [view.class_id for view in workbench.session.annotations] == ["cat"]
    workbench.session.undo()
    assert workbench.shapes == []
    assert not workbench.session.undo()
    for _ in range(3):
        workbench.session.redo()
    assert workbench.shapes == []
    workbench.session.undo()
    assert workbench.shapes == [Box(10, 10, 20, 15)]


async def test_undo_belongs_to_the_image_that_is_open(workbench: Desk) -> None:
    workbench.session.choose_class("cat")
    workbench.drag((10, 10), (30, 25))
    workbench.open(1)
    assert not workbench.session.undo()
    workbench.open(0)
    assert workbench.session.undo()


async def test_a_brush_stroke_shows_as_a_draft_and_becomes_one_mask(workbench: Desk) -> None:
    workbench.session.choose_class("sky")
    workbench.session.change_setting("brush", "radius", 4)
    press, move, release = drag((20, 20), (40, 20))
    workbench.gestures.handle(press, 1.0)
    workbench.gestures.handle(move, 1.0)
    assert workbench.gestures.mask_draft is not None
    assert workbench.gestures.mask_draft.waiting
    workbench.gestures.handle(release, 1.0)
    assert workbench.gestures.mask_draft is None
    (mask,) = workbench.shapes
    assert isinstance(mask, Mask)
    # A capsule of radius 4 and length 20: 2·r·length + π·r² = 210, to the rounding of its border.
    assert abs(area(mask) - 210) <= 8


async def test_escape_leaves_no_trace_of_a_gesture(workbench: Desk) -> None:
    workbench.session.choose_class("cat")
    press, move, _ = drag((10, 10), (30, 25))
    workbench.gestures.handle(press, 1.0)
    workbench.gestures.handle(move, 1.0)
    workbench.key("Escape")
    assert workbench.shapes == []
    assert not workbench.gestures.busy
    assert workbench.session.assignment is None


async def test_a_tool_that_throws_is_switched_off_and_the_work_stays(
    workbench: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench.session.choose_class("cat")
    workbench.drag((10, 10), (30, 25))

    def broken(self: Tool, press: Any, ctx: Any) -> Any:
        raise ZeroDivisionError("oh")
        yield

    monkeypatch.setattr(type(workbench.session.tool), "gesture", broken)
    workbench.drag((40, 40), (60, 60))
    assert len(workbench.shapes) == 1
    assert "box" in workbench.session.switched_off
    assert workbench.session.tool_id == "select"
    assert "switched off" in workbench.canvas.told[-1]
    workbench.session.choose_tool("box")
    assert workbench.session.tool_id == "select"


async def test_an_annotation_of_somebody_else_is_locked_for_an_annotator_and_open_for_a_reviewer() -> None:
    anna = await at_work("anna")
    anna.session.choose_class("cat")
    anna.drag((10, 10), (30, 25))
    bert = Desk("bert", "annotator", anna.store)
    assert [view.locked for view in bert.session.annotations] == [True]
    bert.session.select([bert.session.annotations[0].id])
    bert.session.delete_selected()
    assert len(bert.shapes) == 1
    rita = Desk("rita", "reviewer", anna.store)
    rita.session.select([rita.session.annotations[0].id])
    rita.session.delete_selected()
    assert rita.shapes == []


async def test_a_class_deleted_while_in_use_leaves_its_annotations_to_be_seen(workbench: Desk) -> None:
    workbench.session.choose_class("cat")
    workbench.drag((10, 10), (30, 25))
    workbench.session.labeling.instruction = Instruction(
        id="i1", name="Animals", classes=INSTRUCTION.classes[1:]
    )
    scene = workbench.gestures.scene(1.0, 0.4)
    assert len(scene.figures) == 1
    assert workbench.session.label_class("cat") is None


async def test_the_status_follows_the_work(workbench: Desk) -> None:
    assert workbench.session.status_of(0) is None
    workbench.session.choose_class("cat")
    workbench.drag((10, 10), (30, 25))
    workbench.drag((50, 50), (70, 60))
    assert workbench.session.status_of(0) == "started"
    workbench.session.set_status("submitted")
    assert workbench.session.status_of(0) == "submitted"


ASKING = Instruction(
    id="i1",
    name="Animals",
    work="both",
    classes=[
        LabelClass(
            id="cat",
            name="Cat",
            color="#ff0000",
            tool="box",
            attributes=[
                Attribute(id="mood", name="Mood?", kind="radio", options=["Calm", "Cross"], required=True),
                Attribute(id="name", name="Its name?"),
                Attribute(id="seen", name="Seen?", kind="checkboxes", options=["Ears", "Tail"]),
            ],
        ),
        LabelClass(id="sky", name="Sky", color="#0000ff", tool="brush"),
    ],
    image_attributes=[
        Attribute(id="where", name="Where?", kind="dropdown", options=["In", "Out"], required=True)
    ],
)
MOOD, NAME, SEEN = ASKING.classes[0].attributes
(WHERE,) = ASKING.image_attributes


@pytest.fixture
async def asker(workbench: Desk) -> Desk:
    workbench.session.labeling.instruction = ASKING
    workbench.session.choose_class("cat")
    workbench.drag((10, 10), (30, 25))
    workbench.drag((50, 10), (70, 25))
    return workbench


def answers(workbench: Desk) -> list[dict[str, Any]]:
    records = [workbench.session.record(view.id) for view in workbench.session.annotations]
    return [dict(record.attributes) for record in records if record is not None]


async def test_one_answer_for_several_annotations_is_one_step_back(asker: Desk) -> None:
    asking, both = asker.session.questionnaire, tuple(view.id for view in asker.session.annotations)
    asking.tick(both[:1], SEEN, "Tail", True)
    asking.answer(both, MOOD, "Calm")
    asking.tick(both, SEEN, "Ears", True)
    assert answers(asker) == [
        {"mood": "Calm", "seen": ["Ears", "Tail"]},
        {"mood": "Calm", "seen": ["Ears"]},
    ]
    asker.session.undo()
    asker.session.undo()
    assert answers(asker) == [{"seen": ["Tail"]}, {}]
    asker.session.redo()
    assert answers(asker) == [{"seen": ["Tail"], "mood": "Calm"}, {"mood": "Calm"}]


@pytest.mark.parametrize("then", ["selection", "image", "draw", "undo", "status", "other field"])
async def test_what_was_typed_is_kept_as_one_answer_whatever_comes_next(asker: Desk, then: str) -> None:
    session = asker.session
    first, second = (view.id for view in session.annotations)
    session.select([first])
    for text in ("T", "To", "Tom"):
        session.questionnaire.write((first,), NAME, text)
    assert answers(asker) == [{}, {}]
    if then == "selection":
        session.select([second])
    elif then == "image":
        asker.open(1)
        asker.open(0)
    elif then == "draw":
        asker.drag((10, 40), (30, 60))
        session.undo()
    elif then == "status":
        session.set_status("submitted")
    elif then == "other field":
        session.questionnaire.write((second,), NAME, "J")
        session.undo()
    if then == "undo":
        session.undo()
        assert answers(asker) == [{}, {}]
        session.redo()
    assert answers(asker) == [{"name": "Tom"}, {}]
    session.undo()
    assert answers(asker) == [{}, {}]
    assert len(asker.shapes) == 2


async def test_text_saved_at_pauses_is_still_one_step_back(asker: Desk) -> None:
    session, name = asker.session, asker.session.annotations[0].id
    session.questionnaire.tick((name,), SEEN, "Tail", True)
    for text in ("T", "Tom", "Tomcat"):
        session.questionnaire.write((name,), NAME, text)
        session.questionnaire.keep()
        assert answers(asker)[0] == {"seen": ["Tail"], "name": text}
    session.select(())
    session.undo()
    assert answers(asker)[0] == {"seen": ["Tail"]}
    session.redo()
    assert answers(asker)[0] == {"seen": ["Tail"], "name": "Tomcat"}
    session.undo()
    session.undo()
    assert answers(asker)[0] == {}


async def test_text_written_again_later_is_a_step_of_its_own(asker: Desk) -> None:
    session, name = asker.session, asker.session.annotations[0].id
    for text in ("Tom", "Tomcat"):
        session.questionnaire.write((name,), NAME, text)
        session.questionnaire.keep()
        session.questionnaire.commit()
    session.undo()
    assert answers(asker)[0] == {"name": "Tom"}


async def test_answers_about_the_image_begin_the_work_and_are_undone(workbench: Desk) -> None:
    workbench.session.labeling.instruction = ASKING
    workbench.session.questionnaire.answer((), WHERE, "Out")
    assert workbench.session.assignment is not None
    assert workbench.session.assignment["status"] == "started"
    assert workbench.session.assignment["answers"] == {"where": "Out"}
    workbench.session.undo()
    assert workbench.session.assignment["answers"] == {}
    workbench.session.redo()
    assert workbench.session.assignment["answers"] == {"where": "Out"}


async def test_what_is_owed_is_found_annotation_by_annotation_then_for_the_image(asker: Desk) -> None:
    asking, (first, second) = asker.session.questionnaire, (view.id for view in asker.session.annotations)
    assert asking.first_missing() == Missing(first, MOOD)
    asking.answer((first,), MOOD, "Calm")
    assert asking.first_missing() == Missing(second, MOOD)
    asker.session.select([second])
    asker.session.reclassify("sky")
    assert asking.first_missing() == Missing(None, WHERE)
    asking.answer((), WHERE, "In")
    assert asking.first_missing() is None


async def test_answers_outlive_a_change_of_class_and_back(asker: Desk) -> None:
    session = asker.session
    first, second = (view.id for view in session.annotations)
    session.questionnaire.answer((first, second), MOOD, "Calm")
    session.select([first])
    session.reclassify("sky")
    assert session.questionnaire.questions("sky") == []
    session.reclassify("cat")
    assert answers(asker)[0] == {"mood": "Calm"}


async def test_an_annotation_whose_class_is_gone_owes_nothing_and_can_get_another(asker: Desk) -> None:
    session = asker.session
    first = session.annotations[0].id
    session.labeling.instruction = Instruction(id="i1", name="Animals", classes=ASKING.classes[1:])
    assert session.questionnaire.first_missing() is None
    session.select([first])
    session.reclassify("sky")
    assert [view.class_id for view in session.annotations] == ["sky", "cat"]


async def test_locked_annotations_keep_their_answers_and_their_place(asker: Desk) -> None:
    session = asker.session
    first, second = (view.id for view in session.annotations)
    session.labeling.lock([first], True)
    session.questionnaire.answer((first, second), MOOD, "Calm")
    assert answers(asker) == [{}, {"mood": "Calm"}]
    assert not session.questionnaire.open((first,))
    session.select([first])
    session.reorder("front")
    assert [view.id for view in session.annotations] == [first, second]


async def test_the_stack_is_changed_and_undone(asker: Desk) -> None:
    session = asker.session
    first, second = (view.id for view in session.annotations)
    session.select([first])
    session.reorder("forward")
    assert [view.id for view in session.annotations] == [second, first]
    session.undo()
    assert [view.id for view in session.annotations] == [first, second]
    session.reorder("front")
    assert [view.id for view in session.annotations] == [second, first]


async def test_where_only_questions_are_asked_nothing_is_drawn(asker: Desk) -> None:
    asker.session.labeling.instruction = msgspec.structs.replace(ASKING, work="classification")
    asker.open(0)
    assert asker.session.annotations == ()
    asker.session.choose_tool("box")
    assert asker.session.tool_id == "box"  # as before
    asker.session.choose_tool("pan")
    asker.session.choose_tool("box")
    asker.session.choose_class("cat")
    assert asker.session.tool_id == "pan"
    assert [missing.attribute for missing in [asker.session.questionnaire.first_missing()] if missing] == [
        WHERE
    ]


async def test_where_only_objects_are_asked_there_are_no_questions_about_the_image(workbench: Desk) -> None:
    workbench.session.labeling.instruction = msgspec.structs.replace(ASKING, work="segmentation")
    assert workbench.session.questionnaire.image_questions == []
    assert workbench.session.questionnaire.first_missing() is None


async def test_an_accepted_image_is_answered_no_more(asker: Desk) -> None:
    asker.session.questionnaire.answer((), WHERE, "Out")
    assert asker.session.assignment is not None
    accepted = make_op("assignment", asker.session.assignment["id"], {"status": "accepted"})
    asker.store.edit([accepted])
    asker.session.records_changed()
    assert not asker.session.questionnaire.open(())
    asker.session.questionnaire.answer((), WHERE, "In")
    assert asker.session.assignment["answers"] == {"where": "Out"}


async def test_what_an_arrow_key_moves_while_it_is_held_is_one_step(workbench: Desk) -> None:
    workbench.session.choose_class("cat")
    workbench.drag((10, 10), (30, 25))
    workbench.session.choose_tool("select")
    for held in (False, True, True, True):
        workbench.key("ArrowRight", repeat=held)
    for held in (False, True):
        workbench.key("ArrowDown", repeat=held)
    workbench.key("ArrowDown")
    assert workbench.shapes == [Box(14, 13, 20, 15)]
    for where in (Box(14, 12, 20, 15), Box(14, 10, 20, 15), Box(10, 10, 20, 15)):
        workbench.session.undo()
        assert workbench.shapes == [where]
    for where in (Box(14, 10, 20, 15), Box(14, 12, 20, 15), Box(14, 13, 20, 15)):
        workbench.session.redo()
        assert workbench.shapes == [where]


async def test_a_held_arrow_key_that_was_undone_meanwhile_begins_a_step_of_its_own(workbench: Desk) -> None:
    workbench.session.choose_class("cat")
    workbench.drag((10, 10), (30, 25))
    workbench.session.choose_tool("select")
    workbench.key("ArrowRight")
    workbench.session.undo()
    workbench.key("ArrowRight", repeat=True)
    workbench.session.undo()
    assert workbench.shapes == [Box(10, 10, 20, 15)]
    workbench.session.undo()
    assert workbench.shapes == []
