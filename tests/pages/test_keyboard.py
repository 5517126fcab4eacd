"""The workspace without a mouse: keys, the command palette, and the list of shortcuts."""

from __future__ import annotations

import pytest

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import DEMO_RECORDS, a_server
from tests.support.visitor import Visitor, labeling
from webapp.py.domain.model import Asset
from webapp.py.domain.shapes import Polygon
from webapp.py.domain.wire import SETUP
from webapp.py.pages.shell import texts
from webapp.py.ui.tree import Node, PlainEvent, find, find_all, text_of
from webapp.py.workspace.finding import find as find_by_name
from webapp.py.workspace.finding import rank
from webapp.py.workspace.messages import KeyPress, MoveCamera, Pointer


def field(page: Visitor) -> Node:
    return find(page.page, "input", role="combobox")


def rows(page: Visitor) -> list[str]:
    return [text_of(node) for node in find_all(page.page, "div", class_="found")]


def chosen(page: Visitor) -> str:
    return text_of(find(page.page, "div", class_="found", aria_selected="true"))


async def typed(page: Visitor, text: str) -> None:
    await page.fire(field(page), "input", value=text)


async def pressed(page: Visitor, key: str) -> None:
    await page.fire(field(page), "keydown", key=key)


async def at_palette(machine: Machine | None = None) -> Visitor:
    page = await labeling(FakePorts(machine))
    await page.press("k", ctrl=True)
    return page


async def two_boxes() -> Visitor:
    page = await labeling()
    await page.draw((10, 10), (30, 25))
    await page.draw((50, 10), (70, 25))
    return page


def selected(page: Visitor) -> list[int]:
    """Which annotations are selected, counted from the bottom."""
    session = page.workbench.session
    return [number for number, view in enumerate(session.annotations) if view.id in session.selected]


# --- the palette


async def test_a_few_letters_and_enter_choose_a_tool() -> None:
    page = await at_palette()
    await typed(page, "poly")
    assert rows(page)[0] == "PolygonToolP"
    await pressed(page, "Enter")
    assert page.button("Polygon").attrs["aria-pressed"] == "true"
    assert not find_all(page.page, "input", role="combobox")


async def test_a_class_an_action_and_an_image_are_found_by_name() -> None:
    page = await at_palette()
    await typed(page, "sky")
    assert rows(page) == ["SkyClass2"]
    await typed(page, "actual")
    assert rows(page) == ["Actual sizeViewShift+Z"]
    await typed(page, "c.png")
    assert rows(page) == ["c.pngImage in day 2"]
    await pressed(page, "Enter")
    assert page.canvas.shown == "https://elsewhere.example/c.png"


async def test_arrows_go_round_through_what_was_found() -> None:
    page = await at_palette()
    await typed(page, "layout")
    assert chosen(page).startswith("Layout 1 × 1")
    await pressed(page, "ArrowDown")
    assert chosen(page).startswith("Layout 1 × 2")
    await pressed(page, "ArrowUp")
    await pressed(page, "ArrowUp")
    assert chosen(page) == rows(page)[-1]
    option = find(page.page, "div", class_="found", aria_selected="true")
    assert field(page).attrs["aria-activedescendant"] == option.attrs["id"]


async def test_what_does_not_fit_moves_into_sight() -> None:
    page = await at_palette()
    everything = int(text_of(find(page.page, "p", class_="palette-foot")).split()[0])
    seen = set()
    for _ in range(everything):
        assert len(rows(page)) == 10
        seen.add(find(page.page, "div", class_="found", aria_selected="true").attrs["id"])
        await pressed(page, "ArrowDown")
    assert len(seen) == everything


async def test_what_was_used_last_comes_first_and_is_remembered_on_this_machine() -> None:
    machine = Machine()
    page = await at_palette(machine)
    await typed(page, "polygon")
    await pressed(page, "Enter")
    again = await at_palette(machine)
    assert rows(again)[0] == "PolygonToolP"


async def test_what_makes_no_sense_now_is_not_offered() -> None:
    page = await at_palette()
    await typed(page, "undo")
    assert rows(page) == []
    assert texts.NO_RESULTS in page.text
    await page.fire(find(page.page, class_="dialog"), "close")
    await page.draw((10, 10), (30, 25))
    await page.press("k", ctrl=True)
    await typed(page, "undo")
    await pressed(page, "Enter")
    assert "0 annotations" in page.text


async def test_an_operation_on_the_selection_is_found_while_it_can_be_used() -> None:
    page = await at_palette()
    await typed(page, "convert to mask")
    assert rows(page) == []
    await page.fire(find(page.page, class_="dialog"), "close")
    await page.draw((10, 10), (30, 25))
    await page.press("k", ctrl=True)
    await typed(page, "convert to mask")
    assert rows(page) == ["Convert to maskSelection"]
    await pressed(page, "Enter")
    await page.settle()
    (view,) = page.workbench.session.annotations
    assert view.shape.__struct_config__.tag == "mask"


async def test_enter_right_after_typing_takes_what_was_typed_not_what_is_still_shown() -> None:
    page = await at_palette()
    search = field(page)
    search.handlers["input"](PlainEvent("input", value="sky"))
    search.handlers["keydown"](PlainEvent("keydown", key="Enter"))
    assert (
        text_of(find(find(page.page, "button", class_="class", aria_pressed="true"), class_="name")) == "Sky"
    )


async def test_clicking_an_entry_does_it() -> None:
    page = await at_palette()
    await typed(page, "sky")
    await page.fire(find(page.page, "div", class_="found"), "click")
    assert (
        text_of(find(find(page.page, "button", class_="class", aria_pressed="true"), class_="name")) == "Sky"
    )


async def test_a_hundred_thousand_images_do_not_make_the_palette_slow_to_type_in() -> None:
    class Counted(str):
        looks = 0

        def casefold(self) -> str:
            Counted.looks += 1
            return super().casefold()

    assets = [Asset(ordinal=n, name=Counted(f"{n}.png"), url="u") for n in range(100_000)]
    entries = [_Entry(asset.ordinal, asset.name) for asset in assets]
    assert len(find_by_name(entries, "99")) == 50
    assert Counted.looks == 20_000


class _Entry:
    group = "Image"

    def __init__(self, ordinal: int, title: str) -> None:
        self.id, self.title = str(ordinal), title


def test_a_title_that_begins_with_the_words_comes_before_one_that_holds_them() -> None:
    titles = ["Zoom out", "Bloom", "Room to zoom", "Zoom in"]
    ranked = sorted((score, title) for title in titles if (score := rank("zoom", title)) is not None)
    assert ranked == [(0, "Zoom in"), (0, "Zoom out"), (1, "Room to zoom")]


# --- the list of shortcuts


async def test_the_shortcuts_are_searched_by_words_and_by_keys() -> None:
    page = await labeling()
    await page.press("?", shift=True)
    search = find(page.page, "input", aria_label="Search shortcuts")
    await page.fire(search, "input", value="layout 2")
    lines = [text_of(line) for line in find_all(find(page.page, "div", class_="shortcuts"), "div")[1:]]
    assert lines == ["Layout 1 × 2Alt+2", "Layout 2 × 1Alt+3", "Layout 2 × 2Alt+4"]
    await page.fire(search, "input", value="ctrl+z")
    assert "UndoCtrl+Z" in page.text
    await page.fire(search, "input", value="nothing like this")
    assert "No results" in page.text


async def test_the_shortcuts_say_plainly_which_keys_clash() -> None:
    server = a_server()
    classes = [{**one, "shortcut": "B"} for one in DEMO_RECORDS["instruction"]["classes"]]
    server.records[SETUP]["instruction", "i1"] = {**DEMO_RECORDS["instruction"], "classes": classes}
    page = await labeling(FakePorts(server=server))
    await page.press("?", shift=True)
    note = find(page.page, "section", role="note")
    expected = (
        "B is assigned to the class “Cat”, so the class “Sky” and the tool “Bounding box” have no shortcut."
    )
    assert expected in text_of(note)


# --- keys


async def test_annotations_are_gone_through_and_deleted_by_keys() -> None:
    page = await two_boxes()
    await page.press("Escape")
    await page.press("n", shift=True)
    assert selected(page) == [0]
    await page.press("n", shift=True)
    assert selected(page) == [1]
    await page.press("n", shift=True)
    assert selected(page) == [0]
    await page.press("p", shift=True)
    assert selected(page) == [1]
    await page.press("Delete")
    assert "1 annotation" in page.text


async def test_the_selection_takes_the_active_class_by_a_key() -> None:
    page = await two_boxes()
    await page.press("a", ctrl=True)
    await page.press("2")
    await page.press("c", shift=True)
    assert {view.class_id for view in page.workbench.session.annotations} == {"sky"}


async def test_with_select_a_class_key_changes_the_selection_in_one_step() -> None:
    page = await two_boxes()
    await page.press("v")
    await page.press("2")
    session = page.workbench.session
    assert [view.class_id for view in session.annotations] == ["cat", "sky"]
    assert (session.class_id, session.tool_id, page.toast) == ("sky", "select", "Class changed to SkyUndo")
    await page.fire(find(find(page.page, class_="toast"), "button"), "click")
    assert [view.class_id for view in session.annotations] == ["cat", "cat"]
    await page.press("z", ctrl=True)
    assert len(session.annotations) == 1


async def test_a_class_key_keeps_the_tool_that_was_chosen_if_it_draws_the_same_kind() -> None:
    page = await labeling()
    session = page.workbench.session
    await page.press("2")
    assert session.tool_id == "polygon"
    await page.press("f")
    await page.press("2")
    assert session.tool_id == "freehand"
    # A box is no polygon, so the class Cat brings its tool.
    await page.press("1")
    assert session.tool_id == "box"
    # And the tool that a class has brought goes with it.
    await page.press("2")
    assert session.tool_id == "polygon"


async def test_the_selection_is_hidden_and_shown_and_locked_by_keys() -> None:
    page = await two_boxes()
    await page.press("a", ctrl=True)
    await page.press("h", shift=True)
    assert [view.hidden for view in page.workbench.session.annotations] == [True, True]
    await page.press("h", shift=True)
    await page.press("l", shift=True)
    views = page.workbench.session.annotations
    assert [(view.hidden, view.locked) for view in views] == [(False, True), (False, True)]


async def test_the_camera_moves_by_keys() -> None:
    page = await labeling()
    await page.press("ArrowRight", ctrl=True)
    await page.press("ArrowUp", ctrl=True)
    # At one screen pixel to an image pixel the image goes the other way.
    moves = [(move.dx, move.dy) for move in page.canvas.moves if isinstance(move, MoveCamera)]
    assert moves == [(-80, 0), (0, 80)]
    await page.press("+")
    await page.press("f", shift=True)
    await page.press("z", shift=True)
    assert page.canvas.zooms == ["in", "fit", "actual"]


async def test_home_and_end_go_to_the_ends_of_the_folder() -> None:
    page = await labeling()
    await page.press("End")
    assert page.canvas.shown == "demo/b.png"
    await page.press("Home")
    assert page.canvas.shown == "demo/a.png"


async def test_while_somebody_types_only_keys_for_anywhere_count() -> None:
    page = await labeling()
    workbench = page.workbench
    assert not workbench.actions.take_key(KeyPress("b"), typing=True)
    assert not workbench.actions.take_key(KeyPress("Delete"), typing=True)
    assert not workbench.actions.take_key(KeyPress("z", ctrl=True), typing=True)
    assert workbench.actions.take_key(KeyPress("k", ctrl=True), typing=True)
    assert page.dialog == texts.FIND_COMMAND


# --- keys that a tool wants only while it draws


@pytest.mark.parametrize("tool", ["p", "l", "f"])
async def test_enter_is_no_key_of_an_idle_tool_and_backspace_deletes_the_selection(tool: str) -> None:
    page = await two_boxes()
    await page.press(tool)
    assert selected(page) == [1]
    assert not await page.press("Enter")
    assert await page.press("Backspace")
    assert "1 annotation" in page.text


async def test_enter_and_backspace_go_to_the_polygon_that_is_being_drawn() -> None:
    page = await two_boxes()
    await page.press("p")
    for point in ((20, 40), (60, 45), (5, 5), (40, 70)):
        for kind in ("press", "release"):
            page.canvas.gestures.handle(Pointer(kind, *point), 1.0)
        if point == (5, 5):
            assert await page.press("Backspace")
    assert await page.press("Enter")
    assert "3 annotations" in page.text
    drawn = page.workbench.session.annotations[-1].shape
    assert drawn == Polygon([(20, 40), (60, 45), (40, 70)])
