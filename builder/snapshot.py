"""The memory snapshot that pages start from, made once for each state of its inputs."""

from __future__ import annotations

import ast
import hashlib
import os
import sys
from pathlib import Path

from builder.assets import forget_unused
from builder.console import say
from builder.node import run_node
from builder.paths import WEBAPP, cache_home

SCRIPT = Path(__file__).with_suffix(".mjs")

# fmt: off
LIBRARIES_NEED = (
    # Pyodide's package loader, numpy and msgspec; then what scikit-image, scipy, Pillow and pydicom add.
    "collections.abc", "ctypes", "datetime", "decimal", "email.parser", "fractions", "importlib.metadata",
    "numbers", "pathlib", "pickle", "platform", "secrets", "shutil", "sysconfig", "tarfile", "tempfile",
    "uuid", "zipfile",
    "argparse", "difflib", "fileinput", "gettext", "hashlib", "http", "pprint", "pydoc", "queue", "unittest",
)
# fmt: on
"""Modules of the standard library that others than our own code import at start."""


def snapshot(core: Path) -> Path:
    """Path of the snapshot for this Pyodide and this state of the web app."""
    modules = sorted({*LIBRARIES_NEED, *standard_imports(WEBAPP / "py"), *standard_imports(WEBAPP / "tools")})
    whole = hashlib.sha256("\n".join(modules).encode())
    for path in (
        SCRIPT,
        *sorted(path for path in core.iterdir() if path.suffix in {".mjs", ".wasm", ".zip"}),
    ):
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    target = cache_home() / "snapshots" / f"{whole.hexdigest()[:16]}.bin"
    if not target.exists():
        say(f"Taking the memory snapshot ({len(modules)} modules imported)")
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        run_node(SCRIPT, [str(core), str(partial), *modules])
        os.replace(partial, target)
    os.utime(target)
    forget_unused(target.parent)
    return target


def standard_imports(folder: Path) -> set[str]:
    """Modules of the standard library that the code in a folder imports."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return {name for name in found if name.split(".")[0] in sys.stdlib_module_names and name != "__future__"}
