"""The questionnaire in a real browser: by mouse and by keyboard, saved, owed, reloaded, taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from builder.paths import DIST
from tests.browser.workspace import Workspace


def question(page: Page, name: str) -> Locator:
    return page.locator(".question", has_text=name)


def answers(workspace: Workspace) -> list[dict[str, Any]]:
    """The answers of the project's annotations, the oldest first, from an export."""
    annotations = workspace.export()["records"]["annotation"]
    return [fields.get("attributes", {}) for fields in sorted(annotations, key=lambda one: one["id"])]


def test_the_keyboard_alone_fills_the_form(solo: Workspace) -> None:
    page = solo.page
    solo.draw_box(100, 120, 300, 260)
    keys = page.keyboard
    keys.press("q")
    expect(page.get_by_label("All of it")).to_be_focused()
    keys.press("Space")
    keys.press("ArrowDown")
    expect(page.get_by_label("Partly hidden")).to_be_checked()
    keys.press("Tab")
    expect(page.get_by_label("Material")).to_be_focused()
    keys.type("Gl")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    expect(page.get_by_label("What is it?")).to_be_focused()
    keys.type("A helmet b v 1")
    keys.press("Enter")
    keys.press("Control+s")
    expect(page.get_by_label("Good", exact=True)).to_be_focused()
    expect(page.locator(".label[aria-selected=true]")).to_have_count(0)
    keys.press("Space")
    expect(page.get_by_label("Good", exact=True)).to_be_checked()
    keys.press("Control+s")
    expect(page.locator(".toast")).to_contain_text("All questions about this image are answered.")
    expected = {
        "state": "Partly hidden",
        "material": "Glass",
        "marks": ["Text", "Reflection"],
        "note": "A helmet b v 1",
    }
    assert answers(solo) == [expected]
    solo.expect_saved("Saved on this computer")
    solo.reload()
    page.locator(".label .pick").click()
    expect(page.get_by_label("Partly hidden")).to_be_checked()
    expect(page.get_by_label("Material").locator("option:checked")).to_have_text("Glass")
    expect(page.get_by_label("What is it?")).to_have_value("A helmet b v 1")
    expect(page.locator(".options :checked")).to_have_count(3)


def test_a_missing_answer_flashes_has_the_focus_and_holds_the_submission_up(solo: Workspace) -> None:
    page = solo.page
    solo.draw_box(100, 120, 300, 260)
    solo.draw_box(320, 60, 400, 200)
    expect(page.locator(".owing")).to_have_count(0)
    page.get_by_role("button", name="Next open question", exact=True).click()
    owing = page.locator(".owing")
    expect(owing).to_contain_text("How much of it is visible?")
    expect(owing.get_by_role("alert")).to_have_text("This question needs an answer.")
    expect(owing.locator(":focus")).to_have_count(1)
    assert "flash" in owing.evaluate("element => getComputedStyle(element).animationName")
    page.get_by_label("All of it").check()
    expect(owing).to_have_count(0)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".toast")).to_contain_text("Object 1 needs an answer to “How much of it is visible?”")
    expect(page.locator(".label[aria-selected=true] .number")).to_have_text("1")
    expect(owing.locator(":focus")).to_have_count(1)
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("The image needs an answer to “How good is the image?”")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("application", name="photographer.png")).to_be_visible()


@pytest.mark.parametrize("leave", ["canvas", "row", "reload", "image"])
def test_what_was_typed_is_kept_however_the_field_is_left(solo: Workspace, leave: str) -> None:
    page = solo.page
    solo.draw_box(320, 60, 400, 200)
    solo.draw_box(100, 120, 300, 260)
    page.get_by_label("What is it?").press_sequentially("A ring")
    if leave == "canvas":
        page.mouse.click(*solo.at(450, 450))
    elif leave == "row":
        page.locator(".label .pick").last.click()
        expect(page.get_by_label("What is it?")).to_have_value("")
    elif leave == "reload":
        # What is typed is saved at a pause: another tab shows it.
        other = Workspace(page.context.new_page()).open(page.url.split("#")[0])
        other.page.locator(".label .pick").first.click()
        expect(other.page.get_by_label("What is it?")).to_have_value("A ring")
        solo.reload()
    else:
        page.get_by_role("button", name="Next image").click()
    assert answers(solo) == [{}, {"note": "A ring"}]


def test_an_answer_in_words_is_one_step_back_and_typing_is_not_disturbed(solo: Workspace) -> None:
    page = solo.page
    solo.draw_box(100, 120, 300, 260)
    page.get_by_label("Scratches").check()
    field = page.get_by_label("What is it?")
    field.press_sequentially("A ring")
    # Something else on the page changes while the text is not an answer yet.
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator("#user-menu").get_by_label("Dark").dispatch_event("click")
    expect(field).to_have_value("A ring")
    field.press("Enter")
    expect(field).to_be_focused()
    field.press("Escape")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("")
    expect(page.get_by_label("Scratches")).to_be_checked()
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Scratches")).not_to_be_checked()
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+y")
    expect(field).to_have_value("A ring")


def test_several_annotations_are_answered_together(solo: Workspace) -> None:
    page = solo.page
    solo.draw_box(100, 120, 300, 260)
    page.get_by_label("Text", exact=True).check()
    solo.draw_box(320, 60, 400, 200)
    page.locator(".label .pick").last.click(modifiers=["Control"])
    expect(page.locator(".label[aria-selected=true]")).to_have_count(2)
    text = page.get_by_label("Text", exact=True)
    assert text.evaluate("box => box.indeterminate") is True
    page.get_by_label("Reflection").check()
    page.get_by_label("Cut off by the edge").check()
    assert answers(solo) == [
        {"marks": ["Text", "Reflection"], "state": "Cut off by the edge"},
        {"marks": ["Reflection"], "state": "Cut off by the edge"},
    ]
    page.get_by_label("Class", exact=True).select_option(label="Texture")
    expect(page.locator(".class", has_text="Texture").locator(".count")).to_have_text("2")
    expect(question(page, "What is it made of?")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    expect(page.locator(".class", has_text="Object").locator(".count")).to_have_text("2")


def test_work_with_questions_alone_shows_questions_alone(
    start: Callable[..., Page], static_site: str
) -> None:
    demo = json.loads((DIST / "demo/project.json").read_text())
    demo["instruction"]["work"] = "classification"

    def prepare(page: Page) -> None:
        page.route("**/demo/project.json", lambda route: route.fulfill(json=demo))

    page = start(static_site, "#/project/demo-project/0", prepare=prepare)
    workspace = Workspace(page).wait()
    expect(page.locator(".class")).to_have_count(0)
    expect(page.locator(".labels")).to_have_count(0)
    expect(page.get_by_role("button", name="Bounding box")).to_have_count(0)
    expect(page.get_by_role("button", name="Pan", exact=True)).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".owing")).to_contain_text("How good is the image?")
    page.keyboard.press("Space")
    expect(page.get_by_label("Good", exact=True)).to_be_checked()
    page.get_by_label("Where was it taken?").select_option(label="Indoors")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("application", name="photographer.png")).to_be_visible()
    workspace.wait()
    (assignment,) = workspace.export()["records"]["assignment"]
    assert assignment["status"] == "submitted"
    assert assignment["answers"] == {"quality": "Good", "place": "Indoors"}
