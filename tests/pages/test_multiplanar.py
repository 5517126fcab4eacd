"""Three planes through a stack, the cross that joins them, and reference lines, without a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from tests.support.axial_stack import (
    COLUMNS,
    ROWS,
    SLICES,
    VALUES,
    WINDOW,
    at,
    at_an_axial_stack,
    captions,
    in_three_planes,
    stages,
    values,
)
from webapp.py.domain.model import Asset
from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import decode_into
from webapp.py.imaging.dicom_header import Window
from webapp.py.pages.ports.images import ImageFailure
from webapp.py.pages.workbench.viewports.texts import (
    NO_POSITIONS,
    NO_STACK,
    TOO_FAR_APART,
)
from webapp.py.pages.workbench.viewports.volumes import ReformatPicture
from webapp.py.ui.tree import find_all, text_of
from webapp.py.workspace.texts import REFORMATS_ARE_READ_ONLY
from webapp.py.workspace.tool import Aim, Pointer, drag


async def test_the_stack_is_seen_from_the_feet_from_the_left_and_from_the_front() -> None:
    page = await at_an_axial_stack()
    slices, sagittal, coronal = await in_three_planes(page)
    assert np.array_equal(values(sagittal), VALUES[::-1, :, COLUMNS // 2])
    assert np.array_equal(values(coronal), VALUES[::-1, ROWS // 2, :])
    assert captions(page)[1:] == ["2Sagittal, read-only", "3Coronal, read-only"]
    assert coronal.stands == "Coronal 21 of 40"
    assert coronal.appearance.window == slices.appearance.window == WINDOW
    picture = coronal.picture
    assert isinstance(picture, ReformatPicture)
    assert picture.header.aspect == 6.0  # 3 mm from slice to slice, 0.5 mm from column to column
    assert picture.header.position == (0.0, 10.0, 21.0)  # the middle of its first pixel: up, in row 20


async def test_the_wheel_goes_through_cuts_and_camera_and_page_stay() -> None:
    page = await at_an_axial_stack()
    _, sagittal, coronal = await in_three_planes(page)
    assert coronal.view is not None
    coronal.view = seen = coronal.view.zoomed(3.0)
    page.screen.frame()
    assert coronal.events.wheel_turned(3)
    assert np.array_equal(values(coronal), VALUES[::-1, ROWS // 2 + 3, :])
    assert np.array_equal(values(sagittal), VALUES[::-1, :, COLUMNS // 2])
    assert coronal.view == seen
    assert coronal.events.wheel_turned(1000)
    assert np.array_equal(values(coronal), VALUES[::-1, ROWS - 1, :])
    assert not page.screen.frame()


async def test_a_click_in_a_cut_moves_the_slices_and_the_other_cut_there() -> None:
    page = await at_an_axial_stack()
    _, sagittal, coronal = await in_three_planes(page)
    assert at(page) == "ct/0.dcm"
    await page.press("b")  # a tool that draws gives way to the crosshair
    before = len(page.workbench.session.annotations)
    for event in drag((30.2, 1.5), (31.4, 2.5)):
        coronal.gestures.handle(event, 1.0)
    # Row 2 from above of 8 slices is slice 5; the list begins with slice 7.
    assert at(page) == "ct/2.dcm"
    assert np.array_equal(values(sagittal), VALUES[::-1, :, 31])
    assert np.array_equal(values(coronal), VALUES[::-1, ROWS // 2, :])
    assert len(page.workbench.session.annotations) == before
    # The pixel that was pointed at, from all three sides.
    slice_values = page.ports.scans["ct/2.dcm"][1]
    assert slice_values is not None
    assert values(coronal)[2, 31] == values(sagittal)[2, ROWS // 2] == slice_values.values[ROWS // 2, 31]


async def test_the_crosshair_on_a_slice_moves_both_cuts() -> None:
    page = await at_an_axial_stack()
    slices, sagittal, coronal = await in_three_planes(page)
    await page.press("j")
    for event in drag((11.5, 7.5), (12.5, 6.5)):
        slices.gestures.handle(event, 1.0)
    assert np.array_equal(values(sagittal), VALUES[::-1, :, 12])
    assert np.array_equal(values(coronal), VALUES[::-1, 6, :])
    assert at(page) == "ct/0.dcm"
    # Beyond the image the cross stays at its edge.
    slices.move_camera(Aim(-5.0, 900.0))
    assert np.array_equal(values(sagittal), VALUES[::-1, :, 0])
    assert np.array_equal(values(coronal), VALUES[::-1, ROWS - 1, :])


async def test_each_view_shows_where_the_others_cross_it() -> None:
    page = await at_an_axial_stack()
    slices, sagittal, coronal = await in_three_planes(page)
    slices.events.wheel_turned(-2)
    shown = [
        {line.name: (line.start, line.end) for line in canvas.references}
        for canvas in (slices, sagittal, coronal)
    ]
    assert shown == [
        {"2": ((25.5, 0.0), (25.5, 40.0)), "3": ((0.0, 20.5), (50.0, 20.5))},
        {"1": ((0.0, 2.5), (40.0, 2.5)), "3": ((20.5, 0.0), (20.5, 8.0))},
        {"1": ((0.0, 2.5), (50.0, 2.5)), "2": ((25.5, 0.0), (25.5, 8.0))},
    ]
    assert len({line.color for canvas in (slices, sagittal, coronal) for line in canvas.references}) == 3
    assert page.workbench.display.overlay_options.references
    await page.press("r", shift=True)
    assert not slices.overlay_options.references
    assert not coronal.overlay_options.references


async def test_what_is_drawn_on_slices_is_seen_in_the_cuts() -> None:
    page = await at_an_axial_stack()
    slices, sagittal, coronal = await in_three_planes(page)
    await page.press("b")
    for event in drag((20.0, 10.0), (30.0, 25.0)):
        slices.gestures.handle(event, 1.0)
    await page.settle()
    (seen,) = coronal.gestures.session.annotations
    assert isinstance(seen.shape, Mask)
    expected = np.zeros((SLICES, COLUMNS), np.uint8)
    expected[0, 20:30] = 1  # the slice at hand is the highest one
    assert np.array_equal(decode_into(seen.shape, COLUMNS, SLICES), expected)
    assert coronal.gestures.session.selected == (seen.id,)
    coronal.events.wheel_turned(10)  # row 30 lies below the box
    assert coronal.gestures.session.annotations == ()
    sagittal.events.wheel_turned(-6)  # column 19 lies beside it
    assert sagittal.gestures.session.annotations == ()
    sagittal.events.wheel_turned(1)
    assert len(sagittal.gestures.session.annotations) == 1
    await page.press("z", ctrl=True)
    assert sagittal.gestures.session.annotations == ()


async def test_one_window_is_for_all_three() -> None:
    page = await at_an_axial_stack()
    slices, sagittal, coronal = await in_three_planes(page)
    page.workbench.display.set_window(Window(-600.0, 1500.0))
    assert coronal.appearance.window == Window(-600.0, 1500.0)
    page.workbench.display.invert()
    assert sagittal.appearance.inverted
    coronal.events.wheel_turned(1)
    assert coronal.appearance.window == Window(-600.0, 1500.0)
    assert coronal.appearance.inverted
    # And dragged in a cut.
    wide = slices.appearance.__class__(window=Window(0.0, 3000.0), initial_window=WINDOW)
    coronal.appearance = wide
    coronal.events.appearance_changed()
    assert slices.appearance.window == sagittal.appearance.window == Window(0.0, 3000.0)


async def test_a_missing_slice_leaves_its_row_empty() -> None:
    page = await at_an_axial_stack([0.0, 3.0, 9.0, 12.0])
    _, _, coronal = await in_three_planes(page)
    seen = values(coronal)
    assert seen.shape == (5, COLUMNS)
    row = ROWS // 2
    assert np.array_equal(seen[[0, 1, 3, 4]], VALUES[[4, 3, 1, 0], row, :])
    assert (seen[2] == seen[2, 0]).all()


async def test_slices_that_are_not_in_memory_are_told_and_filled_in_when_they_come() -> None:
    page = await at_an_axial_stack()
    _, _, coronal = await in_three_planes(page)
    folder = page.workbench.viewport.slices
    assert folder is not None
    folder.set_budget(5 * ROWS * COLUMNS * 2)
    page.workbench.stacks.changed(folder)
    assert captions(page)[1] == "2Sagittal, read-only · 3 slices not in memory"
    assert sum(bool((row == row[0]).all()) for row in values(coronal)) == 3
    folder.set_budget(10**9)
    await page.settle()
    assert np.array_equal(values(coronal), VALUES[::-1, ROWS // 2, :])
    assert captions(page)[1] == "2Sagittal, read-only"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"orientation": (), "position": ()}, NO_POSITIONS), ({"spacing": ()}, NO_POSITIONS)],
)
async def test_a_stack_that_cannot_be_cut_says_why(fields: dict[str, Any], reason: str) -> None:
    page = await at_an_axial_stack(**fields)
    await in_three_planes(page)
    assert text_of(page.page).count(reason) == 2


async def test_an_image_in_no_stack_says_so_and_a_stack_that_is_opened_then_is_cut() -> None:
    page = await at_an_axial_stack()
    await page.go("#/project/p1/8")
    await page.settle()
    await in_three_planes(page)
    assert at(page) == "photo.png"
    assert text_of(page.page).count(NO_STACK) == 2
    await page.go("#/project/p1/0")
    await page.settle()
    coronal = stages(page)[2]
    assert np.array_equal(values(coronal), VALUES[::-1, ROWS // 2, :])
    assert NO_STACK not in page.text


@pytest.mark.parametrize("last", [1e9, float("inf"), float("nan")])
async def test_gaps_as_large_as_the_earth_are_refused_and_not_filled(last: float) -> None:
    page = await at_an_axial_stack([0.0, 0.02, 0.04])
    header, scalars = page.ports.scans["ct/2.dcm"]
    assert header is not None
    page.ports.scans["ct/3.dcm"] = structs.replace(header, position=(0.0, 0.0, last)), scalars
    work = page.workbench
    listed = work.image_list.index.same_folder(0)[1]
    added = Asset(ordinal=3, name="ct/3.dcm", folder="ct", url="ct/3.dcm")
    assert work.viewport.slices is not None
    work.viewport.slices.extend([*listed[:3], added])
    await page.settle()
    await in_three_planes(page)
    assert (
        TOO_FAR_APART in page.text
        or NO_POSITIONS in page.text
        or page.workbench.multiplanar.volume is not None
    )
    if last == 1e9:
        assert text_of(page.page).count(TOO_FAR_APART) == 2


async def test_slices_that_slip_sideways_are_told() -> None:
    page = await at_an_axial_stack()
    for place, (header, scalars) in enumerate([page.ports.scans[f"ct/{one}.dcm"] for one in range(SLICES)]):
        assert header is not None
        x, y, z = header.position
        slipped = structs.replace(header, position=(x, y + z / 3, z))
        page.ports.scans[f"ct/{place}.dcm"] = slipped, scalars
    await page.go("#/project/p1/8")
    await page.settle()
    await page.go("#/project/p1/0")
    await page.settle()
    await in_three_planes(page)
    assert captions(page)[1:] == [
        "2Sagittal, read-only · slanted because the slices are shifted sideways",
        "3Coronal, read-only · slanted because the slices are shifted sideways",
    ]


async def test_choosing_three_planes_again_changes_nothing() -> None:
    page = await at_an_axial_stack()
    _, _, coronal = await in_three_planes(page)
    coronal.events.wheel_turned(2)
    assert stages(page) == list(await in_three_planes(page))
    assert not coronal.destroyed
    assert np.array_equal(values(coronal), VALUES[::-1, ROWS // 2 + 2, :])


async def test_rulers_measure_in_a_cut_and_nothing_is_kept() -> None:
    page = await at_an_axial_stack()
    _, _, coronal = await in_three_planes(page)
    await page.press("o")
    session = coronal.gestures.session
    assert session.tool.id == "length"
    assert (session.pixel.across, session.pixel.down, session.pixel.unit) == (0.5, 3.0, "mm")
    for event in drag((10.0, 2.0), (20.0, 2.0)):
        coronal.gestures.handle(replace(event, shift=True) if isinstance(event, Pointer) else event, 1.0)
    assert page.workbench.session.annotations == ()
    assert REFORMATS_ARE_READ_ONLY in page.text


async def test_an_image_that_is_broken_leaves_no_reformats_of_another() -> None:
    page = await at_an_axial_stack()
    _, _, coronal = await in_three_planes(page)
    page.ports.picture_problems["photo.png"] = ImageFailure("Damaged", "Copy it again.")
    await page.go("#/project/p1/8")
    await page.settle()
    assert coronal.shown is None
    assert page.workbench.multiplanar.volume is None


async def test_another_layout_ends_the_three_planes() -> None:
    page = await at_an_axial_stack()
    _, sagittal, coronal = await in_three_planes(page)
    await page.press("1", alt=True)
    assert sagittal.destroyed
    assert coronal.destroyed
    assert len(find_all(page.page, "div", class_="view")) == 1
    assert page.workbench.viewports.views == list(page.workbench.viewports.all)


async def test_the_viewport_at_hand_is_the_one_that_is_cut() -> None:
    page = await at_an_axial_stack()
    await page.click("Layout 1 × 2")
    await page.settle()
    await page.fire(find_all(page.page, "div", class_="pane")[1], "pointerdown")
    assert at(page, 1) == "photo.png"
    await page.fire(find_all(page.page, "div", class_="pane")[0], "pointerdown")
    await page.press("2", alt=True)
    await page.go("#/project/p1/3")
    await page.settle()
    slices, _, coronal = await in_three_planes(page)
    assert at(page) == "ct/3.dcm"
    assert np.array_equal(values(coronal), VALUES[::-1, ROWS // 2, :])
    assert slices.shown is not None


# --- viewports beside each other
