"""Makes the data of a build to be kept: ``python tests/old_data/make.py --checkout DIR --out FOLDER``.

Starts both servers and the site of that checkout, labels in a real Chromium as a person does, and packs what
lies on the disk then: the database of the server, the profile of a person whose last edits the server has not
got, the profile of a solo workspace, and the images. ``manifest.json`` says what is inside; it is read with
SQLite and with IndexedDB itself, by nothing that Limner brings. See docs/compatibility.md.

The checkout must be built (``python3 build.py build``). Run this in an environment with what the tests need
(``python3 build.py check`` makes one); the checkout itself is only read.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import lzma
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

if TYPE_CHECKING:
    from tests.browser.workspace import Workspace

SITE = "http://localhost:18731/"
"""Where the browser believes the site to be: what it keeps belongs to this address, its port included.

Nothing listens there. The browser is told to go to another port of this machine, whichever is free.
"""
IMAGES = "http://localhost:18732/"
"""The same for the images, whose addresses are in the data."""
PEOPLE = ("admin", "annotator", "reviewer")
LABELED, SKIPPED, CHANGED, FRESH = range(4)
"""Images of the demo project, by what happens to them."""
WIDTH, HEIGHT = 160, 120
SLICES = 4
KEPT_FOLDERS = ("IndexedDB", "File System", "Local Storage", "WebStorage")
"""Of a profile, below ``Default``: database, private files, small settings, and the list of what there is."""
LEFT_OUT = {"LOG", "LOG.old", "LOCK"}
"""Files of a LevelDB that only say where and when it was opened."""
DUMP = """async (name) => {
    const outcome = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const database = await outcome(indexedDB.open(name));
    const found = {version: database.version, stores: {}};
    for (const store of database.objectStoreNames) {
        const source = database.transaction(store).objectStore(store);
        const [keys, values] = [await outcome(source.getAllKeys()), await outcome(source.getAll())];
        found.stores[store] = keys.map((key, at) => [key, values[at]]);
    }
    database.close();
    return found;
}"""
FORGET = """(name) => new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
})"""
REMEMBERED = "() => Object.fromEntries(Object.entries(localStorage))"
PASSING = ("limner.clock.",)
"""Keys of what a page remembers that mean nothing later."""

Place = tuple[float, float]
BOX: tuple[Place, Place] = ((20, 20), (60, 50))
POLYGON: list[Place] = [(80, 20), (120, 24), (116, 60), (78, 56)]
LINE: list[Place] = [(20, 70), (60, 78), (40, 100)]
POINTS: list[Place] = [(80, 80), (95, 90)]
STROKE: list[Place] = [(100, 95), (140, 105)]
SPARE: tuple[Place, Place] = ((128, 10), (152, 22))
"""A box that is deleted while the server does not answer."""


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
    """Makes everything in one folder: ``packed`` is what will be kept, the rest is in passing."""

    def __init__(self, playwright: Playwright, home: Path) -> None:
        from builder.chromium import chromium

        self.playwright = playwright
        self.program = chromium()
        self.home = home
        self.packed = home / "packed"
        self.files = self.packed / "files"
        self.passwords: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.api_key = ""

    def make(self) -> dict[str, Any]:
        """Make all parts; return the manifest."""
        listed = write_images(self.files)
        assets = self.home / "assets.json"
        assets.write_text(json.dumps(listed))
        with self.servers(assets):
            self.set_up()
            person = self.work_with_a_server()
        server = self.keep_database()
        solo = self.work_alone()
        return {
            "made_at": int(time.time() * 1000),
            "chromium": self.version,
            "site": SITE,
            "images": IMAGES,
            "people": {
                name: {
                    "id": self.ids[name],
                    "email": f"{name}@limner.local",
                    "password": self.passwords[name],
                }
                for name in PEOPLE
            },
            "api_key": self.api_key,
            "server": server,
            "person": person,
            "solo": solo,
        }

    # --- the servers

    @contextlib.contextmanager
    def servers(self, assets: Path) -> Iterator[None]:
        """Run both servers of the checkout, with its demo over the small images."""
        from builder.paths import DIST, ROOT
        from tests.browser.servers import Process, free_port

        self.database = self.home / "server"
        line = ["-m", "sync_server.demo", "--home", str(self.database)]
        line += ["--datasets-url", IMAGES, "--assets", str(assets)]
        said = subprocess.run(
            [sys.executable, "-B", *line], cwd=ROOT, capture_output=True, text=True, check=True
        )
        self.passwords = dict(re.findall(r"(\w+)@limner\.local\s+(?:password:\s+)?(\S+)", said.stdout))
        sync, images = free_port(), free_port()
        self.sync = Process(
            ["sync_server", "--home", str(self.database), "--site", str(DIST), "--port", str(sync)],
            sync,
            "health",
            self.home / "sync.log",
        )
        datasets = Process(
            ["datasets_server", "--root", str(self.files), "--port", str(images)],
            images,
            "-/health",
            self.home / "datasets.log",
        )
        self.ports = {SITE: sync, IMAGES: images}
        datasets.start()
        self.sync.start()
        try:
            yield
        finally:
            self.sync.stop()
            datasets.stop()

    def as_person(self, name: str) -> httpx.Client:
        """Sign in as a script does that has a password."""
        client = httpx.Client(base_url=self.sync.url, headers={"X-Limner": "1"}, timeout=60)
        sign_in = {"email": f"{name}@limner.local", "password": self.passwords[name]}
        session = client.post("/api/session", json=sign_in)
        session.raise_for_status()
        self.ids[name] = session.json()["person"]
        return client

    def send(self, client: httpx.Client, scope: str, *ops: dict[str, Any]) -> None:
        """Send ops, all of which must be taken."""
        from webapp.py.domain.wire import PROTOCOL

        body = {"protocol": PROTOCOL, "client_id": "script", "scope": scope, "cursor": "", "ops": list(ops)}
        reply = client.post("/api/sync", json=body).raise_for_status().json()
        assert reply["refused"] == [], reply["refused"]

    def set_up(self) -> None:
        """Make a project over the slices, memberships, and a key for scripts."""
        for name in PEOPLE:
            client = self.as_person(name)
            if name != "admin":
                continue
            records = {
                "dataset": {"id": "slices", "name": "Slices"},
                "project": {
                    "id": "stack",
                    "name": "A stack",
                    "dataset": "slices",
                    "instruction": "demo-instruction",
                },
            }
            ops = [
                {"op_id": f"set-up-{table}", "table": table, "id": fields["id"], "fields": fields}
                for table, fields in records.items()
            ]
            self.send(client, "setup", *ops)
            assets = [
                {"name": path.name, "folder": "ct", "url": f"{IMAGES}ct/{path.name}"}
                for path in sorted((self.files / "ct").iterdir())
            ]
            client.post("/api/datasets/slices/assets", json={"start": 0, "assets": assets}).raise_for_status()
            self.api_key = client.post("/api/keys", json={"name": "scripts"}).raise_for_status().json()["key"]
        admin = self.as_person("admin")
        for name in PEOPLE[1:]:
            place = f"/api/projects/demo-project/members/{self.ids[name]}"
            admin.put(place, json={"role": name}).raise_for_status()

    def keep_database(self) -> dict[str, Any]:
        """Pack the database, without the sign-ins that it has open; return what is in it."""
        packed = self.packed / "server"
        packed.mkdir(parents=True)
        with contextlib.closing(sqlite3.connect(self.database / "limner.db")) as rows:
            rows.execute("DELETE FROM sessions")
            rows.commit()
            rows.execute("VACUUM INTO ?", [str(packed / "limner.db")])
        with contextlib.closing(sqlite3.connect(packed / "limner.db")) as rows:
            rows.row_factory = sqlite3.Row
            return {
                table: [_plain(row) for row in rows.execute(f"SELECT * FROM {table} ORDER BY {order}")]
                for table, order in {
                    "meta": "key",
                    "memberships": "project, person",
                    "records": "seq",
                    "ops": "seq",
                    "assets": "dataset, ordinal",
                }.items()
            }

    # --- the browser

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
        """Label as the annotator, lose the server, label on; return what the profile holds."""
        from tests.browser.pages import sign_in, wait_for_boot
        from tests.browser.workspace import Workspace

        profile = self.home / "person"
        with self.browser(profile) as context:
            page = context.new_page()
            page.goto(SITE)
            wait_for_boot(page)
            sign_in(page, "annotator@limner.local", self.passwords["annotator"])
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
            self.sync.stop()
            self.work_on(work)
            self.choose_settings(work)
            waiting = told(page)
            kept = self.leave(context, page, f"limner-{self.ids['annotator']}")
            self.sync.start()
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
        """Have the reviewer change one image, and accept one that the annotator opens again meanwhile."""
        page = work.page
        reviewer = self.as_person("reviewer")
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
        self.send(reviewer, scope, change)
        page.keyboard.press("Alt+s")
        wait_for_told(page, "Overwritten by someone else", 1)
        page.context.set_offline(True)
        page.keyboard.press("Home")
        work = shown(work, "first.png")
        page.keyboard.press("Alt+Enter")  # opens the submitted image again, which is accepted meanwhile
        wait_for_told(page, "Not synced yet", 1)
        assignments = reviewer.get("/api/records/assignment", params={"project": "demo-project"}).json()
        labeled = next(one["fields"] for one in assignments["records"] if one["fields"]["asset"] == LABELED)
        review = {
            "id": "review-first",
            "project": "demo-project",
            "asset": LABELED,
            "assignment": labeled["id"],
            "author": self.ids["reviewer"],
            "verdict": "accepted",
            "score": 8.5,
            "comment": "Well done.",
        }
        accept = {"op_id": "reviewer-accepts", "table": "assignment", "id": labeled["id"]}
        self.send(
            reviewer,
            scope,
            {"op_id": "reviewer-review", "table": "review", "id": "review-first", "fields": review},
            {**accept, "fields": {"status": "accepted"}},
        )
        page.context.set_offline(False)
        page.keyboard.press("Alt+s")
        wait_for_told(page, "Refused by the server", 1)
        wait_for_told(page, "Not synced yet", 0)

    def work_on(self, work: Workspace) -> None:
        """Label without the server: on an image that it knows, on one that it does not, and in the stack."""
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
        wait_for_told(page, "Not saved yet", 0)

    def choose_settings(self, work: Workspace) -> None:
        """Choose what this machine remembers."""
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
        """Close the page as a person does, and look at what it left behind."""
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
        """Label in a solo workspace; return what its profile holds."""
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
            # The photos of the site are large, and lie on the site.
            kept = self.leave(context, page, "limner-solo", forget_images=True)
        server.stop()
        keep_profile(profile, self.packed / "solo")
        return kept


# --- what a person does


def draw_everything(work: Workspace, *, finish: bool = True) -> None:
    """Draw an annotation of every shape, and answer what must be answered."""
    page = work.page
    work.draw_box(*BOX[0], *BOX[1])
    work.answer()
    if finish:
        page.get_by_label("Where was it taken?").select_option("Indoors")
    draw_polygon(work)
    page.keyboard.press("l")
    work.click(*LINE)
    page.keyboard.press("Enter")
    page.keyboard.press("k")
    work.click(POINTS[0])
    page.keyboard.down("Shift")
    work.click(POINTS[1])
    page.keyboard.up("Shift")
    paint(work, *STROKE)
    work.expect_annotations(5)


def draw_polygon(work: Workspace) -> None:
    """Draw a polygon of the class Person."""
    before = work.page.locator(".label").count()
    work.choose("Person")
    work.click(*POLYGON, POLYGON[0])
    work.expect_annotations(before + 1)


def paint(work: Workspace, *points: Place) -> None:
    """Paint a mask of the class Animal."""
    before = work.page.locator(".label").count()
    work.choose("Animal")
    work.page.get_by_label("Radius").fill("5")
    work.drag(*points)
    work.expect_annotations(before + 1)


def submit(work: Workspace, then: str) -> None:
    """Submit the image and wait for the next one."""
    work.page.get_by_role("button", name="Submit").click()
    shown(work, then)


def go_to(work: Workspace, name: str) -> None:
    """Go to an image of the list."""
    work.page.get_by_title(name, exact=True).click()
    shown(work, name)


def shown(work: Workspace, name: str) -> Workspace:
    """Wait until an image is at hand."""
    expect(work.page.get_by_role("application", name=name)).to_be_visible()
    return work.wait()


def told(page: Page) -> dict[str, int]:
    """What the page says about where the work is."""
    page.locator(".save-state").click()
    table = page.locator(".facts-table")
    expect(table).to_be_visible()
    names, values = table.locator("dt").all_inner_texts(), table.locator("dd").all_inner_texts()
    page.keyboard.press("Escape")
    expect(table).to_have_count(0)
    return {name: int(value) for name, value in zip(names, values, strict=True)}


def wait_for_told(page: Page, name: str, count: int) -> None:
    """Wait until the page says this number; at least it, where time is recorded beside."""
    deadline = time.monotonic() + 120
    while True:
        found = told(page)[name]
        if found == count or (count > 0 and found > count):
            return
        assert time.monotonic() < deadline, f"{name}: {found}, not {count}"
        page.wait_for_timeout(200)


# --- what is kept


def write_images(folder: Path) -> list[dict[str, Any]]:
    """Write small photos and a small stack of slices; return the list of the photos."""
    (folder / "photos").mkdir(parents=True)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    listed = []
    for number, name in enumerate(("first", "second", "third", "fourth")):
        shades = [columns + 20 * number, rows * 2, (rows // 10 + columns // 10) % 2 * 90 + 60]
        picture = Image.fromarray(np.stack(shades, axis=-1).clip(0, 255).astype(np.uint8))
        picture.save(folder / "photos" / f"{name}.png", optimize=True)
        place = {"folder": "photos", "name": f"{name}.png", "path": f"photos/{name}.png"}
        listed.append({**place, "bytes": 0, "width": WIDTH, "height": HEIGHT})
    (folder / "ct").mkdir()
    for number in range(SLICES):
        slice_of(number).save_as(folder / "ct" / f"slice-{number + 1}.dcm", enforce_file_format=True)
    return listed


def slice_of(number: int) -> FileDataset:
    """A slice with a ball in it, of nobody."""

    def uid(*words: str) -> str:
        return generate_uid(entropy_srcs=["limner old data", *words])

    size = 64
    rows, columns = np.mgrid[:size, :size]
    inside = (rows - 32) ** 2 + (columns - 32) ** 2 < (14 + 2 * number) ** 2
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = uid("slice", str(number))
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made = FileDataset("", Dataset(), file_meta=meta, preamble=bytes(128))
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    made.StudyInstanceUID, made.SeriesInstanceUID = uid("study"), uid("series")
    made.FrameOfReferenceUID = uid("frame")
    made.PatientName, made.PatientID, made.Modality = "Ball^Computed", "BALL", "CT"
    made.SeriesDescription, made.SeriesNumber, made.InstanceNumber = "Computed ball", 1, number + 1
    made.ImagePositionPatient, made.ImageOrientationPatient = [0, 0, 3.0 * number], [1, 0, 0, 0, 1, 0]
    made.PixelSpacing, made.SliceThickness = [1, 1], 3
    made.Rows = made.Columns = size
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    made.RescaleIntercept, made.RescaleSlope, made.RescaleType = -1024, 1, "HU"
    made.WindowCenter, made.WindowWidth = 40, 400
    made.PixelData = np.where(inside, 1124, 24).astype("<u2").tobytes()
    made["PixelData"].VR = "OW"
    return made


def read_stored(stored: dict[str, Any], remembered: dict[str, str]) -> dict[str, Any]:
    """Return in plain words what a person's database and settings hold.

    ``records`` are the records as the person sees them: those of the base with the outbox over them.
    """
    stores = stored["stores"]
    records: dict[str, dict[str, Any]] = {}
    for (_scope, table, name), text in stores["base"]:
        row = json.loads(text)
        records[f"{table}/{name}"] = json.loads(row["fields"])
    waiting = [
        {"scope": entry["scope"], **json.loads(entry["text"])}
        for _, entry in sorted(stores["outbox"], key=lambda pair: pair[0])
    ]
    for op in waiting:
        before = records.get(f"{op['table']}/{op['id']}", {})
        records[f"{op['table']}/{op['id']}"] = {**before, **op["fields"]}
    lists: dict[str, list[Any]] = {"refused": [], "overwritten": [], "aside": []}
    for _, entry in stores["lists"]:
        lists[entry["kind"]].append({"scope": entry["scope"], **json.loads(entry["text"])})
    return {
        "scopes": {name: json.loads(text) for name, text in stores["scopes"]},
        "records": records,
        "waiting": waiting,
        **lists,
        "meta": {key: json.loads(text) for key, text in stores["meta"]},
        "assets": [json.loads(text) for _, text in stores["assets"]],
        "remembered": {key: text for key, text in remembered.items() if not key.startswith(PASSING)},
    }


def keep_profile(profile: Path, packed: Path) -> None:
    """Copy of a profile what belongs to the site, and nothing of the browser itself."""
    for name in KEPT_FOLDERS:
        source = profile / "Default" / name
        if source.is_dir():
            shutil.copytree(
                source,
                packed / "Default" / name,
                ignore=lambda _, names: [one for one in names if one in LEFT_OUT],
            )


def _plain(row: sqlite3.Row) -> dict[str, Any]:
    made = dict(row)
    for name in ("fields", "before"):
        if made.get(name) is not None:
            made[name] = json.loads(made[name])
    return made


def write(out: Path, packed: Path, manifest: dict[str, Any]) -> None:
    """Write archive and manifest, when nothing in them tells of the machine that made them."""
    words = {platform.node(), str(Path.home()), tempfile.gettempdir(), str(packed.parent)}
    telling = [word.encode() for word in words if len(word) > 3] + [b"/tmp/"]
    for file in sorted(packed.rglob("*")):
        content = file.read_bytes() if file.is_file() else b""
        found = [word for word in telling if word in content]
        assert not found, f"{file.relative_to(packed)} tells of this machine: {found}"
    out.mkdir(parents=True, exist_ok=True)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for file in sorted(packed.rglob("*")):
            entry = archive.gettarinfo(file, str(file.relative_to(packed)))
            entry.uid = entry.gid = entry.mtime = 0
            entry.uname = entry.gname = ""
            with file.open("rb") if file.is_file() else contextlib.nullcontext() as content:
                archive.addfile(entry, content)
    content = lzma.compress(made.getvalue(), preset=9 | lzma.PRESET_EXTREME)
    (out / "data.tar.xz").write_bytes(content)
    (out / "manifest.json").write_text(as_text(manifest) + "\n", encoding="utf-8")
    say(f"{out}: {len(content):,} bytes")


def as_text(value: Any, depth: int = 0) -> str:
    """Return JSON whose records stand on a line each."""
    if depth == 3 or not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    lines = (
        [f"{json.dumps(name)}: {as_text(part, depth + 1)}" for name, part in value.items()]
        if isinstance(value, dict)
        else [as_text(part, depth + 1) for part in value]
    )
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    return "\n".join([opened, ",\n".join(lines), closed])


def say(what: str) -> None:
    """Tell how far it is."""
    print(what, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
