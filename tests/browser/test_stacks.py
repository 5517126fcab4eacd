"""A CT series in a real browser: a stack in the patient's order, scrolled, labeled, in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from datasets_server.demo.phantom import hu_volume
from tests.browser.pages import sign_in, wait_for_boot
from tests.browser.servers import World, add_project
from tests.browser.test_dicom import set_window, shade_at
from tests.browser.workspace import Workspace

WITHOUT_FILES = """(() => {
    const fetch = window.fetch;
    window.fetch = (what, ...more) =>
        String(what.url ?? what).endsWith(".whl") ? new Promise(() => {}) : fetch(what, ...more);
})()"""
"""Lets the page wait for ever for the files of its libraries, which come after the start; not its worker."""


@pytest.fixture(scope="module")
def series(world: World, demo_files: Path, browser: Browser) -> list[str]:
    """A project over the demo CT, its files listed in an order of their own."""
    names = sorted(path.name for path in (demo_files / "ct" / "abdomen").iterdir())
    shuffled = [names[at] for at in np.random.default_rng(4).permutation(len(names))]
    add_project(world, browser, "series", [("abdomen", f"ct/abdomen/{name}") for name in shuffled])
    return shuffled


@pytest.fixture
def work(world: World, series: list[str], person_page: Callable[..., Page]) -> Workspace:
    page = person_page("admin")
    page.goto(f"{world.sync.url}#/project/series/{series.index('slice-030.dcm')}")
    work = Workspace(page).wait()
    expect(page.get_by_label("Slice", exact=True)).to_have_attribute("data-loaded", "60", timeout=90_000)
    return work


def number(work: Workspace) -> str:
    return work.page.locator(".slice-number").inner_text()


def test_a_series_is_scrolled_in_the_order_of_the_patient_and_labeled(
    work: Workspace, world: World, series: list[str]
) -> None:
    page = work.page
    assert number(work) == "30 / 60"
    page.get_by_label("Layout and display").first.click()
    set_window(page, 40, 400)
    page.keyboard.press("Escape")
    volume = hu_volume()
    page.mouse.move(*work.at(256, 256))
    for slice_number in (31, 32, 33, 34):
        page.mouse.wheel(0, 100)
        expect(page.locator(".slice-number")).to_have_text(f"{slice_number} / 60")
    for x, y in ((256, 256), (180, 250), (300, 330)):
        near = volume[33][y - 1 : y + 2, x - 1 : x + 2].astype(float)
        shade = np.clip((near - 39.5) / 399 + 0.5, 0, 1) * 255
        assert shade.min() - 2 <= shade_at(work, x + 0.5, y + 0.5) <= shade.max() + 2
    work.draw_box(100, 120, 200, 220)
    work.expect_annotations(1)
    page.keyboard.press("End")
    expect(page.locator(".slice-number")).to_have_text("60 / 60")
    work.expect_annotations(0)
    # What was drawn on another slice is undone there.
    page.keyboard.press("Control+z")
    expect(page.locator(".slice-number")).to_have_text("34 / 60")
    work.expect_annotations(0)
    page.keyboard.press("Control+y")
    work.expect_annotations(1)
    # The address follows when the scrolling rests.
    expect(page).to_have_url(f"{world.sync.url}#/project/series/{series.index('slice-034.dcm')}")
    work.reload()
    expect(page.locator(".slice-number")).to_have_text("34 / 60", timeout=90_000)
    work.expect_annotations(1)


def test_a_slice_that_was_looked_at_is_shown_again_before_the_worker_can_answer(
    world: World, series: list[str], signed_in_page: Callable[..., Page]
) -> None:
    page = signed_in_page("admin")
    address = f"{world.sync.url}#/project/series/{series.index('slice-012.dcm')}"
    page.goto(address)
    work = Workspace(page).wait()
    shade = shade_at(work, 256.5, 256.5)
    expect(page.get_by_label("Slice", exact=True)).to_have_attribute("data-loaded", "60", timeout=90_000)
    # Whatever calculates is gone.
    page.route("**/compute-*.js", lambda route: route.abort())
    page.goto("about:blank")
    page.goto(address)
    work = Workspace(page).wait()
    assert shade_at(work, 256.5, 256.5) == shade


def test_whatever_a_page_needs_of_its_libraries_is_there_from_the_start(
    world: World, series: list[str], new_context: Callable[[], BrowserContext]
) -> None:
    page = new_context().new_page()
    page.add_init_script(WITHOUT_FILES)
    page.goto(world.sync.url)
    wait_for_boot(page)
    sign_in(page, world.email("admin"), world.passwords["admin"])
    work = Workspace(page).open(world.sync.url, series.index("slice-040.dcm"), "series")
    expect(page.get_by_label("Slice", exact=True)).to_have_attribute("data-loaded", "60", timeout=90_000)
    work.choose("Texture")
    page.keyboard.press("m")
    work.drag((100, 100), (200, 120), (150, 220))
    work.drag((140, 100), (180, 240))
    work.expect_annotations(1)
    page.keyboard.press("e")
    work.drag((150, 90), (160, 200))
    page.keyboard.press("Shift+F10")
    page.locator(".menu-line", has_text="Convert to polygon").click()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".label .kind").first).to_have_text("Polygon")
    page.keyboard.press("Alt+5")
    expect(page.locator(".view")).to_have_count(3)
    page.keyboard.press("Alt+1")
    expect(page.locator(".view")).to_have_count(1)
    expect(page.locator(".banner")).to_have_count(0)
