"""The menu at a point of the image, as a person meets it, without a browser."""

from __future__ import annotations

from tests.support.visitor import Visitor, labeling
from webapp.py.domain.shapes import Mask, Polygon
from webapp.py.geometry.masks import area
from webapp.py.ui.tree import Node, find, find_all, text_of


def buttons(page: Visitor) -> list[Node]:
    return [line for menu in find_all(page.page, "div", class_="menu") for line in find_all(menu, "button")]


def lines(page: Visitor) -> list[str]:
    return [text_of(node) for node in buttons(page)]


async def press_line(page: Visitor, title: str) -> None:
    (line,) = (node for node in buttons(page) if title in text_of(node))
    await page.fire(line, "click")


async def with_a_box() -> Visitor:
    page = await labeling()
    await page.draw((10, 10), (30, 25))
    await page.press("v")
    await page.press("Escape")
    return page


async def open_at(page: Visitor, point: tuple[float, float]) -> None:
    page.canvas.events.menu_asked(point)
    await page.settle()


async def test_the_menu_on_an_annotation_selects_it_and_offers_what_can_be_done_with_it() -> None:
    page = await with_a_box()
    await open_at(page, (10, 15))
    assert len(page.workbench.session.selected) == 1
    offered = lines(page)
    assert offered[:2] == ["Cat", "Sky"]
    assert any(line.startswith("Delete") for line in offered)
    assert "Convert to mask" in offered
    assert not any(line.startswith("Fill holes") for line in offered)  # that is for masks


async def test_the_menu_beside_every_annotation_is_about_the_image() -> None:
    page = await with_a_box()
    await open_at(page, (80, 70))
    assert [line.split("Ctrl")[0] for line in lines(page)][:3] == ["Undo", "Redo", "Select all"]


async def test_the_class_is_changed_from_the_menu_which_then_closes() -> None:
    page = await with_a_box()
    await open_at(page, (10, 15))
    await press_line(page, "Sky")
    (view,) = page.workbench.session.annotations
    assert view.class_id == "sky"
    assert lines(page) == []


async def test_a_box_becomes_a_mask_grows_by_the_set_distance_and_undo_takes_each_back() -> None:
    page = await with_a_box()
    session = page.workbench.session
    await open_at(page, (10, 15))
    await press_line(page, "Convert to mask")
    (view,) = session.annotations
    assert isinstance(view.shape, Mask)
    assert area(view.shape) == 20 * 15
    await open_at(page, (15, 15))
    await press_line(page, "Grow…")
    (distance,) = find_all(page.page, "input", type="number")
    await page.fire(distance, "change", value="1")
    await page.fire(find(page.page, "form", class_="menu-settings"), "submit")
    # The four sides gain a row of pixels each; corners lie further away than 1.
    assert area(session.annotations[0].shape) == 20 * 15 + 2 * (20 + 15)
    await page.press("z", ctrl=True)
    assert area(session.annotations[0].shape) == 20 * 15
    await page.press("z", ctrl=True)
    assert not isinstance(session.annotations[0].shape, Mask | Polygon)


async def test_the_menu_opens_from_the_keyboard_and_closes_with_escape() -> None:
    page = await with_a_box()
    await page.press("a", ctrl=True)
    await page.press("F10", shift=True)
    assert any(line.startswith("Delete") for line in lines(page))
    (menu,) = find_all(page.page, "div", role="dialog")
    await page.fire(menu, "keydown", key="Escape")
    assert lines(page) == []


async def test_the_menu_closes_when_another_image_comes() -> None:
    page = await with_a_box()
    await open_at(page, (10, 15))
    await page.go("#/project/p1/1")
    assert lines(page) == []
