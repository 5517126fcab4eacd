"""The outbox of a browser that is killed in mid-work, edit for edit. ``LIMNER_KILLS`` sets how often.

The second kill always tears Chromium's database, which a kill otherwise does about once in fifty times.
"""

from __future__ import annotations

import random
from pathlib import Path

from playwright.sync_api import Playwright

from tests.browser.killable import KILLS, kill, killable_browser, tear_database
from tests.browser.pages import run_python, wait_for_boot
from tests.browser.sites import Server

WORK = """
import asyncio, js
from pyodide.ffi import to_js
from webapp.py.browser.journal import open_store
from webapp.py.domain.ops import create, make_op
from webapp.py.store.store import Store

script = js.URL.new(boot.site["journal"], boot.base).href
store = await Store.open(await open_store("killed", script), "setup")
found = {record["id"]: int(record["description"]) for record in store.records("dataset").values()}
unsynced = store.status.unsynced

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
        await store.flushed()
        if store.status.saved:
            js.window.saved = number
"""


def test_an_outbox_keeps_every_edit_that_was_durable_when_the_browser_was_killed(
    playwright: Playwright, harness_site: Server, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    dice = random.Random(20)
    saved = 0
    for killed in range(KILLS + 1):
        with killable_browser(playwright, profile) as (page, process):
            page.goto(harness_site.url)
            wait_for_boot(page)
            run_python(page, WORK)
            found = run_python(page, "to_js([max(found.values(), default=0), len(found), unsynced])")
            assert found[0] >= saved, f"{saved} was called saved, {found} was found after kill {killed}"
            held: dict[str, int] = dict(run_python(page, "to_js([list(pair) for pair in found.items()])"))
            for number in range(max(1, saved - 49), saved + 1):
                assert held[f"dataset-{number % 50}"] >= number
            assert found[2] >= saved
            if killed == KILLS:
                break
            run_python(page, "task = asyncio.ensure_future(work(max(found.values(), default=0)))\nNone")
            aim = found[0] + dice.randrange(1, 400)
            page.wait_for_function("aim => window.saved >= aim", arg=aim)
            saved = page.evaluate("window.saved")
            kill(process)
            if killed == 1:
                tear_database(profile)
    assert saved > KILLS
