"""The environment in ``.venv``, created from lock files with hashes.

Runs in whatever Python started ``build.py``, so it imports nothing outside the standard library.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from builder.console import Failure, say
from builder.paths import REQUIREMENTS, ROOT, VENV, exclusive, venv_python

STAMP = "limner.json"


def ensure_packages(locks: tuple[str, ...], venv: Path = VENV) -> None:
    """Install the packages of these lock files into the environment, unless it already has them.

    Raises
    ------
    Failure
        If the environment can't be created or a package can't be downloaded. The message says what to do.
    """
    with exclusive("venv"):
        stamp = _read_stamp(venv)
        if stamp is None:
            create_venv(venv)
            stamp = {"python": _python_of_this()}
        for name in locks:
            lock = REQUIREMENTS / f"{name}.txt"
            digest = hashlib.sha256(lock.read_bytes()).hexdigest()
            if stamp.get(name) == digest:
                continue
            _install(lock, venv)
            stamp[name] = digest
            (venv / STAMP).write_text(json.dumps(stamp, indent=1) + "\n")


def _python_of_this() -> str:
    return f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}"


def _read_stamp(venv: Path) -> dict[str, str] | None:
    """Return what the environment contains, or None if there is none that works."""
    try:
        stamp: dict[str, str] = json.loads((venv / STAMP).read_text())
    except (OSError, ValueError):
        return None
    if not venv_python(venv).exists():
        return None
    return stamp


def _install(lock: Path, venv: Path) -> None:
    count = sum(1 for line in lock.read_text().splitlines() if line[:1].isalnum())
    say(f"Installing {count} pinned packages from {lock.relative_to(ROOT)} into {venv.name} …")
    line = [str(venv_python(venv)), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
    line += ["--no-deps", "--no-warn-script-location", "-r", str(lock)]
    if not sys.stdout.isatty():
        line.append("-qq")
    if subprocess.call(line) != 0:
        raise Failure(
            "The packages could not be installed. See pip's message above. Check that this machine can reach "
            "its package index (pip config list), then run the same command again. "
            "Finished downloads are kept."
        )


def create_venv(venv: Path) -> None:
    """Create an empty environment with pip in the first way that works on this machine.

    Raises
    ------
    Failure
        If no way works. The message says what to install.
    """
    say(f"Creating {venv.name} for {_python_of_this()} …")
    ways = [[sys.executable, "-m", "venv", str(venv)], [sys.executable, "-m", "virtualenv", "-q", str(venv)]]
    if _try_ways(ways, venv):
        return
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        say("This Python has no venv module. Installing the system package python3-venv …")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.call([apt, "update", "-qq"], env=quiet)
        versioned = f"python3.{sys.version_info[1]}-venv"
        for package in (versioned, "python3-venv"):
            installed = subprocess.call([apt, "install", "-y", "-qq", package], env=quiet) == 0
            if installed and _try_ways(ways[:1], venv):
                return
    raise Failure(
        f"A virtual environment could not be created, because this Python ({sys.executable}) has neither "
        "venv with ensurepip nor virtualenv. On Debian or Ubuntu, run: sudo apt-get install python3-venv. "
        "Elsewhere, run: python3 -m pip install --user virtualenv. Then run the same command again."
    )


def _try_ways(ways: list[list[str]], venv: Path) -> bool:
    for line in ways:
        shutil.rmtree(venv, ignore_errors=True)
        made = subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        has_pip = made.returncode == 0 and subprocess.run(
            [str(venv_python(venv)), "-m", "pip", "--version"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if has_pip and has_pip.returncode == 0:
            return True
    shutil.rmtree(venv, ignore_errors=True)
    return False
