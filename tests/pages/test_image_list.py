"""The list of images as a person meets it, without a browser."""

from __future__ import annotations

import asyncio
import re
from types import SimpleNamespace

import pytest

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import Server, a_server
from tests.support.visitor import Visitor, labeling, visit
from webapp.py.domain.ids import assignment_id
from webapp.py.domain.model import Asset
from webapp.py.domain.wire import AssetPage, project_scope
from webapp.py.pages.workbench.images.thumbnails import AT_ONCE, MOST
from webapp.py.store.sync import Offline, SyncProblem
from webapp.py.ui.tree import Node, PlainEvent, find, find_all, text_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def serving(*paths: str) -> Server:
    server = a_server()
    server.assets["d1"] = [
        Asset(ordinal=at, name=path.rpartition("/")[2], folder=path.rpartition("/")[0], url=path)
        for at, path in enumerate(paths)
    ]
    return server


def many(count: int) -> Server:
    return serving(*(f"day {at // 500}/{at:06}.png" for at in range(count)))


PETS = serving("pets/cats/tom.png", "pets/cats/tim.png", "pets/dogs/rex.png", "cars/red.png", "top.png")


async def at_pets(machine: Machine | None = None) -> Visitor:
    return await labeling(FakePorts(machine, server=serving(*(one.url for one in PETS.assets["d1"]))))


def lines(page: Visitor) -> list[str]:
    """What the list shows, indented by level."""
    rows = find_all(page.page, role="treeitem")
    return ["  " * (int(row.attrs["aria-level"]) - 1) + text_of(row) for row in rows]


def line(page: Visitor, name: str) -> Node:
    (found,) = [row for row in find_all(page.page, role="treeitem") if text_of(row).startswith(name)]
    return found


def tree(page: Visitor) -> Node:
    return find(page.page, role="tree")


async def press(page: Visitor, key: str, **held: bool) -> PlainEvent:
    return await page.fire(tree(page), "keydown", key=key, **held)


def at_cursor(page: Visitor) -> str:
    (row,) = find_all(page.page, data_cursor="true")
    assert tree(page).attrs["aria-activedescendant"] == row.attrs["id"]
    return text_of(find(row, class_="name"))


async def type_into(page: Visitor, label: str, text: str) -> Node:
    field = find(page.page, "input", aria_label=label)
    await page.fire(field, "input", value=text)
    return find(page.page, "input", aria_label=label)


FILTER = "Filter images by name or folder"


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
    assert "This is the last image in the folder that matches the filter." in page.text
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
    page.workbench.image_list.attach_search(field)
    page.workbench.image_list.attach_counter(field)
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


async def test_a_typed_number_leads_to_that_image_of_the_folder() -> None:
    page = await labeling(FakePorts(server=serving("a/1.png", "a/2.png", "a/3.png", "b/4.png")))
    field = await type_into(page, "Go to image", "3")
    assert field.attrs["prop:value"] == "3"
    await page.fire(field, "keydown", key="Enter")
    assert page.canvas.shown == "a/3.png"
    for nonsense in ("4", "0", "-1", "two"):
        await page.fire(await type_into(page, "Go to image", nonsense), "keydown", key="Enter")
        assert page.canvas.shown == "a/3.png"
        assert f"There is no image {nonsense} in this list. Enter a number from 1 to 3." in page.text
    await page.fire(find(page.page, "input", aria_label="Go to image"), "blur")
    assert find(page.page, "input", aria_label="Go to image").attrs["prop:value"] == "3"


async def test_the_next_images_are_fetched_ahead_in_the_direction_in_which_the_person_goes() -> None:
    page = await labeling(FakePorts(server=serving("a/0", "b/1", "a/2", "a/3", "a/4", "a/5")))
    assert page.ports.prefetched == ["a/2", "a/3"]
    await page.go("#/project/p1/4")
    assert page.ports.prefetched == ["a/5"]
    await page.press("ArrowLeft")
    assert page.ports.prefetched == ["a/2", "a/0"]
    await page.go("#/")
    assert page.ports.prefetched == []


async def test_of_many_images_only_those_in_sight_are_on_the_page() -> None:
    page = await labeling(FakePorts(server=many(5000)))
    assert len(page.workbench.image_list.index.assets) == 5000
    assert len(lines(page)) < 25
    scrolled = SimpleNamespace(currentTarget=SimpleNamespace(scrollTop=150_000, clientHeight=600))
    await page.fire(tree(page), "scroll", raw=scrolled)
    assert len(lines(page)) < 30
    assert lines(page)[10].startswith("  002")
    assert find(tree(page), "div", role="none").attrs["style"].endswith(f"height:{5000 * 54 + 10 * 42}px")


async def test_the_image_at_hand_comes_first_and_its_line_is_in_sight() -> None:
    ports = FakePorts(server=many(5000))
    asked: list[int] = []
    answer = ports.server.asset_page

    async def asset_page(dataset: str, start: int) -> AssetPage:
        asked.append(start)
        return await answer(dataset, start)

    ports.server.asset_page = asset_page  # type: ignore[method-assign]
    page = Visitor(ports)
    await page.app.start("#/project/p1/3210")
    await page.settle()
    assert asked[1:3] == [3000, 5000] and sorted(asked[1:]) == [1000, 2000, 3000, 4000, 5000]
    current = find(page.page, aria_current="true")
    assert text_of(current) == "003210.png To do"
    image_list = page.workbench.image_list
    assert (
        image_list.scroll
        < float(current.attrs["style"].split("px")[0][4:])
        < image_list.scroll + image_list.height
    )


async def test_full_pages_that_are_kept_here_are_not_asked_for_again_and_new_images_are_found() -> None:
    machine, server = Machine(), many(2000)
    await labeling(FakePorts(machine, server=server))
    server.assets["d1"] = many(2600).assets["d1"]
    ports = FakePorts(machine, server=server)
    asked: list[int] = []
    answer = ports.server.asset_page

    async def asset_page(dataset: str, start: int) -> AssetPage:
        asked.append(start)
        return await answer(dataset, start)

    ports.server.asset_page = asset_page  # type: ignore[method-assign]
    page = await labeling(ports)
    assert asked == [2000]
    assert len(page.workbench.image_list.index.assets) == 2600
    ports = FakePorts(machine, server=server)
    ports.offline = True
    page = await visit(ports)
    assert page.app.state.totals["d1"] == 2600
    await page.go("#/project/p1/0")
    assert len(page.workbench.image_list.index.assets) == 2600
    assert "images loaded" not in page.text


async def test_an_image_on_a_kept_page_is_shown_before_the_server_tells_how_the_list_has_grown() -> None:
    machine, server = Machine(), many(20)
    await labeling(FakePorts(machine, server=server))
    server.assets["d1"] = many(30).assets["d1"]
    ports = FakePorts(machine, server=server)
    may_answer = asyncio.Event()
    answer = ports.server.asset_page

    async def asset_page(dataset: str, start: int) -> AssetPage:
        await may_answer.wait()
        return await answer(dataset, start)

    ports.server.asset_page = asset_page  # type: ignore[method-assign]
    page = Visitor(ports)
    async with asyncio.timeout(10):
        await page.app.start("#/project/p1/0")
    assert [picture.bitmap for picture in ports.pictures] == ["day 0/000000.png"]
    assert not page.workbench.viewport.loading
    assert len(page.workbench.image_list.index.assets) == 20
    may_answer.set()
    await page.settle()
    assert len(page.workbench.image_list.index.assets) == 30


async def test_an_image_that_was_added_to_a_kept_page_is_asked_for_at_the_server() -> None:
    machine, server = Machine(), many(20)
    await labeling(FakePorts(machine, server=server))
    server.assets["d1"] = many(30).assets["d1"]
    page = Visitor(FakePorts(machine, server=server))
    await page.app.start("#/project/p1/25")
    await page.settle()
    assert page.canvas.shown == "day 0/000025.png"


async def test_without_network_work_goes_on_with_the_part_of_the_list_that_is_here() -> None:
    machine = Machine()
    await labeling(OnlySome(machine, server=many(3000)))
    ports = FakePorts(machine, server=many(3000))
    ports.offline = True
    page = await labeling(ports)
    assert "1,000 of 3,000 images loaded" in page.text
    await page.go("#/project/p1/2500")
    assert page.canvas.shown.endswith("000000.png")
    ports.offline = False
    await page.click("Load the rest")
    assert "images loaded" not in page.text
    assert len(page.workbench.image_list.index.assets) == 3000


async def test_an_address_far_behind_the_last_image_shows_the_first_and_asks_for_nothing_there() -> None:
    ports = OnlySome(server=many(10))
    page = Visitor(ports)
    await page.app.start(f"#/project/p1/{10**15}")
    await page.settle()
    assert page.canvas.shown == "day 0/000000.png"
    assert ports.asked == {0}


async def test_what_the_server_says_when_it_refuses_the_list_is_told() -> None:
    server = many(10)
    page = Visitor(FakePorts(server=server))
    server.withheld["d1"] = SyncProblem("You have no access to this dataset.")
    await page.app.start("#/project/p1/0")
    await page.settle()
    assert "You have no access to this dataset." in page.text


class OnlySome(FakePorts):
    """A server that breaks off after the pages in ``there``."""

    def __init__(self, machine: Machine | None = None, server: Server | None = None) -> None:
        super().__init__(machine, server)
        self.there = {0}
        self.asked: set[int] = set()

    async def asset_page(self, dataset: str, start: int) -> AssetPage:
        self.asked.add(start)
        if start not in self.there:
            raise Offline("The server cannot be reached.")
        return await super().asset_page(dataset, start)


async def test_steps_never_jump_over_images_whose_page_is_not_here_yet() -> None:
    server = serving(*(f"all/{at:06}.png" for at in range(4000)))
    ports = OnlySome(server=server)
    ports.there = {0, 3000, 4000}
    page = Visitor(ports)
    await page.app.start("#/project/p1/3000")
    await page.settle()
    assert len(page.workbench.image_list.index.assets) == 2000
    ports.there = {0, 1000, 2000, 3000, 4000}
    await page.press("ArrowLeft")
    assert page.canvas.shown == "all/002999.png"
    assert len(page.workbench.image_list.index.assets) == 3000


async def test_what_is_in_sight_stays_in_sight_while_the_list_grows_above_it() -> None:
    server = serving(*(f"day {at // 100}/{at:06}.png" for at in range(3000)))
    ports = OnlySome(server=server)
    ports.there = {0, 2000}
    page = Visitor(ports)
    await page.app.start("#/project/p1/2500")
    await page.settle()
    image_list = page.workbench.image_list

    def seen() -> tuple[float, object]:
        (row, *_) = image_list.rows.between(image_list.scroll, image_list.scroll)
        return image_list.scroll - row.top, row.key

    before, scrolls = seen(), image_list.scrolls
    ports.there = {0, 1000, 2000, 3000}
    image_list.load_rest()
    await page.settle()
    assert seen() == before
    assert image_list.scrolls == scrolls + 1


async def test_thumbnails_are_made_a_few_at_a_time_for_what_is_in_sight_and_let_go_of() -> None:
    page = await labeling(FakePorts(server=many(2000)))
    image_list = page.workbench.image_list
    for top in range(0, 100_000, 300):
        image_list.scrolled(float(top), 600.0)
        await page.settle()
        assert len(page.ports.thumbnails) <= MOST
    assert page.ports.thumbnails_at_once <= AT_ONCE
    assert find_all(find_all(page.page, role="treeitem")[10], "img")
    await page.go("#/")
    assert page.ports.thumbnails == []


async def test_thumbnails_of_what_was_scrolled_past_are_never_made() -> None:
    page = await labeling(FakePorts(server=many(2000)))
    image_list = page.workbench.image_list
    made = set(page.ports.thumbnails)
    for top in (20_000, 40_000, 60_000):
        image_list.scrolled(float(top), 600.0)
        assert page.page
    await page.settle()
    fresh = [one for one in page.ports.thumbnails if one not in made]
    assert fresh and all(one >= "blob:day 2/001080.png" for one in fresh)


async def test_the_state_of_an_image_is_told_without_a_look_at_all_others() -> None:
    page = await labeling(FakePorts(server=many(3000)))
    index = page.workbench.image_list.index
    rows, passes = page.workbench.image_list.rows, index.passes
    await page.draw((10, 10), (30, 25))
    await page.press("Enter", ctrl=True)
    assert index.counts["submitted"] == 1
    assert (page.workbench.image_list.rows, index.passes) == (rows, passes)
