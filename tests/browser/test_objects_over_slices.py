"""Objects over the slices of a CT series in a real browser: grown by one click, interpolated, undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect
from scipy import ndimage

from datasets_server.demo.phantom import hu_volume
from tests.browser.servers import World, add_project
from tests.browser.workspace import Workspace
from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import decode_into

SPLEEN = (29, 298, 381)
"""Slice, row and column of a voxel of the spleen."""

WATCH = """() => {
    window.told = [];
    const view = document.querySelector(".view");
    const note = () => { if (view.dataset.doing) window.told.push(view.dataset.doing); };
    new MutationObserver(note).observe(view, {attributeFilter: ["data-doing"]});
}"""
"""Keeps what the viewport says of the worker's progress."""


@pytest.fixture
def work(world: World, demo_files: Any, browser: Browser, person_page: Callable[..., Page]) -> Workspace:
    names = [f"slice-{number:03}.dcm" for number in range(1, 61)]
    add_project(world, browser, "objects", [("abdomen", f"ct/abdomen/{name}") for name in names])
    page = person_page("admin")
    page.goto(f"{world.sync.url}#/project/objects/{SPLEEN[0]}")
    work = Workspace(page).wait()
    expect(page.get_by_label("Slice", exact=True)).to_have_attribute("data-loaded", "60", timeout=90_000)
    return work


def stored(work: Workspace) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = work.export()["records"].get("annotation", [])
    return sorted(found, key=lambda one: one["asset"])


def masks(found: list[dict[str, Any]]) -> NDArray[np.bool_]:
    """The volume of the masks that are stored."""
    volume = np.zeros((60, 512, 512), bool)
    for one in found:
        shape = {name: value for name, value in one["shape"].items() if name != "kind"}
        volume[one["asset"]] |= decode_into(Mask(**shape), 512, 512).astype(bool)
    return volume


def test_one_click_grows_through_the_series_and_what_lies_between_two_slices_is_suggested(
    work: Workspace,
) -> None:
    page, hu = work.page, np.asarray(hu_volume())
    work.choose("Animal")
    page.keyboard.press("u")
    bar = page.get_by_role("toolbar")
    bar.get_by_role("button", name="3D").click()
    bar.locator("label", has_text="From").locator("input").fill("-40")
    bar.locator("label", has_text="To").locator("input").fill("40")
    page.evaluate(WATCH)
    page.mouse.move(*work.at(SPLEEN[2] + 0.5, SPLEEN[1] + 0.5))
    page.mouse.down()
    page.wait_for_function("() => window.told.some((text) => text.startsWith('Growing'))")
    page.keyboard.press("Escape")
    page.mouse.up()
    work.click((SPLEEN[2] + 0.5, SPLEEN[1] + 0.5))
    work.expect_annotations(1)
    found = stored(work)
    labels, _ = ndimage.label(np.abs(hu - hu[SPLEEN]) <= 40)
    assert np.array_equal(masks(found), labels == labels[SPLEEN])
    assert len({one["object_id"] for one in found}) == 1
    page.keyboard.press("Control+z")
    work.expect_annotations(0)
    assert stored(work) == []

    work.draw_box(100, 100, 140, 120)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".slice-number")).to_have_text("34 / 60")
    work.expect_annotations(0)  # the list follows when the scrolling rests
    work.draw_box(100, 100, 140, 120)
    page.keyboard.press("Shift+I")
    expect(page.locator(".suggestion-bar")).to_contain_text("3 slices interpolated")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".slice-number")).to_have_text("33 / 60")
    work.expect_annotations(0)
    page.keyboard.press("Enter")
    work.expect_annotations(1)
    expect(page.locator(".suggestion-bar")).to_have_count(0)
    found = stored(work)
    assert [one["asset"] for one in found] == [29, 30, 31, 32, 33]
    assert len({one["object_id"] for one in found}) == 1
    between = masks(found[1:4])
    assert between[30:33, 100:120, 100:140].all()
    assert between.sum() == 3 * 20 * 40
