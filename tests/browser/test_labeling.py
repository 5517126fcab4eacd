"""Labeling in a real browser without a server: each tool on a real photo, saved, reloaded, carried on."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.pages import Console, with_offline_copy
from tests.browser.workspace import HALF_A_PIXEL, Workspace


def test_a_box_lies_where_it_was_drawn(solo: Workspace) -> None:
    solo.draw_box(100, 120, 300, 260)
    solo.expect_annotations(1)
    (shape,) = solo.shapes()
    assert shape["kind"] == "box"
    drawn = (shape["x"], shape["y"], shape["width"], shape["height"])
    assert drawn == pytest.approx((100, 120, 200, 140), abs=HALF_A_PIXEL)


def test_a_polygon_closes_at_its_first_point(solo: Workspace) -> None:
    corners = [(100, 100), (300, 120), (280, 330), (90, 300)]
    solo.choose("Person")
    solo.click(*corners, corners[0])
    solo.expect_annotations(1)
    (shape,) = solo.shapes()
    assert shape["kind"] == "polygon"
    assert len(shape["points"]) == 4
    for point, corner in zip(shape["points"], corners, strict=True):
        assert point == pytest.approx(corner, abs=HALF_A_PIXEL)


def test_the_buttons_of_the_top_bar_stay_in_their_places_while_work_is_saved(solo: Workspace) -> None:
    page = solo.page
    page.evaluate(
        """() => {
            window.places = new Set();
            window.said = new Set();
            const look = () => {
                window.said.add(document.querySelector(".save-state").innerText);
                const buttons = [...document.querySelectorAll("header button:not(.save-state)")];
                window.places.add(buttons.map((one) => Math.round(one.getBoundingClientRect().x)).join());
                requestAnimationFrame(look);
            };
            look();
        }"""
    )
    solo.draw_box(100, 120, 300, 260)
    page.wait_for_function("() => window.said.has('Saving…')")
    solo.expect_saved("Saved on this computer")
    assert page.evaluate("window.places.size") == 1


def test_a_brush_stroke_covers_its_capsule_and_the_eraser_takes_it_away(solo: Workspace) -> None:
    solo.choose("Animal")
    solo.page.get_by_label("Radius").fill("20")
    solo.drag((150, 250), (350, 250))
    solo.expect_annotations(1)
    (shape,) = solo.shapes()
    on = sum(shape["runs"][1::2])
    assert shape["kind"] == "mask"
    # A capsule of radius 20 and length 200.
    assert on == pytest.approx(2 * 20 * 200 + math.pi * 20**2, rel=0.02)
    assert (shape["x"], shape["y"]) == pytest.approx((130, 230), abs=2)
    solo.page.keyboard.press("e")
    solo.page.get_by_label("Radius").fill("40")
    solo.drag((120, 250), (380, 250))
    solo.expect_annotations(0)
    solo.page.keyboard.press("Control+z")
    solo.expect_annotations(1)
    assert sum(solo.shapes()[0]["runs"][1::2]) == on


def test_select_moves_a_box_and_undo_brings_it_back(solo: Workspace) -> None:
    solo.draw_box(100, 120, 300, 260)
    solo.expect_annotations(1)
    solo.page.keyboard.press("v")
    solo.drag((200, 190), (250, 240))
    (moved,) = solo.shapes()
    assert (moved["x"], moved["y"]) == pytest.approx((150, 170), abs=2 * HALF_A_PIXEL)
    assert (moved["width"], moved["height"]) == pytest.approx((200, 140), abs=HALF_A_PIXEL)
    solo.page.keyboard.press("Control+z")
    (back,) = solo.shapes()
    assert (back["x"], back["y"]) == pytest.approx((100, 120), abs=HALF_A_PIXEL)


def test_labels_are_there_after_a_reload(solo: Workspace) -> None:
    solo.draw_box(100, 120, 300, 260)
    solo.draw_box(320, 60, 400, 200)
    solo.expect_annotations(2)
    solo.expect_saved("Saved on this computer")
    solo.reload().expect_annotations(2)
    expect(solo.page.locator(".asset[aria-current=true]")).to_contain_text("In progress")


def test_an_image_turned_by_its_camera_is_labeled_as_it_is_shown(solo: Workspace) -> None:
    page, workspace = solo.page, solo
    page.get_by_title("cat-held-sideways.jpg").click()
    expect(page.get_by_role("application", name="cat-held-sideways.jpg")).to_be_visible()
    workspace.wait()
    turned = workspace.size()
    page.get_by_title("cat.jpg", exact=True).click()
    expect(page.get_by_role("application", name="Image cat.jpg")).to_be_visible()
    workspace.wait()
    # The same photo, stored lying on its side with an EXIF orientation of 6.
    assert workspace.size() == turned


def test_keys_go_through_the_images_and_choose_classes_and_tools(solo: Workspace) -> None:
    page = solo.page
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("application", name="photographer.png")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("application", name="astronaut.jpg")).to_be_visible()
    solo.wait()
    page.keyboard.press("2")
    expect(page.locator(".class[aria-pressed=true]")).to_contain_text("Animal")
    expect(page.get_by_role("button", name="Brush", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Bounding box")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Submit and go to the next image")


def test_the_wheel_zooms_to_the_pointer_and_nothing_drawn_moves_on_the_image(solo: Workspace) -> None:
    point = solo.at(200.4, 200.4)  # well inside of a pixel
    solo.choose("Object")
    solo.page.mouse.move(*point)
    status = solo.page.locator(".status .pixel")
    expect(status).to_contain_text("x 200  y 200")
    for _ in range(3):
        solo.page.mouse.wheel(0, -200)
    solo.page.mouse.move(point[0] + 1, point[1])
    solo.page.mouse.move(*point)
    expect(status).to_contain_text("x 200  y 200")
    solo.page.mouse.down()
    solo.page.mouse.move(point[0] + 60, point[1] + 40, steps=3)
    solo.page.mouse.up()
    (shape,) = solo.shapes()
    assert (shape["x"], shape["y"]) == pytest.approx((200, 200), abs=HALF_A_PIXEL)


def test_a_mouse_let_go_where_nobody_heard_of_it_ends_the_stroke_and_keeps_it(
    solo: Workspace,
) -> None:
    page, workspace = solo.page, solo
    workspace.choose("Object")
    page.mouse.move(*workspace.at(100, 120))
    page.mouse.down()
    page.mouse.move(*workspace.at(300, 260))
    page.evaluate(
        """([x, y]) => document.querySelector(".view").dispatchEvent(new PointerEvent("pointermove", {
            pointerId: 1, pointerType: "mouse", clientX: x, clientY: y, buttons: 0, bubbles: true,
        }))""",
        list(workspace.at(300, 260)),
    )
    workspace.expect_annotations(1)
    page.mouse.up()
    workspace.draw_box(20, 20, 60, 60)


def test_a_drag_goes_on_outside_of_the_window_and_ends_there(solo: Workspace) -> None:
    page, workspace = solo.page, solo
    workspace.choose("Object")
    page.mouse.move(*workspace.at(100, 120))
    page.mouse.down()
    page.mouse.move(*workspace.at(300, 260))
    page.mouse.move(-50, -60)
    page.mouse.up()
    workspace.expect_annotations(1)
    (shape,) = workspace.shapes()
    drawn = (shape["x"], shape["y"], shape["x"] + shape["width"], shape["y"] + shape["height"])
    assert drawn == pytest.approx((0, 0, 100, 120), abs=HALF_A_PIXEL)


def test_a_project_is_exported_and_imported_by_another_browser(
    solo: Workspace, start: Callable[..., Page], static_site: str, tmp_path: Path
) -> None:
    solo.draw_box(100, 120, 300, 260)
    solo.choose("Person")
    solo.click((10, 10), (60, 20), (40, 80), (10, 10))
    solo.expect_annotations(2)
    before = solo.export()
    path = tmp_path / "project.json"
    path.write_text(json.dumps(before))
    other = start(static_site)
    with other.expect_file_chooser() as chooser:
        other.get_by_role("button", name="Import…").click()
    chooser.value.set_files(path)
    expect(other.locator(".toast")).to_be_visible()
    workspace = Workspace(other).open(static_site)
    workspace.expect_annotations(2)
    after = workspace.export()
    assert after["records"] == before["records"]


def test_masks_come_as_one_indexed_picture_for_each_labeled_image(solo: Workspace, tmp_path: Path) -> None:
    solo.draw_box(100, 120, 300, 260)
    solo.expect_annotations(1)
    solo.page.get_by_role("button", name="Export", exact=True).click()
    with solo.page.expect_download() as download:
        solo.page.get_by_role("button", name="Download masks").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".png")]
        picture = Image.open(io.BytesIO(archive.read(name)))
    assert picture.mode == "P"
    assert picture.size == (512, 512)
    values = np.asarray(picture)
    # Object is the third class of the instruction.
    assert set(np.unique(values)) == {0, 3}
    assert np.count_nonzero(values) == pytest.approx(200 * 140, rel=0.02)
    assert values[190, 200] == 3


@with_offline_copy
def test_nothing_goes_wrong_on_the_way(page: Page, console: Console, static_site: str) -> None:
    workspace = Workspace(page).open(static_site)
    workspace.draw_box(100, 120, 300, 260)
    workspace.expect_saved("Saved on this computer")
    # A static host has no api/session: that 404 is how the page knows.
    assert [line for line in console.problems() if "404" not in line] == []


def test_an_image_that_is_missing_says_so_and_the_next_one_works(
    start: Callable[..., Page], static_site: str
) -> None:
    def prepare(page: Page) -> None:
        page.route("**/people/astronaut.jpg", lambda route: route.fulfill(status=404))

    page = start(static_site, "#/project/demo-project/0", prepare=prepare)
    expect(page.get_by_role("alert")).to_contain_text("There is no image at this address")
    page.get_by_role("button", name="Next image").first.click()
    Workspace(page).wait().draw_box(50, 50, 100, 100)
    Workspace(page).expect_annotations(1)


def test_over_plain_http_labels_are_kept_and_the_page_says_what_is_missing(
    page: Page, static_site: str
) -> None:
    # A name that is not this machine for the browser: no secure context, so no service worker and no locks.
    intranet = static_site.replace("localhost", "intranet.limner.test")
    workspace = Workspace(page).open(intranet)
    assert page.evaluate("window.isSecureContext") is False
    missing = page.get_by_role("status").filter(has_text="plain http")
    expect(missing).to_contain_text("--tls-cert")
    workspace.draw_box(100, 120, 300, 260)
    workspace.expect_saved("Saved on this computer")
    workspace.reload().expect_annotations(1)
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Bounding box")).to_have_attribute("aria-pressed", "true")
