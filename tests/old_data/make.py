"""Make the data of a build to keep: ``python tests/old_data/make.py --checkout DIR --out FOLDER``.

It starts both servers and the site of that checkout and labels in a real Chromium. Then it packs the server's
database, the profile of a person with unsynced edits, the profile of a solo workspace, and the images.
``manifest.json`` lists the content, read with SQLite and IndexedDB and without code of Limner. See
docs/compatibility.md.

Build the checkout first (``python3 build.py build``). Run this in an environment with the packages of the
tests (``python3 build.py check`` makes one). The checkout is only read.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keeping import (
    DUMP,
    FORGET,
    REMEMBERED,
    SLICES,
    keep_database,
    keep_profile,
    read_stored,
    say,
    write,
    write_images,
)
from labeling import (
    BOX,
    SPARE,
    STROKE,
    counts,
    draw_everything,
    draw_polygon,
    go_to,
    paint,
    shown,
    submit,
    wait_for_count,
)
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright
from servers import IMAGES, PEOPLE, SITE, Servers

if TYPE_CHECKING:
    from tests.browser.workspace import Workspace

LABELED, SKIPPED, CHANGED, FRESH = range(4)
"""Images of the demo project, by what happens to them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the data of a checkout; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--checkout", type=Path, required=True, help="built checkout whose data is kept")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder to write, such as tests/old_data/NAME"
    )
    given = parser.parse_args(arguments)
    checkout = given.checkout.resolve()
    if not (checkout / "dist" / "site.json").is_file():
        parser.error(f"{checkout} is not built; run `python3 build.py build` there")
    # Everything below takes Limner, and the helpers that drive it, from that checkout.
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(checkout))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        made = Maker(playwright, Path(folder))
        manifest = made.make()
        write(given.out, made.packed, manifest)
    return 0


class Maker:
    """Makes everything in one folder. Only ``packed`` is kept."""

    def __init__(self, playwright: Playwright, home: Path) -> None:
        from builder.chromium import chromium

        self.playwright = playwright
        self.program = chromium()
        self.home = home
        self.packed = home / "packed"
        self.files = self.packed / "files"
        self.servers = Servers(home, self.files)
        self.ports: dict[str, int] = {}

    def make(self) -> dict[str, Any]:
        """Make all parts; return the manifest."""
        listed = write_images(self.files)
        assets = self.home / "assets.json"
        assets.write_text(json.dumps(listed))
        with self.servers.running(assets):
            self.ports = self.servers.ports
            self.servers.set_up()
            person = self.work_with_a_server()
        server = keep_database(self.servers.database, self.packed / "server")
        solo = self.work_alone()
        return {
            "made_at": int(time.time() * 1000),
            "chromium": self.version,
            "site": SITE,
            "images": IMAGES,
            "people": {
                name: {
                    "id": self.servers.ids[name],
                    "email": f"{name}@limner.local",
                    "password": self.servers.passwords[name],
                }
                for name in PEOPLE
            },
            "api_key": self.servers.api_key,
            "server": server,
            "person": person,
            "solo": solo,
        }

    @contextlib.contextmanager
    def browser(self, profile: Path) -> Iterator[BrowserContext]:
        """Open a browser on a profile."""
        from tests.browser.conftest import QUIET, SOFTWARE_WEBGL

        rules = [f"MAP {address[7:-1]} 127.0.0.1:{port}" for address, port in self.ports.items()]
        context = self.playwright.chromium.launch_persistent_context(
            profile,
            executable_path=self.program,
            args=[*QUIET, *SOFTWARE_WEBGL, f"--host-resolver-rules={', '.join(rules)}"],
            viewport={"width": 1280, "height": 800},
            service_workers="block",
        )
        context.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        self.version = context.browser.version if context.browser else self._asked_version()
        try:
            yield context
        finally:
            context.close()

    def _asked_version(self) -> str:
        said = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True).stdout
        return said.split()[1]

    def work_with_a_server(self) -> dict[str, Any]:
        """Label as the annotator, with and without the server. Return the content of the profile."""
        from tests.browser.pages import sign_in, wait_for_boot
        from tests.browser.workspace import Workspace

        profile = self.home / "person"
        with self.browser(profile) as context:
            page = context.new_page()
            page.goto(SITE)
            wait_for_boot(page)
            sign_in(page, "annotator@limner.local", self.servers.passwords["annotator"])
            work = Workspace(page).open(SITE, LABELED)
            draw_everything(work)
            submit(work, "second.png")
            page.keyboard.press("Control+Shift+Enter")  # skips the image
            work = shown(work, "third.png")
            work.draw_box(*BOX[0], *BOX[1])
            draw_polygon(work)
            work.draw_box(100, 80, 140, 110)
            page.keyboard.press("Delete")
            work.expect_annotations(2)
            work.draw_box(*SPARE[0], *SPARE[1])
            say("the stack")
            self.visit_stack(work)
            work.open(SITE, CHANGED)
            work.expect_saved("Synced")
            say("what others do meanwhile")
            self.let_others_work(work)
            say("the server stops")
            self.servers.sync.stop()
            self.work_on(work)
            self.choose_settings(work)
            waiting = counts(page)
            kept = self.leave(context, page, f"limner-{self.servers.ids['annotator']}")
            self.servers.sync.start()
        keep_profile(profile, self.packed / "person")
        return {"told": waiting, **kept}

    def visit_stack(self, work: Workspace) -> None:
        """Label one object on two slices of the stack."""
        page = work.page
        work.open(SITE, 1, "stack")
        expect(page.get_by_label("Slice", exact=True)).to_have_attribute("data-loaded", str(SLICES))
        paint(work, (20, 30), (40, 30))
        page.keyboard.press("End")
        expect(page.locator(".slice-number")).to_have_text(f"{SLICES} / {SLICES}")
        work.expect_annotations(0)
        paint(work, (20, 34), (40, 34))
        page.keyboard.press("v")
        work.click((30, 34))
        page.keyboard.press("Shift+J")  # one object over both slices
        work.expect_saved("Synced")

    def let_others_work(self, work: Workspace) -> None:
        """Let the reviewer change one image, and accept one that the annotator reopens meanwhile."""
        page = work.page
        reviewer = self.servers.as_person("reviewer")
        scope = "project/demo-project"
        listed = reviewer.get("/api/records/annotation", params={"project": "demo-project"}).json()["records"]
        polygon = next(
            one["fields"]
            for one in listed
            if one["fields"]["asset"] == CHANGED and one["fields"]["shape"]["kind"] == "polygon"
        )
        change = {
            "op_id": "reviewer-class",
            "table": "annotation",
            "id": polygon["id"],
            "fields": {"class_id": "texture"},
        }
        self.servers.send(reviewer, scope, change)
        page.keyboard.press("Alt+s")
        wait_for_count(page, "Overwritten by someone else", 1)
        page.context.set_offline(True)
        page.keyboard.press("Home")
        work = shown(work, "first.png")
        page.keyboard.press("Alt+Enter")  # reopens the submitted image, which is accepted meanwhile
        wait_for_count(page, "Not synced yet", 1)
        assignments = reviewer.get("/api/records/assignment", params={"project": "demo-project"}).json()
        labeled = next(one["fields"] for one in assignments["records"] if one["fields"]["asset"] == LABELED)
        review = {
            "id": "review-first",
            "project": "demo-project",
            "asset": LABELED,
            "assignment": labeled["id"],
            "author": self.servers.ids["reviewer"],
            "verdict": "accepted",
            "score": 8.5,
            "comment": "Well done.",
        }
        accept = {"op_id": "reviewer-accepts", "table": "assignment", "id": labeled["id"]}
        self.servers.send(
            reviewer,
            scope,
            {"op_id": "reviewer-review", "table": "review", "id": "review-first", "fields": review},
            {**accept, "fields": {"status": "accepted"}},
        )
        page.context.set_offline(False)
        page.keyboard.press("Alt+s")
        wait_for_count(page, "Refused by the server", 1)
        wait_for_count(page, "Not synced yet", 0)

    def work_on(self, work: Workspace) -> None:
        """Label without the server: an image with synced work, one without, and the stack."""
        page = work.page
        go_to(work, "third.png")
        page.keyboard.press("v")
        work.drag((40, 35), (50, 45))  # moves the box
        page.get_by_label("Partly hidden").check()
        page.keyboard.press("Escape")
        work.click((140, 16))
        page.keyboard.press("Delete")
        work.expect_annotations(2)
        paint(work, *STROKE)
        go_to(work, "fourth.png")
        draw_everything(work, finish=False)
        page.goto(f"{SITE}#/project/stack/0")
        work.wait()
        work.draw_box(10, 10, 30, 30)
        wait_for_count(page, "Not saved yet", 0)

    def choose_settings(self, work: Workspace) -> None:
        """Change what this computer remembers."""
        page = work.page
        page.get_by_label("Layout and display").first.click()
        page.get_by_label("Memory for slices").select_option("1024")
        page.keyboard.press("Escape")
        page.keyboard.press("Shift+B")  # hides the banner
        page.keyboard.press("Shift+D")  # light colors
        page.goto(f"{SITE}#/project/demo-project/{CHANGED}")
        work.wait()
        page.keyboard.press("Control+k")
        page.keyboard.type("brush")
        expect(page.locator(".found").first).to_contain_text("Brush")
        page.keyboard.press("Enter")
        page.get_by_label("Filter images by name or folder").fill("ir")
        expect(page.locator(".asset")).to_have_count(2)  # first and third
        page.goto(f"{SITE}#/")
        page.get_by_role("button", name="DICOMweb servers").click()
        page.get_by_label("Address").fill("https://pacs.example/dicom-web")
        page.get_by_label("Name", exact=True).fill("Example PACS")
        page.get_by_label("Sign-in").select_option("headers")
        page.get_by_label("Headers, one per line").fill("X-Example: demo")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("button", name="Remove Example PACS")).to_be_visible()
        page.keyboard.press("Escape")
        page.goto(f"{SITE}#/project/demo-project/{FRESH}")
        work.wait()

    def leave(
        self, context: BrowserContext, page: Page, database: str, *, forget_images: bool = False
    ) -> dict[str, Any]:
        """Close the page and return what it stored."""
        page.goto("about:blank")
        context.route(f"{SITE}blank", lambda route: route.fulfill(body="", content_type="text/html"))
        page.goto(f"{SITE}blank")
        stored = page.evaluate(DUMP, database)
        remembered = page.evaluate(REMEMBERED)
        if forget_images:
            page.evaluate(FORGET, "limner-images")
        page.close()
        return read_stored(stored, remembered)

    def work_alone(self) -> dict[str, Any]:
        """Label in a solo workspace. Return the content of its profile."""
        from builder.paths import DIST
        from tests.browser.sites import serve_folder
        from tests.browser.workspace import Workspace

        server = serve_folder(DIST)
        self.ports = {SITE: server.port}
        profile = self.home / "solo"
        with self.browser(profile) as context:
            page = context.new_page()
            work = Workspace(page).open(SITE)
            draw_everything(work)
            submit(work, "photographer.png")
            page.keyboard.press("Control+Shift+Enter")
            expect(page.locator(".asset", has_text="photographer.png")).to_contain_text("Skipped")
            go_to(work, "cat.jpg")
            work.draw_box(*BOX[0], *BOX[1])
            work.draw_box(100, 80, 140, 110)
            page.keyboard.press("Delete")
            work.expect_annotations(1)
            work.expect_saved("Saved on this computer")
            page.keyboard.press("Shift+D")
            document = work.export()
            (self.packed / "document").mkdir(parents=True)
            (self.packed / "document" / "project.json").write_text(json.dumps(document))
            # The photos are large and part of the site.
            kept = self.leave(context, page, "limner-solo", forget_images=True)
        server.stop()
        keep_profile(profile, self.packed / "solo")
        return kept


if __name__ == "__main__":
    raise SystemExit(main())
