"""The drawing tools in a real browser, with a real mouse on a real photo; expectations by shapely."""

from __future__ import annotations

import math
from typing import Any

import pytest
from playwright.sync_api import expect
from shapely import LinearRing, LineString
from shapely.geometry import Polygon as Area

from tests.browser.workspace import HALF_A_PIXEL, Workspace

Place = tuple[float, float]
SQUARE: list[Place] = [(120, 120), (320, 120), (320, 320), (120, 320)]


@pytest.fixture
def solo(solo: Workspace) -> Workspace:
    """The demo project of a site on a plain static server, with the class Person chosen."""
    solo.choose("Person")
    return solo


def use(workspace: Workspace, title: str, key: str) -> None:
    """Choose a tool by its key."""
    workspace.page.keyboard.press(key)
    button = workspace.page.get_by_role("button", name=title, exact=True)
    expect(button).to_have_attribute("aria-pressed", "true")


def circle(x: float, y: float, radius: float, count: int = 40) -> list[Place]:
    return [
        (x + radius * math.cos(i / count * math.tau), y + radius * math.sin(i / count * math.tau))
        for i in range(count)
    ]


def draw_square(workspace: Workspace) -> None:
    use(workspace, "Polygon", "p")
    workspace.click(*SQUARE, SQUARE[0])
    workspace.expect_annotations(1)


def only(workspace: Workspace) -> dict[str, Any]:
    (shape,) = workspace.shapes()
    return shape


def area_of(shape: dict[str, Any]) -> Area:
    area = Area(shape["points"], shape["holes"])
    assert area.is_valid
    return area


def expect_notice(workspace: Workspace, text: str) -> None:
    expect(workspace.page.locator(".toast", has_text=text)).to_be_visible()


def test_a_polygon_refuses_an_edge_that_crosses_it_and_is_edited_by_its_vertices(solo: Workspace) -> None:
    page = solo.page
    use(solo, "Polygon", "p")
    solo.click((120, 120), (320, 320), (320, 120), (120, 320))
    expect_notice(solo, "would cross the outline")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    solo.click((320, 120), (320, 320), (120, 320))
    page.keyboard.press("Enter")
    solo.expect_annotations(1)
    for point, corner in zip(only(solo)["points"], SQUARE, strict=True):
        assert point == pytest.approx(corner, abs=HALF_A_PIXEL)
    page.keyboard.down("Control")
    solo.click((220, 120))
    page.keyboard.up("Control")
    solo.drag((220, 120), (220, 60))
    points = only(solo)["points"]
    assert len(points) == 5
    assert points[1] == pytest.approx((220, 60), abs=2 * HALF_A_PIXEL)
    page.keyboard.down("Control")
    solo.click((220, 60))
    page.keyboard.up("Control")
    assert len(only(solo)["points"]) == 4
    solo.drag((220, 220), (250, 240))
    assert only(solo)["points"][0] == pytest.approx((150, 140), abs=2 * HALF_A_PIXEL)


def test_a_hole_is_cut_with_alt_and_one_that_leaves_the_polygon_is_refused(solo: Workspace) -> None:
    page = solo.page
    draw_square(solo)
    page.keyboard.down("Alt")
    solo.click((180, 180))
    page.keyboard.up("Alt")
    solo.click((260, 180), (400, 260))
    page.keyboard.press("Enter")
    expect_notice(solo, "A hole must be inside")
    page.keyboard.press("Backspace")
    solo.click((260, 260), (180, 180))
    expected = Area(SQUARE, [[(180, 180), (260, 180), (260, 260)]])
    assert area_of(only(solo)).symmetric_difference(expected).area < 0.02 * expected.area


def test_an_outline_drawn_by_hand_looks_as_it_was_drawn_with_few_points(solo: Workspace) -> None:
    use(solo, "Freehand", "f")
    outline = circle(250, 250, 120)
    solo.drag(*outline)
    solo.expect_annotations(1)
    shape = only(solo)
    assert len(shape["points"]) < 4 * len(outline)
    assert LinearRing(shape["points"]).hausdorff_distance(LinearRing(outline)) < 2 * HALF_A_PIXEL


def test_an_outline_that_crosses_itself_keeps_its_largest_loop(solo: Workspace) -> None:
    use(solo, "Freehand", "f")
    solo.drag((100, 200), (400, 400), (400, 100), (100, 300))
    solo.expect_annotations(1)
    expect_notice(solo, "its largest loop was kept")
    assert area_of(only(solo)).area == pytest.approx(300 * 225 / 2, rel=0.02)


def test_the_sculptor_pushes_out_from_inside_and_in_from_outside(solo: Workspace) -> None:
    draw_square(solo)
    use(solo, "Sculptor", "c")
    solo.drag((290, 220), (330, 220))
    pushed = area_of(only(solo))
    out = Area(SQUARE).union(LineString([(290, 220), (330, 220)]).buffer(30))
    assert pushed.symmetric_difference(out).area < 0.01 * out.area
    solo.drag((220, 85), (220, 140))
    back = area_of(only(solo))
    both = out.difference(LineString([(220, 85), (220, 140)]).buffer(35))
    assert back.symmetric_difference(both).area < 0.02 * both.area
    solo.page.keyboard.press("Control+z")
    assert area_of(only(solo)).symmetric_difference(pushed).area < 1


def test_a_line_is_clicked_or_drawn(solo: Workspace) -> None:
    use(solo, "Line", "l")
    corners: list[Place] = [(100, 100), (300, 140), (200, 300)]
    solo.click(*corners)
    solo.page.keyboard.press("Enter")
    solo.expect_annotations(1)
    shape = only(solo)
    assert shape["kind"] == "polyline"
    for point, corner in zip(shape["points"], corners, strict=True):
        assert point == pytest.approx(corner, abs=HALF_A_PIXEL)
    wave = [(100 + 4 * i, 400 + 30 * math.sin(i / 8)) for i in range(70)]
    solo.drag(*wave)
    solo.expect_annotations(2)
    drawn = LineString(solo.shapes()[1]["points"])
    assert drawn.hausdorff_distance(LineString(wave)) < 2 * HALF_A_PIXEL


def test_points_are_clicked_added_and_dragged(solo: Workspace) -> None:
    page = solo.page
    use(solo, "Points", "k")
    solo.click((100, 100), (200, 150))
    solo.expect_annotations(2)
    page.keyboard.down("Shift")
    solo.click((300, 300))
    page.keyboard.up("Shift")
    solo.drag((100, 100), (120, 180))
    first, second = solo.shapes()
    assert first["points"][0] == pytest.approx((120, 180), abs=2 * HALF_A_PIXEL)
    assert [tuple(point) for point in second["points"]] == [
        pytest.approx((200, 150), abs=HALF_A_PIXEL),
        pytest.approx((300, 300), abs=HALF_A_PIXEL),
    ]


def test_a_box_is_resized_by_each_of_its_eight_handles(solo: Workspace) -> None:
    use(solo, "Bounding box", "b")
    solo.drag((200, 200), (300, 300))
    solo.expect_annotations(1)
    sides = [200.0, 200.0, 300.0, 300.0]  # left, top, right, bottom
    for right, down in ((-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0)):
        x = sides[0] if right < 0 else sides[2] if right > 0 else (sides[0] + sides[2]) / 2
        y = sides[1] if down < 0 else sides[3] if down > 0 else (sides[1] + sides[3]) / 2
        solo.drag((x, y), (x + 15 * right, y + 15 * down))
        sides[0 if right < 0 else 2] += 15 * right
        sides[1 if down < 0 else 3] += 15 * down
    shape = only(solo)
    found = (shape["x"], shape["y"], shape["x"] + shape["width"], shape["y"] + shape["height"])
    assert found == pytest.approx(sides, abs=4 * HALF_A_PIXEL)


def test_select_bands_nudges_duplicates_and_deletes(solo: Workspace) -> None:
    page = solo.page
    solo.draw_box(100, 100, 150, 150)
    solo.draw_box(200, 100, 250, 150)
    before = solo.shapes()
    use(solo, "Select", "v")
    solo.drag((60, 60), (300, 200))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    after = solo.shapes()
    for old, new in zip(before, after, strict=True):
        assert (new["x"], new["y"]) == pytest.approx((old["x"] + 1, old["y"] + 10))
    page.keyboard.press("Control+d")
    solo.expect_annotations(4)
    page.keyboard.press("Delete")
    solo.expect_annotations(2)
    solo.click((400, 400))
    page.keyboard.press("ArrowRight")  # nothing is selected: the next image
    solo.expect_annotations(0)


def test_a_stroke_that_leaves_the_window_goes_on_at_the_edge_of_the_image(solo: Workspace) -> None:
    use(solo, "Freehand", "f")
    mouse = solo.page.mouse
    mouse.move(*solo.at(400, 300))
    mouse.down()
    mouse.move(2000, solo.at(400, 300)[1], steps=5)
    mouse.move(2000, 1500, steps=5)
    mouse.move(solo.at(400, 300)[0], 1500, steps=5)
    mouse.up()
    solo.expect_annotations(1)
    width, height = solo.size()
    expected = Area([(400, 300), (width, 300), (width, height), (400, height)])
    assert area_of(only(solo)).symmetric_difference(expected).area < 0.02 * expected.area
