"""One object over slices in the workspace: interpolated, suggested, accepted or not; joined; continued."""

from __future__ import annotations

from typing import Any

from tests.pages.test_stacks import at, edges_with, opened
from tests.support.visitor import Visitor
from webapp.py.domain.shapes import Box, Mask
from webapp.py.geometry.masks import decode
from webapp.py.ui.tree import find_all, text_of
from webapp.py.workspace.tool import AnnotationView


async def five_slices() -> Visitor:
    page = await opened(edges_with({"ct": [0.0, 10.0, 20.0, 30.0, 40.0]}))
    await page.press("b")
    return page


async def scroll(page: Visitor, steps: int) -> None:
    for _ in range(abs(steps)):
        await page.press("ArrowRight" if steps > 0 else "ArrowLeft")


async def box_on(page: Visitor, index: int, x: float, y: float, width: float, height: float) -> None:
    here = int(at(page).removeprefix("ct/").removesuffix(".dcm"))
    await scroll(page, index - here)
    await page.press("Escape")
    await page.draw((x, y), (x + width, y + height))


def labeled(page: Visitor) -> dict[int, list[AnnotationView]]:
    stack = page.workbench.session.stack
    assert stack is not None
    found = {place: list(stack.annotations(place)) for place in range(len(stack.slices))}
    return {place: views for place, views in found.items() if views}


def selected(page: Visitor) -> list[str]:
    return list(page.workbench.session.selected)


def bar(page: Visitor) -> str:
    return "".join(text_of(node) for node in find_all(page.page, "div", class_="suggestion-bar"))


def suggested(page: Visitor) -> list[Any]:
    figures = page.canvas.gestures.scene(1.0, 0.42).figures
    return [figure.bounds for figure in figures if figure.emphasis == "suggested"]


async def test_two_boxes_on_two_slices_become_one_object_on_all_of_them_once_accepted() -> None:
    page = await five_slices()
    await box_on(page, 0, 10, 10, 20, 10)
    await box_on(page, 4, 10, 10, 20, 10)
    await page.press("i", shift=True)
    assert "3 slices interpolated, as one object" in bar(page)
    assert labeled(page).keys() == {0, 4}
    assert suggested(page) == []
    await scroll(page, -2)
    assert suggested(page) == [(10, 10, 30, 20)]
    await page.press("Enter")
    assert bar(page) == ""
    assert suggested(page) == []
    found = labeled(page)
    assert {place: [view.shape for view in views] for place, views in found.items()} == {
        0: [Box(10, 10, 20, 10)],
        **{place: [Mask(x=10, y=10, width=20, height=10, runs=[0, 200])] for place in (1, 2, 3)},
        4: [Box(10, 10, 20, 10)],
    }
    assert len({view.object_id for (view,) in found.values()}) == 1
    await page.press("z", ctrl=True)
    found = labeled(page)
    assert found.keys() == {0, 4}
    assert len({view.object_id for (view,) in found.values()}) == 2


async def test_escape_discards_what_is_suggested_and_the_selection_stays() -> None:
    page = await five_slices()
    await box_on(page, 0, 10, 10, 20, 10)
    await box_on(page, 4, 10, 10, 20, 10)
    before = page.workbench.session.selected
    await page.press("i", shift=True)
    await page.press("Escape")
    assert bar(page) == ""
    assert labeled(page).keys() == {0, 4}
    assert len({view.object_id for (view,) in labeled(page).values()}) == 2
    assert page.workbench.session.selected == before
    assert not await page.press("Enter")


async def test_the_shape_follows_the_places_of_the_slices_in_the_patient() -> None:
    page = await opened(edges_with({"ct": [0.0, 10.0, 40.0]}))
    await page.press("b")
    await box_on(page, 0, 45, 35, 10, 10)
    await box_on(page, 2, 35, 25, 30, 30)
    await page.press("i", shift=True)
    await page.press("Enter")
    (between,) = labeled(page)[1]
    assert isinstance(between.shape, Mask)
    # A quarter of the way from 5 pixels to each side to 15 are 7.5, and no center on the edge is inside.
    assert decode(between.shape)[between.shape.height // 2].sum() == 14


async def test_a_slice_on_which_the_object_is_labeled_already_is_left_alone() -> None:
    page = await five_slices()
    await box_on(page, 0, 10, 10, 20, 10)
    await box_on(page, 2, 10, 10, 4, 4)
    await page.press("j", shift=True)
    await box_on(page, 4, 10, 10, 20, 10)
    await page.press("i", shift=True)
    assert bar(page).startswith("2 slices interpolated")
    await page.press("Enter")
    assert [view.shape for view in labeled(page)[2]] == [Box(10, 10, 4, 4)]
    assert labeled(page).keys() == {0, 1, 2, 3, 4}


async def test_a_slice_labeled_while_something_is_suggested_is_left_alone_too() -> None:
    page = await five_slices()
    await box_on(page, 0, 10, 10, 20, 10)
    await page.press("c", ctrl=True)
    await scroll(page, 4)
    await page.press("v", ctrl=True)
    await page.press("i", shift=True)
    await scroll(page, -2)
    await page.press("v", ctrl=True)
    await page.press("Enter")
    assert [view.shape for view in labeled(page)[2]] == [Box(10, 10, 20, 10)]
    assert len({view.object_id for views in labeled(page).values() for view in views}) == 1


async def test_what_is_joined_is_the_object_that_overlaps_most_on_the_nearest_slice() -> None:
    page = await five_slices()
    await box_on(page, 0, 10, 10, 20, 10)
    await box_on(page, 1, 10, 10, 5, 10)
    await box_on(page, 1, 16, 10, 14, 10)
    await box_on(page, 2, 10, 10, 20, 10)
    await page.press("j", shift=True)
    (mine,) = labeled(page)[2]
    small, large = labeled(page)[1]
    assert mine.object_id == large.object_id != small.object_id
    assert "now one object" in page.text
    await page.press("z", ctrl=True)
    assert labeled(page)[2][0].object_id != large.object_id


async def test_an_object_of_one_slice_that_overlaps_no_other_says_what_to_do() -> None:
    page = await five_slices()
    await box_on(page, 0, 10, 10, 20, 10)
    await box_on(page, 4, 60, 60, 20, 10)
    await page.press("i", shift=True)
    assert "Label it on another slice first" in page.text
    await page.press("j", shift=True)
    assert "No other slice has an overlapping object" in page.text


async def test_a_copy_on_another_slice_goes_on_with_the_object_and_a_second_one_is_another() -> None:
    page = await five_slices()
    await box_on(page, 0, 10, 10, 20, 10)
    await page.press("c", ctrl=True)
    await scroll(page, 1)
    await page.press("v", ctrl=True)
    await page.press("v", ctrl=True)
    first, second = labeled(page)[1]
    assert first.object_id == labeled(page)[0][0].object_id != second.object_id


async def test_the_selection_follows_the_object_from_slice_to_slice_until_it_is_given_up() -> None:
    page = await five_slices()
    await box_on(page, 0, 10, 10, 20, 10)
    await page.press("c", ctrl=True)
    await scroll(page, 2)
    await page.press("v", ctrl=True)
    await scroll(page, -1)
    assert selected(page) == []
    await scroll(page, -1)
    assert selected(page) == [labeled(page)[0][0].id]
    await page.press("Escape")
    await scroll(page, 2)
    assert selected(page) == []


async def test_an_object_is_deleted_on_all_slices_in_one_step_and_the_others_stay() -> None:
    page = await five_slices()
    await box_on(page, 0, 10, 10, 20, 10)
    await box_on(page, 0, 60, 10, 20, 10)
    await box_on(page, 3, 10, 10, 20, 10)
    await page.press("j", shift=True)
    page.workbench.menu.open_at_selection()
    assert "Interpolate between slices" in page.text
    (line,) = [node for node in find_all(page.page, "button") if "Delete on all slices" in text_of(node)]
    await page.fire(line, "click")
    assert {place: [view.shape for view in views] for place, views in labeled(page).items()} == {
        0: [Box(60, 10, 20, 10)]
    }
    await page.press("z", ctrl=True)
    assert labeled(page).keys() == {0, 3}
