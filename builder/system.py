"""Programs of the system's own packages, which tests need and PyPI does not have."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from builder.console import Failure, say

_BESIDE = ("/usr/sbin", "/usr/local/sbin")
"""Where daemons lie, which are not on everybody's path."""


def find(program: str) -> str | None:
    """Return the path of an installed program."""
    return shutil.which(program) or shutil.which(program, path=os.pathsep.join(_BESIDE))


def install(packages: Sequence[str], purpose: str) -> bool:
    """Install packages where this is Debian or Ubuntu and we may; False where we may not."""
    apt = shutil.which("apt-get")
    if apt is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    say(f"Installing the system's {', '.join(packages)} for {purpose} …")
    # Run level 1: what is a service, too, is not started.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.call([apt, "update", "-qq"], env=environment)
    line = [apt, "install", "-y", "-qq", *packages]
    return subprocess.call(line, env=environment, stdout=subprocess.DEVNULL) == 0


def need(files: dict[str, str], purpose: str) -> dict[str, Path]:
    """Return where programs and files lie, by name; installs the packages of those that are not there.

    Parameters
    ----------
    files
        The package of each program (by its name) or file (by its path).
    purpose
        What they are needed for, for the message.

    Raises
    ------
    Failure
        Says what to install, when this machine lets nothing be installed.
    """
    lacking = sorted({package for name, package in files.items() if _path(name) is None})
    if lacking:
        install(lacking, purpose)
    found = {name: path for name in files if (path := _path(name)) is not None}
    if len(found) < len(files):
        names = " ".join(sorted({files[name] for name in files if name not in found}))
        raise Failure(
            f"{purpose[0].upper()}{purpose[1:]} need {names}, which cannot be installed from here. Install "
            f"(Debian, Ubuntu: sudo apt-get install {names}), then start the same command again."
        )
    return found


def _path(name: str) -> Path | None:
    if name.startswith("/"):
        return Path(name) if Path(name).exists() else None
    found = find(name)
    return Path(found) if found else None
