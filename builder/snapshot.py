"""The memory snapshot that pages start from, created once per state of its inputs."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.assets import forget_unused
from builder.bytecode import SITE_PACKAGES
from builder.console import say
from builder.node import run_node
from builder.paths import WEBAPP, cache_home

SCRIPT = Path(__file__).with_suffix(".mjs")

# fmt: off
LIBRARIES_NEED = (
    # Pyodide's package loader, numpy and msgspec, then what scikit-image, scipy, Pillow and pydicom add.
    "collections.abc", "ctypes", "datetime", "decimal", "email.parser", "fractions", "importlib.metadata",
    "numbers", "pathlib", "pickle", "platform", "secrets", "shutil", "sysconfig", "tarfile", "tempfile",
    "uuid", "zipfile",
    "argparse", "difflib", "fileinput", "gettext", "hashlib", "http", "pprint", "pydoc", "queue", "unittest",
)
# fmt: on
"""Modules of the standard library that other packages import at start."""


LIBRARIES = (
    "numpy/_core/_multiarray_umath",
    "numpy/linalg/lapack_lite",
    "numpy/linalg/_umath_linalg",
    "msgspec/_core",
)
"""Extension modules that are linked before Python starts, in this order."""
LATE_MODULES = ("numpy.ma",)
"""Modules that numpy imports inside functions. A page may call those before their files arrive."""
_SUFFIX = ".cpython-314-wasm32-emscripten.so"


@dataclass(frozen=True)
class Snapshot:
    """Memory with all imports a page needs, and the shared libraries it depends on."""

    image: bytes
    libraries: dict[str, bytes]
    """By their path in Python, in the order they are linked."""
    linking: bytes
    """JSON list of the places in the function table that linking looked up, 0 for new functions."""


def snapshot(core: Path, wheels: list[Path], app: bytes, webapp: Path = WEBAPP) -> Snapshot:
    """Create the snapshot for this Pyodide, these wheels of the page, and this state of the app.

    Parameters
    ----------
    core
        Folder of Pyodide.
    wheels
        Wheels that the page has from the start, already compiled to bytecode.
    app
        Archive of the app.
    webapp
        Sources of the app, which name the modules to import.

    Raises
    ------
    Failure
        If a module of the app can't be imported or needs a library that isn't in `LIBRARIES`.
    """
    libraries = shared_libraries(wheels)
    standard = {*LIBRARIES_NEED, *standard_imports(webapp / "py"), *standard_imports(webapp / "tools")}
    modules = [*LATE_MODULES, *app_modules(webapp)]
    whole = hashlib.sha256(json.dumps([sorted(standard), modules, list(libraries)]).encode())
    for path in (
        SCRIPT,
        *sorted(path for path in core.iterdir() if path.suffix in {".mjs", ".wasm", ".zip"}),
        *wheels,
    ):
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    whole.update(hashlib.sha256(app).digest())
    target = cache_home() / "snapshots" / f"{whole.hexdigest()[:16]}.bin"
    linking = target.with_suffix(".json")
    if not (target.exists() and linking.exists()):
        say(f"Creating the memory snapshot ({len(standard) + len(modules)} modules imported)")
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        with tempfile.TemporaryDirectory() as folder:
            plan = {"core": str(core), "standard": sorted(standard), "modules": modules}
            plan |= _laid_down(Path(folder), libraries, wheels, app)
            plan_file = Path(folder) / "plan.json"
            plan_file.write_text(json.dumps(plan))
            run_node(SCRIPT, [str(plan_file), str(partial), str(linking)])
        os.replace(partial, target)
    os.utime(target)
    os.utime(linking)
    forget_unused(target.parent)
    return Snapshot(target.read_bytes(), libraries, linking.read_bytes())


def shared_libraries(wheels: list[Path]) -> dict[str, bytes]:
    """Return the files of `LIBRARIES` from the wheels that contain them."""
    found: dict[str, bytes] = {}
    for path in wheels:
        with zipfile.ZipFile(path) as wheel:
            held = set(wheel.namelist())
            found |= {name: wheel.read(name) for each in LIBRARIES if (name := each + _SUFFIX) in held}
    return {f"{SITE_PACKAGES}/{each}{_SUFFIX}": found[each + _SUFFIX] for each in LIBRARIES}


def _laid_down(folder: Path, libraries: dict[str, bytes], wheels: list[Path], app: bytes) -> dict[str, Any]:
    """Write the files for node to a folder and return the path of each in Python and on disk."""
    places = {}
    for number, (path, content) in enumerate(libraries.items()):
        places[path] = str(folder / f"{number}.so")
        Path(places[path]).write_bytes(content)
    archive = folder / "app.zip"
    archive.write_bytes(app)
    kept = {f"/tmp/{path.name}": str(path) for path in wheels}
    return {"libraries": places, "wheels": kept, "app": str(archive)}


def app_modules(webapp: Path) -> list[str]:
    """Return the modules that a page or its worker imports at start, with the tools and the pages.

    `webapp.py.browser.main` is not in the list, so a page can start another one from the archive.
    """
    found = set(_imports((webapp / "py" / "browser" / "main.py").read_bytes()))
    found |= {
        f"webapp.tools.{path.stem}" for path in (webapp / "tools").glob("*.py") if path.stem != "__init__"
    }
    # Like the tools, the pages are found in their folder at start.
    found |= {
        f"webapp.py.pages.{path.parent.name}.page" for path in (webapp / "py" / "pages").glob("*/page.py")
    }
    return sorted(
        {name for name in found if name.startswith("webapp.")}
        | {"webapp.py.browser.start", "webapp.py.browser.worker_main", "webapp.py.browser.libraries"}
    )


def standard_imports(folder: Path) -> set[str]:
    """Return the modules of the standard library that the code in a folder imports."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        found.update(_imports(path.read_bytes()))
    return {name for name in found if name.split(".")[0] in sys.stdlib_module_names and name != "__future__"}


def _imports(source: bytes) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
