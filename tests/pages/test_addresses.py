"""Addresses that lead nowhere say so, new projects are asked for, and images do not fill the history."""

from __future__ import annotations

import pytest

from tests.support.fake_ports import FakePorts
from tests.support.fake_server import Server, a_server
from tests.support.visitor import labeling, visit
from webapp.py.domain.model import Asset
from webapp.py.domain.wire import PROTOCOL, SETUP, SignedIn
from webapp.py.ui.tree import find, find_all

NOT_FOUND = "This project doesn't exist, or you aren't a member of it."


def add_project(server: Server, name: str = "p2") -> None:
    """Create a project as an admin would while other pages are open."""
    server.records[SETUP]["project", name] = {
        **{"id": name, "name": f"New {name}", "dataset": "d2", "instruction": "i1"}
    }
    server.assets["d2"] = [Asset(ordinal=0, name="z.png", url="z.png")]


async def test_the_address_of_a_project_that_was_created_later_opens_it() -> None:
    server = a_server(SignedIn(protocol=PROTOCOL, person="anna", projects={"p1": "annotator"}))
    page = await visit(FakePorts(server=server))
    add_project(server)
    server.signed_in = SignedIn(
        protocol=PROTOCOL, person="anna", projects={"p1": "annotator", "p2": "annotator"}
    )
    await page.go("#/project/p2/0")
    assert page.workbench.project.id == "p2"
    assert not find_all(page.page, class_="banner")
    await page.draw((10, 10), (30, 25))
    assert "1 annotation" in page.text


async def test_the_banner_of_a_missing_project_goes_away_and_its_address_too() -> None:
    page = await visit(FakePorts(server=a_server()))
    await page.go("#/project/none/3")
    assert NOT_FOUND in page.text
    assert page.ports.fragment == "#/"
    assert page.ports.history == ["#/"]
    await page.go("#/project/p1/0")
    assert not find_all(page.page, class_="banner")


async def test_a_missing_project_offline_says_that_the_server_was_not_asked() -> None:
    ports = FakePorts(server=a_server())
    page = await visit(ports)
    ports.offline = True
    await page.go("#/project/none/0")
    assert "This project isn't on this computer. The server cannot be reached." in page.text


@pytest.mark.parametrize("start", [True, False])
async def test_an_unknown_address_says_so_and_shows_the_projects(start: bool) -> None:
    page = await visit(fragment="#/nonsense/1" if start else "")
    if not start:
        await page.go("#/nonsense/1")
    assert "There is no page at the address “#/nonsense/1”" in page.text
    assert find(page.page, "article", data_project="p1")
    assert page.ports.fragment == "#/"


@pytest.mark.parametrize(("address", "corrected"), [("99", "0"), ("abc", "0"), ("2", "2")])
async def test_the_number_of_an_image_that_is_not_there_is_corrected_in_the_address(
    address: str, corrected: str
) -> None:
    page = await visit(fragment=f"#/project/p1/{address}")
    assert page.ports.fragment == ("" if address == corrected else f"#/project/p1/{corrected}")
    assert ("There is no image 100 in this project. It has 3" in page.text) == (address == "99")
    assert page.canvas.shown == ("https://elsewhere.example/c.png" if address == "2" else "demo/a.png")


async def test_going_through_images_leaves_one_entry_in_the_history() -> None:
    page = await visit()
    await page.go("#/project/p1/0")
    for _ in range(2):
        await page.press("ArrowRight")
        await page.press("PageDown")
    assert page.canvas.shown != "demo/a.png"
    assert len(page.ports.history) == 1
    await page.go("#/")
    assert len(page.ports.history) == 2


async def test_a_problem_of_the_app_stays_when_another_page_is_opened() -> None:
    page = await labeling()
    page.app.fail("Something went wrong.", stays=True)
    await page.go("#/")
    assert "Something went wrong." in page.text
    await page.click("Hide")
    assert "Something went wrong." not in page.text
