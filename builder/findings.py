"""Run the scripts in ``findings/``: each shows one surprising behavior of an outside library.

Needs nothing but Python and a shell, because every script installs what it shows.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from builder.console import Failure, say
from builder.paths import ROOT

FINDINGS = ROOT / "findings"
LONGEST_SECONDS = 1200


def run_findings(names: Sequence[str], folder: Path = FINDINGS, listing: bool = False) -> int:
    """Run the named findings, or all of them, and return the exit code.

    Parameters
    ----------
    names
        Names of scripts, with or without ``.sh``. Empty runs all of them.
    folder
        Where the scripts are.
    listing
        Print the titles instead of running anything.

    Raises
    ------
    Failure
        If a name doesn't exist or this machine has no shell.
    """
    scripts = chosen(names, folder)
    if listing:
        for script in scripts:
            say(f"{script.stem:<36} {title(script)}")
        return 0
    results = {script.stem: run_script(script) for script in scripts}
    failed = [name for name, passed in results.items() if not passed]
    say("")
    for name, passed in results.items():
        say(f"{'pass' if passed else 'FAIL'}  {name}")
    say(f"\n{len(results) - len(failed)} of {len(results)} findings still hold.")
    return 1 if failed else 0


def chosen(names: Sequence[str], folder: Path = FINDINGS) -> list[Path]:
    """Return the scripts with these names, or every script in the folder.

    Raises
    ------
    Failure
        If a name doesn't exist.
    """
    scripts = {path.stem: path for path in sorted(folder.glob("*.sh"))}
    wanted = [name.removesuffix(".sh") for name in names] or list(scripts)
    unknown = [name for name in wanted if name not in scripts]
    if unknown:
        raise Failure(
            f"No finding is named {', '.join(unknown)}. Run 'build.py findings --list' to see all of them."
        )
    return [scripts[name] for name in wanted]


def title(script: Path) -> str:
    """Return the first comment line after the shebang."""
    for line in script.read_text().splitlines():
        if line.startswith("#") and not line.startswith("#!"):
            return line.lstrip("# ").strip()
    return ""


def run_script(script: Path) -> bool:
    """Run one script and say whether its behavior still holds."""
    shell = shutil.which("sh")
    if shell is None:
        raise Failure(
            "Findings are shell scripts, and this machine has no 'sh'. Run them on Linux, macOS or WSL."
        )
    say(f"\n— {script.stem}")
    began = time.monotonic()
    process = subprocess.Popen([shell, str(script)], start_new_session=True)
    try:
        passed = process.wait(LONGEST_SECONDS) == 0
    except BaseException as error:
        # The script's own children stop with it, and its trap removes the temporary folder.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
        say(f"Stopped after {LONGEST_SECONDS / 60:.0f} minutes.")
        passed = False
    say(f"  {'pass' if passed else 'FAIL'} in {time.monotonic() - began:.0f} s")
    return passed
