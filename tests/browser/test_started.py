"""Started pages: what a test leaves is not there for the next one, and a broken page is not used again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.started import StartedPages
from tests.browser.workspace import Workspace

FIRST = "#/project/demo-project/0"


@pytest.fixture
def pages(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[StartedPages]:
    made = StartedPages(browser, browser_context_args)
    yield made
    made.close()


def test_the_next_test_finds_the_app_as_in_a_fresh_profile(pages: StartedPages, static_site: str) -> None:
    one = pages.take(static_site, FIRST)
    page, work = one.page, Workspace(one.page).wait()
    page.evaluate(
        """() => {
            window.left = 1;
            window.fetch = () => Promise.reject(new TypeError("left"));
            localStorage.setItem("left", "1");
            document.addEventListener("keydown", () => {}, {once: true});
        }"""
    )
    work.draw_box(100, 120, 300, 260)
    page.keyboard.press("m")
    page.keyboard.press("Alt+2")
    expect(page.locator(".view")).to_have_count(2)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find a command")).to_be_visible()
    page.context.set_offline(True)
    page.route("**/demo/**", lambda route: route.abort())
    page.context.new_page()
    pages.put_back(one, failed=False)

    again = pages.take(static_site, "#/project/demo-project/1")
    assert again is one
    work = Workspace(page).wait()
    expect(page.get_by_role("application", name="photographer.png")).to_be_visible()
    expect(page.locator(".view")).to_have_count(1)
    expect(page.locator(".palette")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("application", name="astronaut.jpg")).to_be_visible()
    work.wait().expect_annotations(0)
    page.keyboard.press("Control+z")
    work.expect_annotations(0)
    assert len(page.context.pages) == 1
    assert page.evaluate("[window.left ?? null, localStorage.getItem('left')]") == [None, None]
    work.draw_box(100, 120, 300, 260)
    (shape,) = work.shapes()
    assert shape["kind"] == "box"
    work.reload().expect_annotations(1)


def test_a_page_that_a_test_broke_is_not_used_again(pages: StartedPages, static_site: str) -> None:
    one = pages.take(static_site, FIRST)
    with one.page.expect_event("pageerror"):
        one.page.evaluate("setTimeout(() => { throw new Error('broken'); })")
    pages.put_back(one, failed=False)
    other = pages.take(static_site, FIRST)
    assert other is not one
    pages.put_back(other, failed=True)
    assert other.page.is_closed()
