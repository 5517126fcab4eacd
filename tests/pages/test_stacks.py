"""A folder of DICOM slices in the workspace: ordered by geometry, scrolled, linked, labeled as one stack."""

from __future__ import annotations

import numpy as np
from msgspec import structs

from tests.support.fake_ports import FakePorts
from tests.support.fake_server import a_server
from tests.support.visitor import Visitor, labeling
from webapp.py.domain.ids import assignment_id
from webapp.py.domain.model import Asset
from webapp.py.domain.wire import SETUP
from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.pages.ports.images import ImageFailure
from webapp.py.ui.tree import find, find_all, text_of

FLAT = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
WINDOW = Window(40.0, 400.0)


def scan(place: float, series: str, space: str = "1.2.3") -> tuple[Header, ScalarImage]:
    header = Header(
        rows=80, columns=100, series=series, position=(0.0, 0.0, place), orientation=FLAT,
        spacing=(0.5, 0.5), frame_of_reference=space, windows=[WINDOW],
    )  # fmt: skip
    return header, ScalarImage(np.full((80, 100), place, np.int16), WINDOW, unit="HU")


def edges_with(
    folders: dict[str, list[float]], *, photos: int = 0, spaces: dict[str, str] | None = None
) -> FakePorts:
    """Return edges with a dataset of slices at these places, in the order of the list, and photos behind."""
    server = a_server()
    ports = FakePorts(server=server)
    names = [
        (folder, f"{folder}/{at}.dcm") for folder, places in folders.items() for at in range(len(places))
    ]
    names += [("photos", f"photos/{at}.png") for at in range(photos)]
    server.assets["d1"] = [
        Asset(ordinal=number, name=name, folder=folder, url=name)
        for number, (folder, name) in enumerate(names)
    ]
    for folder, places in folders.items():
        for at, place in enumerate(places):
            ports.scans[f"{folder}/{at}.dcm"] = scan(place, folder, (spaces or {}).get(folder, "1.2.3"))
    return ports


async def opened(ports: FakePorts) -> Visitor:
    page = await labeling(ports)
    await page.settle()
    return page


def at(page: Visitor, viewport: int = 0) -> str:
    asset = page.workbench.viewports.all[viewport].session.asset
    return asset.name if asset is not None else ""


def count(page: Visitor) -> list[str]:
    return [text_of(node) for node in find_all(page.page, "span", class_="slice-number")]


async def test_slices_lie_in_the_order_of_their_places_not_of_their_names() -> None:
    page = await opened(edges_with({"ct": [30.0, 10.0, 20.0]}))
    assert at(page) == "ct/0.dcm"
    assert count(page) == ["3 / 3"]
    await page.press("ArrowLeft")
    assert at(page) == "ct/2.dcm"
    await page.press("ArrowLeft")
    assert at(page) == "ct/1.dcm"
    await page.press("ArrowLeft")
    assert at(page) == "ct/1.dcm"
    assert "first slice" in page.text


async def test_the_wheel_goes_through_slices_and_camera_and_window_stay() -> None:
    page = await opened(edges_with({"ct": [10.0, 20.0, 30.0]}))
    canvas = page.canvas
    assert canvas.view is not None
    canvas.view = canvas.view.zoomed(3.0)
    seen = canvas.view
    assert canvas.events.wheel_turned(1)
    assert at(page) == "ct/1.dcm"
    assert canvas.view == seen
    assert canvas.appearance.window == WINDOW


async def test_the_slider_goes_to_a_slice() -> None:
    page = await opened(edges_with({"ct": [10.0, 20.0, 30.0]}))
    slider = find(page.page, "input", aria_label="Slice")
    await page.fire(slider, "input", value="2")
    assert at(page) == "ct/2.dcm"


async def test_photos_are_no_stack_and_the_wheel_is_for_the_camera() -> None:
    page = await opened(edges_with({}, photos=3))
    assert count(page) == []
    assert not page.canvas.events.wheel_turned(1)
    await page.press("ArrowRight")
    assert at(page) == "photos/1.png"


async def test_a_missing_slice_and_a_doubled_one_are_told() -> None:
    page = await opened(edges_with({"ct": [10.0, 20.0, 30.0, 50.0, 30.0]}))
    remark = find(page.page, "span", class_="remark")
    assert "missing in 1 place" in remark.attrs["aria-label"]
    assert "1 slice has the same position as another one" in remark.attrs["aria-label"]
    assert count(page) == ["1 / 4"]


async def test_two_echoes_at_the_same_places_are_two_stacks_with_names() -> None:
    ports = edges_with({"mr": [10.0, 20.0, 10.0, 20.0]})
    for number in range(4):
        header, scalars = ports.scans[f"mr/{number}.dcm"]
        echo = {"echo_time": 5.0 if number < 2 else 9.0}
        ports.scans[f"mr/{number}.dcm"] = structs.replace(header, traits=echo), scalars
    page = await opened(ports)
    assert (count(page), page.canvas.stands) == (["1 / 2"], "Slice 1 of 2 · Echo time 5 ms")
    assert find_all(page.page, "span", class_="remark") == []
    await page.go("#/project/p1/2")
    await page.settle()
    assert (count(page), page.canvas.stands) == (["1 / 2"], "Slice 1 of 2 · Echo time 9 ms")


async def test_a_broken_slice_says_why_and_the_others_scroll_on() -> None:
    ports = edges_with({"ct": [10.0, 20.0, 30.0]})
    ports.picture_problems["ct/1.dcm"] = ImageFailure("The image is damaged", "Copy it to the server again.")
    page = await opened(ports)
    assert count(page) == ["1 / 2"]
    assert "1 file" in find(page.page, "span", class_="remark").attrs["aria-label"]
    await page.press("ArrowRight")
    assert at(page) == "ct/2.dcm"


async def test_a_slice_that_failed_is_tried_again_where_somebody_asks_for_it() -> None:
    ports = edges_with({"ct": [10.0, 20.0, 30.0]})
    ports.picture_problems["ct/1.dcm"] = ImageFailure(
        "The image server cannot be reached", "Is the network there?"
    )
    page = await opened(ports)
    await page.go("#/project/p1/1")
    await page.settle()
    assert "cannot be reached" in page.text
    ports.picture_problems.clear()
    await page.click("Try again")
    await page.settle()
    assert "cannot be reached" not in page.text
    assert count(page) == ["2 / 3"]
    assert find_all(page.page, "span", class_="remark") == []


async def test_two_series_in_a_folder_are_two_stacks() -> None:
    ports = edges_with({"ct": [10.0, 20.0, 30.0, 40.0]})
    ports.scans["ct/1.dcm"] = scan(20.0, "scout")
    ports.scans["ct/3.dcm"] = scan(40.0, "scout")
    page = await opened(ports)
    assert count(page) == ["1 / 2"]
    await page.press("ArrowRight")
    assert at(page) == "ct/2.dcm"


async def test_a_step_on_one_slice_is_undone_from_another_and_shown_there() -> None:
    page = await opened(edges_with({"ct": [10.0, 20.0, 30.0]}))
    await page.press("b")
    await page.draw((10, 10), (30, 25))
    await page.press("ArrowRight")
    await page.press("ArrowRight")
    assert at(page) == "ct/2.dcm"
    await page.press("z", ctrl=True)
    assert at(page) == "ct/0.dcm"
    assert page.workbench.session.annotations == ()


async def test_submitting_submits_all_slices_and_goes_on_behind_them() -> None:
    page = await opened(edges_with({"ct": [10.0, 20.0, 30.0]}, photos=1))
    await page.press("b")
    await page.draw((10, 10), (30, 25))
    await page.press("Enter", ctrl=True)
    assert at(page) == "photos/0.png"
    records = page.workbench.store
    kept = [records.get("assignment", assignment_id("p1", ordinal, "anna")) for ordinal in range(3)]
    assert [one["status"] for one in kept if one] == ["submitted"] * 3


async def test_linked_stacks_go_to_the_same_place_in_the_patient() -> None:
    page = await opened(edges_with({"ct": [0.0, 10.0, 20.0, 30.0], "mr": [0.0, 20.0, 40.0]}))
    await page.click("Layout 1 × 2")
    await page.settle()
    await page.press("ArrowRight")
    await page.press("ArrowRight")
    assert (at(page, 0), at(page, 1)) == ("ct/2.dcm", "mr/1.dcm")


async def test_linked_stacks_of_different_spaces_go_by_number() -> None:
    ports = edges_with(
        {"ct": [0.0, 10.0, 20.0], "mr": [500.0, 520.0, 540.0]}, spaces={"ct": "1.2", "mr": "1.3"}
    )
    page = await opened(ports)
    await page.click("Layout 1 × 2")
    await page.settle()
    await page.press("ArrowRight")
    assert (at(page, 0), at(page, 1)) == ("ct/1.dcm", "mr/1.dcm")


async def test_slices_beyond_the_memory_allowed_are_let_go_of_and_come_again() -> None:
    page = await opened(edges_with({"ct": [float(one) for one in range(12)]}))
    workbench = page.workbench
    slices = workbench.viewport.slices
    assert slices is not None
    one = 80 * 100 * 2
    slices.set_budget(5 * one)
    assert workbench.stacks.used == 5 * one
    for _ in range(11):
        await page.press("ArrowRight")
        await page.settle()
    assert at(page) == "ct/11.dcm"
    assert page.canvas.shown is not None
    assert workbench.stacks.used <= 5 * one
    await page.press("ArrowLeft")
    assert at(page) == "ct/10.dcm"


async def test_leaving_the_folder_frees_its_memory() -> None:
    ports = edges_with({"ct": [10.0, 20.0, 30.0]}, photos=1)
    page = await opened(ports)
    assert page.workbench.stacks.used == 3 * 80 * 100 * 2
    await page.go("#/project/p1/3")
    await page.settle()
    assert at(page) == "photos/0.png"
    assert page.workbench.stacks.used == 0
    assert all(one.closed for one in ports.pictures if one.header is not None)


async def test_an_answer_that_another_slice_lacks_is_shown_there() -> None:
    ports = edges_with({"ct": [10.0, 20.0, 30.0]})
    assert ports.sync_server is not None
    instruction = ports.sync_server.records[SETUP]["instruction", "i1"]
    question = {"id": "sure", "name": "Sure?", "kind": "text", "required": True}
    cat, sky = instruction["classes"]
    asking = {**instruction, "classes": [{**cat, "attributes": [question]}, sky]}
    ports.sync_server.records[SETUP]["instruction", "i1"] = asking
    page = await opened(ports)
    await page.press("End")
    assert at(page) == "ct/2.dcm"
    await page.draw((10, 10), (30, 25))
    await page.press("Home")
    assert at(page) == "ct/0.dcm"
    await page.press("Enter", ctrl=True)
    assert at(page) == "ct/2.dcm"
    assert "Not submitted. Cat 1 needs an answer to “Sure?”." in page.text
    (view,) = page.workbench.session.annotations
    assert page.workbench.session.selected == (view.id,)
