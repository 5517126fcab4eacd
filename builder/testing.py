"""Checks, tests and benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys

from builder.console import Failure, say
from builder.paths import ROOT

PACKAGES = ("webapp", "sync_server", "datasets_server", "builder")
"""Our packages: what is linted, typed and held to the import contracts."""


def run_checks() -> int:
    """Lint, types and import contracts; all of them, even when one fails."""
    lines = {
        "lint": ["ruff", "check", "."],
        "types": ["mypy", *(name for name in PACKAGES if (ROOT / name).is_dir()), "build.py"],
        "import contracts": ["importlinter", "lint"],
    }
    failed = []
    for name, (tool, *arguments) in lines.items():
        say(f"— {name}")
        if subprocess.call([sys.executable, "-m", tool, *arguments], cwd=ROOT, env=_environment()) != 0:
            failed.append(name)
    if failed:
        say(f"Checks that failed: {', '.join(failed)}")
    return 1 if failed else 0


def run_tests(pytest: list[str]) -> int:
    """Everything when no pytest argument is given, else only these tests."""
    code = 0 if pytest else run_checks()
    return subprocess.call([sys.executable, "-m", "pytest", *pytest], cwd=ROOT, env=_environment()) or code


def run_bench(arguments: list[str]) -> int:
    """Run the benchmarks of ``tests/bench``."""
    if not (ROOT / "tests" / "bench").is_dir():
        raise Failure("There is no tests/bench folder in this checkout.")
    return subprocess.call([sys.executable, "-m", "tests.bench", *arguments], cwd=ROOT, env=_environment())


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
