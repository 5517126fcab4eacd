"""Submitting, skipping and reopening as a person meets it, and which image comes next."""

from __future__ import annotations

import pytest

from tests.support.fake_ports import FakePorts
from tests.support.image_list_page import serving, type_into
from tests.support.questionnaire_page import a_cat, alerts, choose, ports
from tests.support.visitor import Visitor, labeling
from webapp.py.ui.tree import find, find_all, text_of

FILTER = "Filter images by name or folder"


def status(page: Visitor, ordinal: int) -> str | None:
    return page.workbench.session.status_of(ordinal)


def foot(page: Visitor) -> str:
    (panel,) = find_all(page.page, "aside", class_="right")
    return text_of(find(panel, class_="panel-foot"))


async def skip(page: Visitor, reason: str = "Skip without a reason") -> None:
    await page.click("Skip")
    await page.click(reason)


# --- a missing answer


async def test_no_mark_of_a_missing_answer_is_left_after_an_accepted_submit() -> None:
    page = await labeling(ports())
    await page.click("Submit")
    assert page.toast == "Not submitted. The image needs an answer to “Place”."
    assert len(alerts(page)) == 1
    await choose(page, "Place", "Home")
    await page.click("Submit")
    assert page.canvas.shown == "demo/b.png"
    assert alerts(page) == []
    assert page.toast == "Submitted a.png.Undo"


@pytest.mark.parametrize("leave", ["next image", "other viewport"])
async def test_a_missing_answer_is_not_shown_on_another_image(leave: str) -> None:
    page = await labeling(ports())
    if leave == "other viewport":
        await page.press("2", alt=True)
    await page.click("Submit")
    assert len(alerts(page)) == 1
    if leave == "next image":
        await page.press("ArrowRight")
    else:
        await page.press("n", alt=True)
    assert page.workbench.session.asset is not None and page.workbench.session.asset.ordinal != 0
    assert alerts(page) == []
    assert page.toast == ""


async def test_a_message_about_something_else_stays_on_the_next_image() -> None:
    page = await labeling(ports())
    page.workbench.say("Something else")
    await page.press("ArrowRight")
    assert page.toast == "Something else"


# --- undoing


async def test_undo_beside_the_message_leads_back_to_the_image_that_was_submitted() -> None:
    page = await labeling()
    await page.draw((10, 10), (30, 25))
    await page.click("Submit")
    assert page.toast == "Submitted a.png.Undo"
    toast = find(page.page, class_="toast")
    await page.fire(find(toast, "button"), "click")
    assert page.canvas.shown == "demo/a.png"
    assert status(page, 0) == "started"
    await page.draw((50, 10), (70, 25))
    assert len(page.shapes) == 2


async def test_undo_on_a_submitted_image_takes_back_the_submission_and_then_the_drawing() -> None:
    page = await labeling()
    await page.draw((10, 10), (30, 25))
    await page.click("Submit")
    await page.press("ArrowLeft")
    assert status(page, 0) == "submitted"
    await page.press("z", ctrl=True)
    assert (status(page, 0), len(page.shapes)) == ("started", 1)
    await page.press("z", ctrl=True)
    assert len(page.shapes) == 0
    await page.click("Redo")
    await page.click("Redo")
    assert (status(page, 0), len(page.shapes)) == ("submitted", 1)


async def test_undo_after_reopening_never_submits_again() -> None:
    page = await labeling()
    await page.draw((10, 10), (30, 25))
    await page.click("Submit")
    await page.press("ArrowLeft")
    await page.click("Reopen to edit")
    await page.draw((50, 10), (70, 25))
    for left in (1, 0):
        await page.press("z", ctrl=True)
        assert (status(page, 0), len(page.shapes)) == ("started", left)


# --- read-only


@pytest.mark.parametrize("done", ["submitted", "skipped"])
async def test_an_image_that_is_done_is_read_only_until_it_is_reopened(done: str) -> None:
    page = await labeling(ports())
    await a_cat(page)
    await choose(page, "Mood", "Calm")
    await page.press("Escape")
    await choose(page, "Place", "Home")
    if done == "submitted":
        await page.click("Submit")
    else:
        await skip(page)
    await page.press("ArrowLeft")
    before = page.shapes
    await page.draw((50, 10), (70, 25))
    assert page.toast.startswith(f"You {done} this image. Reopen it to edit.")
    await page.press("v")
    await page.draw((17, 17), (40, 40))
    await page.press("a", ctrl=True)
    await page.press("Delete")
    assert page.shapes == before
    assert all("disabled" in one.attrs for one in find_all(page.page, "fieldset"))
    assert find_all(page.page, "button", text="Submit") == []
    await page.press("Enter", ctrl=True, shift=True)
    assert page.dialog == "" and status(page, 0) == done
    await page.click("Reopen to edit")
    assert status(page, 0) == "started"
    await page.press("b")
    await page.draw((50, 10), (70, 25))
    assert len(page.shapes) == 2


async def test_no_other_way_changes_an_image_that_is_done() -> None:
    page = await labeling()
    await page.draw((10, 10), (30, 25))
    await page.press("c", ctrl=True)
    await page.click("Submit")
    await page.press("ArrowLeft")
    session = page.workbench.session
    (one,) = session.annotations
    await page.press("v", ctrl=True)
    session.select([one.id])
    session.reclassify("sky")
    session.reorder("back")
    await page.press("d", ctrl=True)
    assert [(view.id, view.class_id) for view in session.annotations] == [(one.id, "cat")]


# --- skipping


async def test_skipping_asks_for_a_reason_and_keeps_it() -> None:
    page = await labeling()
    await page.click("Skip")
    assert page.dialog == "Skip a.png"
    assert status(page, 0) is None
    await page.click("Bad image quality")
    assert (page.dialog, page.canvas.shown) == ("", "demo/b.png")
    assert page.toast == "Skipped a.png.Undo"
    await page.press("ArrowLeft")
    assert "Reason: Bad image quality" in foot(page)
    (assignment,) = page.workbench.store.records("assignment").values()
    assert (assignment["status"], assignment["skip_reason"]) == ("skipped", "Bad image quality")
    await page.click("Reopen to edit")
    (assignment,) = page.workbench.store.records("assignment").values()
    assert (assignment["status"], assignment["skip_reason"]) == ("started", "")


async def test_a_reason_is_typed_or_left_out_and_the_question_can_be_canceled() -> None:
    page = await labeling()
    await page.press("Enter", ctrl=True, shift=True)
    field = find(find(page.page, class_="dialog"), "input")
    await page.fire(field, "input", value=" blurred ")
    await page.fire(field, "keydown", key="Enter")
    await page.press("Enter", ctrl=True, shift=True)
    await page.click("Cancel")
    assert (page.dialog, page.canvas.shown, status(page, 1)) == ("", "demo/b.png", None)
    await skip(page)
    assignments = page.workbench.store.records("assignment").values()
    assert {one["asset"]: one["skip_reason"] for one in assignments} == {0: "blurred", 1: ""}


async def test_a_skip_is_undone_by_its_message() -> None:
    page = await labeling()
    await skip(page, "Duplicate image")
    await page.fire(find(find(page.page, class_="toast"), "button"), "click")
    assert (status(page, 0), page.canvas.shown) == ("started", "demo/a.png")


# --- which image is next


async def test_submit_goes_on_to_the_next_image_to_do_in_any_folder_until_all_are_done() -> None:
    page = await labeling(FakePorts(server=serving("a/1", "a/2", "b/3", "c/4", "c/5")))
    await page.go("#/project/p1/1")
    shown = []
    for _ in range(4):
        await page.click("Submit")
        shown.append(page.canvas.shown)
    assert shown == ["b/3", "c/4", "c/5", "a/1"]
    await page.click("Submit")
    assert page.canvas.shown == "a/1"
    assert page.toast == "Submitted 1. All 5 images are done.Undo"


async def test_the_arrow_goes_on_to_the_next_folder_with_something_to_do() -> None:
    page = await labeling(FakePorts(server=serving("a/1", "a/2", "b/3", "c/4")))
    await page.go("#/project/p1/2")
    await page.click("Submit")
    await page.go("#/project/p1/0")
    shown = []
    for _ in range(2):
        await page.press("ArrowRight")
        shown.append(page.canvas.shown)
    assert shown == ["a/2", "c/4"]
    await page.press("ArrowRight")
    assert page.toast == "This is the last image in the list. 2 other images are still to do."
    await page.press("ArrowLeft")
    assert page.canvas.shown == "b/3"
    await page.go("#/project/p1/0")
    await page.press("ArrowLeft")
    assert page.toast == "This is the first image in the list."


async def test_the_arrow_passes_from_folder_to_folder_when_all_is_done() -> None:
    page = await labeling(FakePorts(server=serving("a/1", "b/2")))
    await page.click("Submit")
    await page.click("Submit")
    await page.go("#/project/p1/0")
    await page.press("ArrowRight")
    assert page.canvas.shown == "b/2"
    await page.press("ArrowRight")
    assert page.toast == "All 2 images are done."


async def test_with_a_filter_the_next_image_to_do_is_one_that_matches() -> None:
    page = await labeling(FakePorts(server=serving("a/x1", "a/y", "b/x2")))
    await type_into(page, FILTER, "x")
    await page.click("Submit")
    assert page.canvas.shown == "b/x2"
    await page.click("Submit")
    assert page.toast.startswith("Submitted x2. There is nothing left to do among the images that match")


async def test_the_number_below_the_list_counts_the_images_of_all_folders() -> None:
    page = await labeling(FakePorts(server=serving("b/1", "a/2", "b/3", "4")))

    def place() -> str:
        counter = find(page.page, "label", class_="counter")
        return f"{find(counter, 'input').attrs['prop:value']}{text_of(counter)}"

    # Folders come in the order of their first images, before the images beside them.
    assert place() == "1 of 4"
    await page.press("ArrowRight")
    assert (page.canvas.shown, place()) == ("b/3", "2 of 4")
    await page.press("ArrowRight")
    assert (page.canvas.shown, place()) == ("a/2", "3 of 4")
    await page.press("Home")
    assert (page.canvas.shown, place()) == ("a/2", "3 of 4")
