"""The compute worker is killed at random moments of a DICOM session; every caller is answered all the same.

``LIMNER_WORKER_KILLS`` sets how often it is killed, ``LIMNER_KILL_SEED`` at which moments.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from skimage.segmentation import slic

from datasets_server.demo.phantom import hu_volume
from tests.browser.pages import PATIENCE_MS, Console, settle, sign_in, wait_for_boot, wait_until
from tests.browser.servers import World, add_project
from tests.browser.test_dicom import last_mask, set_window, shade_at
from tests.browser.workspace import Workspace
from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.windows import shades

KILLS = int(os.environ.get("LIMNER_WORKER_KILLS", "8"))
SEED = int(os.environ.get("LIMNER_KILL_SEED", "1"))
FOLDERS, SLICES = 3, 20
MOST_WAITING_MS = 300_000
"""Longest wait for the answers after a kill, on a machine that does other things too."""
BEFORE = """(() => {
    const { Worker, addEventListener } = globalThis;
    globalThis.workers = [];
    globalThis.Worker = class extends Worker {
        constructor(address, ...more) {
            super(address, ...more);
            if (String(address).includes("compute")) workers.push(this);
        }
    };
    globalThis.addEventListener = function (name, heard, ...more) {
        if (name === "hashchange" && heard.__globals__) globalThis.python = async (code) => {
            const load = heard.__globals__.get("__builtins__").get("__import__");
            globalThis.names ??= load("builtins").dict();
            return load("pyodide.code").code.eval_code_async(code, globalThis.names);
        };
        return addEventListener.call(this, name, heard, ...more);
    };
})()"""
"""Keeps the workers of the page, and what reaches its Python."""
COUNT_CALLS = """
import gc
from webapp.py.browser import worker as room
from webapp.py.compute.functions import FUNCTIONS
compute = next(one for one in gc.get_objects() if isinstance(one, room.ComputeWorker))
waiting, refused = [], []
once = compute.call
async def call(*given, **more):
    waiting.append(given[0])
    try:
        return await once(*given, **more)
    except room.ComputeProblem as problem:
        refused.append(f"{given[0]}: {problem}")
        raise
    finally:
        waiting.remove(given[0])
compute.call = call
def limit(seconds):
    room.START_SECONDS = seconds
    for function in FUNCTIONS.values():
        object.__setattr__(function, "seconds", seconds)
limit(600.0)
"""
KILL = """async ([way, delay]) => {
    await new Promise((done) => setTimeout(done, delay));
    const worker = workers.at(-1);
    if (way === "message") worker.postMessage({ type: "cancel", id: "none" });
    else worker.terminate();
    const event = new ErrorEvent("error", { message: "killed", cancelable: true });
    if (way === "crash") worker.dispatchEvent(event);
}"""
"""Ends the worker as a crash that the browser reports, by a message nobody can read, or without a word."""
WAYS = ("crash", "crash", "message", "crash", "silence", "crash", "message", "crash")


@pytest.fixture
def work(
    world: World, demo_files: Path, browser: Browser, new_context: Callable[..., BrowserContext]
) -> Workspace:
    """The demo CT in three folders, so that there is always something to load."""
    names = [f"slice-{number:03}.dcm" for number in range(1, FOLDERS * SLICES + 1)]
    files = [(f"part {at // SLICES + 1}", f"ct/abdomen/{name}") for at, name in enumerate(names)]
    add_project(world, browser, "kills", files)
    context = new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.add_init_script(BEFORE)
    page.goto(world.sync.url)
    wait_for_boot(page)
    sign_in(page, world.email("admin"), world.passwords["admin"])
    page.evaluate("code => python(code)", COUNT_CALLS)
    return Scans(page).open(world.sync.url, 0, "kills")


class Scans(Workspace):
    """Images of one size, so that points on them are known before they are shown."""

    def size(self) -> tuple[int, int]:
        return 512, 512


class Session:
    """What a person does with the slices, chosen by chance."""

    def __init__(self, work: Workspace, chance: random.Random) -> None:
        self.work, self.page, self._chance = work, work.page, chance
        self._grown = self._opened = 0

    def act(self) -> None:
        """Do something that the worker has to do with."""
        self._chance.choice([self.scroll, self.open_folder, self.superpixels, self.grow])()

    def scroll(self) -> None:
        self.page.mouse.move(*self.work.at(256, 256))
        for _ in range(self._chance.randint(1, 6)):
            self.page.mouse.wheel(0, self._chance.choice([100, -100]))

    def open_next(self) -> None:
        """Open the next folder, whose slices are not in memory."""
        self.open((self._opened + SLICES) % (FOLDERS * SLICES))

    def open_folder(self) -> None:
        self.open(self._chance.randrange(FOLDERS * SLICES))

    def open(self, ordinal: int) -> None:
        self._opened = ordinal
        self.page.evaluate("fragment => (location.hash = fragment)", f"#/project/kills/{ordinal}")

    def superpixels(self) -> None:
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("s")
        self.page.mouse.move(*self.work.at(200, self._chance.randint(200, 300)))

    def grow(self) -> None:
        self._grown += 1
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("u")
        self.work.click((381.5, 298.5 + self._grown % 20))


def python(page: Page, code: str) -> Any:
    return page.evaluate("code => python(code)", code)


def wait_until_answered(page: Page) -> None:
    """Wait until nobody waits for the worker, and what follows from the answers is drawn."""
    settle(page)
    try:
        wait_until(page, "() => python('not waiting')", MOST_WAITING_MS)
    except Error as error:
        state = python(page, "str((waiting, compute._calls, compute._current, compute._ready))")
        raise AssertionError(f"these were never answered: {state}") from error
    settle(page)


def test_whoever_waits_for_a_worker_that_is_killed_is_answered_and_every_slice_is_shown(
    work: Workspace,
) -> None:
    page, chance = work.page, random.Random(SEED)
    console = Console(page)
    session = Session(work, chance)
    work.choose("Animal")
    for number in range(KILLS):
        before = page.evaluate("workers.length")
        way = WAYS[number % len(WAYS)]
        # The kill comes in the middle of what the person does.
        page.evaluate(f"given => {{ globalThis.killed = ({KILL})(given); }}", [way, chance.uniform(0, 600)])
        for _ in range(2):
            session.act()
        page.evaluate("() => killed")
        # One that ends without a word is missed after seconds instead of minutes, and then the next has time.
        python(page, f"limit({3.0 if way == 'silence' else 600.0})")
        session.open_next()
        page.wait_for_function("before => workers.length > before", arg=before)
        python(page, "limit(600.0)")
        wait_until_answered(page)
    # A calculation for an image that was left in the meantime has nothing to work on.
    assert python(page, "'; '.join({one for one in refused if 'no longer open' not in one})") == ""
    reports = [line for line in console.problems() if "compute worker" in line]
    assert len(reports) == KILLS
    assert console.problems() == reports
    show_everything(work, session)


def show_everything(work: Workspace, session: Session) -> None:
    """Every slice of every folder is there, with its shades, and the worker calculates what it should."""
    page = work.page
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    for folder in range(FOLDERS):
        at = folder * SLICES + 12 + folder
        session.open(at)
        expect(page.locator(".slice-number")).to_have_text(f"{13 + folder} / {SLICES}")
        slider = page.get_by_label("Slice", exact=True)
        expect(slider).to_have_attribute("data-loaded", str(SLICES), timeout=PATIENCE_MS)
        work.wait()
        page.get_by_label("Layout and display").first.click()
        set_window(page, 40, 400)
        page.keyboard.press("Escape")
        near = hu_volume()[at][255:258, 255:258].astype(float)
        shade = np.clip((near - 39.5) / 399 + 0.5, 0, 1) * 255
        assert shade.min() - 2 <= shade_at(work, 256.5, 256.5) <= shade.max() + 2
    annotations = page.locator(".label").count()
    work.count_answers()
    page.keyboard.press("s")
    work.wait_for_answers(1)
    work.click((180.5, 250.5))
    work.expect_annotations(annotations + 1)
    seen = shades(hu_volume()[at], Window(center=40.0, width=400.0))
    labels = slic(
        np.stack([seen] * 3, -1),
        n_segments=round(seen.size / 24**2),
        compactness=10,
        sigma=0,
        start_label=1,
    )
    assert np.array_equal(last_mask(work), labels == labels[250, 180])
