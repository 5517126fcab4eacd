"""How the image list loads: pages of images, what is near first, thumbnails."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

from msgspec import structs

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import Server
from tests.support.image_list_page import (
    lines,
    many,
    serving,
    tree,
)
from tests.support.visitor import Visitor, labeling, visit
from webapp.py.domain.wire import AssetPage
from webapp.py.pages.workbench.images.thumbnails import AT_ONCE, MOST
from webapp.py.store.sync import Offline, SyncProblem
from webapp.py.ui.tree import find, find_all, text_of


async def test_the_next_images_are_fetched_ahead_in_the_direction_in_which_the_person_goes() -> None:
    page = await labeling(FakePorts(server=serving("a/0", "b/1", "a/2", "a/3", "a/4", "a/5")))
    assert page.ports.prefetched == ["a/2", "a/3"]
    await page.go("#/project/p1/4")
    assert page.ports.prefetched == ["a/5", "b/1"]
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


async def test_each_frame_of_a_file_has_a_thumbnail_of_its_own() -> None:
    server = serving("a/heart.dcm", "a/heart.dcm", "a/heart.dcm")
    server.assets["d1"] = [
        structs.replace(asset, frame=number) for number, asset in enumerate(server.assets["d1"])
    ]
    page = await labeling(FakePorts(server=server))
    await page.settle()
    assert sorted(page.ports.thumbnails) == [
        "blob:a/heart.dcm",
        "blob:a/heart.dcm#frame=1",
        "blob:a/heart.dcm#frame=2",
    ]
    shown = [node.attrs["src"] for node in find_all(tree(page), "img")]
    assert shown[-3:] == ["blob:a/heart.dcm", "blob:a/heart.dcm#frame=1", "blob:a/heart.dcm#frame=2"]


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
