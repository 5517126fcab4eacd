"""The demo CT in three planes in a real browser: shades of the volume, one crosshair, masks in the cuts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from datasets_server.demo.phantom import SPACING, hu_volume
from tests.browser.pages import color_at, picture_of
from tests.browser.servers import World, add_project
from tests.browser.test_dicom import set_window
from tests.browser.workspace import MARGIN, Workspace

Pixel = tuple[int, int, int]


class Planes:
    """The three views; points are pixels of the picture in one of them."""

    HIGH = SPACING[0] / SPACING[1]
    """The height of a pixel of a cut, relative to its width."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def at(self, view: int, x: float, y: float) -> tuple[float, float]:
        """Where a point is on the page while the picture is fitted."""
        box = self.page.locator(".view").nth(view).bounding_box()
        assert box is not None
        rows, high = (512, 1.0) if view == 0 else (60, self.HIGH)
        zoom = min((box["width"] - 2 * MARGIN) / 512, (box["height"] - 2 * MARGIN) / (rows * high))
        left = box["x"] + box["width"] / 2 + (x - 256) * zoom
        return left, box["y"] + box["height"] / 2 + (y - rows / 2) * zoom * high

    def pixel(self, view: int, x: float, y: float) -> Pixel:
        """What the screen shows there."""
        return color_at(self.page, *self.at(view, x, y))

    def colors(self, view: int, x: float, y: float) -> set[str]:
        """The channels that are strongest where the screen shows a color, on the way to the right."""
        left, top = self.at(view, x, y)
        pixels = picture_of(self.page, left, top - 1, 30, 3).reshape(-1, 3).astype(int)
        strong = pixels[np.ptp(pixels, axis=1) > 60]
        return {"rgb"[channel] for channel in strong.argmax(axis=1).tolist()}

    def expect_slice(self, number: int) -> None:
        expect(self.page.locator(".slice-number")).to_have_text(f"{number} / 60")


def expect_none(found: Callable[[], set[str]]) -> None:
    """Wait until nothing is found any more."""
    for _ in range(50):
        if not found():
            return
    assert not found()


@pytest.fixture
def planes(world: World, browser: Browser, demo_files: Path, person_page: Callable[..., Page]) -> Planes:
    names = sorted(path.name for path in (demo_files / "ct" / "abdomen").iterdir())
    add_project(world, browser, "planes", [("abdomen", f"ct/abdomen/{name}") for name in names])
    page = person_page("admin")
    page.goto(f"{world.sync.url}#/project/planes/29")
    Workspace(page).wait()
    expect(page.get_by_label("Slice", exact=True)).to_have_attribute("data-loaded", "60", timeout=90_000)
    page.get_by_label("Layout and display").first.click()
    set_window(page, 40, 400)
    page.get_by_label("Layout of three planes: axial, sagittal, coronal").click()
    page.keyboard.press("Escape")
    expect(page.locator("#view-menu")).not_to_be_visible()
    expect(page.locator(".view")).to_have_count(3)
    return Planes(page)


def test_a_series_is_seen_in_three_planes_that_one_crosshair_joins(planes: Planes) -> None:
    page, volume = planes.page, hu_volume()

    def expect_shades(view: int, cut: NDArray[np.int16], *points: tuple[int, int]) -> None:
        for x, y in points:
            near = cut[max(y - 1, 0) : y + 2, x - 2 : x + 3].astype(float)
            shades = np.clip((near - 39.5) / 399 + 0.5, 0, 1) * 255
            red, green, blue = planes.pixel(view, x + 0.5, y + 0.5)
            assert red == green == blue, (view, x, y, red, green, blue)
            assert shades.min() - 2 <= red <= shades.max() + 2, (view, x, y)

    page.mouse.move(5, 5)
    assert planes.colors(2, 20, 30.5) == planes.colors(1, 20, 30.5) != set()
    page.keyboard.press("Shift+R")
    expect_none(lambda: planes.colors(2, 20, 30.5))
    page.keyboard.press("Shift+R")
    expect_shades(1, volume[::-1, :, 256], (180, 10), (200, 33), (330, 41), (20, 20), (345, 20))
    expect_shades(2, volume[::-1, 256, :], (180, 36), (380, 25), (272, 50), (150, 8), (20, 40))
    # A click in the coronal view: slices and sagittal view go there.
    page.mouse.click(*planes.at(2, 170.5, 33.5))
    planes.expect_slice(60 - 33)
    expect(page.locator(".pane").nth(1)).to_contain_text("Sagittal 171 of 512")
    page.mouse.move(5, 5)
    expect_shades(1, volume[::-1, :, 170], (200, 12), (280, 38), (340, 20))
    expect_shades(0, volume[26], (200, 300), (300, 200), (20, 20))
    # What is drawn on the slice is seen in both cuts, and nothing can be drawn there.
    page.keyboard.press("b")
    page.mouse.move(*planes.at(0, 100, 180))
    page.mouse.down()
    page.mouse.move(*planes.at(0, 240, 330), steps=4)
    page.mouse.up()
    expect(page.locator(".label")).to_have_count(1)
    for _ in range(5):  # or the line of the slice would lie on what is drawn
        page.keyboard.press("ArrowRight")
    planes.expect_slice(32)
    for view, beside, inside in ((1, (150.5, 33.5), (220.5, 33.5)), (2, (60.5, 33.5), (200.5, 33.5))):
        tint = [
            max(pixel) - min(pixel) for pixel in (planes.pixel(view, *beside), planes.pixel(view, *inside))
        ]
        assert tint[0] < 3 < 20 < tint[1]
    page.mouse.move(*planes.at(2, 200, 20))
    page.mouse.wheel(0, 100)
    expect(page.locator(".pane").nth(2)).to_contain_text("Coronal 258 of 512")
    page.mouse.click(*planes.at(2, 300.5, 10.5))
    planes.expect_slice(60 - 10)
    expect(page.locator(".label")).to_have_count(0)
    # The list goes to a slice as the wheel does, number included.
    page.get_by_text("slice-048.dcm").first.click()
    planes.expect_slice(48)
