"""The static site: the same bytes each time, whole, and free of other hosts."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from builder import site as building
from builder import snapshot as taking
from builder.assets import compress_all
from builder.bundle import sprite, style_sheet
from builder.bytecode import compiled_wheels
from builder.console import Failure
from builder.node import node_modules
from builder.paths import DIST, WEBAPP, cache_home
from builder.runtime import fetch_wheels, read_lock


@pytest.fixture(scope="module")
def dist() -> Path:
    building.build_site()
    return DIST


@pytest.fixture(scope="module")
def description(dist: Path) -> dict:
    return json.loads((dist / "site.json").read_text())


@pytest.fixture
def webapp(tmp_path: Path) -> Path:
    """A copy of the web app's sources that a test may change."""
    return Path(shutil.copytree(WEBAPP, tmp_path / "webapp", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with the downloads and what is looked up by content: all else must be made anew."""
    cache = tmp_path / "cache"
    cache.mkdir()
    for kept in ("runtime", "npm", "compressed"):
        (cache / kept).symlink_to(cache_home() / kept)
    monkeypatch.setenv("LIMNER_CACHE", str(cache))
    return cache


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def test_two_builds_give_identical_files(
    webapp: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    building.build_site(tmp_path / "first", webapp)
    request.getfixturevalue("empty_cache")
    building.build_site(tmp_path / "again", webapp)
    first = digests(tmp_path / "first")
    assert len(first) > 40
    assert digests(tmp_path / "again") == first


def test_a_file_is_compressed_to_the_same_bytes_each_time(tmp_path: Path) -> None:
    files = {"a.js": b"let a = 1;\n" * 500, "b.jpg": hashlib.sha512(b"noise").digest()}
    first = compress_all(files, tmp_path / "one")
    assert compress_all(files, tmp_path / "two") == first
    assert set(first) == {"a.js.br", "a.js.gz"}


def test_every_file_is_what_the_description_says(dist: Path, description: dict) -> None:
    found = digests(dist)
    listed = {entry["path"]: entry["sha256"] for entry in description["files"]}
    assert listed == {path: found[path] for path in listed}
    packed = {path for path in found if path.endswith((".br", ".gz"))}
    assert set(found) - packed == set(listed) | {"index.html", "sw.js", "site.json"}


def test_only_three_names_have_no_hash_of_their_content(description: dict) -> None:
    free = [
        entry["path"] for entry in description["files"] if not entry["path"].startswith(("demo/", "pyodide-"))
    ]
    assert all(re.fullmatch(r"assets/[a-z_-]+-(?:[0-9a-f]{12}|[0-9A-Z]{8})\.\w+", path) for path in free), (
        free
    )


def test_the_page_carries_the_same_description(dist: Path, description: dict) -> None:
    page = (dist / "index.html").read_text()
    inside = re.search(r'<script type="application/json" id="site">(.*?)</script>', page, re.S)
    assert inside and json.loads(inside[1]) == description
    assert f'"{description["build"]}"' in (dist / "sw.js").read_text()


def test_the_page_asks_for_nothing_outside_the_site(dist: Path) -> None:
    page = (dist / "index.html").read_text()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    files = [address for address in addresses if not address.startswith("data:")]
    assert files
    assert all((dist / address).is_file() for address in files), files


def test_precompressed_files_hold_the_same_content(dist: Path) -> None:
    import gzip

    import brotli

    for path in ("index.html", "site.json"):
        content = (dist / path).read_bytes()
        assert gzip.decompress((dist / f"{path}.gz").read_bytes()) == content
        assert brotli.decompress((dist / f"{path}.br").read_bytes()) == content


def test_pyodide_finds_every_wheel_of_the_runtime_lock(dist: Path, description: dict) -> None:
    lock = json.loads((dist / description["pyodide"] / "pyodide-lock.json").read_text())
    wanted = {wheel["name"] for wheel in json.loads((WEBAPP / "runtime.lock.json").read_text())["wheels"]}
    assert set(lock["packages"]) == wanted
    for package in lock["packages"].values():
        content = (dist / description["pyodide"] / package["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == package["sha256"]
        assert set(package["depends"]) <= wanted


def test_python_is_compiled_for_the_browsers_own_python(dist: Path, description: dict) -> None:
    with zipfile.ZipFile(dist / description["app"]) as app:
        ours = set(app.namelist())
    sources = {name for name in ours if name.endswith(".py")}
    assert "webapp/py/domain/model.py" in sources
    assert ours - sources == {f"{name}c" for name in sources}
    (numpy,) = (dist / description["pyodide"]).glob("numpy-*.whl")
    with zipfile.ZipFile(numpy) as wheel:
        names = wheel.namelist()
    assert "numpy/linalg/_linalg.pyc" in names
    assert not [name for name in names if name.endswith((".py", ".h")) or "/tests/" in name]


def test_the_snapshot_fits_what_the_page_is_told(dist: Path, description: dict) -> None:
    assert (dist / description["snapshot"]).stat().st_size == description["snapshot_bytes"]
    with contextlib.ExitStack() as stack:
        wheels = [
            stack.enter_context(zipfile.ZipFile(path))
            for name in ("numpy", "msgspec")
            for path in (dist / description["pyodide"]).glob(f"{name}-*.whl")
        ]
        held = {
            f"/lib/python3.14/site-packages/{name}": wheel for wheel in wheels for name in wheel.namelist()
        }
        assert len(description["libraries"]) == len(taking.LIBRARIES)
        for path, file in description["libraries"]:
            assert (dist / file).read_bytes() == held[path].read(path.partition("site-packages/")[2])


def test_a_library_that_the_snapshot_was_not_told_of_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "LIBRARIES", taking.LIBRARIES[:-1])
    monkeypatch.setattr(taking, "cache_home", lambda: tmp_path)
    lock = read_lock(WEBAPP / "runtime.lock.json")
    core = node_modules() / "pyodide"
    wheels = [
        part.path
        for part in compiled_wheels(fetch_wheels(lock), core)
        if part.wheel.name in building.PAGE_PACKAGES
    ]
    with pytest.raises(Failure, match="msgspec/_core"):
        taking.snapshot(core, wheels, building.app_zip(WEBAPP, core))


def test_a_change_of_our_python_changes_the_app_the_snapshot_and_the_build_alone(webapp: Path) -> None:
    before, first = building.assemble(webapp)
    (webapp / "tools" / "extra.py").write_text('"""Nothing."""\n')
    after, second = building.assemble(webapp)
    changed = {path for path in before.files if before.files[path] != after.files.get(path)}
    assert first != second
    assert {path.split("-")[0] for path in changed} == {
        *("assets/app", "assets/snapshot"),
        *("index.html", "site.json", "sw.js"),
    }


def test_a_second_build_is_skipped_and_a_damaged_site_is_mended(
    webapp: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "site"
    building.build_site(target, webapp)
    capsys.readouterr()
    building.build_site(target, webapp)
    assert capsys.readouterr().out == ""
    (target / "index.html").unlink()
    (target / "left-over.js").write_text("old")
    building.build_site(target, webapp)
    assert (target / "index.html").is_file()
    assert not (target / "left-over.js").exists()


def test_a_source_without_its_placeholder_is_refused_by_name(webapp: Path) -> None:
    page = webapp / "index.html"
    page.write_text(page.read_text().replace("<!-- site:head -->", ""))
    with pytest.raises(Failure, match=r"index\.html must contain '<!-- site:head -->'"):
        building.assemble(webapp)


def test_the_style_sheet_holds_every_file_in_its_order() -> None:
    names = (WEBAPP / "style" / "order.txt").read_text().split()
    whole = style_sheet().decode()
    places = [whole.index((WEBAPP / "style" / name).read_text()) for name in names]
    assert places == sorted(places)
    assert whole.startswith("/* Colors, sizes and fonts")
    longest = max(names, key=lambda name: len((WEBAPP / "style" / name).read_text().splitlines()))
    assert len((WEBAPP / "style" / longest).read_text().splitlines()) <= 200, longest


@pytest.mark.parametrize(("change", "said"), [("add", "doesn't list"), ("remove", "doesn't exist")])
def test_a_style_file_and_its_place_in_the_order_go_together(webapp: Path, change: str, said: str) -> None:
    path = webapp / "style" / ("extra.css" if change == "add" else "menu.css")
    path.write_text("a {}\n") if change == "add" else path.unlink()
    with pytest.raises(Failure, match=rf"{path.name} .*{said}"):
        style_sheet(webapp / "style")


def test_an_unknown_icon_is_refused_by_name(tmp_path: Path) -> None:
    names = tmp_path / "icons.txt"
    names.write_text("no-such-icon\n")
    with pytest.raises(Failure, match="no-such-icon"):
        sprite(node_modules(), names)


def test_every_icon_that_pages_use_is_in_the_site(dist: Path, description: dict) -> None:
    code = "".join(path.read_text() for room in ("py", "tools") for path in (WEBAPP / room).rglob("*.py"))
    used = set(re.findall(r'\bicon(?:_button|_name)?\s*(?:\(|=|:\s*str\s*=)\s*"([a-z0-9-]+)"', code))
    assert used
    symbols = set(re.findall(r'id="icon-([a-z0-9-]+)"', (dist / description["icons"]).read_text()))
    assert used <= symbols
