"""What is to be seen in the viewport: turned, lit, enlarged, read, and with thousands of annotations."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

from builder.paths import DIST
from tests.browser.pages import run_python, settle, wait_for_boot
from tests.browser.sites import Server
from tests.browser.workspace import HALF_A_PIXEL, Workspace

ON_PAGE = Path(__file__).parents[1] / "bench" / "on_page.py"


def photo() -> NDArray[np.uint8]:
    """The first image of the demo, from its file."""
    return np.asarray(Image.open(DIST / "demo/photos/people/astronaut.jpg").convert("RGB"))


def seen(page: Page) -> NDArray[np.int16]:
    """The page as it is on the screen."""
    settle(page)
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(np.int16)


def display(page: Page, *buttons: str) -> None:
    """Press buttons of the display popover."""
    opener = page.get_by_role("button", name="Layout and display")
    opener.click()
    for button in buttons:
        page.get_by_role("button", name=button).click()
    opener.click()
    expect(page.locator("#view-menu")).to_be_hidden()
    settle(page)


def color_at(workspace: Workspace, x: float, y: float) -> list[int]:
    """The color on the screen where an image point lies when the image is fitted and not turned."""
    left, top = workspace.at(x, y)
    shown = seen(workspace.page)
    return [
        int(value)
        for value in shown[round(top) - 3 : round(top) + 4, round(left) - 3 : round(left) + 4].mean((0, 1))
    ]


def test_a_turned_and_mirrored_view_shows_and_draws_where_the_pointer_is(solo: Workspace) -> None:
    pixels = photo().astype(np.int16)
    display(solo.page, "Rotate right", "Flip horizontally")
    solo.page.mouse.move(5, 5)
    # A quarter to the right, then left and right exchanged: rows and columns change places.
    for x, y in ((100.5, 300.5), (400.5, 60.5)):
        here = pixels[int(x) - 2 : int(x) + 3, int(y) - 2 : int(y) + 3].mean((0, 1))
        assert color_at(solo, x, y) == pytest.approx(here, abs=12)
    solo.draw_box(100, 40, 300, 90)
    (shape,) = solo.shapes()
    drawn = (shape["x"], shape["y"], shape["width"], shape["height"])
    assert drawn == pytest.approx((40, 100, 50, 200), abs=HALF_A_PIXEL)
    solo.choose("Animal")
    solo.page.get_by_label("Radius").fill("20")
    solo.drag((380, 300), (420, 300))
    solo.expect_annotations(2)
    mask = solo.shapes()[1]
    middle = mask["x"] + mask["width"] / 2, mask["y"] + mask["height"] / 2
    assert middle == pytest.approx((300, 400), abs=2)
    before = color_at(solo, 400, 300)
    solo.page.keyboard.press("Control+z")
    solo.expect_annotations(1)
    settle(solo.page)
    assert color_at(solo, 400, 300) != pytest.approx(before, abs=8)


def test_the_probe_reads_the_pixels_of_the_file(solo: Workspace) -> None:
    page, pixels = solo.page, photo()
    page.keyboard.press("x")
    for x, y in ((100, 300), (400, 60)):
        page.mouse.move(*solo.at(x + 0.5, y + 0.5))
        card = page.locator(".readout")
        # Pointers stand on whole CSS pixels: it may be the pixel beside.
        expect(card).to_contain_text(re.compile(rf"x ({x - 1}|{x}|{x + 1})  y ({y - 1}|{y}|{y + 1})\n"))
        column, row, *values = (int(word) for word in re.findall(r"\d+", card.inner_text()))
        assert values == pytest.approx(pixels[row, column].tolist(), abs=3)
        expect(page.locator(".status .pixel")).to_contain_text(f"R {values[0]}")
    page.keyboard.press("v")
    page.mouse.move(*solo.at(50, 50))
    expect(page.locator(".readout")).to_be_hidden()


def test_the_loupe_shows_pixels_as_squares_while_it_is_held(solo: Workspace) -> None:
    page, pixels = solo.page, photo().astype(np.int16)
    page.keyboard.press("i")
    page.get_by_label("Magnification").fill("16")
    origin, corner = solo.at(0, 0), solo.at(100, 100)
    scale = (corner[0] - origin[0]) / 100
    left, top = (round(value) for value in solo.at(200.5, 300.5))
    page.mouse.move(left, top)
    page.mouse.down()
    expect(page.locator("canvas.loupe")).to_be_visible()
    settle(page)
    shown = seen(page)
    zoom = 16 * max(scale, 1)
    for column, row in ((203, 300), (197, 303), (200, 296)):
        x = round(left + (column + 0.5 - (left - origin[0]) / scale) * zoom)
        y = round(top + (row + 0.5 - (top - origin[1]) / scale) * zoom)
        square = shown[y - 4 : y + 5, x - 4 : x + 5].reshape(-1, 3)
        assert np.ptp(square, axis=0).max() <= 2
        assert square[0] == pytest.approx(pixels[row, column], abs=5)
    page.mouse.up()
    expect(page.locator("canvas.loupe")).to_be_hidden()


def test_a_drag_brightens_the_view_and_a_double_click_resets_it(solo: Workspace) -> None:
    page = solo.page
    page.keyboard.press("w")
    before = color_at(solo, 100, 300)
    x, y = solo.at(300, 300)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=4)
    page.mouse.up()
    settle(page)
    assert np.mean(color_at(solo, 100, 300)) > np.mean(before) + 40
    page.mouse.dblclick(x, y)
    settle(page)
    assert color_at(solo, 100, 300) == pytest.approx(before, abs=1)


def test_a_dragged_rectangle_fills_the_view(solo: Workspace) -> None:
    page = solo.page
    page.keyboard.press("z")
    solo.drag((100, 100), (150, 160), (200, 180))
    box = page.locator(".view").bounding_box()
    assert box is not None
    zoom = min(box["width"] / 100, box["height"] / 80)
    settle(page)
    shown = float(page.locator(".status .pixel").inner_text().split("%")[0]) / 100
    assert shown == pytest.approx(zoom, rel=0.03)


def test_thousands_of_annotations_lie_where_they_would_if_all_were_drawn_anew(
    page: Page, harness_site: Server
) -> None:
    # A page of its own: the benchmarks' script stays on it.
    page.goto(harness_site.url)
    wait_for_boot(page)
    run_python(page, ON_PAGE.read_text() + "\nNone")
    run_python(page, PREPARE)
    for change in (
        "stage.set_view(stage.view.zoomed(1.5, 300, 200))",
        "stage.set_view(stage.view.panned(-150, 90))",
        "stage.turn(1)",
        "stage.flip('vertical')",
        "session.select([session.annotations[40].id])",
        "session.select([session.annotations[41].id])\nsession.delete_selected()",
        "session.undo()\nsession.select([])",
    ):
        page_before = shot_after(page, change)
        anew = shot_after(page, "stage._static.forget()")
        differs = np.abs(page_before - anew).max(axis=2) > 40
        assert differs.mean() < 1e-4, change
        # The lines are there at all.
        assert (np.abs(anew - np.array([0, 170, 255])).max(axis=2) < 30).sum() > 2000, change


PREPARE = """
element, stage, session = await make_stage(1500)
None
"""


def shot_after(page: Page, change: str) -> NDArray[np.int16]:
    """Do something, wait until the viewport is at rest, and look."""
    run_python(page, change + "\nstage.invalidate()\nNone")
    page.evaluate(
        """async () => {
            const python = (code) => window.python(code);
            for (let quiet = 0; quiet < 3; ) {
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                quiet = (await python("stage._framed")) ? 0 : quiet + 1;
            }
        }"""
    )
    return seen(page)


IN_PARTS = """
import js
import numpy as np
from dataclasses import replace
from pyodide.code import run_js
from webapp.py.browser.webgl import WebglPixelLayer
from webapp.py.workspace.scene import MaskFigure
from webapp.py.workspace.camera import Camera

picture = js.OffscreenCanvas.new(96, 64)
fill = picture.getContext("2d")
for column in range(96):
    fill.fillStyle = f"rgb({2 * column} {column} 90)"
    fill.fillRect(column, 0, 1, 64)
bitmap = picture.transferToImageBitmap()
chance = np.random.default_rng(3)
patches = []
for number in range(30):
    width, height = (int(side) for side in chance.integers(1, 30, 2))
    left, top = int(chance.integers(0, 97 - width)), int(chance.integers(0, 65 - height))
    pixels = (chance.random((height, width)) < 0.7) * np.uint8(255)
    patches.append((left, top, pixels if number % 3 else pixels * 0))
figure = MaskFigure("draft-mask-1", 1, 0, 0, 96, 64, (0.2, 0.9, 0.3), 0.5, 1.0)

def layer():
    made = WebglPixelLayer(js.document.createElement("canvas"))
    made.set_image(bitmap)
    return made

def pixels_of(shown):
    copy = js.OffscreenCanvas.new(shown.canvas.width, shown.canvas.height)
    context = copy.getContext("2d")
    context.drawImage(shown.canvas, 0, 0)
    data = context.getImageData(0, 0, copy.width, copy.height).data
    return np.frombuffer(data.to_bytes(), np.uint8).copy()

def frame():
    return run_js("() => new Promise((done) => requestAnimationFrame(() => done()))")()

differing = []
fitted = Camera(500, 400, 96, 64).fitted()
close = fitted.zoomed(2.3, 100.0, 90.0)
views = (fitted, close, close.turned(1), close.flipped("horizontal").turned(2), replace(close, aspect=1.7))
for view in views:
    for ratio in (1.0, 1.5):
        parts, whole, bare = layer(), layer(), layer()
        for one in (parts, whole, bare):
            one.resize(round(500 * ratio), round(400 * ratio))
        parts.draw(view, ratio, [figure])
        for patch in patches:
            await frame()
            parts.draw(view, ratio, [figure], [patch])
        whole.draw(view, ratio, [figure], patches)
        bare.draw(view, ratio, [])
        seen = pixels_of(parts)
        differing.append([int((seen != pixels_of(whole)).sum()), int((seen != pixels_of(bare)).sum())])
        for one in (parts, whole, bare):
            one.destroy()
__import__("json").dumps(differing)
"""
"""Draws a mask patch by patch, a frame each, and at once; counts channels that differ, and that changed."""


def test_a_stroke_that_is_drawn_in_parts_looks_as_if_it_were_drawn_at_once(harness: Page) -> None:
    compared = json.loads(run_python(harness, IN_PARTS))
    assert len(compared) == 10
    for differing, drawn in compared:
        assert differing == 0
        assert drawn > 10_000
