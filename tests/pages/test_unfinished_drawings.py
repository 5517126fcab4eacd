"""An outline of several clicks is never thrown away, whatever a person turns to in the middle of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.support.questionnaire_page import ports as asking
from tests.support.visitor import Visitor, labeling, visit
from webapp.py.domain.shapes import Point, Polygon, Polyline
from webapp.py.ui.tree import find, find_all, text_of
from webapp.py.workspace.messages import Pointer
from webapp.py.workspace.tool import Run

TRIANGLE: list[Point] = [(10, 10), (50, 10), (50, 60)]
FINISHED = "Polygon finishedUndo"

Turn = Callable[[Visitor], Awaitable[object]]


async def drawing(*points: Point) -> Visitor:
    """A person in the middle of an outline of the class Sky."""
    page = await labeling()
    await page.press("2")
    await page.tap(*points)
    return page


def drawn(page: Visitor) -> list[Point]:
    """The line that is being drawn, with the pointer at its end; empty for none."""
    gestures = page.canvas.gestures
    run = gestures._run
    assert run is None or isinstance(run, Run)
    return next((list(one.points) for one in run.drafts if isinstance(one, Polyline)), []) if run else []


def status_of(page: Visitor, ordinal: int) -> str | None:
    return page.workbench.session.status_of(ordinal)


TURNS: dict[str, Turn] = {
    "another tool by key": lambda page: page.press("b"),
    "another tool by click": lambda page: page.click("Bounding box"),
    "another image by key": lambda page: page.press("ArrowRight"),
    "another image by its address": lambda page: page.go("#/project/p1/2"),
    "submit by key": lambda page: page.press("Enter", ctrl=True),
    "submit by click": lambda page: page.click("Submit"),
    "skip": lambda page: page.press("Enter", ctrl=True, shift=True),
    "the menu by key": lambda page: page.press("F10", shift=True),
    "another page": lambda page: page.go("#/"),
}


@pytest.mark.parametrize("turn", TURNS)
async def test_three_points_are_kept_whatever_a_person_turns_to(turn: str) -> None:
    page = await drawing(*TRIANGLE)
    await TURNS[turn](page)
    await page.go("#/project/p1/0")
    assert page.shapes == [Polygon(TRIANGLE)]


@pytest.mark.parametrize("turn", ["another tool by key", "another image by key", "the menu by key"])
async def test_the_toast_says_so_and_undoes_it_on_its_own_image(turn: str) -> None:
    page = await drawing(*TRIANGLE)
    await TURNS[turn](page)
    assert page.toast == FINISHED
    await page.fire(find(find(page.page, class_="toast"), "button"), "click")
    assert page.toast == ""
    await page.go("#/project/p1/0")
    assert page.shapes == []


@pytest.mark.parametrize("turn", ["another tool by key", "another image by key", "skip"])
async def test_two_points_are_no_annotation_and_come_back_by_undo(turn: str) -> None:
    page = await drawing(*TRIANGLE[:2])
    await TURNS[turn](page)
    assert page.toast != FINISHED
    await page.go("#/project/p1/0")
    assert page.shapes == []
    if turn == "skip":
        return  # a skipped image has nothing to undo but the skip
    await page.press("z", ctrl=True)
    await page.tap(TRIANGLE[2])
    await page.press("Enter")
    assert page.shapes == [Polygon(TRIANGLE)]


async def test_a_submit_that_is_refused_keeps_the_outline() -> None:
    page = await visit(asking(), "#/project/p1/0")
    await page.press("2")
    await page.tap(*TRIANGLE)
    await page.press("Enter", ctrl=True)
    assert status_of(page, 0) == "started"
    assert page.shapes == [Polygon(TRIANGLE)]


async def test_a_submit_includes_the_outline() -> None:
    page = await drawing(*TRIANGLE)
    await page.press("Enter", ctrl=True)
    assert status_of(page, 0) == "submitted"
    await page.go("#/project/p1/0")
    assert page.shapes == [Polygon(TRIANGLE)]


async def test_leaving_the_window_keeps_the_outline() -> None:
    page = await drawing(*TRIANGLE)
    page.app.commit()
    assert page.shapes == [Polygon(TRIANGLE)]


async def test_a_right_click_closes_an_outline_of_three_points_and_opens_no_menu() -> None:
    page = await drawing(*TRIANGLE)
    await page.right_click(80, 70)
    assert page.shapes == [Polygon(TRIANGLE)]
    assert not find_all(page.page, class_="menu")
    await page.right_click(80, 70)
    assert find_all(page.page, class_="menu")


async def test_a_right_click_takes_the_last_of_two_points_back() -> None:
    page = await drawing(*TRIANGLE[:2])
    await page.right_click(80, 70)
    assert drawn(page)[:-1] == TRIANGLE[:1]
    await page.right_click(80, 70)
    assert drawn(page) == []
    await page.press("z", ctrl=True, shift=True)
    await page.tap((20, 70), (70, 70))
    await page.press("Enter")
    assert page.shapes == [Polygon([(10, 10), (20, 70), (70, 70)])]


async def test_a_right_click_that_cannot_close_says_why_and_drawing_goes_on() -> None:
    page = await drawing((40, 40), (60, 40), (60, 60), (20, 60), (20, 20), (80, 20), (80, 70))
    await page.right_click(5, 5)
    assert page.toast.startswith("This outline crosses itself.")
    await page.press("z", ctrl=True)
    await page.press("Enter")
    assert len(page.shapes) == 1


@pytest.mark.parametrize("by_key", [True, False])
async def test_choosing_another_class_recolors_the_outline_and_drawing_goes_on(by_key: bool) -> None:
    page = await drawing(*TRIANGLE[:2])
    if by_key:
        await page.press("1")
    else:
        (cat,) = [one for one in find_all(page.page, "button", class_="class") if "Cat" in text_of(one)]
        await page.fire(cat, "click")
    assert drawn(page)[:2] == TRIANGLE[:2]
    assert page.canvas.gestures.scene(1.0, 0.4).figures[0].color == "#ff8000"
    await page.tap(TRIANGLE[2])
    await page.press("Enter")
    (view,) = page.workbench.session.annotations
    assert (view.shape, view.class_id) == (Polygon(TRIANGLE), "cat")


async def test_esc_drops_the_outline_and_undo_brings_it_back_with_its_tool() -> None:
    page = await drawing(*TRIANGLE)
    await page.press("Escape")
    assert (page.shapes, drawn(page), page.toast) == ([], [], "Drawing droppedUndo")
    await page.press("b")
    await page.press("z", ctrl=True)
    assert drawn(page)[:3] == TRIANGLE
    assert page.button("Polygon").attrs["aria-pressed"] == "true"
    await page.press("Enter")
    assert page.shapes == [Polygon(TRIANGLE)]


async def test_the_button_of_the_toast_brings_a_dropped_outline_back() -> None:
    page = await drawing(*TRIANGLE)
    await page.press("Escape")
    await page.fire(find(find(page.page, class_="toast"), "button"), "click")
    assert drawn(page)[:3] == TRIANGLE


async def test_after_another_edit_undo_is_for_that_edit() -> None:
    page = await drawing(*TRIANGLE)
    await page.press("Escape")
    await page.press("b")
    await page.draw((20, 20), (60, 50))
    await page.press("z", ctrl=True)
    assert (page.shapes, drawn(page)) == ([], [])


async def test_undo_takes_back_one_point_after_the_other_and_redo_sets_them_again() -> None:
    page = await drawing(*TRIANGLE)
    assert "disabled" not in find(page.page, "button", aria_label="Undo").attrs
    await page.press("z", ctrl=True)
    assert drawn(page)[:2] == TRIANGLE[:2]
    await page.click("Undo")
    await page.press("z", ctrl=True)
    assert drawn(page) == []
    for count in (1, 2, 3):
        await page.press("z", ctrl=True, shift=True)
        assert drawn(page)[:count] == TRIANGLE[:count]
    await page.press("Enter")
    assert page.shapes == [Polygon(TRIANGLE)]
    await page.press("z", ctrl=True)
    assert page.shapes == []


async def test_a_point_after_undo_is_the_end_of_redo() -> None:
    page = await drawing(*TRIANGLE)
    await page.press("z", ctrl=True)
    await page.tap((30, 70))
    await page.press("z", ctrl=True, shift=True)
    await page.press("Enter")
    assert page.shapes == [Polygon([(10, 10), (50, 10), (30, 70)])]


async def test_undo_takes_back_a_stroke_of_a_freehand_outline() -> None:
    page = await drawing()
    await page.press("f")
    await page.tap((10, 10), (50, 10))
    await page.draw((50, 10), (50, 30), (50, 60))
    await page.press("z", ctrl=True)
    await page.press("z", ctrl=True, shift=True)
    await page.press("Enter")
    assert page.shapes == [Polygon(TRIANGLE)]


async def test_a_gesture_with_the_button_down_is_no_outline_and_is_dropped() -> None:
    page = await labeling()
    page.canvas.gestures.handle(Pointer("press", 10, 10), 1.0)
    page.canvas.gestures.handle(Pointer("move", 50, 40), 1.0)
    await page.press("z", ctrl=True)
    assert not page.canvas.gestures.busy
    assert page.shapes == []


async def test_the_view_moves_by_keys_while_an_outline_is_drawn() -> None:
    page = await drawing(*TRIANGLE)
    await page.press("+")
    await page.press("Delete")
    assert page.canvas.zooms == ["in"]
    assert drawn(page)[:3] == TRIANGLE


async def test_the_status_line_says_what_to_do_next_and_its_tooltip_says_more() -> None:
    page = await drawing()

    def says() -> tuple[str, str]:
        line = find(find(page.page, class_="status"), "span", class_="grow")
        return text_of(line), line.attrs["title"]

    tip = page.workbench.session.tool.help
    assert says() == ("Click to add the first point", tip)
    await page.tap(*TRIANGLE[:2])
    assert says() == ("Click to add a point", tip)
    await page.tap(TRIANGLE[2])
    assert says() == ("Click to add a point · Enter closes", tip)
    await page.press("Enter")
    assert says() == ("Drag a point, or click to draw", tip)
