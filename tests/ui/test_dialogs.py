"""Dialogs on a page: how they open and close, and where the focus goes."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from webapp.py.ui import parts
from webapp.py.ui.parts import button, dialog, modal
from webapp.py.ui.plain import PlainElement, PlainPage
from webapp.py.ui.reactive import reactive
from webapp.py.ui.tree import Node, h


class Desk:
    """A page with a button, over which dialogs open."""

    shown = reactive("")
    has_button = reactive(True)

    def __init__(self) -> None:
        self.page = PlainPage(self.view)

    def view(self) -> Node:
        return h(
            "main",
            None,
            button("Open", lambda: self.show("Export")) if self.has_button else None,
            h("div", {"class": "view", "tabindex": 0}),
            h("div", None, self.dialog() if self.shown else None),
        )

    def dialog(self) -> Node:
        content = h("input", {"autofocus": True}) if self.shown == "Search" else button("Download", print)
        return dialog(self.shown, lambda: self.show(""), content, drawer=self.shown == "Saved")

    def show(self, title: str) -> None:
        self.shown = title

    def open(self, title: str) -> PlainElement:
        """Open a dialog from the button, and return it."""
        self.page.find("button", "Open").focus()
        self.show(title)
        return self.page.find("dialog")

    @property
    def focused(self) -> str:
        self.page.frame()
        element = self.page.document.activeElement
        return element.textContent or element.tag


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    # Pages of other tests may have left dialogs open.
    monkeypatch.setattr(parts, "_modals", parts._Modals())
    desk = Desk()
    yield desk
    desk.page.close()


def test_a_dialog_is_opened_as_a_modal_one_with_its_title_as_its_name(desk: Desk) -> None:
    found = desk.open("Export")
    assert found.attrs["open"] == ""
    assert found.attrs["aria-label"] == "Export"
    assert found.attrs["class"] == "dialog"


def test_a_drawer_is_a_dialog_at_the_right_edge(desk: Desk) -> None:
    assert desk.open("Saved").attrs["class"] == "dialog drawer"


def test_focus_starts_in_the_content_and_not_at_the_close_button(desk: Desk) -> None:
    desk.open("Export")
    assert desk.focused == "Download"
    desk.show("Search")
    assert desk.focused == "input"


@pytest.mark.parametrize("way", ["button", "browser"])
def test_a_dialog_that_is_closed_leaves_the_page_and_gives_the_focus_back(desk: Desk, way: str) -> None:
    found = desk.open("Export")
    if way == "button":
        desk.page.find("button", aria_label="Close").click()
    else:
        found.fire("close")
    assert desk.focused == "Open"
    assert not desk.page.find_all("dialog")


def test_focus_returns_to_where_it_was_before_the_first_of_several_dialogs(desk: Desk) -> None:
    desk.open("Export")
    desk.show("Saved")
    assert desk.focused == "Download"
    desk.show("")
    assert desk.focused == "Open"


def test_focus_goes_to_the_viewport_if_what_had_it_is_gone(desk: Desk) -> None:
    desk.open("Export")
    desk.has_button = False
    desk.show("")
    assert desk.focused == "div"
    assert desk.page.document.activeElement.attrs["class"] == "view"


def test_a_change_on_the_page_does_not_close_the_dialog(desk: Desk) -> None:
    found = desk.open("Export")
    desk.has_button = False
    assert desk.page.find("dialog") is found
    assert found.attrs["open"] == ""


def pressed(target: object, inside: object) -> Any:
    return SimpleNamespace(target=target, currentTarget=inside)


def test_a_click_beside_the_dialog_closes_it_where_the_browser_does_not() -> None:
    closed: list[str] = []
    old, new = object(), SimpleNamespace(closedBy="any")
    page = PlainPage(lambda: modal("Find", lambda: closed.append("closed"), "content"))
    found = page.find("dialog")
    found.fire("mousedown", raw=pressed(new, old))
    found.fire("mousedown", raw=pressed(new, new))
    assert closed == []
    found.fire("mousedown", raw=pressed(old, old))
    assert closed == ["closed"]
    page.close()
