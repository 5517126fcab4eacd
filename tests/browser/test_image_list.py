"""The list of images with a hundred thousand of them, on a real sync server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.servers import World, add_project
from tests.browser.workspace import Workspace

COUNT = 100_000
PROJECT = "large-project"
MOST_LINES = 60
"""More than fit on the screen of these tests, with what is drawn above and below."""
COUNTING = """
    const made = URL.createObjectURL, freed = URL.revokeObjectURL;
    window.addresses = new Set();
    window.mostLines = 0;
    URL.createObjectURL = (thing) => {
        const one = made.call(URL, thing);
        window.addresses.add(one);
        return one;
    };
    URL.revokeObjectURL = (one) => { window.addresses.delete(one); freed.call(URL, one); };
    new MutationObserver(() => {
        const lines = document.querySelectorAll("[role=treeitem]").length;
        window.mostLines = Math.max(window.mostLines, lines);
    }).observe(document, { childList: true, subtree: true });
"""
SLOW_FRAMES = """() => {
    const soon = window.requestAnimationFrame;
    window.requestAnimationFrame = (draw) => setTimeout(() => soon(draw), 400);
}"""
"""A machine so slow that a project is open before the page has drawn that it is being opened."""


@pytest.fixture(scope="module")
def large_world(world: World, demo_files: Path, browser: Browser) -> World:
    """Both servers, with a dataset of a hundred thousand addresses of the demo's photos."""
    _fill(world, demo_files, browser)
    return world


def _fill(world: World, demo_files: Path, browser: Browser) -> None:
    context = browser.new_context(extra_http_headers={"X-Limner": "1"})

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = context.request.post(world.sync.url + path, data=body)
        assert answer.ok, answer.text()
        said: dict[str, Any] = answer.json()
        return said

    post("api/session", {"email": world.email("admin"), "password": world.passwords["admin"]})
    records = {
        "dataset": {"id": "large-dataset", "name": "A hundred thousand"},
        "project": {
            "id": PROJECT,
            "name": "Large",
            "dataset": "large-dataset",
            "instruction": "demo-instruction",
        },
    }
    ops = [
        {"op_id": f"{table}-begins", "table": table, "id": fields["id"], "fields": fields}
        for table, fields in records.items()
    ]
    said = post(
        "api/sync", {"protocol": 1, "client_id": "test-client", "scope": "setup", "cursor": "", "ops": ops}
    )
    assert said["refused"] == []
    photos = [one["path"] for one in json.loads((demo_files / "assets.json").read_text())]
    photos = [path for path in photos if path.endswith((".jpg", ".png"))]
    for start in range(0, COUNT, 1000):
        assets = [
            {
                "name": f"{at:06}.jpg",
                "folder": f"series {at // 5000:02}/part {at // 500 % 10}",
                "url": f"{world.datasets.url}{photos[at % len(photos)]}?{at}",
            }
            for at in range(start, start + 1000)
        ]
        post("api/datasets/large-dataset/assets", {"start": start, "assets": assets})
    context.close()


@pytest.fixture
def page_of(large_world: World, person_page: Callable[..., Page]) -> Callable[[int], Workspace]:
    """Open the large project at an image, as an admin."""

    def open_page(ordinal: int) -> Workspace:
        page = person_page("admin", large_world)
        page.evaluate(COUNTING)
        page.goto(f"{large_world.sync.url}#/project/{PROJECT}/{ordinal}")
        return Workspace(page).wait()

    return open_page


def tree(page: Page) -> Any:
    return page.get_by_role("tree", name="Folders and images")


def wait_for_the_whole_list(page: Page) -> None:
    expect(page.locator(".list-progress")).to_have_count(0)


def test_a_hundred_thousand_images_are_scrolled_filtered_and_stepped_through(
    page_of: Callable[[int], Workspace],
) -> None:
    work = page_of(0)
    page = work.page
    wait_for_the_whole_list(page)
    lines = page.get_by_role("treeitem")

    list_ = tree(page)
    list_.evaluate(
        "async (list) => { for (let at = 0; at < 40; at++) {"
        " list.scrollTop = list.scrollHeight * at / 40;"
        " await new Promise(requestAnimationFrame); } list.scrollTop = list.scrollHeight; }"
    )
    last = page.get_by_role("treeitem", name="099999.jpg")
    expect(last).to_be_in_viewport()
    expect(last.locator("img")).to_be_visible()
    assert 10 < lines.count() < MOST_LINES

    last.click()
    work.wait()
    expect(page).to_have_url(re.compile("/99999$"))
    expect(last).to_have_attribute("aria-selected", "true")
    counter = page.get_by_label("Go to image")
    expect(counter).to_have_value("100000")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".toast")).to_contain_text("This is the last image in the list.")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("/99998$"))
    counter.click()
    page.keyboard.type("99750")
    expect(counter).to_have_value("99750")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/99749$"))
    expect(page.get_by_role("treeitem", name="099749.jpg")).to_be_in_viewport()

    field = page.get_by_label("Filter images by name or folder")
    field.click()
    page.keyboard.type("09999")
    expect(field).to_be_focused()
    expect(page.locator(".matches")).to_have_text("11 of 100,000 images match")
    expect(lines).to_have_count(4 + 11)
    page.keyboard.press("Escape")
    expect(page.locator(".matches")).to_have_count(0)
    assert page.evaluate("window.mostLines") < MOST_LINES
    assert page.evaluate("window.addresses.size") <= 300 + 10


def test_each_project_has_its_own_list_when_an_address_leads_from_one_to_another(
    world: World, browser: Browser, demo_files: Path, person_page: Callable[..., Page]
) -> None:
    names = sorted(path.name for path in (demo_files / "ct" / "abdomen").iterdir())
    for project in ("upper", "lower"):
        files = [(project, f"ct/abdomen/{name}") for name in names]
        add_project(world, browser, project, files if project == "upper" else files[::-1])
    page = person_page("annotator")
    page.evaluate(SLOW_FRAMES)
    for project, ordinal in (("upper", 20), ("lower", 50), ("upper", 58), ("lower", 25)):
        page.goto(f"{world.sync.url}#/project/{project}/{ordinal}")
        Workspace(page).wait()
        at_hand = page.locator(".asset[aria-current=true]")
        name = names[ordinal] if project == "upper" else names[::-1][ordinal]
        expect(at_hand).to_contain_text(name)
        expect(at_hand).to_be_in_viewport()


def test_the_list_is_walked_with_keys_alone(page_of: Callable[[int], Workspace]) -> None:
    work = page_of(99_999)
    page = work.page
    field = page.get_by_label("Filter images by name or folder")
    field.focus()
    page.keyboard.press("ArrowDown")
    list_ = tree(page)
    expect(list_).to_be_focused()
    cursor = page.locator("[data-cursor]")
    expect(cursor).to_have_attribute("aria-label", re.compile("^099999.jpg"))
    wait_for_the_whole_list(page)
    expect(cursor).to_be_in_viewport()
    page.keyboard.press("Home")
    expect(cursor).to_have_attribute("aria-label", re.compile("^series 00, 0 / 5,000 done"))
    expect(cursor).to_be_in_viewport()
    assert list_.get_attribute("aria-activedescendant") == cursor.get_attribute("id")
    page.keyboard.press("ArrowLeft")
    expect(cursor).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(cursor).to_have_attribute("aria-label", re.compile("^series 01"))
    page.keyboard.press("ArrowDown")
    for _ in range(30):
        page.keyboard.press("ArrowDown")
    expect(cursor).to_have_attribute("aria-label", re.compile("^005029.jpg"))
    expect(cursor).to_be_in_viewport()
    expect(page).to_have_url(re.compile("/99999$"))
    page.keyboard.press("Enter")
    work.wait()
    expect(page).to_have_url(re.compile("/5029$"))
    expect(list_).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("/5030$"))
    page.keyboard.press("End")
    expect(cursor).to_have_attribute("aria-label", re.compile("^099999.jpg"))
    expect(cursor).to_be_in_viewport()


def test_the_list_is_there_without_the_server_and_marks_what_was_done(
    page_of: Callable[[int], Workspace], large_world: World
) -> None:
    work = page_of(50_000)
    page = work.page
    wait_for_the_whole_list(page)
    page.get_by_label("Good", exact=True).check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("treeitem", name="050000.jpg, Submitted")).to_be_visible()
    expect(page.get_by_role("treeitem", name="part 0, 1 / 500 done")).to_be_visible()
    page.context.route("**/api/datasets/**", lambda route: route.abort())
    work.reload()
    wait_for_the_whole_list(page)
    page.get_by_role("button", name="Filter by status").click()
    page.get_by_role("button", name="Submitted 1").click()
    expect(page.locator(".matches")).to_have_text("1 of 100,000 images match")
    page.get_by_role("treeitem", name="050000.jpg, Submitted").click()
    expect(page).to_have_url(re.compile("/50000$"))
