"""Run checks, tests and benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from builder.chromium import chromium
from builder.console import Failure, say
from builder.paths import ROOT
from builder.site import build_site

MOST_PROCESSES = 4
"""Each process has a browser, and each page two Pythons. More of them may need too much memory."""
PACKAGES = ("webapp", "sync_server", "datasets_server", "builder")
"""Our packages, which get linted, type-checked and held to the import contracts."""


NOT_PLAIN = ("__pycache__", "bench", "browser", "old_data", "support")
"""Folders of ``tests/`` whose files are not plain tests."""


def run_checks() -> int:
    """Check lint, types and import contracts, and run all three even if one fails."""
    programs = Path(sys.executable).parent
    lines = {
        "Lint": ["ruff", "check", "."],
        "Types": ["mypy", *PACKAGES, "build.py"],
        "Import contracts": ["lint-imports", "--no-logo"],
    }
    failed = []
    for name, (program, *arguments) in lines.items():
        say(f"— {name}")
        if subprocess.call([str(programs / program), *arguments], cwd=ROOT, env=_environment()) != 0:
            failed.append(name)
    if failed:
        say(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


def run_tests(pytest: list[str]) -> int:
    """Run all checks and tests, or only the tests that the pytest arguments name."""
    build_site()
    environment = {**_environment(), "LIMNER_CHROMIUM": chromium()}
    code = 0 if pytest else run_checks()
    for arguments in [pytest] if pytest else _suites():
        line = [sys.executable, "-m", "pytest", *arguments]
        code = subprocess.call(line, cwd=ROOT, env=environment) or code
    return code


def _suites() -> list[list[str]]:
    """Return arguments for the plain tests, then for the browser tests.

    They run apart because Playwright keeps an event loop running. Each test file runs in one process, so its
    tests can share fixtures.
    """
    tests = ROOT / "tests"
    plain = [room for room in sorted(tests.iterdir()) if room.is_dir() and room.name not in NOT_PLAIN]
    at_once = ["--numprocesses", str(min(os.cpu_count() or 1, MOST_PROCESSES)), "--dist", "loadfile"]
    return [
        [*at_once, *(str(path.relative_to(ROOT)) for path in part)] for part in (plain, [tests / "browser"])
    ]


def run_bench(arguments: list[str]) -> int:
    """Run the benchmarks in ``tests/bench`` on a built site."""
    if not (ROOT / "tests" / "bench").is_dir():
        raise Failure("This checkout has no tests/bench folder.")
    build_site()
    environment = {**_environment(), "LIMNER_CHROMIUM": chromium()}
    return subprocess.call([sys.executable, "-m", "tests.bench", *arguments], cwd=ROOT, env=environment)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
