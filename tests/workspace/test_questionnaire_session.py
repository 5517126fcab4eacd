"""Answering questions about an image and its annotations: drafts, undo, required answers and permissions."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.support.annotator import Annotator
from webapp.py.domain.model import Attribute, Instruction, LabelClass
from webapp.py.domain.ops import make_op
from webapp.py.workspace.questionnaire_session import Missing

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
async def asker(annotator: Annotator) -> Annotator:
    annotator.session.labeling.instruction = ASKING
    annotator.session.choose_class("cat")
    annotator.drag((10, 10), (30, 25))
    annotator.drag((50, 10), (70, 25))
    return annotator


def answers(annotator: Annotator) -> list[dict[str, Any]]:
    records = [annotator.session.record(view.id) for view in annotator.session.annotations]
    return [dict(record.attributes) for record in records if record is not None]


async def test_one_answer_for_several_annotations_is_one_step_back(asker: Annotator) -> None:
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
async def test_what_was_typed_is_kept_as_one_answer_whatever_comes_next(asker: Annotator, then: str) -> None:
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
        session.undo()
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


async def test_text_saved_at_pauses_is_still_one_step_back(asker: Annotator) -> None:
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


async def test_text_written_again_later_is_a_step_of_its_own(asker: Annotator) -> None:
    session, name = asker.session, asker.session.annotations[0].id
    for text in ("Tom", "Tomcat"):
        session.questionnaire.write((name,), NAME, text)
        session.questionnaire.keep()
        session.questionnaire.commit()
    session.undo()
    assert answers(asker)[0] == {"name": "Tom"}


async def test_answers_about_the_image_begin_the_work_and_are_undone(annotator: Annotator) -> None:
    annotator.session.labeling.instruction = ASKING
    annotator.session.questionnaire.answer((), WHERE, "Out")
    assert annotator.session.assignment is not None
    assert annotator.session.assignment["status"] == "started"
    assert annotator.session.assignment["answers"] == {"where": "Out"}
    annotator.session.undo()
    assert annotator.session.assignment["answers"] == {}
    annotator.session.redo()
    assert annotator.session.assignment["answers"] == {"where": "Out"}


async def test_what_is_owed_is_found_annotation_by_annotation_then_for_the_image(asker: Annotator) -> None:
    asking, (first, second) = asker.session.questionnaire, (view.id for view in asker.session.annotations)
    assert asking.first_missing() == Missing(first, MOOD)
    asking.answer((first,), MOOD, "Calm")
    assert asking.first_missing() == Missing(second, MOOD)
    asker.session.select([second])
    asker.session.reclassify("sky")
    assert asking.first_missing() == Missing(None, WHERE)
    asking.answer((), WHERE, "In")
    assert asking.first_missing() is None


async def test_answers_outlive_a_change_of_class_and_back(asker: Annotator) -> None:
    session = asker.session
    first, second = (view.id for view in session.annotations)
    session.questionnaire.answer((first, second), MOOD, "Calm")
    session.select([first])
    session.reclassify("sky")
    assert session.questionnaire.questions("sky") == []
    session.reclassify("cat")
    assert answers(asker)[0] == {"mood": "Calm"}


async def test_an_annotation_whose_class_is_gone_owes_nothing_and_can_get_another(asker: Annotator) -> None:
    session = asker.session
    first = session.annotations[0].id
    session.labeling.instruction = Instruction(id="i1", name="Animals", classes=ASKING.classes[1:])
    assert session.questionnaire.first_missing() is None
    session.select([first])
    session.reclassify("sky")
    assert [view.class_id for view in session.annotations] == ["sky", "cat"]


async def test_locked_annotations_keep_their_answers_and_their_place(asker: Annotator) -> None:
    session = asker.session
    first, second = (view.id for view in session.annotations)
    session.labeling.lock([first], True)
    session.questionnaire.answer((first, second), MOOD, "Calm")
    assert answers(asker) == [{}, {"mood": "Calm"}]
    assert not session.questionnaire.open((first,))
    session.select([first])
    session.reorder("front")
    assert [view.id for view in session.annotations] == [first, second]


async def test_the_stack_is_changed_and_undone(asker: Annotator) -> None:
    session = asker.session
    first, second = (view.id for view in session.annotations)
    session.select([first])
    session.reorder("forward")
    assert [view.id for view in session.annotations] == [second, first]
    session.undo()
    assert [view.id for view in session.annotations] == [first, second]
    session.reorder("front")
    assert [view.id for view in session.annotations] == [second, first]


async def test_where_only_questions_are_asked_nothing_is_drawn(asker: Annotator) -> None:
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


async def test_where_only_objects_are_asked_there_are_no_questions_about_the_image(
    annotator: Annotator,
) -> None:
    annotator.session.labeling.instruction = msgspec.structs.replace(ASKING, work="segmentation")
    assert annotator.session.questionnaire.image_questions == []
    assert annotator.session.questionnaire.first_missing() is None


async def test_an_accepted_image_is_answered_no_more(asker: Annotator) -> None:
    asker.session.questionnaire.answer((), WHERE, "Out")
    assert asker.session.assignment is not None
    accepted = make_op("assignment", asker.session.assignment["id"], {"status": "accepted"})
    asker.store.edit([accepted])
    asker.session.records_changed()
    assert not asker.session.questionnaire.open(())
    asker.session.questionnaire.answer((), WHERE, "In")
    assert asker.session.assignment["answers"] == {"where": "Out"}
