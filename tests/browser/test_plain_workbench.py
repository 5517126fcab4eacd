"""The workbench in a browser without WebGL2: photos and scans are shown, windowed and labeled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from datasets_server.demo.phantom import hu_volume
from tests.browser.pages import PATIENCE_MS, WITHOUT_WEBGL2, Console, sign_in, wait_for_boot
from tests.browser.servers import World, add_project
from tests.browser.test_dicom import SLICE, set_window, shade_at
from tests.browser.workspace import Workspace
from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.windows import shades

SIDE = 64


@pytest.fixture
def page(
    world: World, demo_files: Path, browser: Browser, new_context: Callable[..., BrowserContext]
) -> Page:
    """A project with a photo of four colors and a slice, in a browser without WebGL2."""
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    pixels[:, : SIDE // 2, 0] = 200
    pixels[SIDE // 2 :, :, 1] = 120
    (demo_files / "plain").mkdir(exist_ok=True)
    Image.fromarray(pixels).save(demo_files / "plain" / "colors.png")
    add_project(world, browser, "plain", [("photos", "plain/colors.png"), ("ct", SLICE)])
    context = new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.add_init_script(WITHOUT_WEBGL2)
    page.goto(world.sync.url)
    wait_for_boot(page)
    sign_in(page, world.email("admin"), world.passwords["admin"])
    return page


def test_images_are_shown_and_labeled_and_the_page_says_why_it_is_slower(page: Page, world: World) -> None:
    console = Console(page)
    work = Workspace(page).open(world.sync.url, 0, "plain")
    banner = page.locator(".banner", has_text="WebGL2")
    expect(banner).to_have_count(1)
    expect(banner).to_contain_text("turn on hardware acceleration")
    for x, y, color in ((10, 10, (200, 0, 0)), (10, 50, (200, 120, 0)), (50, 50, (0, 120, 0))):
        assert work.color_at(x + 0.5, y + 0.5) == color
    work.draw_box(5, 5, 30, 30)
    work.choose("Texture")
    page.keyboard.press("m")
    work.drag((40, 40), (55, 45), (45, 58))
    work.expect_annotations(2)
    red, green, blue = work.color_at(48.5, 42.5)
    assert (red, green, blue) != (0, 120, 0)  # the mask over the photo
    banner.get_by_role("button", name="Hide").click()

    page.goto(f"{world.sync.url}#/project/plain/1")
    expect(page.locator("[data-at=window]")).not_to_have_text("")
    work.wait()
    page.get_by_label("Layout and display").first.click()
    set_window(page, 40, 400)
    page.keyboard.press("Escape")
    hu = hu_volume()[29]
    for x, y in ((256, 256), (180, 250), (300, 330), (20, 20)):
        # Enlarged pixels are interpolated: shades are between those of neighbors.
        near = shades(hu[y - 1 : y + 2, x - 1 : x + 2], Window(40.0, 400.0)).astype(int)
        assert near.min() - 1 <= shade_at(work, x + 0.5, y + 0.5) <= near.max() + 1
    before = shade_at(work, 256.5, 256.5)
    page.keyboard.press("w")
    work.drag((200, 200), (200, 260))  # downward: darker or brighter, as the tool says
    assert shade_at(work, 256.5, 256.5) != before
    work.draw_box(100, 120, 200, 220)
    work.expect_annotations(1)
    expect(banner).to_have_count(0)
    assert console.problems() == []
