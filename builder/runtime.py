"""The runtime that the browser loads: each file pinned by sha256, got from the first source that answers.

``webapp/runtime.lock.json`` lists them. A source may pin a hash of its own (our build of scikit-image is not,
byte for byte, Pyodide's); then the site is made with that file and carries its hash.
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

    ``sources`` are tried in order; each is a mapping with ``kind`` and what that kind needs.
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
    """A file of the runtime that now lies on this machine."""

    wheel: Wheel
    path: Path
    sha256: str


@dataclass(frozen=True)
class Lock:
    """What ``runtime.lock.json`` says."""

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
    """Bring every wheel of the lock into the cache.

    Raises
    ------
    Failure
        When a file cannot be had from any of its sources; names each source and why.
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
    """The file as an earlier build left it, from whichever source."""
    for sha256 in (wheel.sha256, *(s["sha256"] for s in wheel.sources if "sha256" in s)):
        path = store / sha256[:16] / wheel.file
        if is_pinned(path, sha256):
            return Part(wheel, path, sha256)
    return None


def _fetch(wheel: Wheel, shelf: Shelf) -> Part:
    say(f"Getting {wheel.name} {wheel.version} ({sized(wheel.size)})")
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
        f"{wheel.file} could not be had from any of its sources:\n" + "\n".join(troubles) + "\n"
        "Check that this machine reaches one of them (a proxy? pip's index settings?) and start the same "
        "command again; what was fetched is kept."
    )


def read_core(lock: Lock, package: Path) -> dict[str, bytes]:
    """Pyodide's own files out of its npm package, by name.

    Raises
    ------
    Failure
        When one is missing or is not the pinned one.
    """
    files = {name: (package / name).read_bytes() for name in lock.core if (package / name).is_file()}
    for name, sha256 in lock.core.items():
        found = hashlib.sha256(files[name]).hexdigest() if name in files else "no such file"
        if found != sha256:
            raise Failure(
                f"{name} of the npm package pyodide is not the pinned file (sha256 {sha256} wanted, "
                f"{found} found). Remove {package} and start again."
            )
    return files


def pyodide_lock(parts: list[Part], original: Path) -> bytes:
    """Our ``pyodide-lock.json``: the site's wheels and nothing else, so loading never leaves the site."""
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
