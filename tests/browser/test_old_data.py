"""What earlier builds left on the disk is opened by this one: a person's profile, a solo workspace.

What is in there stands in the manifests, which SQLite and the browser's own IndexedDB have told; the pages
are asked what they make of it. See docs/compatibility.md.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from builder.chromium import chromium
from builder.paths import DIST
from tests.browser.conftest import PATIENCE_MS, QUIET, SHORT_LIVED, SOFTWARE_WEBGL
from tests.browser.killable import drop_database
from tests.browser.pages import sign_in, wait_for_boot
from tests.browser.servers import Process, free_port
from tests.browser.sites import serve_folder
from tests.browser.workspace import Workspace
from tests.support.old_data import OLD_DATA, OldData, alive, name_of, rows_of
from webapp.py.pages.datasets import texts as datasets_texts
from webapp.py.pages.shell import texts

UNSYNCED, REFUSED, OVERWRITTEN = texts.COUNT_UNSYNCED, texts.REFUSED, texts.OVERWRITTEN
DEMO, STACK = "demo-project", "stack"
LAST = 3
"""The image of the demo project that was at hand when the page of then was closed."""


class Old:
    """What one build left behind, unpacked, and the present servers over it.

    The browser takes them for the servers of then: what it keeps belongs to an address with a port. It is
    told to go to another port of this machine, so that any number of tests may run at a time.
    """

    def __init__(self, playwright: Playwright, old: OldData, home: Path) -> None:
        self._playwright = playwright
        self.manifest = old.manifest
        self.site: str = self.manifest["site"]
        self.folder = old.unpack(home)
        self.database = self.folder / "server" / "limner.db"
        sync, images = free_port(), free_port()
        self.ports = {self.site: sync, self.manifest["images"]: images}
        self.sync = Process(
            ["sync_server", "--home", str(self.database.parent), "--site", str(DIST), "--port", str(sync)],
            sync,
            "health",
            home / "sync.log",
        )
        self.images = Process(
            ["datasets_server", "--root", str(self.folder / "files"), "--port", str(images)],
            images,
            "-/health",
            home / "images.log",
        )

    @contextlib.contextmanager
    def browser(self, name: str) -> Iterator[BrowserContext]:
        """Open the profile of that name."""
        rules = ", ".join(
            f"MAP {address.removeprefix('http://').rstrip('/')} 127.0.0.1:{port}"
            for address, port in self.ports.items()
        )
        context = self._playwright.chromium.launch_persistent_context(
            self.folder / name,
            executable_path=os.environ.get("LIMNER_CHROMIUM") or chromium(),
            args=[*QUIET, *SOFTWARE_WEBGL, *SHORT_LIVED, f"--host-resolver-rules={rules}"],
            viewport={"width": 1280, "height": 800},
            service_workers="block",
        )
        context.set_default_timeout(PATIENCE_MS)
        try:
            yield context
        finally:
            context.close()

    def sign_in(self, page: Page) -> None:
        """Sign in as the person of the profile."""
        person = self.manifest["people"]["annotator"]
        sign_in(page, person["email"], person["password"])

    @property
    def person(self) -> dict[str, Any]:
        """What the profile of the person holds."""
        found: dict[str, Any] = self.manifest["person"]
        return found

    def waiting(self, scope: str | None = None) -> list[dict[str, Any]]:
        """The ops that the server has not got, those of one project or all."""
        return [op for op in self.person["waiting"] if scope is None or op["scope"] == f"project/{scope}"]

    @property
    def put_down(self) -> list[dict[str, Any]]:
        """Recorded time that the page of then put down as it was closed."""
        key = f"limner.time.{DEMO}.{self.manifest['people']['annotator']['id']}"
        found: list[dict[str, Any]] = json.loads(self.person["remembered"].get(key, "[]"))
        return found

    def labels(self, project: str, asset: int) -> int:
        """How many annotations an image has as the person of then saw it."""
        shown = alive(self.person["records"], "annotation", project).values()
        return sum(fields["asset"] == asset for fields in shown)


@pytest.fixture(params=OLD_DATA, ids=name_of)
def old(
    request: pytest.FixtureRequest, playwright: Playwright, built_site: Path, tmp_path: Path
) -> Iterator[Old]:
    made = Old(playwright, request.param, tmp_path)
    yield made
    made.sync.stop()
    made.images.stop()


def told(page: Page) -> dict[str, int]:
    """What the page says about where the work is."""
    page.locator(".save-state").click()
    table = page.locator(".facts-table")
    expect(table).to_be_visible()
    names, values = table.locator("dt").all_inner_texts(), table.locator("dd").all_inner_texts()
    page.keyboard.press("Escape")
    expect(table).to_have_count(0)
    return {name: int(value) for name, value in zip(names, values, strict=True)}


def wait_until_told(page: Page, least: int) -> dict[str, int]:
    """Wait until the page says that so many changes wait; return all that it says."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while (found := told(page))[UNSYNCED] < least:
        assert time.monotonic() < deadline, found
        page.wait_for_timeout(100)
    return found


def wait_until_sent(page: Page) -> dict[str, int]:
    """Wait until the page says that nothing waits; return all that it says."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while (found := told(page))[UNSYNCED]:
        assert time.monotonic() < deadline, found
        page.wait_for_timeout(100)
    return found


def exported(work: Workspace, table: str) -> dict[str, dict[str, Any]]:
    """The records of a table, from an export, by id."""
    return {
        fields["id"]: {name: value for name, value in fields.items() if name != "deleted"}
        for fields in work.export()["records"][table]
    }


def expect_everything_once_on_the_server(old: Old, *, in_order: bool) -> None:
    """The log goes on with what waited, once each; the records are what the person of then saw."""
    kept = old.manifest["server"]["ops"]
    log = rows_of(old.database, "SELECT * FROM ops ORDER BY seq")
    assert log[: len(kept)] == kept
    new = log[len(kept) :]
    waited = old.waiting()
    for scope in (DEMO, STACK):
        # Beside them there is the time that this visit took.
        sent = [
            row["op_id"]
            for row in new
            if row["table_name"] != "activity" and row["scope"] == f"project/{scope}"
        ]
        expected = [op["op_id"] for op in old.waiting(scope) if op["table"] != "activity"]
        assert (sent if in_order else sorted(sent)) == (expected if in_order else sorted(expected))
    came = {row["op_id"]: row["fields"] for row in new}
    assert {op["op_id"]: op["fields"] for op in waited}.items() <= came.items()
    for one in old.put_down:
        assert came[one["id"]] == one
    for table in ("annotation", "assignment"):
        stored = rows_of(old.database, "SELECT id, fields FROM records WHERE table_name = ?", table)
        expected_records = {
            fields["id"]: fields
            for place, fields in old.person["records"].items()
            if place.startswith(f"{table}/")
        }
        assert {row["id"]: row["fields"] for row in stored} == expected_records


def test_a_person_finds_the_work_and_the_settings_of_then_without_any_server(old: Old) -> None:
    old.sync.start()
    with old.browser("person") as context:
        # The site comes, as from its copy on the machine; everything else is out of reach.
        context.route(f"{old.site}api/**", lambda route: route.abort())
        page = context.new_page()
        work = Workspace(page).open(old.site, LAST)
        # What waits in the other project counts as well, though that is not open.
        least = len(old.waiting()) + len(old.put_down)
        found = wait_until_told(page, least)
        # The time of this visit may be among them already.
        assert found[UNSYNCED] <= least + 3
        assert (found[REFUSED], found[OVERWRITTEN]) == (1, 1)
        assert exported(work, "annotation") == alive(old.person["records"], "annotation", DEMO)
        assert exported(work, "assignment") == alive(old.person["records"], "assignment", DEMO)
        for asset in range(LAST + 1):
            page.goto(f"{old.site}#/project/{DEMO}/{asset}")
            work.wait().expect_annotations(old.labels(DEMO, asset))
        page.locator(".save-state").click()
        refused, replaced = page.locator("[data-list=refused]"), page.locator("[data-list=overwritten]")
        expect(refused).to_contain_text(old.person["refused"][0]["reason"])
        expect(replaced).to_contain_text(old.person["overwritten"][0]["mine"])
        expect(replaced).to_contain_text(old.person["overwritten"][0]["theirs"])
        page.keyboard.press("Escape")

        assert page.evaluate("document.documentElement.classList.contains('light')")
        expect(page.get_by_label("Filter images by name or folder")).to_have_value("ir")
        expect(page.locator(".asset")).to_have_count(2)
        page.keyboard.press("Control+k")
        expect(page.locator(".found").first).to_contain_text("Brush")
        page.keyboard.press("Escape")

        page.goto(f"{old.site}#/project/{STACK}/0")
        work.wait().expect_annotations(old.labels(STACK, 0))
        page.get_by_label("Layout and display").first.click()
        expect(page.get_by_label("Memory for slices")).to_have_value("1024")
        page.keyboard.press("Escape")
        expect(page.get_by_text("Computed ball")).to_have_count(0)
        page.keyboard.press("Shift+B")
        expect(page.get_by_text("Computed ball")).to_be_visible()

        page.goto(f"{old.site}#/")
        page.get_by_role("button", name="DICOMweb servers").click()
        (server,) = old.person["meta"]["dicomweb servers"]
        page.get_by_role("button", name=datasets_texts.edit_server(server["name"])).click()
        expect(page.get_by_label("Address")).to_have_value(server["address"])
        expect(page.get_by_label(datasets_texts.HEADERS)).to_have_value(server["headers"])


def test_what_waited_is_sent_once_and_the_work_goes_on(old: Old) -> None:
    old.sync.start()
    old.images.start()
    with old.browser("person") as context:
        page = context.new_page()
        page.goto(old.site)
        wait_for_boot(page)
        expect(page.get_by_label("E-mail")).to_have_value(old.manifest["people"]["annotator"]["email"])
        old.sign_in(page)
        work = Workspace(page).open(old.site, LAST)
        found = wait_until_sent(page)
        assert (found[REFUSED], found[OVERWRITTEN]) == (1, 1)
        # What waits for a project that is not open is sent as well.
        page.keyboard.press("Alt+s")
        wait_for_log(old, {op["op_id"] for op in old.waiting(STACK)})
        expect_everything_once_on_the_server(old, in_order=True)

        work.reload().expect_annotations(old.labels(DEMO, LAST))
        wait_until_sent(page)
        expect_everything_once_on_the_server(old, in_order=True)
        work.draw_box(120, 20, 150, 50)
        wait_until_sent(page)
        boxes = rows_of(old.database, "SELECT id FROM records WHERE table_name = 'annotation'")
        before = [place for place in old.person["records"] if place.startswith("annotation/")]
        assert len(boxes) == len(before) + 1


def test_the_journal_of_then_brings_back_what_waited_when_the_database_is_gone(old: Old) -> None:
    old.sync.start()
    old.images.start()
    drop_database(old.folder / "person")
    with old.browser("person") as context:
        page = context.new_page()
        page.goto(old.site)
        wait_for_boot(page)
        old.sign_in(page)
        count = len(old.waiting()) + len(old.person["refused"])
        expect(page.get_by_text(f"{count} changes were restored")).to_be_visible()
        work = Workspace(page).open(old.site, LAST)
        work.expect_annotations(old.labels(DEMO, LAST))
        # The refused change had no other copy: it is sent, and refused, once more.
        assert wait_until_sent(page)[REFUSED] == 1
        page.keyboard.press("Alt+s")
        wait_for_log(old, {op["op_id"] for op in old.waiting(STACK)})
        expect_everything_once_on_the_server(old, in_order=True)


def wait_for_log(old: Old, op_ids: set[str]) -> None:
    """Wait until the server has taken these ops."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while op_ids - {row["op_id"] for row in rows_of(old.database, "SELECT op_id FROM ops")}:
        assert time.monotonic() < deadline, "not everything was sent"
        time.sleep(0.1)


@pytest.mark.parametrize("left", ["everything", "journal"])
def test_a_solo_workspace_of_then_opens_with_its_labels(old: Old, left: str) -> None:
    solo = old.manifest["solo"]
    server = serve_folder(DIST)
    old.ports = {old.site: server.port}
    if left == "journal":
        drop_database(old.folder / "solo")
    with old.browser("solo") as context:
        page = context.new_page()
        work = Workspace(page).open(old.site)
        back = page.get_by_text(re.compile(r"\d+ changes were restored"))
        expect(back).to_have_count(1 if left == "journal" else 0)
        labels = alive(solo["records"], "annotation", DEMO)
        work.expect_annotations(sum(fields["asset"] == 0 for fields in labels.values()))
        assert exported(work, "annotation") == labels
        assert exported(work, "assignment") == alive(solo["records"], "assignment", DEMO)
        assert alive(solo["records"], "activity", DEMO).items() <= exported(work, "activity").items()
        assert page.evaluate("document.documentElement.classList.contains('light')")
        page.goto(f"{old.site}#/project/{DEMO}/2")
        before = sum(fields["asset"] == 2 for fields in labels.values())
        work.wait().expect_annotations(before)
        work.draw_box(120, 20, 150, 50)
        work.expect_saved("Saved on this computer")
        work.reload().expect_annotations(before + 1)
    server.stop()
