"""Every page and dialog against axe-core's rules for WCAG 2.2 AA and good practice, in both themes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from builder.node import node_modules
from tests.browser.pages import sign_in
from tests.browser.servers import World, add_project
from tests.browser.workspace import Workspace

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WEAR = """dark => {
    document.documentElement.classList.toggle("dark", dark);
    document.documentElement.classList.toggle("light", !dark);
}"""


@functools.cache
def axe() -> str:
    """Return axe-core's script from the npm packages of webapp/package-lock.json."""
    return (node_modules() / "axe-core" / "axe.min.js").read_text()


def violations(page: Page) -> list[dict[str, Any]]:
    """Run axe-core on the page as it is now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe())
    options = {"runOnly": STANDARDS, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(options).then(r => r.violations)", options
    )
    return found


def audit(page: Page) -> None:
    """Fail with what is wrong, where, and how axe would fix it."""
    # Elements that are fading in have less contrast than they end up with.
    page.add_style_tag(
        content="*, *::before, *::after { transition: none !important; animation: none !important }"
    )
    found = []
    for theme in ("dark", "light"):
        page.evaluate(WEAR, theme == "dark")
        found += [
            f"{theme}: {rule['id']}: {node['html'][:160]}: {node['failureSummary']}"
            for rule in violations(page)
            for node in rule["nodes"]
        ]
    assert found == [], "\n".join(found)


def test_signing_in_and_the_list_of_projects(world: World, start: Callable[..., Page]) -> None:
    page = start(world.sync.url)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    audit(page)
    sign_in(page, world.email("admin"), world.passwords["admin"])
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    audit(page)
    page.goto(f"{world.sync.url}#/dicomweb")
    expect(page.get_by_role("heading", name="New from DICOMweb")).to_be_visible()
    audit(page)


def test_labeling_a_photo_and_everything_that_opens_over_it(solo: Workspace) -> None:
    page, work = solo.page, solo
    audit(page)
    work.draw_box(100, 120, 300, 260)
    work.draw_box(200, 180, 350, 300)
    expect(page.locator(".label")).to_have_count(2)
    audit(page)
    for keys, opened in (
        ("Shift+F10", page.get_by_role("dialog", name="Selection")),
        ("Control+k", page.get_by_role("combobox", name="Find a command")),
        ("F1", page.get_by_role("dialog", name="Keyboard shortcuts")),
        ("Control+Shift+s", page.get_by_role("dialog", name="Where your work is")),
        ("Control+Shift+e", page.get_by_role("dialog", name="Export")),
    ):
        page.keyboard.press(keys)
        expect(opened).to_be_visible()
        audit(page)
        page.keyboard.press("Escape")
        expect(opened).to_have_count(0)
    page.get_by_label("Layout and display").first.click()
    expect(page.locator("#view-menu")).to_be_visible()
    audit(page)


def test_stacks_and_planes(
    world: World, browser: Browser, demo_files: Path, person_page: Callable[..., Page]
) -> None:
    names = sorted(path.name for path in (demo_files / "ct" / "abdomen").iterdir())[20:30]
    add_project(world, browser, "audited", [("abdomen", f"ct/abdomen/{name}") for name in names])
    page = person_page("annotator")
    Workspace(page).open(world.sync.url, 4, "audited")
    expect(page.get_by_label("Slice", exact=True)).to_have_attribute("data-loaded", "10")
    audit(page)
    page.get_by_label("Layout and display").first.click()
    expect(page.locator("#view-menu")).to_be_visible()
    audit(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+5")
    expect(page.locator(".view")).to_have_count(3)
    audit(page)
