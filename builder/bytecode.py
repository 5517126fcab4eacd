"""Python for the browser with its bytecode: without it Pyodide would compile every module at every start.

numpy imports nine times as fast, pydicom and scikit-image ten. The wheels were checked against their pinned
hashes before; what is made of them here is listed with its own hash in the site.
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
    """The same wheels with bytecode instead of sources, without tests and headers, stored."""
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
    """A zip of our own modules: sources, for tracebacks that show them, and their bytecode.

    Python imports from it as it is, so nothing is unpacked: the bytecode lies beside the sources, stored.
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
    """Whether a file of a wheel is of use in the browser."""
    if name.startswith("skimage/") and name.endswith(".pyi"):
        return True  # lazy-loader reads at run time from them what a package offers
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
