"""Browsers that a test may kill as a power cut would, and how often it does."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright

from builder.chromium import chromium
from tests.browser.conftest import QUIET, SOFTWARE_WEBGL

KILLS = int(os.environ.get("LIMNER_KILLS", "1"))
"""Kills in a row; a soak sets more. Chromium, killed again within seconds, may itself drop a database."""
PATIENCE_S = 90


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL the browser and its children, as a power cut or the out-of-memory killer would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def killable_browser(playwright: Playwright, profile: Path) -> Iterator[tuple[Page, subprocess.Popen[bytes]]]:
    """A browser that is a process of its own on a profile that outlives it, and a page in it."""
    port_file = profile / "DevToolsActivePort"
    port_file.unlink(missing_ok=True)
    program = os.environ.get("LIMNER_CHROMIUM") or chromium()
    switches = ["--headless=new", "--no-sandbox", "--remote-debugging-port=0", *QUIET, *SOFTWARE_WEBGL]
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
        page = browser.contexts[0].new_page()
        page.set_viewport_size({"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE_S * 1000)
        yield page, process
    finally:
        kill(process)
