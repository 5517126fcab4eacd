"""Python for the browser with its bytecode. Without it, Pyodide compiles every module at every start.

With bytecode, numpy imports nine times as fast, pydicom and scikit-image ten times. The wheels were checked
against their pinned hashes before. What is built from them here has its own hash in the site.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from builder.assets import forget_unused
from builder.console import Progress
from builder.fetch import sha256_of
from builder.node import run_node
from builder.paths import cache_home
from builder.runtime import Part
from builder.wheels import zip_bytes

SCRIPT = Path(__file__).with_name("compile.mjs")
SITE_PACKAGES = "/lib/python3.14/site-packages"
APP = "/app.zip"
UNUSED = (".a", ".c", ".h", ".pxd", ".pyi", ".pyx", "/RECORD")


def compiled_wheels(parts: list[Part], core: Path) -> list[Part]:
    """Return the same wheels with bytecode instead of sources, without tests and headers, uncompressed."""
    store = _store()
    keys = [_key(core, [part.sha256.encode()]) for part in parts]
    targets = [store / f"{key}.whl" for key in keys]
    missing = [pair for pair in zip(parts, targets, strict=True) if not pair[1].exists()]
    if missing:
        size = sum(part.path.stat().st_size for part, _ in missing)
        with (
            Progress("Compiling Python for the browser", size) as progress,
            ThreadPoolExecutor(os.cpu_count()) as pool,
        ):
            for count in pool.map(lambda pair: _compile_wheel(pair[0], pair[1], core), missing):
                progress.advance(count)
    for target in targets:
        os.utime(target)
    forget_unused(store)
    return [
        replace(part, path=target, sha256=sha256_of(target))
        for part, target in zip(parts, targets, strict=True)
    ]


def compiled_app(files: dict[str, bytes], core: Path) -> bytes:
    """Return a zip of our own modules: their sources, which tracebacks show, and their bytecode.

    Python imports directly from the zip, so nothing is unpacked and nothing is compressed.
    """
    content = [part for name in sorted(files) for part in (name.encode(), files[name])]
    target = _store() / f"{_key(core, content)}.zip"
    if not target.exists():
        made = dict(files)
        made |= {f"{name}c": bytecode for name, bytecode in _bytecode(files, core, APP)}
        _keep(target, zip_bytes(made))
    os.utime(target)
    return target.read_bytes()


def is_needed(name: str) -> bool:
    """Return whether the browser needs this file of a wheel."""
    if name.startswith("skimage/") and name.endswith(".pyi"):
        return True  # lazy-loader reads them at run time to find out what a package offers
    return not (name.endswith(UNUSED) or "/tests/" in name or "/test_files/" in name)


def _compile_wheel(part: Part, target: Path, core: Path) -> int:
    with zipfile.ZipFile(part.path) as wheel:
        files = {name: wheel.read(name) for name in wheel.namelist() if is_needed(name) and name[-1] != "/"}
    made = {name: content for name, content in files.items() if not name.endswith(".py")}
    made |= {f"{name}c": bytecode for name, bytecode in _bytecode(files, core, SITE_PACKAGES)}
    _keep(target, zip_bytes(made))
    return part.path.stat().st_size


def _bytecode(files: dict[str, bytes], core: Path, place: str) -> Iterator[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        names = [name for name in files if name.endswith(".py")]
        for name in names:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[name])
        run_node(SCRIPT, [str(core), folder, place])
        for name in names:
            yield name, Path(folder, f"{name}c").read_bytes()


def _key(core: Path, content: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for each in (
        SCRIPT.read_bytes(),
        Path(__file__).read_bytes(),
        (core / "package.json").read_bytes(),
        *content,
    ):
        whole.update(hashlib.sha256(each).digest())
    return whole.hexdigest()[:24]


def _store() -> Path:
    store = cache_home() / "compiled"
    store.mkdir(parents=True, exist_ok=True)
    return store


def _keep(target: Path, content: bytes) -> None:
    partial = target.with_suffix(".partial")
    partial.write_bytes(content)
    os.replace(partial, target)
