"""Where a file of the runtime can come from: one function a kind of source.

Each takes ``(source, file, sha256, shelf)``, returns the path of a file not yet checked, and raises
``Unreachable`` when the next source should be tried.
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
    """What one run of fetching shares: the cache, wheels already there, hosts that did not answer."""

    store: Path
    cdn: str
    parts: dict[str, Path] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)

    def room(self, name: str) -> Path:
        """A folder of this run for unfinished things; kept between runs so that downloads resume."""
        folder = self.store / "partial" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def tidy(self) -> None:
        """Drop carriers once everything was taken out of them."""
        carriers = self.store / "partial" / "carriers"
        for whole in carriers.glob("*.whl"):
            whole.unlink()


def from_cdn(source: Source, file: str, sha256: str, shelf: Shelf) -> Path:
    """Pyodide's own distribution; a host that was silent once is not asked again in this run."""
    host = urllib.parse.urlsplit(shelf.cdn).hostname or shelf.cdn
    if host in shelf.silent:
        raise Unreachable(shelf.silent[host])
    target = shelf.room("cdn") / file
    try:
        download(shelf.cdn + urllib.parse.quote(file), target, sha256=sha256)
    except Unreachable as trouble:
        if not shelf.silent:
            say(f"  {trouble}; using the package registries instead")
        shelf.silent[host] = str(trouble)
        raise
    return target


def from_pypi(source: Source, file: str, sha256: str, shelf: Shelf) -> Path:
    """A wheel of the Python package index, by the machine's own pip settings."""
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
        raise Unreachable(f"the package index gave another file than {file} for {source['package']}")
    return folder / file


def from_carrier(source: Source, file: str, sha256: str, shelf: Shelf) -> Path:
    """A wheel that lies inside another package's wheel."""
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
        raise Unreachable(f"{source['package']} does not carry {source['path']}") from error
    return target


def from_sdist(source: Source, file: str, sha256: str, shelf: Shelf) -> Path:
    """Our own build of scikit-image; the result is kept by its inputs."""
    from builder.bootstrap import ensure_packages
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
    """Fetch one file of a package as it is: asks the index by its ordinary client, then resumes downloads."""
    settings = pip_settings()
    environment = finder_environment(settings)
    line = [sys.executable, "-m", "unearth", *finder_flags(settings), *kind, package]
    answer = json.loads(_quietly(line, environment))
    link = urllib.parse.urlsplit(answer["link"]["url"])
    name = urllib.parse.unquote(os.path.basename(link.path))
    try:
        download(link._replace(fragment="").geturl(), folder / name)
    except Unreachable:
        # The index may want what only its own client knows (a password, a proxy).
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
