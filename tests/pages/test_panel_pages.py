"""The right panel: classes that change, the list of annotations, the z-order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fake_server import DEMO_RECORDS
from tests.support.questionnaire_page import (
    QUESTIONS,
    a_cat,
    alerts,
    choose,
    ports,
    question,
    stored,
    write,
)
from tests.support.visitor import Visitor, labeling
from webapp.py.domain.model import Annotation, encode
from webapp.py.domain.ops import create, make_op
from webapp.py.domain.shapes import Box
from webapp.py.pages.workbench.panel.labels import picked
from webapp.py.ui.tree import find, find_all, text_of, walk


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
    await page.click("Next open question")
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
