"""What the person does in the browser while data is made."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.workspace import Workspace

Place = tuple[float, float]
BOX: tuple[Place, Place] = ((20, 20), (60, 50))
POLYGON: list[Place] = [(80, 20), (120, 24), (116, 60), (78, 56)]
LINE: list[Place] = [(20, 70), (60, 78), (40, 100)]
POINTS: list[Place] = [(80, 80), (95, 90)]
STROKE: list[Place] = [(100, 95), (140, 105)]
SPARE: tuple[Place, Place] = ((128, 10), (152, 22))
"""A box that is deleted while the server does not answer."""


def draw_everything(work: Workspace, *, finish: bool = True) -> None:
    """Draw an annotation of each shape, and answer the required questions."""
    page = work.page
    work.draw_box(*BOX[0], *BOX[1])
    work.answer()
    if finish:
        page.get_by_label("Where was it taken?").select_option("Indoors")
    draw_polygon(work)
    page.keyboard.press("l")
    work.click(*LINE)
    page.keyboard.press("Enter")
    page.keyboard.press("k")
    work.click(POINTS[0])
    page.keyboard.down("Shift")
    work.click(POINTS[1])
    page.keyboard.up("Shift")
    paint(work, *STROKE)
    work.expect_annotations(5)


def draw_polygon(work: Workspace) -> None:
    """Draw a polygon of the class Person."""
    before = work.page.locator(".label").count()
    work.choose("Person")
    work.click(*POLYGON, POLYGON[0])
    work.expect_annotations(before + 1)


def paint(work: Workspace, *points: Place) -> None:
    """Paint a mask of the class Animal."""
    before = work.page.locator(".label").count()
    work.choose("Animal")
    work.page.get_by_label("Radius").fill("5")
    work.drag(*points)
    work.expect_annotations(before + 1)


def submit(work: Workspace, then: str) -> None:
    """Submit the image and wait for the next one."""
    work.page.get_by_role("button", name="Submit").click()
    shown(work, then)


def go_to(work: Workspace, name: str) -> None:
    """Go to an image of the list."""
    work.page.get_by_title(name, exact=True).click()
    shown(work, name)


def shown(work: Workspace, name: str) -> Workspace:
    """Wait until an image is shown."""
    expect(work.page.get_by_role("application", name=name)).to_be_visible()
    return work.wait()


def counts(page: Page) -> dict[str, int]:
    """Return the counts in the dialog that says where the work is."""
    page.locator(".save-state").click()
    table = page.locator(".facts-table")
    expect(table).to_be_visible()
    names, values = table.locator("dt").all_inner_texts(), table.locator("dd").all_inner_texts()
    page.keyboard.press("Escape")
    expect(table).to_have_count(0)
    return {name: int(value) for name, value in zip(names, values, strict=True)}


def wait_for_count(page: Page, name: str, count: int) -> None:
    """Wait for a count. More is fine unless it is 0, because recorded time counts too."""
    deadline = time.monotonic() + 120
    while True:
        found = counts(page)[name]
        if found == count or (count > 0 and found > count):
            return
        assert time.monotonic() < deadline, f"{name}: {found}, not {count}"
        page.wait_for_timeout(200)
