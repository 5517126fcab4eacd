"""The first step of every command: create the environment it needs, then run the command in it.

Runs in whatever Python started ``build.py``, so it imports nothing outside the standard library.
"""

from __future__ import annotations

import os
import subprocess
import sys

from builder.console import Failure
from builder.environment import ensure_packages
from builder.paths import ROOT, venv_python

LOCKS_OF_COMMAND = {
    "run": ("run",),
    "build": ("run",),
    "test": ("run", "test"),
    "check": ("run", "test"),
    "bench": ("run", "test"),
    "lock": ("lock",),
}
"""The lock files of ``requirements/`` that each command needs. Other commands need none."""


def main(arguments: list[str]) -> int:
    """Create the environment that the command needs and run the command in it."""
    command = arguments[0] if arguments and not arguments[0].startswith("-") else ""
    if command not in LOCKS_OF_COMMAND:
        from builder.cli import main as run_here

        return run_here(arguments)
    try:
        ensure_packages(LOCKS_OF_COMMAND[command])
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to continue.", file=sys.stderr)
        return 130
    python = str(venv_python())
    line = [python, "-m", "builder", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    os.chdir(ROOT)
    if os.name == "nt":
        return subprocess.call(line, env=environment)
    os.execve(python, line, environment)
