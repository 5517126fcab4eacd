"""The workspace in a real browser without a mouse: palette, shortcuts, and the way that Tab takes."""

from __future__ import annotations

import re
from itertools import groupby

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.workspace import Workspace

PARTS = (".top", ".panel.left", ".rail", ".tool-bar", ".view", ".panel.right")


def finder(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Find a command")


def focused_part(page: Page) -> str:
    """Which part of the page has the focus; empty for none."""
    found: str = page.evaluate(
        "parts => parts.find((part) => document.activeElement.closest(part)) ?? ''", list(PARTS)
    )
    return found


def focus_can_be_seen(page: Page) -> bool:
    """Whether what has the focus, or the frame around it, is marked."""
    seen: bool = page.evaluate(
        """() => {
            for (let e = document.activeElement, n = 0; e && n < 3; e = e.parentElement, n++) {
                const style = getComputedStyle(e);
                const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
                const ringed = style.boxShadow !== "none" && e === document.activeElement;
                const framed = n > 0 && e.matches(".search, .find, .field");
                if (outlined || ringed || framed) return true;
            }
            return false;
        }"""
    )
    return seen


def test_the_palette_finds_a_tool_and_gives_the_focus_back(solo: Workspace) -> None:
    page = solo.page
    page.get_by_role("button", name="Zoom in", exact=True).focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("brush")  # at once: no key is lost while the palette comes up
    expect(finder(page)).to_have_value("brush")
    expect(page.locator(".found").first).to_contain_text("Brush")
    page.keyboard.press("Enter")
    expect(page.locator(".palette")).to_have_count(0)
    expect(page.get_by_role("button", name="Brush", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Zoom in", exact=True)).to_be_focused()


def test_the_palette_goes_to_an_image_by_its_name_and_keeps_the_last_things_on_top(solo: Workspace) -> None:
    page = solo.page
    page.keyboard.press("Control+Shift+P")
    page.keyboard.type("coins")
    page.keyboard.press("Enter")
    expect(page.get_by_role("application", name="coins.png")).to_be_visible()
    solo.wait()
    page.keyboard.press("Control+k")
    page.keyboard.type("layout")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".found[aria-selected=true]")).to_contain_text("Layout 1 × 2")
    chosen = page.locator(".found[aria-selected=true]").get_attribute("id")
    expect(finder(page)).to_have_attribute("aria-activedescendant", chosen or "")
    page.keyboard.press("Enter")
    expect(page.locator(".view")).to_have_count(2)
    page.keyboard.press("Control+k")
    expect(finder(page)).to_be_focused()
    expect(page.locator(".found").first).to_contain_text("Layout 1 × 2")
    page.keyboard.press("Escape")
    expect(page.locator(".palette")).to_have_count(0)


def test_focus_stays_in_the_shortcuts_and_returns_to_the_button_that_opened_them(solo: Workspace) -> None:
    page = solo.page
    opener = page.get_by_role("button", name="Keyboard shortcuts")
    opener.focus()
    page.keyboard.press("Enter")
    search = page.get_by_label("Search shortcuts")
    expect(search).to_be_focused()
    page.keyboard.type("ctrl+z")
    expect(page.locator(".shortcuts")).to_have_count(1)
    expect(page.locator(".shortcuts")).to_contain_text("Undo")
    for _ in range(6):
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
        )
        assert inside
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_tab_goes_through_all_parts_in_the_order_in_which_they_stand(solo: Workspace) -> None:
    page = solo.page
    solo.draw_box(100, 120, 300, 260)
    page.get_by_role("button", name="Brush", exact=True).click()
    expect(page.locator(".tool-bar")).to_be_visible()
    page.get_by_role("link", name="Limner, all projects").focus()
    ways, hidden = [focused_part(page)], []
    for _ in range(140):
        page.keyboard.press("Tab")
        part = focused_part(page)
        if not part:
            break
        ways.append(part)
        if not focus_can_be_seen(page):
            hidden.append(page.evaluate("document.activeElement.outerHTML.slice(0, 160)"))
    assert [part for part, _ in groupby(ways)] == list(PARTS)
    assert hidden == []


def test_f6_goes_from_part_to_part(solo: Workspace) -> None:
    page = solo.page
    page.get_by_role("button", name="Zoom in", exact=True).focus()
    seen = []
    for _ in range(6):
        page.keyboard.press("F6")
        seen.append(focused_part(page))
    assert seen == [".panel.left", ".rail", ".tool-bar", ".view", ".panel.right", ".top"]
    # A tool without settings has nothing to go to there.
    solo.page.get_by_role("button", name="Select", exact=True).click()
    page.keyboard.press("F6")
    assert focused_part(page) == ".view"
    page.get_by_role("link", name="Limner, all projects").focus()
    page.keyboard.press("Shift+F6")
    assert focused_part(page) == ".panel.right"


def test_annotations_are_gone_through_and_deleted_without_a_mouse(solo: Workspace) -> None:
    page = solo.page
    solo.draw_box(100, 120, 300, 260)
    solo.draw_box(320, 60, 400, 200)
    page.keyboard.press("Escape")
    expect(page.locator(".label[aria-selected=true]")).to_have_count(0)
    page.keyboard.press("Shift+N")
    expect(page.locator(".label[aria-selected=true]")).to_have_count(1)
    page.keyboard.press("Delete")
    solo.expect_annotations(1)
    page.keyboard.press("Control+z")
    solo.expect_annotations(2)


def test_what_a_held_arrow_key_moves_is_taken_back_in_one_step(solo: Workspace) -> None:
    page = solo.page
    solo.draw_box(100, 120, 300, 260)
    (before,) = solo.shapes()
    page.keyboard.press("v")
    for _ in range(5):
        page.keyboard.down("ArrowRight")  # all but the first are repeats, as of a key that is held
    page.keyboard.up("ArrowRight")
    (moved,) = solo.shapes()
    assert moved == {**before, "x": pytest.approx(before["x"] + 5)}
    page.keyboard.press("Control+z")
    assert solo.shapes() == [before]


def test_the_view_moves_and_grows_by_keys(solo: Workspace) -> None:
    page = solo.page
    page.mouse.move(*solo.at(200, 200))
    status = page.locator(".status .pixel")
    expect(status).to_contain_text("x 200  y 200")
    for _ in range(4):
        page.keyboard.press("+")
    zoom = int(re.findall(r"(\d+) %", status.inner_text())[0]) / 100
    before = _under(page, solo)
    page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("Control+ArrowDown")
    right, down = (now - then for now, then in zip(_under(page, solo), before, strict=True))
    assert (right, down) == pytest.approx((80 / zoom, 80 / zoom), abs=1.5)
    page.keyboard.press("Shift+F")
    page.mouse.move(*solo.at(200, 200))
    expect(status).to_contain_text("x 200  y 200")


def _under(page: Page, solo: Workspace) -> tuple[int, int]:
    """The image point that the status line gives for one place of the page."""
    x, y = solo.at(200, 200)
    page.mouse.move(x + 3, y)
    page.mouse.move(x, y)
    found = re.search(r"x (-?\d+)\s+y (-?\d+)", page.locator(".status .pixel").inner_text())
    assert found
    return int(found[1]), int(found[2])


def test_arrows_turn_the_slider_that_was_reached_by_keys_and_not_the_images(solo: Workspace) -> None:
    page = solo.page
    page.keyboard.press("m")
    radius = page.get_by_label("Radius")
    value = radius.input_value()
    page.get_by_role("button", name="Brush", exact=True).focus()
    while page.evaluate("document.activeElement.type") != "range":
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert int(radius.input_value()) == int(value) + 1
    expect(page.get_by_role("application", name="astronaut.jpg")).to_be_visible()


def test_caps_lock_and_other_alphabets_do_not_take_the_keys_away(solo: Workspace) -> None:
    page = solo.page
    for key, code, tool in (("B", "KeyB", "Bounding box"), ("з", "KeyP", "Polygon")):
        page.evaluate(
            """([key, code]) => document.body.dispatchEvent(
                new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true}))""",
            [key, code],
        )
        expect(page.get_by_role("button", name=tool, exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_mask_is_made_and_grown_from_the_menu_with_keys_alone(solo: Workspace) -> None:
    page, keys = solo.page, solo.page.keyboard

    def go_to(line: str) -> None:
        wanted = page.locator(".menu-line", has_text=line)
        for _ in range(40):
            if wanted.evaluate("line => line === document.activeElement"):
                break
            keys.press("ArrowDown")
        expect(wanted).to_be_focused()
        keys.press("Enter")

    menu = page.get_by_role("dialog", name="Selection")
    solo.draw_box(100, 120, 300, 260)
    keys.press("Shift+F10")
    go_to("Convert to mask")
    expect(menu).to_have_count(0)
    expect(page.locator(".label .kind")).to_have_text("Mask")
    (before,) = solo.shapes()
    page.locator(".view").focus()
    keys.press("Shift+F10")
    go_to("Grow")
    distance = menu.get_by_role("spinbutton")
    expect(distance).to_be_focused()
    keys.press("Control+a")
    keys.type("4")
    keys.press("ArrowUp")  # counts, as in any field for a number
    expect(distance).to_have_value("5")
    keys.press("Tab")
    expect(menu.get_by_role("button", name="Apply")).to_be_focused()
    keys.press("Shift+Tab")
    keys.press("Enter")
    expect(menu).to_have_count(0)
    after = before
    for _ in range(50):  # the worker takes its time
        (after,) = solo.shapes()
        if after != before:
            break
    assert after["width"] == before["width"] + 10
    assert after["height"] == before["height"] + 10
