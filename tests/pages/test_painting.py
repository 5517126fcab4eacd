"""Which object a stroke of the brush belongs to, and how the page says so."""

from __future__ import annotations

from tests.support.visitor import Visitor, labeling
from webapp.py.ui.tree import find, find_all, text_of

SAYS = "Adding to Cat 1 · New object (N)"


async def one_cat() -> Visitor:
    """A person with the brush who has painted one cat, from (10, 10) to (30, 10)."""
    page = await labeling()
    await page.press("m")
    await page.draw((10, 10), (30, 10))
    return page


def status(page: Visitor) -> str:
    return text_of(find(find(page.page, "div", class_="status"), "span", class_="grow"))


async def test_a_stroke_elsewhere_is_another_cat_and_one_that_touches_is_the_same() -> None:
    page = await one_cat()
    assert status(page) == SAYS
    await page.draw((25, 10), (40, 10))
    assert len(page.shapes) == 1
    await page.draw((70, 60), (80, 60))
    assert len(page.shapes) == 2
    assert status(page) == "Adding to Cat 2 · New object (N)"


async def test_every_stroke_adds_if_the_person_wants_that_until_another_object_is_selected() -> None:
    page = await one_cat()
    await page.click("Add to Cat 1")
    assert page.button("Add to Cat 1").attrs["aria-pressed"] == "true"
    await page.draw((70, 60), (80, 60))
    assert len(page.shapes) == 1
    await page.press("n")
    await page.draw((50, 30), (55, 30))
    assert len(page.shapes) == 2
    assert page.button("Add to Cat 2").attrs["aria-pressed"] == "false"


async def test_n_begins_a_new_object_even_where_the_stroke_touches() -> None:
    page = await one_cat()
    await page.press("n")
    assert status(page) == "Drag to paint"
    assert not find_all(page.page, class_="target")
    await page.draw((25, 10), (40, 10))
    assert len(page.shapes) == 2
    await page.click("New objectN")
    await page.draw((25, 10), (40, 10))
    assert len(page.shapes) == 3


async def test_a_stroke_elsewhere_is_one_step_to_undo() -> None:
    page = await one_cat()
    before = page.shapes
    await page.draw((70, 60), (80, 60))
    await page.press("z", ctrl=True)
    assert page.shapes == before
