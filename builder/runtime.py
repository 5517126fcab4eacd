"""The runtime that the browser loads: files pinned by sha256, from the first source that answers.

``webapp/runtime.lock.json`` lists the files. A source may pin its own hash, because our build of scikit-image
isn't identical to Pyodide's. The site then contains that file and lists its hash. See docs/runtime-lock.md.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.console import Failure, say, sized
from builder.fetch import Unreachable, accept, is_pinned
from builder.paths import WEBAPP, cache_home
from builder.sources import SOURCES, Shelf

LOCK = WEBAPP / "runtime.lock.json"


@dataclass(frozen=True)
class Wheel:
    """One entry of the lock.

    ``sources`` are tried in order. Each is a mapping with ``kind`` and what that kind needs.
    """

    name: str
    version: str
    file: str
    sha256: str
    size: int
    imports: tuple[str, ...]
    depends: tuple[str, ...]
    sources: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Part:
    """A file of the runtime on this machine."""

    wheel: Wheel
    path: Path
    sha256: str


@dataclass(frozen=True)
class Lock:
    """The content of ``runtime.lock.json``."""

    version: str
    cdn: str
    core: dict[str, str]
    wheels: tuple[Wheel, ...]


def read_lock(path: Path = LOCK) -> Lock:
    """Read the lock file."""
    raw: dict[str, Any] = json.loads(path.read_text())
    core = {name: entry["sha256"] for name, entry in raw["pyodide"]["core"].items()}
    wheels = tuple(_wheel(entry) for entry in raw["wheels"])
    return Lock(raw["pyodide"]["version"], raw["pyodide"]["cdn"], core, wheels)


def _wheel(entry: dict[str, Any]) -> Wheel:
    lists = {name: tuple(entry[name]) for name in ("imports", "depends", "sources")}
    return Wheel(**{**entry, **lists})


def fetch_wheels(lock: Lock, store: Path | None = None) -> list[Part]:
    """Download every wheel of the lock into the cache.

    Raises
    ------
    Failure
        If no source has a file. The message names each source and its error.
    """
    store = store or cache_home() / "runtime"
    shelf = Shelf(store=store, cdn=lock.cdn)
    try:
        parts: list[Part] = []
        for wheel in lock.wheels:
            part = _kept(wheel, store) or _fetch(wheel, shelf)
            shelf.parts[wheel.name] = part.path
            parts.append(part)
        return parts
    finally:
        shelf.tidy()


def _kept(wheel: Wheel, store: Path) -> Part | None:
    """Return the file from an earlier build, whatever its source, or None."""
    for sha256 in (wheel.sha256, *(s["sha256"] for s in wheel.sources if "sha256" in s)):
        path = store / sha256[:16] / wheel.file
        if is_pinned(path, sha256):
            return Part(wheel, path, sha256)
    return None


def _fetch(wheel: Wheel, shelf: Shelf) -> Part:
    say(f"Downloading {wheel.name} {wheel.version} ({sized(wheel.size)})")
    troubles = []
    for source in wheel.sources:
        sha256 = source.get("sha256", wheel.sha256)
        try:
            found = SOURCES[source["kind"]](source, wheel.file, sha256, shelf)
        except Unreachable as trouble:
            troubles.append(f"  {source['kind']}: {trouble}")
            continue
        accept(found, sha256, source.get("package", source["kind"]))
        target = shelf.store / sha256[:16] / wheel.file
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(found, target)
        return Part(wheel, target, sha256)
    raise Failure(
        f"{wheel.file} could not be downloaded from any of its sources:\n" + "\n".join(troubles) + "\n"
        "Check your proxy and pip's index settings, then run the same command again. "
        "Finished downloads are kept."
    )


def read_core(lock: Lock, package: Path) -> dict[str, bytes]:
    """Return Pyodide's own files from its npm package, by name.

    Raises
    ------
    Failure
        If a file is missing or doesn't have the pinned hash.
    """
    files = {name: (package / name).read_bytes() for name in lock.core if (package / name).is_file()}
    for name, sha256 in lock.core.items():
        found = hashlib.sha256(files[name]).hexdigest() if name in files else "no such file"
        if found != sha256:
            raise Failure(
                f"{name} of the npm package pyodide is not the pinned file (expected sha256 {sha256}, "
                f"found {found}). Delete {package} and run the same command again."
            )
    return files


def pyodide_lock(parts: list[Part], original: Path) -> bytes:
    """Return our ``pyodide-lock.json`` with only the site's wheels, so Pyodide loads none from elsewhere."""
    info = json.loads(original.read_text())["info"]
    packages = {
        part.wheel.name: {
            "name": part.wheel.name,
            "version": part.wheel.version,
            "file_name": part.wheel.file,
            "install_dir": "site",
            "sha256": part.sha256,
            "package_type": "package",
            "imports": list(part.wheel.imports),
            "depends": list(part.wheel.depends),
            "unvendored_tests": False,
        }
        for part in sorted(parts, key=lambda part: part.wheel.name)
    }
    return json.dumps({"info": info, "packages": packages}, indent=1, sort_keys=True).encode()
