"""How a person changes what a medical image looks like: menu and keys, and what this machine remembers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import a_server
from tests.support.visitor import Visitor, labeling
from webapp.py.domain.model import Asset
from webapp.py.imaging.dicom_header import Header, Table, Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.ui.tree import Node, find, find_all, text_of
from webapp.py.workspace.tool import Adjust, Pointer
from webapp.py.workspace.viewport_overlay import OverlayOptions

TABLE = Window(50.0, 100.0, "BREAST", table=Table(first=0, brightest=255, shades=bytes(200)))
SOFT = Window(40.0, 400.0)
HEADER = Header(rows=80, columns=100, spacing=(0.5, 0.5), modality="CT", windows=[TABLE, SOFT])


async def at_scan(machine: Machine | None = None, unit: str = "HU") -> Visitor:
    server = a_server()
    server.assets["d1"] = [Asset(ordinal=0, name="scan.dcm", folder="", url="scan.dcm")]
    ports = FakePorts(machine, server)
    ports.scans["scan.dcm"] = HEADER, ScalarImage(np.zeros((80, 100), np.int16), TABLE, unit=unit)
    return await labeling(ports)


def options(page: Visitor) -> list[str]:
    return [text_of(node) for node in find_all(preset(page), "option")]


def preset(page: Visitor) -> Node:
    return find(page.page, "select", aria_label="Window preset")


async def test_the_files_table_is_chosen_at_first_and_its_windows_have_names() -> None:
    page = await at_scan()
    assert options(page)[1:4] == ["BREAST", "From file, 2", "Abdominal soft tissue"]
    assert preset(page).attrs["prop:value"] == "BREAST"


async def test_a_preset_replaces_the_table_and_numbers_replace_the_preset() -> None:
    page = await at_scan()
    await page.fire(preset(page), "change", value="Lung")
    assert page.canvas.appearance.window == Window(-600.0, 1500.0, "Lung")
    (middle, _) = find_all(page.page, "input", type="number")
    await page.fire(middle, "change", value="-500")
    assert page.canvas.appearance.window == Window(-500.0, 1500.0)
    assert preset(page).attrs["prop:value"] == ""
    await page.fire(preset(page), "change", value="BREAST")
    assert page.canvas.appearance.window == TABLE
    (_, width) = find_all(page.page, "input", type="number")
    await page.fire(width, "change", value="60")
    assert page.canvas.appearance.window == Window(50.0, 60.0)


async def test_a_drag_gives_up_the_table_and_the_reset_key_brings_it_back() -> None:
    page = await at_scan()
    page.canvas.set_appearance(page.canvas.appearance.adjusted(Adjust(contrast=20)))
    assert page.canvas.appearance.window is not None
    assert page.canvas.appearance.window.table is None
    await page.press("w", shift=True)
    assert page.canvas.appearance.window == TABLE


async def test_what_is_hidden_stays_hidden_on_this_machine() -> None:
    machine = Machine()
    page = await at_scan(machine)
    assert page.canvas.overlay_options.banner and page.canvas.gestures.scenes.measures
    await page.press("b", shift=True)
    await page.press("a", shift=True)
    assert not page.canvas.overlay_options.banner
    again = await at_scan(machine)
    assert (again.canvas.overlay_options.banner, again.canvas.overlay_options.overlay) == (False, True)
    assert not again.canvas.gestures.scenes.measures
    await again.press("b", shift=True)
    assert again.canvas.overlay_options.banner


def smooth_switch(page: Visitor) -> Node:
    return find(find(page.page, "label", "Smooth pixels"), "input")


async def test_scans_are_smooth_and_photos_are_not_until_a_person_switches_that() -> None:
    machine, other = Machine(), Machine()
    other.memory = machine.memory  # the settings of a browser, with other images
    page = await at_scan(machine)
    assert smooth_switch(page).attrs["prop:checked"] is True
    photos = await labeling(FakePorts(other, a_server()))
    assert smooth_switch(photos).attrs["prop:checked"] is False
    await photos.fire(smooth_switch(photos), "change")
    assert photos.canvas.overlay_options == OverlayOptions(smooth_scans=True, smooth_photos=True)
    again = await at_scan(machine)
    assert again.canvas.overlay_options == photos.canvas.overlay_options
    await again.fire(smooth_switch(again), "change")
    assert again.canvas.overlay_options == OverlayOptions(smooth_scans=False, smooth_photos=True)
    assert smooth_switch(again).attrs["prop:checked"] is False
    later = await at_scan(machine)
    assert later.canvas.overlay_options == again.canvas.overlay_options


async def test_what_an_earlier_version_hid_stays_hidden() -> None:
    machine = Machine()
    machine.memory["limner.hidden-extras"] = "banner measures"
    page = await at_scan(machine)
    assert page.canvas.overlay_options == OverlayOptions(banner=False, measures=False)


async def test_escape_takes_a_ruler_away_and_keys_work_while_it_stays() -> None:
    page = await at_scan()
    await page.press("o")
    await page.draw((10, 10), (40, 50))
    scene = page.canvas.gestures.scene(1.0, 0.4)
    assert [label.text for label in scene.labels] == ["25.0 mm"]
    assert "0 annotations" in page.text
    await page.press("b", shift=True)
    assert not page.canvas.overlay_options.banner
    await page.press("Escape")
    assert page.canvas.gestures.scene(1.0, 0.4).labels == ()


@pytest.mark.parametrize("unit", ["HU", ""])
async def test_the_growth_range_is_told_in_the_unit_of_the_values(unit: str) -> None:
    page = await at_scan(unit=unit)
    await page.press("u")
    bar = find(page.page, class_="tool-bar")
    assert [text_of(node) for node in find_all(bar, class_="unit")] == [unit, unit]


async def test_names_are_shown_on_the_image_by_a_key_and_that_is_remembered() -> None:
    machine = Machine()
    page = await labeling(FakePorts(machine))
    await page.draw((10, 10), (40, 50))
    await page.press("n")

    def names(page: Visitor) -> list[str]:
        return [figure.name for figure in page.canvas.gestures.scene(1.0, 0.4).static.figures]

    assert names(page) == [""]
    await page.press("e", shift=True)
    assert names(page) == ["Cat 1"]
    again = await labeling(FakePorts(machine))
    assert again.canvas.overlay_options.names
    assert again.canvas.overlay_options.banner


async def test_the_name_of_what_is_under_the_pointer_is_shown_while_nothing_is_drawn() -> None:
    page = await labeling()
    await page.draw((10, 10), (40, 50))
    await page.press("v")
    page.canvas.gestures.handle(Pointer("hover", 10, 30), 1.0)
    assert [tag.name for tag in page.canvas.gestures.scene(1.0, 0.4).tags] == ["Cat 1"]
    page.canvas.gestures.handle(Pointer("press", 10, 30), 1.0)
    assert page.canvas.gestures.scene(1.0, 0.4).tags == ()


async def test_the_size_of_a_box_is_shown_while_it_is_drawn_and_resized() -> None:
    page = await labeling()

    def sizes() -> list[str]:
        return [label.text for label in page.canvas.gestures.scene(1.0, 0.4).labels]

    gestures = page.canvas.gestures
    gestures.handle(Pointer("press", 10, 10), 1.0)
    gestures.handle(Pointer("move", 40, 50), 1.0)
    assert sizes() == ["30 × 40 px"]
    gestures.handle(Pointer("release", 40, 50), 1.0)
    assert sizes() == []
    gestures.handle(Pointer("press", 40, 50), 1.0)
    gestures.handle(Pointer("move", 50, 50), 1.0)
    assert sizes() == ["40 × 40 px"]


async def test_lines_through_the_pointer_are_an_option() -> None:
    page = await labeling()
    assert not page.canvas.overlay_options.guides
    await page.press("g", shift=True)
    assert page.canvas.overlay_options.guides
