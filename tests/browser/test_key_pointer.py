"""Drawing by keys alone in a real browser: every shape is the one that the keys ask for."""

from __future__ import annotations

import math
import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.workspace import Workspace

Place = tuple[int, int]


class Keys:
    """A person with a keyboard; knows where the pointer is by what is said of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.status = page.locator(".view [role=status]")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def go(self, x: int, y: int) -> None:
        """Move to an image point, by tens and then by ones."""
        status = self.page.locator(".status .pixel")
        found = re.search(r"x (\d+)\s+y (\d+)", status.inner_text())
        assert found is not None
        here = int(found[1]), int(found[2])
        for way, names in (
            (x - here[0], ("ArrowLeft", "ArrowRight")),
            (y - here[1], ("ArrowUp", "ArrowDown")),
        ):
            name = names[way > 0]
            self.press(*[f"Shift+{name}"] * (abs(way) // 10), *[name] * (abs(way) % 10))
        expect(status).to_contain_text(f"x {x}  y {y}")


def pixels_of(mask: dict[str, Any]) -> set[Place]:
    """The pixels of a mask as it is stored: runs of off and on, row by row, within its box."""
    found, at = set(), 0
    for number, length in enumerate(mask["runs"]):
        if number % 2:
            found |= {divmod(place, mask["width"]) for place in range(at, at + length)}
        at += length
    return {(mask["x"] + column, mask["y"] + row) for row, column in found}


def pixels_along(start: Place, length: int, radius: int) -> set[Place]:
    """The pixels whose middle is at most so far from a line to the right."""

    def far(x: int, y: int) -> float:
        across = max(start[0] - x - 0.5, 0.0, x + 0.5 - start[0] - length)
        return math.hypot(across, y + 0.5 - start[1])

    columns = range(start[0] - radius - 1, start[0] + length + radius + 1)
    rows = range(start[1] - radius - 1, start[1] + radius + 1)
    return {(x, y) for x in columns for y in rows if far(x, y) <= radius}


def test_a_box_a_polygon_and_a_stroke_are_drawn_by_keys_alone(solo: Workspace) -> None:
    page, keys = solo.page, Keys(solo.page)
    keys.press("b", "F2")
    expect(keys.status).to_contain_text("Pointer on")
    expect(page.locator(".cross-hair")).to_be_attached()
    keys.go(100, 120)
    keys.press("Enter")
    expect(keys.status).to_have_text("Pressed, x 100, y 120")
    keys.go(181, 163)
    keys.press("Enter")
    solo.expect_annotations(1)

    keys.press("p")
    for corner in ((250, 100), (330, 120), (290, 190)):
        keys.go(*corner)
        keys.press("Space")
    keys.press("Enter")
    solo.expect_annotations(2)

    keys.press("m")
    keys.go(200, 300)
    keys.press("Enter", *["Shift+ArrowRight"] * 6, "Space")
    solo.expect_annotations(3)
    radius = int(page.get_by_label("Radius").input_value())

    # What has the focus keeps its own keys beside it.
    animal = page.get_by_role("button", name=re.compile("^Animal"))
    animal.focus()
    keys.press("Enter")
    expect(animal).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".cross-hair:not(.held)")).to_be_attached()

    keys.press("Escape")
    expect(page.locator(".cross-hair")).to_be_hidden()
    box, polygon, stroke = solo.shapes()
    assert (box["x"], box["y"], box["width"], box["height"]) == (100, 120, 81, 43)
    assert polygon["points"] == [[250, 100], [330, 120], [290, 190]]
    assert pixels_of(stroke) == pixels_along((200, 300), 60, radius)
