"""Paths of the checkout, the cache outside it, and the state of ``run``."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from builder.console import say

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
DIST = ROOT / "dist"
WEBAPP = ROOT / "webapp"
REQUIREMENTS = ROOT / "requirements"


def cache_home() -> Path:
    """Return the folder for downloads and slow builds: ``$LIMNER_CACHE`` or ``~/.cache/limner``."""
    given = os.environ.get("LIMNER_CACHE")
    home = Path(given) if given else Path.home() / ".cache" / "limner"
    home.mkdir(parents=True, exist_ok=True)
    return home


def state_home() -> Path:
    """Return the folder for databases and demo files of ``run``: ``$LIMNER_HOME`` or ``.limner``."""
    given = os.environ.get("LIMNER_HOME")
    return Path(given).resolve() if given else ROOT / ".limner"


def venv_python(venv: Path = VENV) -> Path:
    """Return the path of an environment's Python."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@contextlib.contextmanager
def exclusive(name: str, shared: Path = ROOT) -> Iterator[None]:
    """Wait for a lock and hold it. Builds with the same ``name`` and ``shared`` folder exclude each other."""
    tag = hashlib.sha256(f"{shared}:{name}".encode()).hexdigest()[:12]
    with open(cache_home() / f"{name}-{tag}.lock", "w") as handle:
        try:
            import fcntl
        except ImportError:
            yield
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another build that uses {shared} …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
