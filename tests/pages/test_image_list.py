"""The list of images as a person meets it, without a browser."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from tests.support.fake_ports import FakePorts, Machine
from tests.support.image_list_page import (
    FILTER,
    at_cursor,
    at_pets,
    line,
    lines,
    press,
    serving,
    type_into,
)
from tests.support.visitor import labeling
from webapp.py.domain.ids import assignment_id
from webapp.py.domain.wire import project_scope
from webapp.py.ui.tree import find, find_all, text_of


async def test_folders_stand_in_folders_with_how_many_images_of_them_are_done() -> None:
    page = await at_pets()
    assert lines(page) == [
        "pets 0 / 3",
        "  cats 0 / 2",
        "    tom.png To do",
        "    tim.png To do",
        "  dogs 0 / 1",
        "    rex.png To do",
        "cars 0 / 1",
        "  red.png To do",
        "top.png To do",
    ]
    await page.press("Enter", ctrl=True)
    assert lines(page)[:3] == ["pets 1 / 3", "  cats 1 / 2", "    tom.png Submitted"]
    places = [
        (row.attrs["aria-posinset"], row.attrs["aria-setsize"])
        for row in find_all(page.page, role="treeitem")
    ]
    assert places[0] == ("1", "3") and places[2:4] == [("1", "2"), ("2", "2")] and places[-1] == ("3", "3")


async def test_names_for_screen_readers_begin_with_the_words_of_the_row() -> None:
    page = await at_pets()
    await page.click("Filter by status")
    for filtered in (False, True):
        if filtered:
            await page.click("To do5")
        rows = find_all(page.page, role="treeitem")
        assert len(rows) == 9
        for row in rows:
            shown, spoken = (re.findall(r"\w+", text) for text in (text_of(row), row.attrs["aria-label"]))
            assert spoken[: len(shown)] == shown


async def test_a_folder_shows_the_thumbnail_of_its_first_image() -> None:
    page = await at_pets()
    page.ports.pass_time()  # those that are ready at about the same time are drawn together
    (picture,) = find_all(line(page, "dogs"), "img")
    assert picture.attrs["src"] == "blob:pets/dogs/rex.png"
    (picture,) = find_all(line(page, "pets"), "img")
    assert picture.attrs["src"] == "blob:pets/cats/tom.png"


async def test_a_closed_folder_hides_what_lies_in_it_until_an_image_of_it_is_opened() -> None:
    page = await at_pets()
    await page.fire(line(page, "pets"), "click")
    assert lines(page) == ["pets 0 / 3", "cars 0 / 1", "  red.png To do", "top.png To do"]
    assert line(page, "pets").attrs["aria-expanded"] == "false"
    await page.go("#/project/p1/2")
    assert "    rex.png To do" in lines(page)


@pytest.mark.parametrize("state", ["started", "submitted", "skipped", "rejected", "accepted"])
async def test_each_image_says_how_far_this_person_is_with_it_whatever_others_did(state: str) -> None:
    server = serving("a.png", "b.png")
    held = server.records.setdefault(project_scope("p1"), {})
    for person in ("anna", "bert", "carl", "dora", "emil"):
        record = assignment_id("p1", 1, person)
        status = state if person == "anna" else "skipped" if state == "accepted" else "accepted"
        fields = {"id": record, "project": "p1", "asset": 1, "person": person, "status": status}
        held["assignment", record] = fields
    ports = FakePorts(server=server)
    page = await labeling(ports)
    assert ports.sync is not None
    await ports.sync.run_once()
    await page.settle()
    assert find(line(page, "b.png"), class_="state").attrs["data-status"] == state
    again = await labeling(FakePorts(ports.computer, server=server))
    assert find(line(again, "b.png"), class_="state").attrs["data-status"] == state


async def test_the_filter_finds_names_and_folders_and_says_how_many() -> None:
    page = await at_pets()
    await type_into(page, FILTER, "TOM")
    assert lines(page) == ["pets 1", "  cats 1", "    tom.png To do"]
    assert "1 of 5 images match" in page.text
    await type_into(page, FILTER, "dogs")
    assert lines(page) == ["pets 1", "  dogs 1", "    rex.png To do"]
    await type_into(page, FILTER, "zebra")
    assert lines(page) == []
    assert "No images match the filter." in page.text
    await page.click("Show all images")
    assert len(lines(page)) == 9
    assert "match" not in page.text


async def test_the_filter_finds_states_and_follows_them() -> None:
    page = await at_pets()
    await page.press("Enter", ctrl=True)
    await page.click("Filter by status")
    assert [text_of(chip) for chip in find_all(page.page, "button", class_="state")] == [
        "To do4",
        "In progress0",
        "Submitted1",
        "Skipped0",
        "Rejected0",
        "Accepted0",
    ]
    await page.click("Submitted1")
    assert lines(page) == ["pets 1", "  cats 1", "    tom.png Submitted"]
    await page.press("Enter", ctrl=True)
    assert "    tim.png Submitted" in lines(page)
    await page.click("Submitted2")
    assert len(lines(page)) == 9


async def test_next_and_previous_go_through_what_the_filter_lists() -> None:
    server = serving("a1.png", "b1.png", "a2.png", "b2.png", "a3.png")
    page = await labeling(FakePorts(server=server))
    await type_into(page, FILTER, "a")
    await page.press("ArrowRight")
    assert page.canvas.shown == "a2.png"
    assert find(page.page, "input", aria_label="Go to image").attrs["prop:value"] == "2"
    await page.click("Next image")
    await page.press("ArrowRight")
    assert page.canvas.shown == "a3.png"
    assert page.toast == "This is the last image that matches the filter."
    await page.go("#/project/p1/1")
    assert find(page.page, "input", aria_label="Go to image").attrs["prop:value"] == ""
    await page.press("ArrowLeft")
    assert page.canvas.shown == "a1.png"


async def test_the_filter_is_as_it_was_when_the_project_is_opened_again_and_another_project_has_its_own() -> (
    None
):
    machine = Machine()
    page = await at_pets(machine)
    await type_into(page, FILTER, "tom")
    await page.click("Filter by status")
    await page.click("To do5")
    again = await at_pets(machine)
    assert find(again.page, "input", aria_label=FILTER).attrs["prop:value"] == "tom"
    assert again.button("To do5").attrs["aria-pressed"] == "true"
    assert len(lines(again)) == 3
    await again.click("Clear filter")
    assert machine.memory.keys() & {"limner.list.p1"} == set()
    assert len(lines(await at_pets(machine))) == 9


async def test_a_spoilt_memory_of_the_filter_is_no_filter() -> None:
    for spoilt in ("{", "[]", '{"states": 3}', '{"states": [[1]], "text": ""}'):
        machine = Machine()
        machine.memory["limner.list.p1"] = spoilt
        assert len(lines(await at_pets(machine))) == 9


async def test_escape_empties_the_filter_and_arrow_down_leads_into_the_list() -> None:
    page = await at_pets()
    focused = []
    page.workbench.image_list.attach(
        SimpleNamespace(clientHeight=600, scrollTop=0, focus=lambda: focused.append(1))
    )
    field = await type_into(page, FILTER, "tom")
    event = await page.fire(field, "keydown", key="ArrowDown")
    assert focused == [1] and event.prevented and event.stopped
    await page.fire(find(page.page, "input", aria_label=FILTER), "keydown", key="Escape")
    assert len(lines(page)) == 9


async def test_keys_move_through_the_list_open_and_close_folders_and_open_images() -> None:
    page = await at_pets()
    assert at_cursor(page) == "tom.png"
    await press(page, "ArrowDown")
    assert at_cursor(page) == "tim.png"
    await press(page, "ArrowLeft")
    assert at_cursor(page) == "cats"
    await press(page, "ArrowLeft")
    assert lines(page)[:3] == ["pets 0 / 3", "  cats 0 / 2", "  dogs 0 / 1"]
    await press(page, "ArrowRight")
    await press(page, "ArrowRight")
    assert at_cursor(page) == "tom.png"
    await press(page, "End")
    assert at_cursor(page) == "top.png"
    await press(page, "ArrowDown")
    assert at_cursor(page) == "top.png"
    event = await press(page, "Enter")
    assert page.canvas.shown == "top.png" and event.prevented and event.stopped
    await press(page, "Home")
    await press(page, "Enter")
    assert at_cursor(page) == "pets" and lines(page)[1] == "cars 0 / 1"


async def test_keys_go_through_the_list_by_what_is_in_sight_and_the_cursor_comes_back_into_sight() -> None:
    page = await labeling(FakePorts(server=serving(*(f"{at:03}.png" for at in range(200)))))
    await press(page, "PageDown")
    assert at_cursor(page) == f"{600 // 54 - 1:03}.png"
    await press(page, "PageUp")
    await press(page, "PageUp")
    assert at_cursor(page) == "000.png"
    await press(page, "ArrowDown")
    await type_into(page, FILTER, "05")
    await press(page, "ArrowDown")
    assert at_cursor(page) == "005.png"
    await press(page, "ArrowDown")
    assert at_cursor(page) == "050.png"


async def test_keys_lead_to_the_filter_and_to_the_number_of_the_image() -> None:
    page = await at_pets()
    done: list[str] = []
    field = SimpleNamespace(focus=lambda: done.append("focus"), select=lambda: done.append("select"))
    page.workbench.image_list.search.attach(field)
    page.workbench.image_list.counter.attach(field)
    assert await page.press("/")
    assert done == ["focus"]
    assert await page.press("g", ctrl=True)
    assert done == ["focus", "focus", "select"]


async def test_arrows_on_the_image_at_hand_and_all_other_keys_go_on_to_the_page() -> None:
    page = await at_pets()
    assert not (await press(page, "ArrowRight")).stopped
    assert not (await press(page, "b")).stopped
    assert not (await press(page, "Enter", ctrl=True)).stopped
    await press(page, "ArrowDown")
    assert (await press(page, "ArrowRight")).stopped


async def test_a_typed_number_leads_to_that_image_of_the_list() -> None:
    page = await labeling(FakePorts(server=serving("a/1.png", "a/2.png", "b/3.png")))
    field = await type_into(page, "Go to image", "3")
    assert field.attrs["prop:value"] == "3"
    await page.fire(field, "keydown", key="Enter")
    assert page.canvas.shown == "b/3.png"
    for nonsense in ("4", "0", "-1", "two"):
        await page.fire(await type_into(page, "Go to image", nonsense), "keydown", key="Enter")
        assert page.canvas.shown == "b/3.png"
        assert f"There is no image {nonsense} in this list. Enter a number from 1 to 3." in page.text
    await page.fire(find(page.page, "input", aria_label="Go to image"), "blur")
    assert find(page.page, "input", aria_label="Go to image").attrs["prop:value"] == "3"
