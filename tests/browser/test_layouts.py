"""Several images side by side in a real browser: which one is meant, and how they move together."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.workspace import HALF_A_PIXEL, MARGIN, Workspace

SIZES = {"astronaut.jpg": (512, 512), "photographer.png": (512, 512), "cat.jpg": (451, 300),
         "cat-held-sideways.jpg": (451, 300), "coffee.jpg": (600, 400), "brick.png": (512, 512)}  # fmt: skip
"""Width and height of the demo's images, as shown."""
Place = tuple[float, float]


class Views:
    """The viewports of the page, counted as they stand; points are pixels of the image in one of them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.viewports = page.locator(".pane")

    def expect_names(self, *names: str) -> None:
        """Wait until these images, and no others, are shown."""
        captions = self.page.locator(".caption")
        expect(captions).to_have_text(list(names) if len(names) > 1 else [])
        expect(self.page.locator(".pane .message")).to_have_count(0)

    def expect_active(self, number: int) -> None:
        expect(self.page.locator(".pane[data-active]")).to_have_count(1)
        expect(self.viewports.nth(number)).to_have_attribute("data-active", "true")

    def box(self, number: int) -> tuple[float, float, float, float]:
        """Left, top, width and height of a viewport on the page."""
        found = self.viewports.nth(number).locator(".view").bounding_box()
        assert found is not None
        return found["x"], found["y"], found["width"], found["height"]

    def fit(self, number: int) -> float:
        """The zoom at which the image of a viewport is seen whole."""
        name = self.viewports.nth(number).locator(".caption").inner_text()
        (width, height), (_, _, across, down) = SIZES[name], self.box(number)
        return min((across - 2 * MARGIN) / width, (down - 2 * MARGIN) / height)

    def at(self, number: int, x: float, y: float) -> Place:
        """Where an image point is on the page while its image is fitted."""
        left, top, across, down = self.box(number)
        width, height = SIZES[self.viewports.nth(number).locator(".caption").inner_text()]
        zoom = self.fit(number)
        return left + across / 2 + (x - width / 2) * zoom, top + down / 2 + (y - height / 2) * zoom

    def drag(self, start: Place, end: Place) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()

    def seen(self, number: int) -> tuple[float, float, float]:
        """How closely a viewport looks at its image, relative to the whole, and at which part (0 to 1)."""
        left, top, across, down = self.box(number)
        self.viewports.nth(number).locator(".view").focus()
        self.expect_active(number)
        name = self.viewports.nth(number).locator(".caption").inner_text()
        self.page.mouse.move(left + across / 2 + 1, top + down / 2)
        self.page.mouse.move(left + across / 2, top + down / 2)
        status = self.page.locator(".status .pixel")
        expect(status).to_contain_text("x ")
        found = re.search(r"(\d+) %\s+x (-?\d+)\s+y (-?\d+)", status.inner_text())
        assert found is not None
        zoom, x, y = int(found[1]) / 100, float(found[2]) + 0.5, float(found[3]) + 0.5
        return zoom / self.fit(number), x / SIZES[name][0], y / SIZES[name][1]


def layout(solo: Workspace, name: str) -> None:
    """Choose a layout by its key."""
    solo.page.keyboard.press({"1x1": "Alt+1", "1x2": "Alt+2", "2x1": "Alt+3", "2x2": "Alt+4"}[name])
    expect(solo.page.locator(f".views[data-layout='{name}']")).to_be_visible()


def labels(page: Page) -> Locator:
    return page.locator(".label")


def test_each_viewport_is_labeled_for_itself_and_its_work_is_there_when_it_is_alone_again(
    solo: Workspace,
) -> None:
    page, views = solo.page, Views(solo.page)
    layout(solo, "1x2")
    views.expect_names("astronaut.jpg", "photographer.png")
    views.expect_active(0)
    solo.choose("Object")
    views.drag(views.at(1, 60, 50), views.at(1, 200, 180))
    views.expect_active(1)
    expect(labels(page)).to_have_count(1)
    assert page.url.endswith("/1")
    views.drag(views.at(0, 100, 120), views.at(0, 300, 260))
    views.expect_active(0)
    expect(labels(page)).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(labels(page)).to_have_count(0)
    page.keyboard.press("Alt+n")
    views.expect_active(1)
    expect(labels(page)).to_have_count(1)
    page.keyboard.press("Alt+n")
    page.keyboard.press("Control+y")
    expect(labels(page)).to_have_count(1)

    layout(solo, "2x1")
    views.expect_names("astronaut.jpg", "photographer.png")
    upper, lower = views.box(0), views.box(1)
    assert upper[0] == lower[0]
    assert upper[1] + upper[3] <= lower[1]
    layout(solo, "2x2")
    views.expect_names("astronaut.jpg", "photographer.png", "cat.jpg", "cat-held-sideways.jpg")
    boxes = [views.box(number) for number in range(4)]
    assert [box[:2] for box in boxes] == [
        (x, y) for y in (boxes[0][1], boxes[3][1]) for x in (boxes[0][0], boxes[3][0])
    ]
    views.drag(views.at(3, 50, 60), views.at(3, 400, 300))
    views.expect_active(3)
    expect(labels(page)).to_have_count(1)

    layout(solo, "1x1")
    expect(page.locator(".view")).to_have_count(1)
    expect(page.get_by_role("application", name="astronaut.jpg")).to_be_visible()
    expect(page.locator(".pane[data-active]")).to_have_count(0)
    expect(labels(page)).to_have_count(1)
    drawn = {one["asset"]: one["shape"] for one in solo.export()["records"]["annotation"]}
    expected = {0: (100, 120, 200, 140), 1: (60, 50, 140, 130), 3: (50, 60, 350, 240)}
    for asset, box in expected.items():
        # The smaller an image is shown, the more of its pixels lie under one of the screen.
        shape = [drawn[asset][name] for name in ("x", "y", "width", "height")]
        assert shape == pytest.approx(box, abs=3 * HALF_A_PIXEL)
    assert set(drawn) == set(expected)


def test_linked_viewports_zoom_pan_and_step_together_and_others_do_not(solo: Workspace) -> None:
    page, views = solo.page, Views(solo.page)
    layout(solo, "1x2")
    views.expect_names("astronaut.jpg", "photographer.png")
    page.mouse.move(*views.at(0, 150, 380))
    page.mouse.wheel(0, -700)
    page.keyboard.press("h")
    views.drag(views.at(0, 256, 256), views.at(0, 230, 270))
    leader, follower = views.seen(0), views.seen(1)
    assert leader[0] == pytest.approx(2 ** (700 * 0.0016), rel=0.02)
    assert leader[1] != pytest.approx(0.5, abs=0.02)
    assert follower == pytest.approx(leader, abs=0.02)
    page.keyboard.press("ArrowRight")
    views.expect_names("photographer.png", "cat.jpg")
    assert views.seen(0) == pytest.approx((1.0, 0.5, 0.5), abs=0.02)

    page.keyboard.press("Alt+l")
    page.keyboard.press("ArrowLeft")
    views.expect_names("astronaut.jpg", "cat.jpg")
    page.mouse.move(*views.at(0, 150, 380))
    page.mouse.wheel(0, -700)
    assert views.seen(0)[0] > 2
    assert views.seen(1) == pytest.approx((1.0, 0.5, 0.5), abs=0.02)
    page.keyboard.press("Alt+l")
    alone = views.seen(1)
    assert alone == pytest.approx((1.0, 0.5, 0.5), abs=0.02)  # the active one leads: both are seen whole
    assert views.seen(0) == pytest.approx((1.0, 0.5, 0.5), abs=0.02)
