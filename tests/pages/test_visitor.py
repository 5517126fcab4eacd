"""The visitor of the pages' tests sees what a person would see: what was drawn, and nothing else."""

from __future__ import annotations

import pytest

from tests.support.visitor import labeling
from webapp.py.ui.tree import find, h


async def test_what_is_observed_is_drawn_and_what_is_not_is_not_seen() -> None:
    page = await labeling()
    page.app.state.problem = "The lamp is out"
    assert "The lamp is out" in page.text
    page.workbench.project.name = "Renamed behind the page"
    await page.settle()
    assert "Renamed behind the page" not in page.text


async def test_an_element_that_has_left_the_page_cannot_be_clicked() -> None:
    page = await labeling()
    button = page.button("Submit")
    await page.go("#/")
    with pytest.raises(LookupError, match="no longer on the page"):
        await page.fire(button, "click")


async def test_only_what_is_on_the_page_can_be_reached() -> None:
    page = await labeling()
    with pytest.raises(AssertionError, match="on the page"):
        await page.fire(h("button", {"on_click": lambda _event: None}), "click")


async def test_a_disabled_button_cannot_be_clicked() -> None:
    page = await labeling()
    with pytest.raises(LookupError, match=r"disabled|grayed out"):
        await page.click("Undo")
    assert find(page.page, "button", aria_label="Undo")
