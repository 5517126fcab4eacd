"""Sources of runtime files: one function for each kind.

Each takes ``(source, file, sha256, shelf)`` and returns the path of a file that isn't checked yet, or raises
``Unreachable`` to try the next source.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.parse
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from builder.console import say
from builder.fetch import Unreachable, accept, download, sha256_of
from builder.index import finder_environment, finder_flags, pip_settings

Source = dict[str, str]

PYODIDE_TAGS = ["--only-binary=:all:", "--python-version", "3.14", "--implementation", "cp"]
PYODIDE_TAGS += ["--platform", "pyemscripten_2026_0_wasm32", "--platform", "any"]
PYODIDE_TAGS += ["--abi", "cp314", "--abi", "abi3", "--abi", "none"]


@dataclass
class Shelf:
    """What all downloads of a run share: the cache, finished wheels, and hosts that did not answer."""

    store: Path
    cdn: str
    parts: dict[str, Path] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)

    def room(self, name: str) -> Path:
        """Return a folder for unfinished downloads. It outlives the run, so downloads can resume."""
        folder = self.store / "partial" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def tidy(self) -> None:
        """Delete carriers after everything was extracted from them."""
        carriers = self.store / "partial" / "carriers"
        for whole in carriers.glob("*.whl"):
            whole.unlink()


def from_cdn(source: Source, file: str, sha256: str, shelf: Shelf) -> Path:
    """Download from Pyodide's own CDN. A host that did not answer is not tried again in this run."""
    host = urllib.parse.urlsplit(shelf.cdn).hostname or shelf.cdn
    if host in shelf.silent:
        raise Unreachable(shelf.silent[host])
    target = shelf.room("cdn") / file
    try:
        download(shelf.cdn + urllib.parse.quote(file), target, sha256=sha256)
    except Unreachable as trouble:
        if not shelf.silent:
            say(f"  {trouble}. Using the package registries instead.")
        shelf.silent[host] = str(trouble)
        raise
    return target


def from_pypi(source: Source, file: str, sha256: str, shelf: Shelf) -> Path:
    """Download a wheel from the Python package index with the machine's pip settings."""
    folder = shelf.room("pypi")
    line = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--disable-pip-version-check",
        "--no-deps",
        *PYODIDE_TAGS,
    ]
    _quietly([*line, "--dest", str(folder), source["package"]])
    if not (folder / file).is_file():
        raise Unreachable(f"the package index has no {file} for {source['package']}")
    return folder / file


def from_carrier(source: Source, file: str, sha256: str, shelf: Shelf) -> Path:
    """Extract a wheel that another package's wheel contains."""
    folder = shelf.room("carriers")
    name = source["package"].partition("==")[0].replace("-", "_")
    whole = next(folder.glob(f"{name}-*.whl"), None)
    if whole is None:
        whole = from_index(source["package"], folder, ["--only-binary"])
    target = shelf.room("taken") / file
    try:
        with zipfile.ZipFile(whole) as archive:
            target.write_bytes(archive.read(source["path"]))
    except (KeyError, zipfile.BadZipFile) as error:
        whole.unlink()
        raise Unreachable(f"{source['package']} does not contain {source['path']}") from error
    return target


def from_sdist(source: Source, file: str, sha256: str, shelf: Shelf) -> Path:
    """Build scikit-image ourselves, cached by the inputs."""
    from builder.environment import ensure_packages
    from builder.wasm import build_scikit_image, inputs_digest

    ensure_packages(("wasm",))
    sdists = shelf.room("sdists")
    sdist = sdists / source["sdist"]
    if not sdist.is_file():
        sdist = from_index(source["package"], sdists, ["--no-binary"])
    accept(sdist, source["sdist_sha256"], source["package"])
    numpy = shelf.parts["numpy"]
    digest = inputs_digest(source["sdist_sha256"], sha256_of(numpy))
    return build_scikit_image(sdist, numpy, shelf.room(f"scikit-image-{digest}"))


def from_index(package: str, folder: Path, kind: list[str]) -> Path:
    """Download one file of a package: find it with the index's usual client, then download with resume."""
    settings = pip_settings()
    environment = finder_environment(settings)
    line = [sys.executable, "-m", "unearth", *finder_flags(settings), *kind, package]
    answer = json.loads(_quietly(line, environment))
    link = urllib.parse.urlsplit(answer["link"]["url"])
    name = urllib.parse.unquote(os.path.basename(link.path))
    try:
        download(link._replace(fragment="").geturl(), folder / name)
    except Unreachable:
        # The index may need a password or proxy that only its own client knows.
        _quietly([*line, "--download", str(folder)], environment)
    return folder / name


def _quietly(line: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        last = [row for row in done.stderr.splitlines() if row.strip()][-1:]
        raise Unreachable(" ".join(last) or f"{line[2]} failed")
    return done.stdout


SOURCES: dict[str, Callable[[Source, str, str, Shelf], Path]] = {
    "cdn": from_cdn,
    "pypi": from_pypi,
    "carrier": from_carrier,
    "sdist-build": from_sdist,
}
