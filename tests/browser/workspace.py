"""The workspace as a person uses it: choose a class, draw in image pixels, read what the page says."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.pages import color_at, wait_for_boot

MARGIN = 24
"""CSS pixels around a fitted image, as the design says."""
COUNT_ANSWERS = """() => {
    window.answers = 0;
    new MutationObserver((records) => {
        const done = (record) => record.oldValue === "true" && record.target.ariaBusy === "false";
        window.answers += records.filter(done).length;
    }).observe(document.querySelector(".view"), {attributeFilter: ["aria-busy"], attributeOldValue: true});
}"""
HALF_A_PIXEL = 0.8
"""Image pixels: a photo is shown at about 1.3 CSS pixels a pixel, and pointers stand on whole CSS pixels."""


class Workspace:
    """One page with the workspace open. Points are pixels of the image at hand, which must be fitted."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str, ordinal: int = 0, project: str = "demo-project") -> Workspace:
        """Go to an image by its address and wait until it can be labeled."""
        self.page.goto(f"{address}#/project/{project}/{ordinal}")
        return self.wait()

    def wait(self) -> Workspace:
        """Wait until the image at hand is shown."""
        shown = self.page.locator("[data-image=ready]")
        # A start that failed is told at once, not after the longest wait.
        expect(shown.or_(self.page.locator("#boot pre"))).to_be_attached()
        if shown.count() == 0:
            wait_for_boot(self.page)
        expect(shown).to_be_visible()
        return self

    def reload(self) -> Workspace:
        """Load the page anew and wait for the image. Before that, wait for what is just being saved.

        A person who does not wait is asked by the browser whether to leave; Playwright would say yes to that.
        """
        expect(self.page.locator(".save-state [role=status]")).not_to_have_text("Saving…")
        self.page.reload()
        return self.wait()

    def size(self) -> tuple[int, int]:
        """Width and height of the image, as the status line says."""
        width, height = self.page.locator(".status > span:last-child").inner_text().split(" × ")
        return int(width), int(height)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where an image point is on the page, worked out from the size of the view alone."""
        box = self.page.locator(".view").bounding_box()
        assert box is not None
        width, height = self.size()
        zoom = min((box["width"] - 2 * MARGIN) / width, (box["height"] - 2 * MARGIN) / height)
        return (
            box["x"] + box["width"] / 2 + (x - width / 2) * zoom,
            box["y"] + box["height"] / 2 + (y - height / 2) * zoom,
        )

    def color_at(self, x: float, y: float) -> tuple[int, int, int]:
        """The color of the screen at an image point."""
        return color_at(self.page, *self.at(x, y))

    def choose(self, name: str) -> None:
        """Choose a class."""
        self.page.locator(".class", has_text=name).click()

    def drag(self, *points: tuple[float, float]) -> None:
        """Press at the first point, go through the others, release at the last."""
        mouse = self.page.mouse
        (left, top), (right, bottom) = self.at(0, 0), self.at(1, 1)
        places = [(left + x * (right - left), top + y * (bottom - top)) for x, y in points]
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place, steps=4)
        mouse.up()

    def click(self, *points: tuple[float, float]) -> None:
        """Click one point after the other."""
        for point in points:
            self.page.mouse.click(*self.at(*point))

    def draw_box(self, left: float, top: float, right: float, bottom: float) -> None:
        """Draw a box of the class Object and wait until the panel lists it."""
        labels = self.page.locator(".label")
        before = labels.count()
        self.choose("Object")
        self.drag((left, top), (right, bottom))
        expect(labels).to_have_count(before + 1)

    def answer(self) -> None:
        """Give the answers that an image with one Object must have, the object being selected."""
        self.page.get_by_label("All of it").check()
        self.page.keyboard.press("Control+s")
        self.page.get_by_label("Good", exact=True).check()

    def count_answers(self) -> None:
        """Count from now on how often the worker has answered what a tool asked of it."""
        self.page.evaluate(COUNT_ANSWERS)

    def wait_for_answers(self, count: int) -> None:
        """Wait until the worker has answered so often since `count_answers`."""
        self.page.wait_for_function("count => window.answers >= count", arg=count)

    def expect_annotations(self, count: int) -> None:
        """Wait until the panel lists so many annotations."""
        expect(self.page.locator(".label")).to_have_count(count)

    def expect_saved(self, text: str) -> None:
        """Wait until the save display says this."""
        expect(self.page.locator(".save-state [role=status]")).to_have_text(text)

    def expect_unsynced(self) -> None:
        """Wait until the save display says that changes are unsynced. Recorded time is among them."""
        expect(self.page.locator(".save-state [role=status]")).to_have_text(re.compile(r"\d+ not synced$"))

    def export(self) -> dict[str, Any]:
        """Export the project as JSON, as a person does, and return the document."""
        self.page.get_by_role("button", name="Export", exact=True).click()
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name="Download JSON").click()
        document: dict[str, Any] = json.loads(download.value.path().read_text())
        expect(self.page.get_by_role("button", name="Download JSON")).to_have_count(0)
        return document

    def shapes(self) -> list[dict[str, Any]]:
        """The shapes of the project, bottom to top, from an export."""
        annotations = self.export()["records"]["annotation"]
        return [fields["shape"] for fields in sorted(annotations, key=lambda one: one["order"])]
