"""Programs from the system's packages that tests need and PyPI doesn't have."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from builder.console import Failure, say

_BESIDE = ("/usr/sbin", "/usr/local/sbin")
"""Folders of daemons that may be missing from PATH."""


def find(program: str) -> str | None:
    """Return the path of an installed program, or None."""
    return shutil.which(program) or shutil.which(program, path=os.pathsep.join(_BESIDE))


def install(packages: Sequence[str], purpose: str) -> bool:
    """Install packages on Debian or Ubuntu as root. Return False elsewhere."""
    apt = shutil.which("apt-get")
    if apt is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    say(f"Installing the system packages {', '.join(packages)} for {purpose} …")
    # Run level 1 keeps packages from starting their services.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.call([apt, "update", "-qq"], env=environment)
    line = [apt, "install", "-y", "-qq", *packages]
    return subprocess.call(line, env=environment, stdout=subprocess.DEVNULL) == 0


def need(files: dict[str, str], purpose: str) -> dict[str, Path]:
    """Return the paths of programs and files by name, and install the packages of missing ones.

    Parameters
    ----------
    files
        The package of each program (by name) or file (by path).
    purpose
        What needs them, for messages.

    Raises
    ------
    Failure
        If nothing can be installed from here. The message says what to install.
    """
    lacking = sorted({package for name, package in files.items() if _path(name) is None})
    if lacking:
        install(lacking, purpose)
    found = {name: path for name in files if (path := _path(name)) is not None}
    if len(found) < len(files):
        names = " ".join(sorted({files[name] for name in files if name not in found}))
        raise Failure(
            f"{purpose[0].upper()}{purpose[1:]} need {names}, which could not be installed automatically. "
            f"Install it yourself (on Debian or Ubuntu: sudo apt-get install {names}), then run the same "
            "command again."
        )
    return found


def _path(name: str) -> Path | None:
    if name.startswith("/"):
        return Path(name) if Path(name).exists() else None
    found = find(name)
    return Path(found) if found else None
