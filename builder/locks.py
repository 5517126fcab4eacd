"""Write ``requirements/*.txt`` from the groups in pyproject.toml, with hashes and without index URLs."""

from __future__ import annotations

import subprocess
import sys

from builder.console import Failure, say
from builder.paths import REQUIREMENTS, ROOT

GROUPS_OF_LOCK = {
    "test": ("server", "demo", "build", "test"),
    "run": ("server", "demo", "build"),
    "wasm": ("wasm",),
    "lock": ("lock",),
}
"""The groups in each lock file. ``test`` comes first and sets the versions for the others."""


def write_locks() -> None:
    """Resolve every group once, for Python 3.11 to 3.14 on any machine."""
    REQUIREMENTS.mkdir(exist_ok=True)
    for name, groups in GROUPS_OF_LOCK.items():
        target = REQUIREMENTS / f"{name}.txt"
        line = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--python-version",
            "3.11",
        ]
        line += ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"]
        line += ["--no-emit-find-links", "--output-file", str(target)]
        if name != "test":
            line += ["--constraint", str(REQUIREMENTS / "test.txt")]
        for group in groups:
            line += ["--group", group]
        if subprocess.call(line, cwd=ROOT) != 0:
            raise Failure("uv could not resolve the dependencies. See its message above.")
        say(f"wrote {target.relative_to(ROOT)}")
