"""The right panel as a person meets it, without a browser: answer, save, submit, list, stack."""

from __future__ import annotations

import pytest

from tests.support.fake_ports import Machine
from tests.support.questionnaire_page import (
    a_cat,
    alerts,
    choose,
    ports,
    question,
    stored,
    write,
)
from tests.support.visitor import Visitor, labeling
from webapp.py.ui.tree import find, find_all, text_of


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
    await page.click("Next open question")
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
    await page.click("Next open question")
    assert session.selected == (first,)
    assert alerts(page) == []
    await choose(page, "Mood", "Cross")
    await page.click("Next open question")
    assert not session.selected
    assert page.focused is not None and page.focused.tag == "select"
    await choose(page, "Place", "Home")
    await page.click("Next open question")
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
    await page.click("Skip without a reason")
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


# --- selection and image


def tabs(page: Visitor) -> dict[str, str]:
    """The tabs of the form: chosen, disabled, or whether an answer is owed."""
    found = {}
    for node in find_all(page.page, role="tab"):
        chosen = "chosen" if node.attrs["aria-selected"] == "true" else ""
        owes = "owes" if find_all(node, class_="owes") else ""
        found[text_of(node)] = " ".join(
            filter(None, (chosen, owes, "off" if "disabled" in node.attrs else ""))
        )
    return found


async def test_image_questions_stay_reachable_while_something_is_selected() -> None:
    page = await labeling(ports())
    assert tabs(page) == {"Selection": "off", "Image": "chosen owes"}
    await a_cat(page)
    assert tabs(page) == {"Selection": "chosen owes", "Image": "owes"}
    selected = page.workbench.session.selected
    await page.click("Image")
    assert tabs(page) == {"Selection": "owes", "Image": "chosen owes"}
    await choose(page, "Place", "Home")
    assert tabs(page) == {"Selection": "owes", "Image": "chosen"}
    assert page.workbench.session.selected == selected
    await page.click("Selection")
    await choose(page, "Mood", "Calm")
    assert tabs(page) == {"Selection": "chosen", "Image": ""}


async def test_the_form_of_the_old_object_goes_when_the_person_goes_on_with_another_class() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await page.press("2")
    assert page.workbench.session.selected != ()
    assert tabs(page)["Image"].startswith("chosen")
    await page.press("c", shift=True)
    assert page.workbench.session.annotations[0].class_id == "sky"
    await page.press("1")
    await page.fire(find(page.page, "button", class_="pick"), "click")
    assert tabs(page)["Selection"] == "chosen"


async def test_the_next_object_has_its_form_again() -> None:
    page = await labeling(ports())
    await a_cat(page)
    await page.click("Image")
    await a_cat(page, 50)
    assert tabs(page)["Selection"] == "chosen owes"


@pytest.mark.parametrize("work", ["segmentation", "classification"])
async def test_work_with_questions_about_one_thing_has_no_tabs(work: str) -> None:
    page = await labeling(ports(work=work))
    assert tabs(page) == {}


async def test_a_form_without_required_questions_offers_no_next_one() -> None:
    page = await labeling(ports())
    await page.press("2")
    await page.press("b")
    await page.draw((10, 10), (30, 30))
    assert find_all(page.page, "button", text="Next open question") == []
