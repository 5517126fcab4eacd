"""A project with questions, and how a person answers them."""

from __future__ import annotations

from typing import Any

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import DEMO_ASSETS, DEMO_RECORDS
from tests.support.visitor import Visitor
from webapp.py.domain.model import Fields
from webapp.py.pages.ports.server import Demo
from webapp.py.ui.tree import Node, find, find_all, text_of

QUESTIONS: list[Fields] = [
    {"id": "mood", "name": "Mood", "kind": "radio", "options": ["Calm", "Cross"], "required": True},
    {"id": "coat", "name": "Coat", "kind": "dropdown", "options": ["Black", "White"]},
    {"id": "seen", "name": "Seen", "kind": "checkboxes", "options": ["Ears", "Tail"]},
    {"id": "name", "name": "Name", "kind": "text"},
]
ABOUT_THE_IMAGE: list[Fields] = [
    {"id": "place", "name": "Place", "kind": "dropdown", "options": ["Home", "Street"], "required": True},
    {"id": "remark", "name": "Remark", "kind": "text"},
]


def ports(machine: Machine | None = None, **changes: Any) -> FakePorts:
    """The demo project with questions; ``changes`` are fields of its instruction."""
    made = FakePorts(machine)
    instruction = DEMO_RECORDS["instruction"]
    cat, sky = instruction["classes"]
    asking: Fields = {
        **instruction,
        "work": "both",
        "classes": [{**cat, "attributes": QUESTIONS}, sky],
        "image_attributes": ABOUT_THE_IMAGE,
        **changes,
    }
    made.demo_project = Demo({**DEMO_RECORDS, "instruction": asking}, list(DEMO_ASSETS))
    return made


def question(page: Visitor, name: str) -> Node:
    return next(node for node in find_all(page.page, "fieldset") if find_all(node, "legend", text=name))


async def choose(page: Visitor, name: str, option: str) -> None:
    """Choose a radio button, tick a box or pick from a list, whatever the question offers."""
    asked = question(page, name)
    lists = find_all(asked, "select")
    if lists:
        value = find(lists[0], "option", text=option).attrs["value"]
        await page.fire(lists[0], "change", value=value)
    else:
        await page.fire(find(find(asked, "label", text=option), "input"), "change", checked=True)


async def write(page: Visitor, name: str, text: str) -> None:
    """Type letter after letter, without leaving the field."""
    for end in range(1, len(text) + 1):
        await page.fire(find(question(page, name), "textarea"), "input", value=text[:end])


def stored(page: Visitor) -> list[dict[str, Any]]:
    session = page.workbench.session
    records = [session.record(name) for name in session.own()]
    return [dict(record.attributes) for record in records if record is not None]


async def a_cat(page: Visitor, left: float = 10) -> None:
    await page.press("b")
    await page.draw((left, 10), (left + 15, 25))


def alerts(page: Visitor) -> list[str]:
    return [text_of(node) for node in find_all(page.page, "fieldset", class_="owing")]
