"""Browsers that a test may kill as a power cut would, and how often it does."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright

from builder.chromium import chromium
from tests.browser.conftest import QUIET, SHORT_LIVED, SOFTWARE_WEBGL

KILLS = int(os.environ.get("LIMNER_KILLS", "4"))
"""Kills in a row; a soak sets more."""
PATIENCE_S = 90


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL the browser and its children, as a power cut or the out-of-memory killer would.

    Waits until all of them are gone: the next browser must not start beside one that still writes.
    """
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    while _is_anyone_left(process.pid):
        time.sleep(0.01)


def tear_database(profile: Path) -> None:
    """Leave the database as a kill between two writes of Chromium leaves it: a record without its body.

    Chromium goes on behind it when it is started next, and takes what it finds there for damage at the start
    after that: then it deletes every database of the site (google/leveldb, issue 1287).
    """
    for log in profile.glob("Default/IndexedDB/*.leveldb/*.log"):
        with log.open("ab") as file:
            file.write(b"\x11\x22\x33\x44\x64\x00\x01")  # checksum, 100 bytes to follow, a whole record


def drop_database(profile: Path) -> None:
    """Do what Chromium does with a database that it finds damaged."""
    shutil.rmtree(profile / "Default" / "IndexedDB")


def _is_anyone_left(group: int) -> bool:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, belongs_to = stat.read_text().rpartition(")")[2].split()[:3]
            if int(belongs_to) == group and state not in "ZX":
                return True
    return False


@contextmanager
def killable_browser(playwright: Playwright, profile: Path) -> Iterator[tuple[Page, subprocess.Popen[bytes]]]:
    """A browser that is a process of its own on a profile that outlives it, and a page in it."""
    port_file = profile / "DevToolsActivePort"
    port_file.unlink(missing_ok=True)
    program = os.environ.get("LIMNER_CHROMIUM") or chromium()
    switches = ["--headless=new", "--no-sandbox", "--remote-debugging-port=0", *QUIET, *SOFTWARE_WEBGL]
    switches += SHORT_LIVED
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
