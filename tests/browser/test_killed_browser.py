"""A browser that is killed in the middle of its work loses nothing that the page had called saved.

``LIMNER_KILLS`` sets how often it is killed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright

from builder.chromium import chromium
from tests.browser.pages import run_python, wait_for_boot
from tests.browser.sites import SiteCopy, serve_folder

KILLS = int(os.environ.get("LIMNER_KILLS", "4"))
PATIENCE_S = 60
WORK = """
import asyncio, js
from pyodide.ffi import to_js
from webapp.py.browser.indexeddb import IndexedDbStore
from webapp.py.domain.ops import create, make_op
from webapp.py.store.store import Store

store = await Store.open(await IndexedDbStore.open("killed"), "setup")
found = {record["id"]: int(record["description"]) for record in store.records("dataset").values()}
waiting = store.status.waiting

async def work(first):
    number = first
    while True:
        for _ in range(number % 7 + 1):
            number += 1
            record = f"dataset-{number % 50}"
            if store.get("dataset", record):
                store.edit([make_op("dataset", record, {"description": str(number)})])
            else:
                store.edit([create("dataset", {"id": record, "name": record, "description": str(number)})])
        await store.settled()
        if store.status.saved:
            js.window.saved = number
"""


@contextmanager
def killable_browser(playwright: Playwright, profile: Path) -> Iterator[tuple[Page, subprocess.Popen[bytes]]]:
    """A browser that is a process of this test's own, and a page in it."""
    port_file = profile / "DevToolsActivePort"
    port_file.unlink(missing_ok=True)
    program = os.environ.get("LIMNER_CHROMIUM") or chromium()
    switches = [
        "--headless=new",
        "--no-sandbox",
        "--no-first-run",
        "--disable-gpu",
        "--remote-debugging-port=0",
    ]
    process = subprocess.Popen(
        [str(program), *switches, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not port_file.exists() or not port_file.read_text().strip():
            assert process.poll() is None and time.monotonic() < deadline, "the browser does not start"
            time.sleep(0.02)
        port = port_file.read_text().split()[0]
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        page = browser.contexts[0].pages[0]
        page.set_default_timeout(PATIENCE_S * 1000)
        yield page, process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_killed_browser_loses_nothing_that_was_called_saved(
    playwright: Playwright, site_copy: SiteCopy, tmp_path: Path
) -> None:
    site_copy.with_harness()
    server = serve_folder(site_copy.folder)
    dice = random.Random(20)
    saved = 0
    for kill in range(KILLS + 1):
        with killable_browser(playwright, tmp_path / "profile") as (page, process):
            page.goto(server.url)
            wait_for_boot(page)
            run_python(page, WORK)
            found = run_python(page, "to_js([max(found.values(), default=0), len(found), waiting])")
            assert found[0] >= saved, f"{saved} was called saved, {found} was found after kill {kill}"
            held: dict[str, int] = dict(run_python(page, "to_js([list(pair) for pair in found.items()])"))
            for number in range(max(1, saved - 49), saved + 1):
                assert held[f"dataset-{number % 50}"] >= number
            assert found[2] >= saved
            if kill == KILLS:
                break
            run_python(page, "task = asyncio.ensure_future(work(max(found.values(), default=0)))\nNone")
            aim = found[0] + dice.randrange(1, 400)
            page.wait_for_function("aim => window.saved >= aim", arg=aim)
            saved = page.evaluate("window.saved")
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    server.stop()
    assert saved > KILLS
