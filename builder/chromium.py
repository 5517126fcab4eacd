"""A Chromium for the browser tests: an installed one, Playwright's own, or the system package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from builder.console import Failure, say
from builder.system import install as install_packages

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def chromium() -> str:
    """Return the path of a Chromium that starts, and install one if there is none.

    Raises
    ------
    Failure
        If nothing can be installed from here. The message says what to install.
    """
    found = next(_present(), None)
    if found:
        return found
    for install in (_by_playwright, _by_apt):
        install()
        found = next(_present(), None)
        if found:
            return found
    raise Failure(
        "The browser tests need Chromium, and it could not be installed automatically. Install it yourself "
        "(on Debian or Ubuntu: sudo apt-get install chromium) or set LIMNER_CHROMIUM=/path/to/chromium, "
        "then run the same command again."
    )


def _present() -> Iterator[str]:
    given = os.environ.get("LIMNER_CHROMIUM")
    if given:
        if not _starts(given):
            raise Failure(f"LIMNER_CHROMIUM is set to {given}, which does not start.")
        yield given
    candidates = [_own_of_playwright(), *(shutil.which(name) for name in NAMES)]
    yield from (path for path in candidates if path and os.path.exists(path) and _starts(path))


def _own_of_playwright() -> str | None:
    code = "from playwright.sync_api import sync_playwright as s\n"
    code += "with s() as p: print(p.chromium.executable_path)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def _starts(path: str) -> bool:
    try:
        line = [path, "--version", "--no-sandbox"]
        return subprocess.run(line, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _by_playwright() -> None:
    say("Installing Playwright's Chromium for the browser tests …")
    line = [sys.executable, "-m", "playwright", "install", "chromium"]
    environment = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000", **os.environ}
    done = subprocess.run(line, env=environment, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        say("  The download failed.")


def _by_apt() -> None:
    install_packages(["chromium"], "the browser tests")
