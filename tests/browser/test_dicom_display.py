"""How medical images look in a real browser: pixels of any shape, tables of shades, overlays and marks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from pydicom import Dataset
from pydicom.sequence import Sequence

from tests.browser.pages import color_at
from tests.browser.servers import World, add_project
from tests.browser.workspace import MARGIN, Workspace
from tests.imaging.test_dicom_display import overlaid, table
from tests.imaging.test_dicom_reading import ct, written
from webapp.py.imaging.dicom import read_header
from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.windows import shades

COLUMNS, ROWS, ASPECT = 160, 80, 2.0
STEPS = np.repeat(np.arange(8) * 100, 20)[None].repeat(ROWS, 0).astype(np.int16)
"""Eight bands of 20 columns, of 0 to 700 HU."""
PATIENCE = 20
"""Looks at the screen until it must show what was asked for."""
CURVE = [0, 4095, 1000, 3000, 200, 2500, 700, 1500]
"""What the table of the file makes of each band: no window could."""


def scan() -> Dataset:
    """Return an axial slice of pixels twice as high as wide, with a table of its own and an overlay."""
    entries = [CURVE[value // 100] for value in range(800)]
    return ct(
        STEPS,
        PixelSpacing=[2.0, 1.0],
        ImagePositionPatient=[0, 0, 12.5],
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        PatientID="4711",
        VOILUTSequence=Sequence([table(entries, 0, 12, "STEPS")]),
        WindowCenter=40,
        WindowWidth=400,
        WindowCenterWidthExplanation="SOFT",
    )


def with_overlay() -> Dataset:
    data = scan()
    drawn = overlaid(10, 20, [1] * 200, origin=[31, 1])
    for element in drawn.group_dataset(0x6000):
        data.add(element)
    return data


@pytest.fixture(scope="module")
def project(world: World, demo_files: Path, browser: Browser) -> str:
    """A project over the slice alone."""
    (demo_files / "display").mkdir(exist_ok=True)
    (demo_files / "display" / "steps.dcm").write_bytes(written(with_overlay()))
    return add_project(world, browser, "display", [("display", "display/steps.dcm")])


@pytest.fixture
def work(world: World, project: str, person_page: Callable[..., Page]) -> Workspace:
    """The slice, opened by an admin; annotations of the tests before are there, above row 60."""
    page = person_page("admin")
    page.goto(f"{world.sync.url}#/project/{project}/0")
    return Workspace(page).wait()


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where an image point is on the page, worked out from the size of the view and the pixels' shape."""
    box = page.locator(".view").bounding_box()
    assert box is not None
    zoom = min((box["width"] - 2 * MARGIN) / COLUMNS, (box["height"] - 2 * MARGIN) / (ROWS * ASPECT))
    return (
        box["x"] + box["width"] / 2 + (x - COLUMNS / 2) * zoom,
        box["y"] + box["height"] / 2 + (y - ROWS / 2) * zoom * ASPECT,
    )


def color_of(page: Page, x: float, y: float) -> tuple[int, int, int]:
    return color_at(page, *at(page, x, y))


def drag(page: Page, *points: tuple[float, float]) -> None:
    page.mouse.move(*at(page, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*at(page, *point), steps=4)
    page.mouse.up()


def test_what_is_drawn_over_pixels_that_are_not_square_lies_on_the_pixels_under_the_pointer(
    work: Workspace,
) -> None:
    page = work.page
    work.choose("Object")
    drag(page, (40, 10), (100, 60))
    work.expect_annotations(1)
    page.keyboard.press("o")
    drag(page, (20, 20), (50, 40))  # a ruler, which is no annotation
    page.mouse.move(*at(page, 120, 20))
    page.mouse.down()
    page.keyboard.down("Shift")
    page.mouse.move(*at(page, 150, 40), steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    work.expect_annotations(2)
    box, line = sorted(work.shapes(), key=lambda shape: str(shape["kind"]))
    near = pytest.approx([40, 10, 60, 50], abs=0.5)
    assert [box[name] for name in ("x", "y", "width", "height")] == near
    assert np.ravel(line["points"]).tolist() == pytest.approx([120, 20, 150, 40], abs=0.5)


def test_the_files_table_is_shown_first_and_windows_and_overlay_can_be_chosen(work: Workspace) -> None:
    page = work.page
    (steps, soft) = read_header(scan()).windows

    def expect_shades(window: Window) -> None:
        bands = range(10, COLUMNS, 20)
        expected = pytest.approx([int(shades(STEPS[0], window)[column]) for column in bands], abs=1)
        page.mouse.move(5, 5)
        for _ in range(PATIENCE):  # what is drawn is on the screen a frame later
            found = [color_of(page, column, 70.5)[0] for column in bands]
            if found == expected:
                break
        assert found == expected

    page.keyboard.press("v")
    expect_shades(steps)
    red, _, blue = color_of(page, 10, 35.5)
    assert red - blue > 100  # the overlay, over the first 20 columns of rows 30 to 39
    page.locator(".view").focus()
    page.keyboard.press("Shift+O")
    expect(page.locator("[data-at=window]")).to_have_text("STEPS")
    assert color_of(page, 10, 35.5) == (0, 0, 0)
    page.get_by_label("Layout and display").first.click()
    page.get_by_label("Window preset").select_option("SOFT")
    expect(page.locator("[data-at=window]")).to_contain_text("W 400  L 40")
    page.keyboard.press("Escape")
    expect_shades(soft)


def test_marks_follow_the_view_and_the_banner_is_hidden_until_it_is_asked_for(work: Workspace) -> None:
    page = work.page

    def letters() -> list[str]:
        return [page.locator(f"[data-at={edge}]").inner_text() for edge in ("left", "top", "right", "bottom")]

    patient = page.locator("[data-at=patient]")
    expect(patient).to_have_text("Doe Jane\nID 4711")
    expect(page.locator("[data-at=place]")).to_contain_text("Position 12.5 mm")
    assert letters() == ["R", "A", "L", "P"]
    bar = page.locator(".image-overlay .scale")
    box = page.locator(".image-overlay .scale i").bounding_box()
    view = page.locator(".view").bounding_box()
    assert box is not None and view is not None
    zoom = min((view["width"] - 2 * MARGIN) / COLUMNS, (view["height"] - 2 * MARGIN) / (ROWS * ASPECT))
    expect(bar).to_have_text("2 cm")  # a millimetre a column
    assert box["width"] == pytest.approx(20 * zoom, abs=1)
    page.locator(".view").focus()
    page.keyboard.press("t")
    expect(page.locator("[data-at=top]")).to_have_text("R")
    assert letters() == ["P", "R", "A", "L"]
    page.keyboard.press("Shift+B")
    expect(patient).to_have_text("")
    work.reload()
    expect(page.locator("[data-at=left]")).to_have_text("R")
    assert patient.inner_text() == ""
