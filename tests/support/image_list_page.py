"""The image list of a page: how to read it and press keys in it."""

from __future__ import annotations

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import Server, a_server
from tests.support.visitor import Visitor, labeling
from webapp.py.domain.model import Asset
from webapp.py.ui.tree import Node, PlainEvent, find, find_all, text_of


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
