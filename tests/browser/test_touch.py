"""Fingers and a pen on the glass, acted by the browser itself: pinch, palm, long press, lost pointers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.started import StartedPages
from tests.browser.workspace import HALF_A_PIXEL, Workspace

Point = tuple[float, float]


class Glass:
    """What touches the page. Points are image pixels of the fitted image, taken when the glass is made."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.workspace = Workspace(page)
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.origin = self.workspace.at(0, 0)
        corner = self.workspace.at(100, 100)
        self.scale = (corner[0] - self.origin[0]) / 100

    def at(self, point: Point) -> Point:
        return self.origin[0] + point[0] * self.scale, self.origin[1] + point[1] * self.scale

    def touch(self, kind: str, *points: Point) -> None:
        """Say where all fingers are now: ``Start``, ``Move``, ``End`` or ``Cancel``."""
        places = [
            {"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(self.at(point) for point in points)
        ]
        self.session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": places})

    def pen(self, kind: str, point: Point) -> None:
        """Move, press or lift the pen: ``Moved``, ``Pressed`` or ``Released``."""
        x, y = self.at(point)
        event: dict[str, Any] = {"type": f"mouse{kind}", "x": x, "y": y, "pointerType": "pen"}
        if kind == "Pressed" or kind == "Released":
            event |= {"button": "left", "clickCount": 1}
        event["buttons"] = 0 if kind == "Released" else 1
        self.session.send("Input.dispatchMouseEvent", event)

    def drag(self, *points: Point) -> None:
        """Draw with one finger."""
        self.touch("Start", points[0])
        for point in points[1:]:
            self.touch("Move", point)
        self.touch("End")

    def zoom(self) -> float:
        """Percent of zoom, as the status line says."""
        return float(self.page.locator(".status .pixel").inner_text().split("%")[0])


@pytest.fixture(scope="module")
def started_pages(browser: Browser) -> Iterator[StartedPages]:
    """Pages on a device with a touch screen, which these tests leave to each other."""
    pages = StartedPages(
        browser, {"viewport": {"width": 1280, "height": 800}, "has_touch": True, "service_workers": "block"}
    )
    yield pages
    pages.close()


@pytest.fixture
def glass(solo: Workspace) -> Callable[[], Glass]:
    """The demo project on a device with a touch screen."""
    return lambda: Glass(solo.page)


def test_one_finger_draws_a_box(glass: Callable[[], Glass]) -> None:
    tablet = glass()
    tablet.workspace.choose("Object")
    tablet.drag((100, 120), (200, 200), (300, 260))
    tablet.workspace.expect_annotations(1)
    (shape,) = tablet.workspace.shapes()
    drawn = (shape["x"], shape["y"], shape["width"], shape["height"])
    assert drawn == pytest.approx((100, 120, 200, 140), abs=HALF_A_PIXEL)


def test_two_fingers_move_and_scale_the_image_and_draw_nothing(glass: Callable[[], Glass]) -> None:
    tablet = glass()
    tablet.workspace.choose("Object")
    (left, _), (right, _) = tablet.workspace.at(0, 0), tablet.workspace.at(1, 0)
    before = 100 * (right - left)
    # The points under the fingers when they come down, and where the fingers go from there.
    start = (200.0, 200.0), (300.0, 300.0)
    tablet.touch("Start", start[0])
    tablet.touch("Start", *start)
    for step in range(1, 11):
        apart = 5.0 * step
        tablet.touch("Move", (start[0][0] - apart, start[0][1] - apart), start[1])
    tablet.touch("End")
    expect(tablet.page.locator(".status .pixel")).to_contain_text(f"{before * 1.5:.0f} %")
    tablet.workspace.expect_annotations(0)
    # What was under the fingers is under them still: a box drawn there has the corners of before.
    tablet.drag((150, 150), (200, 210), (300, 300))
    tablet.workspace.expect_annotations(1)
    (shape,) = tablet.workspace.shapes()
    drawn = (shape["x"], shape["y"], shape["x"] + shape["width"], shape["y"] + shape["height"])
    assert drawn == pytest.approx((200, 200, 300, 300), abs=HALF_A_PIXEL)


def test_a_pinch_on_a_turned_view_holds_what_is_under_the_fingers(
    glass: Callable[[], Glass],
) -> None:
    tablet = glass()
    tablet.workspace.choose("Object")
    page = tablet.page
    width, height = tablet.workspace.size()
    assert width == height
    page.get_by_role("button", name="Layout and display").click()
    page.get_by_role("button", name="Rotate right").click()
    page.keyboard.press("Escape")
    start = (200.0, 200.0), (300.0, 300.0)
    tablet.touch("Start", *start)
    for step in range(1, 11):
        tablet.touch("Move", (start[0][0] - 5.0 * step, start[0][1] - 5.0 * step), start[1])
    tablet.touch("End")
    tablet.drag((150, 150), (200, 210), (300, 300))
    tablet.workspace.expect_annotations(1)
    (shape,) = tablet.workspace.shapes()
    # A quarter to the right: what is seen at (x, y) is the image at (y, height - x).
    drawn = (shape["x"], shape["y"], shape["x"] + shape["width"], shape["y"] + shape["height"])
    assert drawn == pytest.approx((200, height - 300, 300, height - 200), abs=HALF_A_PIXEL)


def test_a_second_finger_takes_back_what_the_first_one_had_begun(glass: Callable[[], Glass]) -> None:
    tablet = glass()
    tablet.workspace.choose("Animal")
    tablet.touch("Start", (100, 100))
    tablet.touch("Move", (160, 160))
    tablet.touch("Start", (160, 160), (300, 300))
    tablet.touch("Move", (170, 160), (310, 300))
    tablet.touch("End")
    tablet.drag((200, 300), (260, 300))
    tablet.workspace.expect_annotations(1)


def test_a_polygon_that_is_being_drawn_outlives_a_pinch(glass: Callable[[], Glass]) -> None:
    tablet = glass()
    tablet.workspace.choose("Person")
    tablet.workspace.click((100, 100), (300, 120), (280, 330))
    tablet.touch("Start", (200, 200))
    tablet.touch("Start", (200, 200), (300, 300))
    tablet.touch("Move", (210, 210), (310, 310))
    tablet.touch("Move", (200, 200), (300, 300))
    tablet.touch("End")
    tablet.workspace.click((90, 300), (100, 100))
    tablet.workspace.expect_annotations(1)
    (shape,) = tablet.workspace.shapes()
    assert len(shape["points"]) == 4


def test_the_palm_that_rests_beside_the_pen_draws_nothing(glass: Callable[[], Glass]) -> None:
    tablet = glass()
    tablet.workspace.choose("Object")
    tablet.touch("Start", (400, 400))
    tablet.pen("Moved", (100, 120))
    tablet.pen("Pressed", (100, 120))
    tablet.touch("Move", (405, 402))
    tablet.pen("Moved", (200, 200))
    tablet.touch("Start", (405, 402), (420, 410))
    tablet.touch("Move", (400, 402), (430, 410))
    tablet.pen("Moved", (300, 260))
    tablet.pen("Released", (300, 260))
    tablet.touch("End")
    tablet.workspace.expect_annotations(1)
    (shape,) = tablet.workspace.shapes()
    drawn = (shape["x"], shape["y"], shape["width"], shape["height"])
    assert drawn == pytest.approx((100, 120, 200, 140), abs=HALF_A_PIXEL)


def test_from_the_first_contact_of_a_pen_on_a_finger_moves_the_image(glass: Callable[[], Glass]) -> None:
    tablet = glass()
    tablet.workspace.choose("Object")
    tablet.pen("Moved", (100, 120))
    tablet.pen("Pressed", (100, 120))
    tablet.pen("Moved", (200, 200))
    tablet.pen("Moved", (300, 260))
    tablet.pen("Released", (300, 260))
    tablet.workspace.expect_annotations(1)
    tablet.page.evaluate("() => new Promise((done) => setTimeout(done, 800))")  # for so long it is the palm
    tablet.drag((200, 200), (210, 220), (240, 250))
    # The image went 40 right and 50 down with the finger, so what is there now is the first box.
    tablet.page.keyboard.press("n")
    tablet.pen("Moved", (140, 170))
    tablet.pen("Pressed", (140, 170))
    tablet.pen("Moved", (200, 200))
    tablet.pen("Moved", (340, 310))
    tablet.pen("Released", (340, 310))
    tablet.workspace.expect_annotations(2)
    first, second = tablet.workspace.shapes()
    for name in ("x", "y", "width", "height"):
        assert second[name] == pytest.approx(first[name], abs=2 * HALF_A_PIXEL)


def test_a_long_press_opens_the_menu_and_leaves_no_mark(glass: Callable[[], Glass]) -> None:
    tablet = glass()
    tablet.workspace.draw_box(100, 120, 300, 260)
    tablet.touch("Start", (200, 200))
    expect(tablet.page.get_by_role("dialog")).to_be_visible()
    tablet.touch("End")
    expect(tablet.page.get_by_role("dialog")).to_be_visible()
    tablet.page.keyboard.press("Escape")
    tablet.workspace.expect_annotations(1)


def test_a_finger_that_the_browser_takes_away_leaves_nothing_and_the_next_one_draws(
    glass: Callable[[], Glass],
) -> None:
    tablet = glass()
    tablet.workspace.choose("Animal")
    tablet.touch("Start", (100, 100))
    tablet.touch("Move", (200, 200))
    tablet.touch("Cancel")
    tablet.workspace.expect_annotations(0)
    tablet.drag((200, 300), (260, 300))
    tablet.workspace.expect_annotations(1)


def test_a_finger_that_moved_while_the_page_was_busy_draws_and_opens_no_menu(
    glass: Callable[[], Glass],
) -> None:
    tablet = glass()
    tablet.workspace.choose("Object")
    tablet.page.evaluate(
        """() => addEventListener("pointerdown", () => setTimeout(() => {
            const end = performance.now() + 900;
            while (performance.now() < end);
        }), {once: true})"""
    )
    tablet.drag((100, 120), (200, 200), (300, 260))
    tablet.workspace.expect_annotations(1)
    expect(tablet.page.get_by_role("dialog")).to_have_count(0)
