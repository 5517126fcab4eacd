"""The list of what the browser loads, and what the repository says about where it comes from."""

from __future__ import annotations

import json
import subprocess

from builder.node import node_modules
from builder.paths import ROOT
from builder.runtime import read_lock
from builder.sources import SOURCES

REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "npmjs" + ".org",
    "deb." + "debian",
]


def repository_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.splitlines() if (ROOT / path).is_file()]


def test_no_file_names_the_host_of_a_package_registry() -> None:
    files = repository_files()
    assert "requirements/run.txt" in files
    naming = [
        f"{path}: {host}"
        for path in files
        for host in REGISTRIES
        if host.encode() in (ROOT / path).read_bytes().lower()
    ]
    assert naming == []


def test_every_wheel_can_be_had_from_package_registries_alone() -> None:
    for wheel in read_lock().wheels:
        kinds = [source["kind"] for source in wheel.sources]
        assert set(kinds) <= set(SOURCES)
        assert set(kinds) & {"pypi", "carrier", "sdist-build"}, wheel.name


def test_hashes_are_those_of_pyodides_own_lock() -> None:
    own = json.loads((node_modules() / "pyodide" / "pyodide-lock.json").read_text())["packages"]
    compared = 0
    for wheel in read_lock().wheels:
        if any(source["kind"] == "cdn" for source in wheel.sources):
            assert own[wheel.name]["file_name"] == wheel.file
            assert own[wheel.name]["sha256"] == wheel.sha256
            compared += 1
    assert compared >= 5


def test_what_a_wheel_depends_on_is_in_the_lock() -> None:
    lock = read_lock()
    names = {wheel.name for wheel in lock.wheels}
    assert all(set(wheel.depends) <= names for wheel in lock.wheels)


def test_every_python_requirement_is_pinned_by_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        entries = lock.read_text().replace("\\\n", " ").splitlines()
        assert entries
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries), lock.name
