"""A browser that is killed in mid-work loses no annotation that the page had called saved.

After the second kill its database is gone, as it is when Chromium finds it damaged.
``LIMNER_KILLS`` sets how often it is killed, ``LIMNER_KILL_SEED`` at which moments.
"""

from __future__ import annotations

import os
import random
import threading
from pathlib import Path

from playwright.sync_api import Error, Page, Playwright

from tests.browser.killable import KILLS, drop_database, kill, killable_browser
from tests.browser.workspace import Workspace

Place = tuple[float, float]
SEED = int(os.environ.get("LIMNER_KILL_SEED", "1"))
_COUNT_AND_STATE = """() => [
  document.querySelectorAll(".label").length,
  document.querySelector(".save-state [role=status]").textContent,
]"""


def test_a_killed_browser_loses_nothing_that_was_called_saved(
    playwright: Playwright, static_site: str, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    saved = 0
    profile = tmp_path / "profile"
    for killed in range(KILLS + 1):
        with killable_browser(playwright, profile) as (page, process):
            workspace = Workspace(page).open(static_site)
            found = page.locator(".label").count()
            assert found >= saved, f"{saved} were called saved, {found} are left after kill {killed}"
            if killed == KILLS:
                break
            workspace.choose("Object")
            corners = workspace.at(5, 5), workspace.at(500, 500)
            timer = threading.Timer(chance.uniform(0.1, 4.0), kill, [process])
            saved = max(saved, draw_until_the_end(page, chance, timer, *corners))
            timer.join()
            if killed == 1:
                drop_database(profile)
    assert saved, "no browser lived long enough to save anything"


def draw_until_the_end(
    page: Page, chance: random.Random, end: threading.Timer, corner: Place, opposite: Place
) -> int:
    """Draw boxes until the browser is gone; return the largest number of annotations called saved.

    The time to the end runs from the first that is saved.
    """
    saved = 0
    (left, top), (right, bottom) = corner, opposite
    try:
        while True:
            page.mouse.move(chance.uniform(left, right), chance.uniform(top, bottom))
            page.mouse.down()
            page.mouse.move(chance.uniform(left, right), chance.uniform(top, bottom), steps=3)
            page.mouse.up()
            count, text = page.evaluate(_COUNT_AND_STATE)
            if text == "Saved on this computer":
                saved = count
                if saved and end.ident is None:
                    end.start()
    except Error:
        return saved
