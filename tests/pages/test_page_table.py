"""Pages are found: one folder is enough, a broken one is switched off, and the guide's page works."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import webapp.py.pages
from tests.support.visitor import visit
from webapp.py.pages.ports.shell import Route
from webapp.py.pages.shell.page_table import find_pages
from webapp.py.pages.shell.routes import read_route, write_route

GUIDE = Path(__file__).parents[2] / "docs" / "writing-a-page.md"
HELLO = """
from webapp.py.pages.ports.shell import CannotOpen, Page
from webapp.py.ui.reactive import reactive
from webapp.py.ui.tree import h

ROUTE = "hello/{name?}"

def page(shell):
    return Hello()

class Hello(Page):
    title = "Hello"
    name = reactive("")
    async def open(self, route):
        self.name = route.value(0)
        if self.name == "nobody":
            raise CannotOpen("There is nobody to say hello to.")
    def view(self):
        return h("main", None, f"Hello {self.name}")
"""

AddPage = Callable[[str, str], None]


@pytest.fixture
def add_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddPage]:
    """Add one folder to the pages for as long as the test runs."""
    paths = [*webapp.py.pages.__path__, str(tmp_path)]
    monkeypatch.setattr(webapp.py.pages, "__path__", paths)
    added: list[str] = []

    def add(name: str, code: str) -> None:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").touch()
        (folder / "page.py").write_text(code)
        added.append(f"webapp.py.pages.{name}")

    yield add
    for module in [one for one in sys.modules if one.startswith(tuple(added) or ("-",))]:
        del sys.modules[module]


async def test_a_folder_is_a_page(add_page: AddPage) -> None:
    add_page("hello", HELLO)
    person = await visit(fragment="#/hello/Ada")
    assert "Hello Ada" in person.text
    await person.go("#/hello/Grace")
    assert "Hello Grace" in person.text
    await person.go("#/")
    assert "Projects" in person.text and "Hello Grace" not in person.text


async def test_a_page_that_cannot_open_its_address_says_why_and_leads_to_the_projects(
    add_page: AddPage,
) -> None:
    add_page("hello", HELLO)
    person = await visit(fragment="#/hello/nobody")
    assert "There is nobody to say hello to." in person.text
    assert "Projects" in person.text


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import webapp.py.pages.nothing", "ModuleNotFoundError"),
        ("def page(shell): ...", "ROUTE"),
        ("ROUTE = 'x'", "page"),
    ],
)
async def test_a_broken_page_is_switched_off_and_says_why(add_page: AddPage, code: str, reason: str) -> None:
    add_page("broken", code)
    person = await visit()
    assert "Pets" in person.text
    assert "The “broken” page is not available" in person.text and reason in person.text


async def test_the_page_in_the_guide_works_and_so_does_its_test(add_page: AddPage) -> None:
    page_code, test_code = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    add_page("totals", page_code)
    names: dict[str, Any] = {"__name__": "guide"}
    exec(test_code, names)
    await names["test_the_images_of_each_dataset_are_counted"]()


def test_our_own_pages_are_found() -> None:
    table = find_pages()
    assert not table.broken
    assert table.routes["projects"] == ""
    assert {"label", "projects", "datasets", "exchange"} <= set(table.make)


@pytest.mark.parametrize(
    ("fragment", "route"),
    [
        ("", Route("projects")),
        ("#/", Route("projects")),
        ("#/project/p1/12", Route("label", ("p1", "12"))),
        ("#/project/p1", Route("label", ("p1",))),
        ("#/project", None),
        ("#/project/p1/12/more", None),
        ("#/dicomweb", Route("datasets")),
        ("#/nonsense/1", None),
    ],
)
def test_addresses_lead_to_pages(fragment: str, route: Route | None) -> None:
    assert read_route(fragment, find_pages().routes) == route


@pytest.mark.parametrize("fragment", ["#/", "#/project/p1/12", "#/project/p1", "#/dicomweb"])
def test_a_route_and_its_address_are_the_same(fragment: str) -> None:
    routes = find_pages().routes
    route = read_route(fragment, routes)
    assert route is not None
    assert write_route(route, routes) == fragment
