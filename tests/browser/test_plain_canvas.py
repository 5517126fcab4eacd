"""Images without WebGL2: the same picture as with it, and a workbench that can be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.pages import run_python, wait_for_boot
from tests.browser.sites import SiteCopy, serve_folder

LAYERS = """
import json, js
import numpy as np
from dataclasses import replace
from webapp.py.browser.plain_canvas import PlainPixelLayer
from webapp.py.browser.webgl import WebglPixelLayer
from webapp.py.imaging.dicom_header import Table, Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.workspace.appearance import Appearance, initial_appearance
from webapp.py.workspace.brightness_contrast import BrightnessContrast
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.scene import MaskFigure

chance = np.random.default_rng(5)

def photo(width, height):
    canvas = js.OffscreenCanvas.new(width, height)
    context = canvas.getContext("2d")
    for column in range(0, width, 8):
        for row in range(0, height, 8):
            red, green, blue = (int(one) for one in chance.integers(0, 256, 3))
            context.fillStyle = f"rgb({red} {green} {blue})"
            context.fillRect(column, row, 8, 8)
    return canvas.transferToImageBitmap()

def smooth_photo(width, height):
    canvas = js.OffscreenCanvas.new(width, height)
    context = canvas.getContext("2d")
    fill = context.createLinearGradient(0, 0, width, height)
    for place, color in ((0, "#204060"), (0.5, "#e0c080"), (1, "#401020")):
        fill.addColorStop(place, color)
    context.fillStyle = fill
    context.fillRect(0, 0, width, height)
    return canvas.transferToImageBitmap()

def pixels_of(canvas):
    copy = js.OffscreenCanvas.new(canvas.width, canvas.height)
    context = copy.getContext("2d")
    context.drawImage(canvas, 0, 0)
    data = context.getImageData(0, 0, copy.width, copy.height).data
    shape = copy.height, copy.width, 4
    return np.frombuffer(data.to_bytes(), np.uint8).reshape(shape)[..., :3].astype(int)

class Both:
    def __init__(self, bitmap=None, scalars=None, size=(500, 400)):
        self.size, self.initial = size, initial_appearance(scalars)
        kinds = WebglPixelLayer, PlainPixelLayer
        self.layers = [kind(js.document.createElement("canvas")) for kind in kinds]
        for one in self.layers:
            one.set_image(bitmap, None, scalars)
            one.set_background(0.2, 0.3, 0.4)

    def set(self, appearance=Appearance(), smooth=False):
        for one in self.layers:
            one.set_appearance(appearance)
            one.set_smooth(smooth)

    def draw(self, view, ratio=1.0, masks=(), patches=()):
        for one in self.layers:
            one.resize(round(self.size[0] * ratio), round(self.size[1] * ratio))
            while one.draw(view, ratio, masks, patches):
                pass

    def differences(self):
        webgl, plain = (pixels_of(one.canvas) for one in self.layers)
        return np.abs(webgl - plain).max(axis=2)

    def shares(self):
        away = self.differences()
        return [float((away > most).mean()) for most in (1, 8)] + [int(away.max())]

    def close(self):
        for one in self.layers:
            one.destroy()

def views(width, height, aspect=1.0):
    fitted = Camera(500, 400, width, height, aspect=aspect).fitted()
    close = fitted.zoomed(3.3, 130.0, 170.0)
    turned = close.turned(1), close.flipped("horizontal").turned(2), close.turned(3).flipped("vertical")
    return [fitted, close, *turned]
"""


@pytest.fixture(scope="module")
def page(built_site: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The harness, on which both pixel layers draw the same."""
    copy = SiteCopy(tmp_path_factory.mktemp("plain") / "site")
    copy.with_harness()
    server = serve_folder(copy.folder)
    context = browser.new_context(service_workers="block")
    context.set_default_timeout(90_000)
    page = context.new_page()
    page.goto(server.url)
    wait_for_boot(page)
    run_python(page, LAYERS + "\n1")
    yield page
    context.close()
    server.stop()


def found(page: Page, code: str) -> Any:
    *lines, last = code.strip().splitlines()
    return json.loads(run_python(page, "\n".join([*lines, f"json.dumps({last})"])))


def test_an_enlarged_photo_has_the_same_pixels(page: Page) -> None:
    compared = found(
        page,
        """
compared = []
both = Both(photo(320, 240))
for light in (BrightnessContrast(), BrightnessContrast(20, 30)):
    both.set(Appearance(light))
    for view in views(320, 240):
        for ratio in (1.0, 1.5):
            both.draw(view, ratio)
            compared.append(both.shares())
both.close()
compared
""",
    )
    assert len(compared) == 20
    for away, _, _ in compared:
        # Where the border of two pixels falls on the middle of a screen pixel, either may be shown.
        assert away < 0.015


def test_a_reduced_photo_has_the_same_means(page: Page) -> None:
    compared = found(
        page,
        """
compared = []
for size in ((800, 600), (3000, 2000)):
    both = Both(smooth_photo(*size))
    both.set()
    for zoom in (0.1, 0.3, 0.5, 0.9):
        both.draw(Camera(500, 400, *size, zoom=zoom, x=size[0] / 3, y=size[1] / 2))
        compared.append(float((both.differences()[5:-5, 5:-5] > 3).mean()))
    both.close()
compared
""",
    )
    # Mipmaps of the graphics card mix two sizes. On shades that change slowly that is hardly seen.
    assert max(compared) < 0.01


def test_values_have_the_same_shades_in_every_kind_of_window(page: Page) -> None:
    sharp, smooth, reduced = found(
        page,
        """
sharp, smooth, reduced = [], [], []
slopes = np.add.outer(np.arange(300) * 3, np.arange(200) * 5) - 400
values = (slopes + chance.integers(-20, 20, slopes.shape)).astype(np.int16)
table = Table(first=-100, brightest=65535, shades=np.linspace(65535, 0, 600).astype("<u2").tobytes())
windows = (
    Window(300.0, 900.0),
    Window(300.0, 500.0, function="SIGMOID"),
    Window(300.5, 700.0, function="LINEAR_EXACT"),
    Window(0.0, 1.0, table=table),
)
for window in windows:
    for data in (values, values.astype(np.float32) * np.float32(1.01)):
        scalars = ScalarImage(data, window, inverted=window.function == "SIGMOID")
        both = Both(None, scalars)
        for number, view in enumerate(views(200, 300, 1.7)[:3]):
            for flag, kept in ((False, sharp), (True, smooth)):
                both.set(initial_appearance(scalars), flag)
                both.draw(view)
                (reduced if number == 0 else kept).append(both.shares())
        both.close()
[sharp, smooth, reduced]
""",
    )
    # Rounding: the graphics card computes with single floats.
    assert len(sharp) == 16 and all(most <= 1 for *_, most in sharp)
    # Shades are interpolated in steps of a sixteenth, and after the window instead of before it.
    assert all(far < 0.001 for _, far, _ in smooth)
    # Mipmaps mix two sizes of the image.
    assert all(far < 0.02 for _, far, _ in reduced)


MASKS = """
labels = (np.add.outer(np.arange(60) // 7, np.arange(80) // 9) % 5 * 50).astype(np.uint8)
levels = MaskFigure("levels", 1, 0, 0, 320, 240, (1.0, 0.2, 0.3), 0.0, 0.5, levels=labels, line=1.0)
lines = (np.add.outer(np.arange(240), np.arange(320)) % 40 == 0) * np.uint8(255)
overlay = MaskFigure(
    "overlay", 1, 0, 0, 320, 240, (1.0, 0.87, 0.35), 0.9, 0.9, levels=lines, spread=True, line=1.0
)
brush = MaskFigure("draft", 1, 10, 5, 200, 180, (0.2, 0.9, 0.3), 0.42, 0.9)
wide = MaskFigure("draft", 1, 0, 0, 2600, 1200, (0.2, 0.9, 0.3), 0.42, 0.9)
patches = []
for number in range(12):
    width, height = (int(side) for side in chance.integers(1, 60, 2))
    left, top = int(chance.integers(0, 201 - width)), int(chance.integers(0, 181 - height))
    pixels = (chance.random((height, width)) < 0.7) * np.uint8(255)
    patches.append((left, top, pixels if number % 4 else pixels * 0))
across_tiles = [(960 + left, 980 + top, pixels) for left, top, pixels in patches]
"""


def test_masks_label_maps_and_overlays_look_the_same(page: Page) -> None:
    compared = found(
        page,
        MASKS
        + """
compared = []
for view in views(320, 240):
    for ratio in (1.0, 1.5):
        both = Both(photo(320, 240))
        both.set()
        for masks, some in (((levels, brush), patches), ((overlay, brush), ()), ((levels, overlay), ())):
            both.draw(view, ratio, masks, some)
            compared.append(both.shares())
        both.close()
compared
""",
    )
    assert len(compared) == 30
    assert max(away for away, _, _ in compared) < 0.025


def test_a_stroke_in_parts_and_a_pan_look_as_if_they_were_drawn_at_once(page: Page) -> None:
    compared = found(
        page,
        MASKS
        + """
def plain():
    made = PlainPixelLayer(js.document.createElement("canvas"))
    made.set_image(bitmap)
    made.resize(500, 400)
    return made

compared = []
for size, figure, some in (((320, 240), brush, patches), ((2600, 1200), wide, across_tiles)):
    bitmap = photo(*size)
    x, y = figure.x + some[0][0] + 60.3, figure.y + some[0][1] + 40.2
    middle = Camera(500, 400, *size, zoom=1.71828, x=x, y=y)
    for view in (middle, middle.turned(1), middle.flipped("horizontal"), replace(middle, aspect=1.7)):
        parts, whole, bare = plain(), plain(), plain()
        parts.draw(view, 1.0, [figure])
        for patch in some:
            parts.draw(view, 1.0, [figure], [patch])
        whole.draw(view, 1.0, [figure], some)
        bare.draw(view, 1.0, [])
        seen = pixels_of(parts.canvas)
        compared.append([int((seen != pixels_of(one.canvas)).sum()) for one in (whole, bare)])
        moved = view.panned(17, -9).panned(200, 30)
        for step in (view.panned(17, -9), moved):
            parts.draw(step, 1.0, [figure])
        fresh = plain()
        fresh.draw(moved, 1.0, [figure], some)
        compared.append([int((pixels_of(parts.canvas) != pixels_of(fresh.canvas)).sum()), 100_000])
        for one in (parts, whole, bare, fresh):
            one.destroy()
compared
""",
    )
    assert len(compared) == 16
    for differing, drawn in compared:
        assert differing == 0
        assert drawn > 5_000


def test_the_loupe_shows_the_same_sharp_pixels(page: Page) -> None:
    compared = found(
        page,
        MASKS
        + """
compared = []
scalars = ScalarImage(np.arange(3000, dtype=np.int16).reshape(50, 60), Window(1500.0, 3000.0))
for both in (Both(photo(60, 50)), Both(None, scalars)):
    both.set(both.initial, True)
    view = Camera(500, 400, 60, 50).fitted()
    both.draw(view)
    near = Camera(240, 240, 60, 50, zoom=21.3, x=30.2, y=20.7)
    shown = []
    for one in both.layers:
        lens = one.draw_lens(near, 1.0, [brush])
        rows, columns = slice(lens.top, lens.top + lens.height), slice(lens.left, lens.left + lens.width)
        shown.append(pixels_of(lens.canvas)[rows, columns])
    compared.append([float((np.abs(shown[0] - shown[1]).max(axis=2) > 1).mean()), int(shown[0].std())])
    both.close()
compared
""",
    )
    for differing, spread in compared:
        assert differing < 0.01
        assert spread > 10
