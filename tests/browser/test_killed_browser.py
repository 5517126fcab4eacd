"""A browser that is killed in mid-work loses no edit that the page had called saved."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path

from playwright.sync_api import Error, Page, Playwright

from builder.chromium import chromium
from tests.browser.conftest import PATIENCE_MS, QUIET, SOFTWARE_WEBGL
from tests.browser.workspace import Workspace

ROUNDS = int(os.environ.get("LIMNER_KILLS", "4"))
SEED = int(os.environ.get("LIMNER_KILL_SEED", "1"))
_COUNT_AND_STATE = """() => [
  document.querySelectorAll(".label").length,
  document.querySelector(".save-state [role=status]").textContent,
]"""


class Chromium:
    """A browser process of its own on a profile that outlives it; it can be killed with all its children."""

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        port_file = profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        line = [
            os.environ.get("LIMNER_CHROMIUM") or chromium(),
            *("--headless=new", "--no-sandbox", "--remote-debugging-port=0", f"--user-data-dir={profile}"),
            *(*QUIET, *SOFTWARE_WEBGL, "about:blank"),
        ]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(line, start_new_session=True, **quiet)  # type: ignore[call-overload]
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not port_file.exists() or "\n" not in port_file.read_text():
            assert time.monotonic() < deadline, "Chromium did not start"
            time.sleep(0.05)
        port = port_file.read_text().split("\n")[0]
        self.browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")

    def page(self) -> Page:
        context = self.browser.contexts[0]
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.set_viewport_size({"width": 1280, "height": 800})
        return page

    def kill(self) -> None:
        """SIGKILL, as a power cut or the system's out-of-memory killer would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def test_a_killed_browser_loses_nothing_that_was_called_saved(
    playwright: Playwright, static_site: str, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    saved, worked = 0, 0
    for round_number in range(ROUNDS + 1):
        browser = Chromium(playwright, tmp_path / "profile")
        try:
            page = browser.page()
            workspace = Workspace(page).open(static_site)
            found = page.locator(".label").count()
            assert found >= saved, (
                f"round {round_number}: {saved} annotations were called saved, {found} are left"
            )
            if round_number == ROUNDS:
                break
            timer = threading.Timer(chance.uniform(0.4, 4.0), browser.kill)
            timer.start()
            try:
                saved = max(saved, draw_until_the_end(workspace, chance))
            finally:
                timer.join()
            worked += saved > 0
        finally:
            if browser.process.poll() is None:
                browser.kill()
    assert worked, "no round lasted long enough to save anything"


def draw_until_the_end(workspace: Workspace, chance: random.Random) -> int:
    """Draw boxes until the browser is gone; return the largest number of annotations called saved."""
    saved = 0
    try:
        workspace.choose("Object")
        (left, top), (right, bottom) = workspace.at(5, 5), workspace.at(500, 500)
        mouse = workspace.page.mouse
        while True:
            mouse.move(chance.uniform(left, right), chance.uniform(top, bottom))
            mouse.down()
            mouse.move(chance.uniform(left, right), chance.uniform(top, bottom), steps=3)
            mouse.up()
            count, text = workspace.page.evaluate(_COUNT_AND_STATE)
            if text == "Saved on this machine":
                saved = count
    except Error:
        return saved
