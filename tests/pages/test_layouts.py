"""Several images side by side: which they are, which one is meant, and how they move together."""

from __future__ import annotations

import pytest

from tests.support.fake_ports import FakePorts
from tests.support.fake_server import a_server
from tests.support.fake_viewport_canvas import FakeViewportCanvas
from tests.support.visitor import Visitor, labeling
from webapp.py.domain.model import Asset
from webapp.py.ui.tree import Node, find_all, text_of
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.linking import followed


async def at_three_folders() -> Visitor:
    server = a_server()
    names = ["a/1.png", "a/2.png", "b/1.png", "b/2.png", "b/3.png", "c/1.png"]
    server.assets["d1"] = [
        Asset(ordinal=number, name=name, folder=name[0], url=name) for number, name in enumerate(names)
    ]
    return await labeling(FakePorts(server=server))


def shown(page: Visitor) -> list[str]:
    return [
        viewport.session.asset.name for viewport in page.workbench.viewports.all if viewport.session.asset
    ]


def camera(canvas: FakeViewportCanvas) -> tuple[float, float, float]:
    assert canvas.view
    return canvas.view.zoom, canvas.view.x, canvas.view.y


def link_switch(page: Visitor) -> Node:
    """The first switch of the menu, which links the viewports."""
    return find_all(page.page, "input", type="checkbox")[0]


def captions(page: Visitor) -> list[str]:
    return [text_of(node) for node in find_all(page.page, "div", class_="caption")]


async def test_a_layout_of_four_goes_on_with_the_next_images_of_the_list() -> None:
    page = await at_three_folders()
    assert captions(page) == []
    await page.click("Layout 2 × 2")
    assert captions(page) == shown(page) == ["a/1.png", "a/2.png", "b/1.png", "b/2.png"]
    assert len(find_all(page.page, "div", class_="view")) == 4


async def test_after_the_last_image_of_the_list_a_layout_of_four_goes_on_with_the_first() -> None:
    page = await at_three_folders()
    await page.go("#/project/p1/4")
    await page.click("Layout 2 × 2")
    assert shown(page) == ["b/3.png", "c/1.png", "a/1.png", "a/2.png"]


async def test_the_viewport_that_is_pressed_is_the_one_that_is_labeled() -> None:
    page = await at_three_folders()
    await page.click("Layout 1 × 2")
    left, right = find_all(page.page, "div", class_="pane")
    await page.fire(right, "pointerdown")
    assert page.ports.fragment.endswith("/1")
    await page.draw((10, 10), (30, 25))
    assert "1 annotation" in page.text
    await page.fire(left, "pointerdown")
    assert "0 annotations" in page.text


async def test_linked_viewports_go_on_together_and_unlinked_ones_do_not() -> None:
    page = await at_three_folders()
    await page.click("Layout 1 × 2")
    await page.press("ArrowRight")
    assert shown(page) == ["a/2.png", "b/1.png"]
    await page.fire(link_switch(page), "change")
    await page.press("ArrowLeft")
    assert shown(page) == ["a/1.png", "b/1.png"]


async def test_class_and_tool_hold_for_all_viewports_and_undo_for_the_image_at_hand() -> None:
    page = await at_three_folders()
    await page.click("Layout 1 × 2")
    left, right = find_all(page.page, "div", class_="pane")
    await page.press("b")
    await page.fire(right, "pointerdown")
    await page.draw((10, 10), (30, 25))
    await page.fire(left, "pointerdown")
    await page.press("z", ctrl=True)
    assert "nothing to undo" in page.text
    await page.fire(right, "pointerdown")
    await page.press("z", ctrl=True)
    assert "0 annotations" in page.text


async def test_a_smaller_layout_closes_the_viewports_that_go() -> None:
    page = await at_three_folders()
    await page.click("Layout 2 × 2")
    await page.click("Layout 1 × 1")
    assert shown(page) == ["a/1.png"]
    assert [canvas.destroyed for canvas in page.ports.stages] == [False, True, True, True]
    assert [picture.closed for picture in page.ports.pictures].count(False) == 1


async def test_linked_viewports_look_at_the_same_part_and_unlinked_ones_do_not() -> None:
    page = await at_three_folders()
    await page.click("Layout 1 × 2")
    left, right = page.ports.stages
    assert left.view and right.view
    left.events.camera_moved(left.view.zoomed(2.0).panned(-10, 5))
    seen = right.view
    assert seen.zoom == pytest.approx(2.0)
    await page.fire(link_switch(page), "change")
    left.events.camera_moved(left.view.zoomed(3.0))
    assert right.view == seen


async def test_a_viewport_that_comes_or_is_linked_again_looks_where_the_active_one_looks() -> None:
    page = await at_three_folders()
    (first,) = page.ports.stages
    assert first.view
    first.view = first.view.zoomed(2.0).panned(-10, 5)
    await page.click("Layout 1 × 2")
    second = page.ports.stages[1]
    assert camera(second) == pytest.approx(camera(first))
    linked = link_switch(page)
    await page.fire(linked, "change")
    first.view = first.view.zoomed(1.5)
    assert camera(second) != pytest.approx(camera(first))
    await page.fire(linked, "change")
    assert camera(second) == pytest.approx(camera(first))


async def test_turning_mirroring_and_light_are_those_of_the_active_viewport() -> None:
    page = await at_three_folders()
    await page.click("Layout 1 × 2")
    await page.click("Rotate right")
    await page.click("Flip vertically")
    bright, steep = (
        node for node in find_all(page.page, "input", type="range") if float(node.attrs["min"]) == -100
    )
    await page.fire(bright, "input", value="20")
    await page.fire(steep, "input", value="-5")
    left, right = page.ports.stages
    assert (left.turns, left.flips, left.appearance.brightness_contrast.brightness) == (1, ["vertical"], 20)
    assert (right.turns, right.flips, right.appearance.brightness_contrast.brightness) == (0, [], 0)
    await page.click("Reset")
    assert (left.appearance.brightness_contrast.brightness, left.appearance.brightness_contrast.contrast) == (
        0,
        0,
    )


def test_linked_cameras_look_at_the_same_part_as_closely_whatever_the_sizes() -> None:
    leader = Camera(500, 400, 1000, 800).fitted().zoomed(3.0).panned(-40, 25)
    follower = followed(leader, Camera(300, 400, 60, 90))
    assert follower.zoom / follower.fit_zoom == pytest.approx(leader.zoom / leader.fit_zoom)
    assert follower.x / 60 == pytest.approx(leader.x / 1000)
    assert follower.y / 90 == pytest.approx(leader.y / 800)
