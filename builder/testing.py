"""Run checks, tests and benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from builder.chromium import chromium
from builder.console import Failure, say
from builder.paths import ROOT
from builder.site import build_site

MOST_PROCESSES = 4
"""Each process has a browser, and each page two Pythons. More of them may need too much memory."""
PACKAGES = ("webapp", "sync_server", "datasets_server", "serving", "builder")
"""Our packages, which get linted, type-checked and held to the import contracts."""


NOT_PLAIN = ("__pycache__", "bench", "browser", "fuzz", "old_data", "support")
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
    if pytest:
        return _call_pytest(pytest, environment)
    code = 0
    seconds: dict[str, float] = {}
    for name, run in {"checks": run_checks, **_suites(environment)}.items():
        began = time.monotonic()
        code = run() or code
        seconds[name] = time.monotonic() - began
    parts = ", ".join(f"{name} {say_duration(time_of_it)}" for name, time_of_it in seconds.items())
    say(f"— {say_duration(sum(seconds.values()))}: {parts}")
    return code


def say_duration(seconds: float) -> str:
    """Format a duration.

    >>> say_duration(125.4)
    '2 min 5 s'
    >>> say_duration(8)
    '8 s'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _suites(environment: dict[str, str]) -> dict[str, Callable[[], int]]:
    """Return the parts of the tests by name.

    Browser tests run apart because Playwright keeps an event loop running. Each of their files runs in one
    process, so its tests can share fixtures; the files are sorted by ``tests/browser/conftest.py``. Seeds of
    the fuzz share nothing, so all processes take from them until none is left.
    """
    tests = ROOT / "tests"
    plain = [room for room in sorted(tests.iterdir()) if room.is_dir() and room.name not in NOT_PLAIN]
    at_once = ["--numprocesses", str(min(os.cpu_count() or 1, MOST_PROCESSES))]
    by_file = [*at_once, "--dist", "loadfile"]
    parts = {
        "plain": [*by_file, *_names(plain)],
        "fuzz": [*at_once, "--dist", "worksteal", *_names([tests / "fuzz"])],
        "browser": [*by_file, "--no-loadscope-reorder", *_names([tests / "browser"])],
    }
    return {name: partial(_call_pytest, arguments, environment) for name, arguments in parts.items()}


def _names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def _call_pytest(arguments: list[str], environment: dict[str, str]) -> int:
    return subprocess.call([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment)


def run_bench(arguments: list[str]) -> int:
    """Run the benchmarks in ``tests/bench`` on a built site."""
    if not (ROOT / "tests" / "bench").is_dir():
        raise Failure("This checkout has no tests/bench folder.")
    build_site()
    environment = {**_environment(), "LIMNER_CHROMIUM": chromium()}
    return subprocess.call([sys.executable, "-m", "tests.bench", *arguments], cwd=ROOT, env=environment)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
