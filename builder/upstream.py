"""Find out which wheels of the runtime the package index offers for Pyodide by now.

Some wheels of ``webapp/runtime.lock.json`` come from another project's wheel or from our own build, because
their projects don't publish them for Pyodide (docs/runtime-lock.md). This asks the index, so it's part of
``build.py lock`` and never of ``build.py check``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from builder.console import Failure
from builder.runtime import Lock, Wheel, read_lock
from builder.sources import PYODIDE_TAGS

NOTHING = ("No matching distribution found", "Could not find a version that satisfies")


@dataclass(frozen=True)
class Offer:
    """A wheel on the index that Pyodide can load."""

    version: str
    file: str
    sha256: str


Ask = Callable[[str], Offer | None]
"""Takes a requirement (``numpy`` or ``numpy==2.4.3``) and returns what the index offers."""


def offer(requirement: str) -> Offer | None:
    """Ask the index for a wheel that Pyodide can load, without downloading it.

    Raises
    ------
    Failure
        If the index can't be reached.
    """
    with tempfile.TemporaryDirectory() as folder:
        line = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--report", "-"]
        line += ["--disable-pip-version-check", "--no-deps", "--ignore-installed", "--target", folder]
        done = subprocess.run(
            [*line, *PYODIDE_TAGS, requirement], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        if any(words in done.stderr for words in NOTHING):
            return None
        raise Failure(f"pip could not ask for {requirement}:\n{done.stderr[-1000:]}")
    (found,) = json.loads(done.stdout)["install"]
    link = found["download_info"]
    name = link["url"].rpartition("/")[2]
    return Offer(found["metadata"]["version"], name, link["archive_info"]["hashes"]["sha256"])


def report(lock: Lock | None = None, ask: Ask = offer) -> Iterator[str]:
    """Yield one line for each wheel that doesn't come from its own project."""
    for wheel in (lock or read_lock()).wheels:
        if not any(source["kind"] == "pypi" for source in wheel.sources):
            yield f"{wheel.name} {wheel.version}: {_news(wheel, ask)}"


def _news(wheel: Wheel, ask: Ask) -> str:
    same = ask(f"{wheel.name}=={wheel.version}")
    if same is not None and same.sha256 == wheel.sha256:
        return "the index has the same file. Change its source in the lock to kind 'pypi'."
    if same is not None:
        return f"the index has {same.file} with another sha256, {same.sha256[:12]}…"
    newest = ask(wheel.name)
    if newest is not None:
        return f"the index has {newest.file}, another version."
    return "no wheel for Pyodide on the index yet."
