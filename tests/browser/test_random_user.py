"""A person who does anything at all: on photos and slices, in two tabs, with a network that comes and goes.

Nothing may end on the console, and in the end both tabs and the server have the same. The acts come from a
seed, their moments from the machine. ``LIMNER_USER_SEEDS`` sets other seeds, ``LIMNER_USER_ACTS`` how many
acts.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.pages import PATIENCE_MS, Console, sign_in, wait_for_boot
from tests.browser.servers import World, make_project
from tests.browser.workspace import Workspace

SEEDS = [int(seed) for seed in os.environ.get("LIMNER_USER_SEEDS", "1 2").split()]
ACTS = int(os.environ.get("LIMNER_USER_ACTS", "160"))
PROJECTS = {"demo-project": 18, "slices": 8}
"""Number of images by project."""
TOOLS = "vbpfclkmesguhzjixwoy"
KEYS = (
    *("Escape", "Escape", "Escape", "Enter", "Enter", "Delete", "Tab", "Space", "F2"),
    *("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"),
    *("Control+z", "Control+z", "Control+z", "Control+Shift+z", "Control+a", "Control+c", "Control+v"),
    *("Control+d", "Control+s", "Control+Enter", "Control+Shift+Enter", "Alt+Enter", "Shift+c", "Shift+h"),
    *("Shift+l", "Alt+1", "Alt+2", "Alt+4", "Alt+5", "q", "n", "[", "]", "?", "Control+k", "F6", "a", "1"),
)
NOT_PRESSED = re.compile("sign out|download|import|reload|remove|dicomweb|file|folder", re.IGNORECASE)
NETWORK = re.compile(r"ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_NETWORK_IO_SUSPENDED")
"""What the browser itself writes about requests without a network."""
BUTTONS = """() => [...document.querySelectorAll("button, [role=button], input, select, [role=option]")]
    .map((one) => [one.ariaLabel || one.title || one.textContent, one.getBoundingClientRect()])
    .filter(([, box]) => box.width && box.height && box.top >= 0 && box.bottom <= innerHeight)
    .map(([name, box]) => [name, box.x + box.width / 2, box.y + box.height / 2])"""

VIEW = """() => {
    const view = document.querySelector(".view") ?? document.body;
    const box = view.getBoundingClientRect();
    return [box.x, box.y, box.width, box.height];
}"""
CLASSES = """() => [...document.querySelectorAll(".class")]
    .map((one) => one.getBoundingClientRect())
    .map((box) => [box.x + 9, box.y + box.height / 2])"""


class RandomUser:
    """Acts in two tabs of one browser profile."""

    def __init__(self, address: str, tabs: list[Page], seed: int) -> None:
        self.address, self.tabs, self.page = address, tabs, tabs[0]
        self.chance = random.Random(seed)
        self.done: list[str] = []
        self.offline = False

    def act(self) -> None:
        """Do one thing."""
        drawing: list[Callable[[], None]] = [self.draw, self.click_around, self.press_key]
        seldom = [
            self.press_button,
            self.choose_class,
            self.turn_wheel,
            self.open_menu,
            self.go_somewhere,
            self.switch_network,
            self.change_tab,
        ]
        act = self.chance.choice(drawing * 4 + seldom)
        self.done.append(act.__name__)
        act()
        if self.chance.random() < 0.3:
            self.page.wait_for_timeout(self.chance.choice([10, 40, 150]))  # people look, too

    def place(self) -> tuple[float, float]:
        """Return a place on the image, or beside it."""
        left, top, width, height = self.page.evaluate(VIEW)
        x, y = self.chance.uniform(0.05, 0.95), self.chance.uniform(0.05, 0.95)
        return left + x * width, top + y * height

    def draw(self) -> None:
        self.page.keyboard.press(self.chance.choice(TOOLS))
        self.page.mouse.move(*self.place())
        self.page.mouse.down()
        for _ in range(self.chance.randint(1, 5)):
            self.page.mouse.move(*self.place(), steps=3)
        if self.chance.random() < 0.1:
            self.page.keyboard.press(self.chance.choice(KEYS))
        self.page.mouse.up()

    def click_around(self) -> None:
        for _ in range(self.chance.randint(1, 5)):
            self.page.mouse.click(*self.place())
        if self.chance.random() < 0.5:
            self.page.keyboard.press("Enter")

    def press_key(self) -> None:
        key = self.chance.choice(KEYS)
        self.done[-1] = key
        self.page.keyboard.press(key)

    def press_button(self) -> None:
        found = [one for one in self.page.evaluate(BUTTONS) if not NOT_PRESSED.search(one[0] or "")]
        if found:
            name, x, y = self.chance.choice(found)
            self.done[-1] = f"button {(name or '').strip()[:30]}"
            self.page.mouse.click(x, y)

    def choose_class(self) -> None:
        places = self.page.evaluate(CLASSES)
        if places:
            self.page.mouse.click(*self.chance.choice(places))

    def turn_wheel(self) -> None:
        self.page.mouse.move(*self.place())
        for _ in range(self.chance.randint(1, 4)):
            self.page.mouse.wheel(0, self.chance.choice([-100, 100]))

    def open_menu(self) -> None:
        self.page.mouse.click(*self.place(), button="right")

    def go_somewhere(self) -> None:
        project = self.chance.choice(list(PROJECTS))
        image = self.chance.randrange(PROJECTS[project])
        address = self.chance.choice([f"#/project/{project}/{image}"] * 4 + ["#/"])
        self.done[-1] = address
        self.page.evaluate("address => { location.hash = address }", address)

    def switch_network(self) -> None:
        self.offline = not self.offline and self.chance.random() < 0.6
        self.done[-1] = "network gone" if self.offline else "network there"
        self.page.context.set_offline(self.offline)

    def change_tab(self) -> None:
        self.page = self.chance.choice(self.tabs)
        self.page.bring_to_front()


@pytest.fixture
def slices(own_world: World, demo_files: Path, new_context: Callable[[], BrowserContext]) -> None:
    names = sorted(path.name for path in (demo_files / "ct" / "abdomen").iterdir())[
        20 : 20 + PROJECTS["slices"]
    ]
    files = [("abdomen", f"ct/abdomen/{name}") for name in names]
    make_project(own_world, new_context().request, "slices", files)


@pytest.mark.usefixtures("slices")
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_a_person_does_nothing_fails_and_page_and_server_agree(
    own_world: World, new_context: Callable[[], BrowserContext], seed: int
) -> None:
    context = new_context()
    context.set_default_timeout(PATIENCE_MS)
    tabs = [context.new_page(), context.new_page()]
    consoles = [Console(page) for page in tabs]
    for page in tabs:
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(own_world.sync.url)
        wait_for_boot(page)
        if page is tabs[0]:
            sign_in(page, own_world.email("admin"), own_world.passwords["admin"])
        Workspace(page).open(own_world.sync.url, 0)
    user = RandomUser(own_world.sync.url, tabs, seed)
    for _ in range(ACTS):
        user.act()
    context.set_offline(False)
    on_pages = [what_a_page_has(page, own_world.sync.url) for page in tabs]
    wrong = [line for console in consoles for line in console.problems() if not NETWORK.search(line)]
    assert wrong == [], user.done
    on_server = what_the_server_has(context, own_world.sync.url)
    assert any(on_server.values()), "the person made nothing"
    for on_page in on_pages:
        for project in PROJECTS:
            assert on_page[project] == on_server[project], user.done


def what_a_page_has(page: Page, address: str) -> dict[str, Any]:
    """Return the annotations that a page exports, by project, once all are synced and none was refused."""
    page.bring_to_front()
    found = {}
    for project in PROJECTS:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.evaluate("address => { location.hash = address }", f"#/project/{project}/0")
        work = Workspace(page).wait()
        page.keyboard.press("Alt+s")
        work.expect_saved("Synced")
        page.locator(".save-state").click()
        for name in ("Refused by the server", "Unreadable records"):
            count = page.locator(".facts-table dt", has_text=name).locator("+ dd")
            expect(count).to_have_text("0")
        page.keyboard.press("Escape")
        expect(page.locator(".facts-table")).to_have_count(0)
        records = work.export()["records"]["annotation"]
        found[project] = by_id(records)
    return found


def what_the_server_has(context: BrowserContext, address: str) -> dict[str, Any]:
    """Return the annotations of the server, by project."""
    found = {}
    for project in PROJECTS:
        answer = context.request.get(f"{address}api/records/annotation?project={project}")
        found[project] = by_id([one["fields"] for one in answer.json()["records"]])
    return found


def by_id(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return those that are not deleted, without the mark that says so, which may be left out."""
    return {
        one["id"]: {name: value for name, value in one.items() if name != "deleted"}
        for one in records
        if not one.get("deleted")
    }
