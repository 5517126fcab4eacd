"""The right panel as a person meets it, without a browser: answer, save, submit, list, stack."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import DEMO_ASSETS, DEMO_RECORDS
from tests.support.visitor import Visitor, labeling
from webapp.py.domain.model import Annotation, Fields, encode
from webapp.py.domain.ops import create, make_op
from webapp.py.domain.shapes import Box
from webapp.py.pages.ports.server import Demo
from webapp.py.pages.workbench.panel.labels import picked
from webapp.py.ui.tree import Node, find, find_all, text_of, walk

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


QUESTIONS: list[Fields] = [
    {"id": "mood", "name": "Mood", "kind": "radio", "options": ["Calm", "Cross"], "required": True},
    {"id": "coat", "name": "Coat", "kind": "dropdown", "options": ["Black", "White"]},
    {"id": "seen", "name": "Seen", "kind": "checkboxes", "options": ["Ears", "Tail"]},
    {"id": "name", "name": "Name", "kind": "text"},
]
ABOUT_THE_IMAGE: list[Fields] = [
    {"id": "place", "name": "Place", "kind": "dropdown", "options": ["Home", "Street"], "required": True},
    {"id": "remark", "name": "Remark", "kind": "text"},
]


def ports(machine: Machine | None = None, **changes: Any) -> FakePorts:
    """The demo project with questions; ``changes`` are fields of its instruction."""
    made = FakePorts(machine)
    instruction = DEMO_RECORDS["instruction"]
    cat, sky = instruction["classes"]
    asking: Fields = {
        **instruction,
        "work": "both",
        "classes": [{**cat, "attributes": QUESTIONS}, sky],
        "image_attributes": ABOUT_THE_IMAGE,
        **changes,
    }
    made.demo_project = Demo({**DEMO_RECORDS, "instruction": asking}, list(DEMO_ASSETS))
    return made


def question(page: Visitor, name: str) -> Node:
    return next(node for node in find_all(page.page, "fieldset") if find_all(node, "legend", text=name))


async def choose(page: Visitor, name: str, option: str) -> None:
    """Choose a radio button, tick a box or pick from a list, whatever the question offers."""
    asked = question(page, name)
    lists = find_all(asked, "select")
    if lists:
        value = find(lists[0], "option", text=option).attrs["value"]
        await page.fire(lists[0], "change", value=value)
    else:
        await page.fire(find(find(asked, "label", text=option), "input"), "change", checked=True)


async def write(page: Visitor, name: str, text: str) -> None:
    """Type letter after letter, without leaving the field."""
    for end in range(1, len(text) + 1):
        await page.fire(find(question(page, name), "textarea"), "input", value=text[:end])


def stored(page: Visitor) -> list[dict[str, Any]]:
    session = page.workbench.session
    records = [session.record(name) for name in session.own()]
    return [dict(record.attributes) for record in records if record is not None]


async def a_cat(page: Visitor, left: float = 10) -> None:
    await page.press("b")
    await page.draw((left, 10), (left + 15, 25))


def alerts(page: Visitor) -> list[str]:
    return [text_of(node) for node in find_all(page.page, "fieldset", class_="owing")]


async def test_the_four_kinds_of_questions_are_answered_and_there_after_a_reload() -> None:
    machine = Machine()
    page = await labeling(ports(machine))
    await a_cat(page)
    await choose(page, "Mood", "Calm")
    await choose(page, "Coat", "White")
    await choose(page, "Seen", "Tail")
    await choose(page, "Seen", "Ears")
    await write(page, "Name", "Tom")
    await page.fire(find(question(page, "Name"), "textarea"), "change", value="Tom")
    answers = {"mood": "Calm", "coat": "White", "seen": ["Ears", "Tail"], "name": "Tom"}
    assert stored(page) == [answers]
    again = await labeling(ports(machine))
    assert stored(again) == [answers]
    again.workbench.labels.pick(again.workbench.session.own()[0])
    assert "checked" not in find(find(question(again, "Mood"), "label", text="Cross"), "input").attrs
    assert find(find(question(again, "Mood"), "label", text="Calm"), "input").attrs["prop:checked"] is True
    assert find(question(again, "Name"), "textarea").attrs["prop:value"] == "Tom"


async def test_each_answer_is_one_undo_step_however_many_keys_it_took() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await choose(page, "Mood", "Calm")
    await write(page, "Name", "Tom")
    await page.fire(find(question(page, "Name"), "textarea"), "keydown", key="Enter")
    assert stored(page) == [{"mood": "Calm", "name": "Tom"}]
    await page.click("Undo")
    assert stored(page) == [{"mood": "Calm"}]
    await page.click("Undo")
    assert stored(page) == [{}]
    await page.click("Redo")
    await page.click("Redo")
    assert stored(page) == [{"mood": "Calm", "name": "Tom"}]


@pytest.mark.parametrize("leave", ["another row", "next image", "submit", "projects", "close tab"])
async def test_text_that_is_being_typed_is_kept_when_the_person_goes_on(leave: str) -> None:
    machine = Machine()
    page = await labeling(ports(machine))
    await a_cat(page)
    await a_cat(page, 50)
    await write(page, "Name", "Tom")
    if leave == "another row":
        await page.fire(find_all(page.page, "button", class_="pick")[1], "click")
    elif leave == "next image":
        await page.press("ArrowRight")
    elif leave == "submit":
        await page.click("Submit")
    elif leave == "projects":
        await page.go("#/")
    else:
        page.workbench.commit()
    await page.settle()
    assert stored(await labeling(ports(machine))) == [{}, {"name": "Tom"}]


async def test_text_is_saved_at_a_pause_while_the_field_keeps_what_is_typed() -> None:
    machine = Machine()
    page = await labeling(ports(machine))
    await a_cat(page)
    await write(page, "Name", "Tom ")
    pause = page.ports.timers[-1]
    pause()
    await page.settle()
    assert find(question(page, "Name"), "textarea").attrs["prop:value"] == "Tom "
    assert stored(await labeling(ports(machine))) == [{"name": "Tom"}]
    await write(page, "Name", "Tom Cat")
    await page.press("z", ctrl=True)
    assert stored(page) == [{}]


async def test_a_page_drawn_anew_meanwhile_leaves_what_is_being_typed_alone() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await write(page, "Name", "To")
    await choose_elsewhere(page)
    assert find(question(page, "Name"), "textarea").attrs["prop:value"] == "To"


async def choose_elsewhere(page: Visitor) -> None:
    """Something else changes on the page."""
    page.workbench.session.choose_tool("pan")
    await page.settle()


async def test_save_flashes_at_the_missing_answer_and_takes_the_focus_there() -> None:
    page = await labeling(ports())
    await a_cat(page)
    assert alerts(page) == []
    assert await page.press("s", ctrl=True)
    (flash,) = alerts(page)
    assert flash.startswith("Mood*") and "This question needs an answer." in flash
    assert page.focused is not None and page.focused.attributes["type"] == "radio"
    before = find(page.page, "fieldset", class_="owing").attrs["data-flash"]
    await page.click("Save")
    assert find(page.page, "fieldset", class_="owing").attrs["data-flash"] != before
    await choose(page, "Mood", "Calm")
    assert alerts(page) == []


async def test_save_goes_on_to_the_next_annotation_that_lacks_an_answer_then_to_the_image() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await a_cat(page, 50)
    session = page.workbench.session
    first, second = session.own()
    assert session.selected == (second,)
    await choose(page, "Mood", "Calm")
    await page.click("Save")
    assert session.selected == (first,)
    assert alerts(page) == []
    await choose(page, "Mood", "Cross")
    await page.click("Save")
    assert not session.selected
    assert page.focused is not None and page.focused.tag == "select"
    await choose(page, "Place", "Home")
    await page.click("Save")
    assert "All questions about this image are answered." in page.text
    assert [one["mood"] for one in stored(page)] == ["Cross", "Calm"]


async def test_submit_waits_for_required_answers_and_says_which_annotation_lacks_one() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await a_cat(page, 50)
    await choose(page, "Mood", "Calm")
    await page.press("Escape")
    await page.press("Enter", ctrl=True)
    assert "Not submitted. Cat 1 needs an answer to “Mood”." in page.text
    session = page.workbench.session
    assert session.selected == (session.own()[0],)
    assert len(alerts(page)) == 1
    await choose(page, "Mood", "Calm")
    await page.click("Submit")
    assert "Not submitted. The image needs an answer to “Place”." in page.text
    await choose(page, "Place", "Street")
    await page.click("Submit")
    assert page.canvas.shown == "demo/b.png"
    assert session.status_of(0) == "submitted"


async def test_an_image_that_is_skipped_owes_nothing() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await page.click("Skip")
    assert page.workbench.session.status_of(0) == "skipped"


async def test_answers_for_several_annotations_are_given_at_once_and_differences_shown() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await choose(page, "Mood", "Calm")
    await choose(page, "Seen", "Ears")
    await a_cat(page, 50)
    await page.press("a", ctrl=True)
    assert "Mixed answers" in text_of(question(page, "Mood"))
    boxes = find_all(question(page, "Seen"), "input")
    assert [box.attrs["prop:indeterminate"] for box in boxes] == [True, False]
    await choose(page, "Mood", "Cross")
    await choose(page, "Seen", "Tail")
    assert stored(page) == [{"mood": "Cross", "seen": ["Ears", "Tail"]}, {"mood": "Cross", "seen": ["Tail"]}]
    await page.click("Undo")
    await page.click("Undo")
    assert stored(page) == [{"mood": "Calm", "seen": ["Ears"]}, {}]


async def test_annotations_of_several_classes_are_asked_nothing_together_and_can_change_class() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await choose(page, "Mood", "Calm")
    await page.press("2")
    await a_cat(page, 50)
    await page.press("a", ctrl=True)
    assert find_all(page.page, "fieldset") == []
    classes = find(page.page, "select", aria_label="Class")
    assert text_of(find(classes, "option", value="")) == "Mixed"
    await page.fire(classes, "change", value="1")
    assert [text_of(node) for node in find_all(page.page, "button", class_="class")] == ["Cat10", "Sky22"]
    await page.click("Undo")
    assert stored(page)[0] == {"mood": "Calm"}


async def change_instruction(page: Visitor, **fields: Any) -> None:
    """An admin changes the instruction while the work goes on."""
    assert page.app.setup
    page.app.setup.edit([make_op("instruction", "i1", fields)])
    await page.settle()


def classes_of(page: Visitor) -> list[str]:
    return [text_of(node) for node in find_all(page.page, "button", class_="class")]


async def test_an_annotation_whose_class_is_deleted_while_in_use_is_named_so_and_gets_another() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await write(page, "Name", "Tom")
    sky = DEMO_RECORDS["instruction"]["classes"][1]
    await change_instruction(page, classes=[sky])
    assert classes_of(page) == ["Sky20"]
    assert "Class no longer in the instruction" in page.text
    assert page.workbench.session.class_id == "sky"
    assert stored(page) == [{"name": "Tom"}]
    await page.fire(find(page.page, "select", aria_label="Class"), "change", value="0")
    assert classes_of(page) == ["Sky21"]
    assert "Class no longer in the instruction" not in page.text


async def test_all_classes_may_go_while_they_are_in_use() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await change_instruction(page, classes=[])
    assert classes_of(page) == []
    await a_cat(page, 50)
    assert len(page.workbench.session.annotations) == 1
    await change_instruction(page, classes=DEMO_RECORDS["instruction"]["classes"])
    assert classes_of(page) == ["Cat11", "Sky20"]


async def test_the_kind_of_work_may_change_while_somebody_works() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await change_instruction(page, work="classification")
    assert page.workbench.session.tool_id == "pan"
    assert page.workbench.session.selected == ()
    assert find_all(page.page, class_="labels") == []
    await change_instruction(page, work="both")
    assert classes_of(page) == ["Cat11", "Sky20"]


async def test_an_option_that_is_gone_is_told_and_no_answer_any_more() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await choose(page, "Mood", "Cross")
    cat = DEMO_RECORDS["instruction"]["classes"][0]
    await change_instruction(
        page, classes=[{**cat, "attributes": [{**QUESTIONS[0], "options": ["Calm", "Sleepy"]}]}]
    )
    assert "Previous answer: Cross (no longer an option)" in page.text
    await page.click("Save")
    assert len(alerts(page)) == 1
    assert stored(page) == [{"mood": "Cross"}]


async def test_work_with_questions_alone_shows_questions_alone() -> None:
    page = await labeling(ports(work="classification"))
    assert find_all(page.page, "button", class_="class") == []
    assert find_all(page.page, class_="labels") == []
    rail = find(page.page, "nav", class_="rail")
    names = {node.attrs["aria-label"] for node in find_all(rail, "button")}
    assert "Pan" in names
    assert not names & {"Select", "Bounding box", "Polygon", "Brush", "Eraser"}
    await page.press("b")
    assert page.workbench.session.tool_id == "pan"
    await page.draw((10, 10), (30, 30))
    await page.click("Submit")
    assert "The image needs an answer to “Place”." in page.text
    await choose(page, "Place", "Home")
    await write(page, "Remark", "dark")
    await page.click("Submit")
    assert page.canvas.shown == "demo/b.png"
    store = page.workbench.store
    (assignment,) = store.records("assignment").values()
    assert (assignment["status"], assignment["answers"]) == ("submitted", {"place": "Home", "remark": "dark"})
    assert store.records("annotation") == {}


async def test_work_with_objects_alone_asks_nothing_about_the_image() -> None:
    page = await labeling(ports(work="segmentation"))
    assert "Place" not in page.text
    await page.click("Submit")
    assert page.canvas.shown == "demo/b.png"


async def test_locked_annotations_are_not_answered() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await page.click("Lock all Cat annotations")
    assert "disabled" in question(page, "Mood").attrs
    assert "disabled" in page.button("Delete").attrs
    await page.click("Unlock all")
    assert "disabled" not in question(page, "Mood").attrs


async def test_rows_are_hidden_one_by_one_by_class_and_all_together() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await page.press("2")
    await a_cat(page, 50)

    def hidden() -> list[bool]:
        return [view.hidden for view in page.workbench.session.annotations]

    await page.click("Hide all Cat annotations")
    assert hidden() == [True, False]
    await page.click("Hide all")
    assert hidden() == [True, True]
    await page.click("Show all Sky annotations")
    assert hidden() == [True, False]
    await page.click("Hide all")
    await page.click("Show all")
    assert hidden() == [False, False]


async def test_the_stack_is_changed_from_the_form_and_by_keys() -> None:
    page = await labeling(ports())
    for left in (10, 40, 70):
        await a_cat(page, left)
    session = page.workbench.session
    first, second, third = session.own()

    def stack() -> list[str]:
        return [view.id for view in session.annotations]

    await page.click("Send to back")
    assert stack() == [third, first, second]
    await page.press("PageUp")
    assert stack() == [first, third, second]
    await page.click("Undo")
    await page.click("Undo")
    assert stack() == [first, second, third]
    # Numbers stay with the annotations, whatever lies on top.
    await page.click("Send to back")
    assert [text_of(find(row, class_="number")) for row in find_all(page.page, role="row")] == [
        "2",
        "1",
        "3",
    ]


@pytest.mark.parametrize(
    ("selected", "anchor", "name", "more", "through", "after"),
    [
        ([], None, "b", False, False, "b"),
        (["a", "b"], "a", "c", False, False, "c"),
        (["a"], "a", "c", True, False, "ac"),
        (["a", "c"], "a", "c", True, False, "a"),
        (["d"], "d", "b", False, True, "bcd"),
        (["a"], "gone", "b", False, True, "b"),
        (["a"], None, "b", True, True, "ab"),
    ],
)
def test_clicks_with_ctrl_and_shift_select_several(
    selected: list[str], anchor: str | None, name: str, more: bool, through: bool, after: str
) -> None:
    assert "".join(picked("abcd", selected, anchor, name, more=more, through=through)) == after


async def test_rows_are_picked_with_ctrl_and_shift_and_the_arrow_keys() -> None:
    page = await labeling(ports())
    for left in (10, 40, 70):
        await a_cat(page, left)
    session = page.workbench.session
    first, second, third = session.own()
    top, middle, bottom = find_all(page.page, "button", class_="pick")
    await page.fire(top, "click")
    await page.fire(bottom, "click", shift=True)
    assert set(session.selected) == {first, second, third}
    await page.fire(middle, "click", ctrl=True)
    assert set(session.selected) == {first, third}
    await page.fire(middle, "click")
    rows = find(page.page, role="grid", aria_label="Annotations")
    event = await page.fire(rows, "keydown", key="ArrowDown")
    assert event.prevented and session.selected == (first,)
    await page.fire(find(page.page, role="grid", aria_label="Annotations"), "keydown", key="Home")
    assert session.selected == (third,)


async def test_three_thousand_annotations_draw_no_more_rows_than_are_in_sight() -> None:
    page = await labeling(ports())
    session = page.workbench.session
    session.begin()
    assert session.assignment is not None
    ops = []
    for number in range(3000):
        record = Annotation(
            id=f"{number:06}",
            project="p1",
            asset=0,
            assignment=session.assignment["id"],
            author=session.scope.actor.person,
            class_id="cat",
            shape=Box(1, 1, 5, 5),
            object_id=f"{number:06}",
            order=number,
        )
        ops.append(create("annotation", encode(record)))
    page.workbench.store.edit(ops)
    session.records_changed()
    rows = find_all(page.page, role="row")
    assert len(rows) < 60
    assert text_of(find(rows[0], class_="number")) == "3000"
    panel = find(page.page, "aside", aria_label="Labels")
    assert sum(1 for _ in walk(panel)) < 1500
    page.workbench.labels.scrolled(34 * 1500.0, 400)
    numbers = [int(text_of(find(row, class_="number"))) for row in find_all(page.page, role="row")]
    assert 1500 in numbers and len(numbers) < 60
    # A row that is chosen elsewhere is brought into sight.
    page.workbench.labels.may_submit()
    assert "1" in [text_of(find(row, class_="number")) for row in find_all(page.page, role="row")]


async def test_two_questions_or_classes_with_one_id_do_not_stop_the_page() -> None:
    twice = [*QUESTIONS, QUESTIONS[0]]
    cat = DEMO_RECORDS["instruction"]["classes"][0]
    page = await labeling(ports(classes=[{**cat, "attributes": twice}, cat]))
    await a_cat(page)
    assert len(find_all(page.page, "legend", text="Mood")) == 1


async def test_questions_of_hostile_names_are_text_and_nothing_else() -> None:
    bad = "<img src=x onerror=alert(1)>"
    page = await labeling(
        ports(image_attributes=[{"id": "x", "name": bad, "kind": "radio", "options": [bad]}])
    )
    assert bad in page.text
    assert not [node for node in find_all(page.page, "img") if "onerror" in node.attrs]
