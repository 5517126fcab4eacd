"""Dialogs in a real browser: what closes them and what doesn't, the focus, and the page behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import settle
from tests.browser.workspace import Workspace

TO_OLDER_BROWSER = """() => {
    window.newer = Object.getOwnPropertyDescriptor(HTMLDialogElement.prototype, "closedBy");
    delete HTMLDialogElement.prototype.closedBy;
}"""
TO_NEWER_BROWSER = """() => {
    if (window.newer) Object.defineProperty(HTMLDialogElement.prototype, "closedBy", window.newer);
}"""


@pytest.fixture
def solo(solo: Workspace) -> Iterator[Workspace]:
    """The demo project of a site on a plain static server; an older browser is the newer one again."""
    yield solo
    solo.page.evaluate(TO_NEWER_BROWSER)


def open_export(page: Page) -> tuple[Locator, Locator]:
    """Open a dialog from its button, and return both."""
    opener = page.get_by_role("button", name="Export")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog).to_be_visible()
    return opener, dialog


@pytest.mark.parametrize("way", ["Escape", "button", "click beside", "click beside in an older browser"])
def test_a_dialog_closes_and_the_focus_returns(solo: Workspace, way: str) -> None:
    page = solo.page
    opener, dialog = open_export(page)
    expect(dialog.get_by_role("button", name="Download JSON")).to_be_focused()
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "button":
        dialog.get_by_role("button", name="Close").click()
    else:
        if "older" in way:
            page.evaluate(TO_OLDER_BROWSER)
            dialog.evaluate("dialog => dialog.removeAttribute('closedby')")
        page.mouse.click(20, 400)
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    assert solo.shapes() == []


@pytest.mark.parametrize("older", [False, True])
def test_a_press_that_starts_in_the_dialog_does_not_close_it(solo: Workspace, older: bool) -> None:
    page = solo.page
    _, dialog = open_export(page)
    if older:
        page.evaluate(TO_OLDER_BROWSER)
        dialog.evaluate("dialog => dialog.removeAttribute('closedby')")
    box = dialog.bounding_box()
    assert box is not None
    for x, y in ((4, 4), (4, box["height"] - 4), (box["width"] - 4, box["height"] / 2)):
        page.mouse.click(box["x"] + x, box["y"] + y)
    dialog.get_by_role("heading", name="Export").hover()
    page.mouse.down()
    page.mouse.move(20, 400)
    page.mouse.up()
    settle(page)
    expect(dialog).to_be_visible()


def test_the_page_behind_a_dialog_does_not_scroll(start: Callable[..., Page], static_site: str) -> None:
    page = start(static_site)
    page.set_viewport_size({"width": 500, "height": 320})
    opener = page.get_by_role("button", name="DICOMweb servers")
    opener.click()
    expect(page.get_by_role("dialog", name="DICOMweb servers")).to_be_visible()
    scrolled = page.locator(".page")
    assert scrolled.evaluate("page => page.scrollHeight > page.clientHeight")
    before = scrolled.evaluate("page => page.scrollTop")
    for x in (20, 400):
        page.mouse.move(x, 200)
        page.mouse.wheel(0, 3000)
        page.mouse.wheel(0, 3000)
    settle(page)
    assert scrolled.evaluate("page => page.scrollTop") == before
    assert page.locator(".dialog-body").evaluate("body => body.scrollTop > 0")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_dialogs_move_only_for_those_who_like_it(solo: Workspace, wish: str) -> None:
    page = solo.page
    page.emulate_media(reduced_motion="reduce" if wish == "reduce" else "no-preference")
    _, dialog = open_export(page)
    moving = dialog.evaluate("dialog => getComputedStyle(dialog).transitionDuration !== '0s'")
    assert moving == (wish == "no-preference")
