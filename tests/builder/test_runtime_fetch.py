"""Getting the runtime: downloads resume, a wrong file is refused, and the next source takes over."""

from __future__ import annotations

import hashlib
import http.server
import io
import re
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder import sources
from builder.console import Failure
from builder.fetch import Unreachable, WrongHash, download
from builder.runtime import Lock, Wheel, fetch_wheels

CONTENT = bytes(range(256)) * 2000


class Shop(http.server.ThreadingHTTPServer):
    """A server of files that can lose the connection, ignore ranges, and notes what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.break_after: list[int] = []
        self.ranges = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class Counter(http.server.BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append((self.path, wanted))
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        start = int(re.findall(r"\d+", wanted)[0]) if wanted and self.server.ranges else 0
        if start >= len(content) > 0:
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", "text/html" if content[:1] == b"<" else "application/octet-stream")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        part = content[start:]
        if self.server.break_after:
            part = part[: self.server.break_after.pop(0)]
            self.close_connection = True
        self.wfile.write(part)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def silent_address() -> str:
    """An address on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def wheel(content: bytes, *kinds: dict[str, Any], name: str = "thing") -> Wheel:
    file = f"{name}-1.0-py3-none-any.whl"
    return Wheel(name, "1.0", file, sha(content), len(content), (name,), (), kinds)


def lock(cdn: str, *wheels: Wheel) -> Lock:
    return Lock("314.0.3", cdn, {}, wheels)


def no_wait(_: float) -> None:
    """Let a retry follow at once."""


def test_a_download_goes_on_where_an_earlier_run_stopped(shop: Shop, tmp_path: Path) -> None:
    shop.files["/big"] = CONTENT
    (tmp_path / "big.partial").write_bytes(CONTENT[:100_000])
    download(shop.url + "big", tmp_path / "big", sha256=sha(CONTENT))
    assert (tmp_path / "big").read_bytes() == CONTENT
    assert shop.asked == [("/big", "bytes=100000-")]


def test_a_connection_that_breaks_is_taken_up_again(shop: Shop, tmp_path: Path) -> None:
    shop.files["/big"] = CONTENT
    shop.break_after = [200_000, 65_536]
    download(shop.url + "big", tmp_path / "big", sha256=sha(CONTENT), pause=no_wait)
    assert (tmp_path / "big").read_bytes() == CONTENT
    assert [wanted for _, wanted in shop.asked] == [None, "bytes=200000-", "bytes=265536-"]


def test_what_came_before_the_line_went_dead_is_kept_for_the_next_run(shop: Shop, tmp_path: Path) -> None:
    shop.files["/big"] = CONTENT
    shop.break_after = [1000] * 4
    with pytest.raises(Unreachable):
        download(shop.url + "big", tmp_path / "big", pause=no_wait)
    assert (tmp_path / "big.partial").read_bytes() == CONTENT[:4000]
    assert not (tmp_path / "big").exists()


def test_a_server_without_ranges_starts_from_the_beginning(shop: Shop, tmp_path: Path) -> None:
    shop.files["/big"] = CONTENT
    shop.ranges = False
    (tmp_path / "big.partial").write_bytes(b"other bytes")
    download(shop.url + "big", tmp_path / "big", sha256=sha(CONTENT))
    assert (tmp_path / "big").read_bytes() == CONTENT


def test_a_left_over_longer_than_the_file_does_not_stop_it(shop: Shop, tmp_path: Path) -> None:
    shop.files["/big"] = CONTENT
    (tmp_path / "big.partial").write_bytes(CONTENT + b"more")
    download(shop.url + "big", tmp_path / "big", sha256=sha(CONTENT), pause=no_wait)
    assert (tmp_path / "big").read_bytes() == CONTENT


def test_a_file_with_another_hash_is_refused_with_both_hashes_and_nothing_kept(
    shop: Shop, tmp_path: Path
) -> None:
    shop.files["/big"] = b"altered" + CONTENT
    with pytest.raises(WrongHash) as refusal:
        download(shop.url + "big", tmp_path / "big", sha256=sha(CONTENT))
    assert sha(CONTENT) in str(refusal.value)
    assert sha(b"altered" + CONTENT) in str(refusal.value)
    assert "rejected" in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_a_wheel_comes_from_the_cdn_where_it_is_reached(shop: Shop, tmp_path: Path) -> None:
    wanted = wheel(CONTENT, {"kind": "cdn"})
    shop.files[f"/{wanted.file}"] = CONTENT
    (part,) = fetch_wheels(lock(shop.url, wanted), tmp_path)
    assert part.path.read_bytes() == CONTENT
    shop.asked.clear()
    assert fetch_wheels(lock(shop.url, wanted), tmp_path) == [part]
    assert shop.asked == []


def test_a_kept_wheel_that_was_damaged_is_fetched_again(shop: Shop, tmp_path: Path) -> None:
    wanted = wheel(CONTENT, {"kind": "cdn"})
    shop.files[f"/{wanted.file}"] = CONTENT
    (part,) = fetch_wheels(lock(shop.url, wanted), tmp_path)
    part.path.write_bytes(CONTENT[:-1])
    fetch_wheels(lock(shop.url, wanted), tmp_path)
    assert part.path.read_bytes() == CONTENT


def a_wheel_of(files: dict[str, bytes], name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        archive.writestr(
            f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        archive.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    return buffer.getvalue()


@pytest.fixture
def index(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A package index of this machine; ``index[name] = wheel`` puts a package into it."""

    class Shelf(dict[str, bytes]):
        def __setitem__(self, name: str, content: bytes) -> None:
            file = f"{name}-1.0-py3-none-any.whl"
            shop.files[f"/files/{file}"] = content
            page = f'<!doctype html><a href="/files/{file}#sha256={sha(content)}">{file}</a>'
            shop.files[f"/simple/{name}/"] = page.encode()

    for variable in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"{shop.url}simple/")
    return Shelf()


def test_when_the_cdn_is_silent_the_wheel_is_taken_out_of_its_carrier(
    index: dict[str, bytes], silent_address: str, tmp_path: Path
) -> None:
    index["carrier"] = a_wheel_of({"inside/thing.whl": CONTENT}, "carrier")
    carried = {"kind": "carrier", "package": "carrier==1.0", "path": "inside/thing.whl"}
    wanted = wheel(CONTENT, {"kind": "cdn"}, carried)
    (part,) = fetch_wheels(lock(silent_address, wanted), tmp_path)
    assert part.path.read_bytes() == CONTENT
    assert list((tmp_path / "partial" / "carriers").iterdir()) == []


def test_when_the_cdn_is_silent_the_wheel_comes_from_the_package_index(
    index: dict[str, bytes], silent_address: str, tmp_path: Path
) -> None:
    content = a_wheel_of({"thing.py": b""}, "thing")
    index["thing"] = content
    wanted = wheel(content, {"kind": "cdn"}, {"kind": "pypi", "package": "thing==1.0"})
    (part,) = fetch_wheels(lock(silent_address, wanted), tmp_path)
    assert part.path.read_bytes() == content


def test_a_carrier_with_another_file_inside_is_refused(
    index: dict[str, bytes], silent_address: str, tmp_path: Path
) -> None:
    index["carrier"] = a_wheel_of({"inside/thing.whl": b"altered"}, "carrier")
    carried = {"kind": "carrier", "package": "carrier==1.0", "path": "inside/thing.whl"}
    with pytest.raises(WrongHash, match=re.escape("carrier==1.0")):
        fetch_wheels(lock(silent_address, wheel(CONTENT, carried)), tmp_path)


def test_a_silent_cdn_is_asked_only_once_in_a_run(
    silent_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def refuse(url: str, *_: object, **__: object) -> None:
        tried.append(url)
        raise Unreachable("silent")

    def other(source: dict[str, str], file: str, sha256: str, shelf: sources.Shelf) -> Path:
        path = shelf.room("other") / file
        path.write_bytes(CONTENT)
        return path

    monkeypatch.setattr(sources, "download", refuse)
    monkeypatch.setitem(sources.SOURCES, "other", other)
    wheels = [
        wheel(CONTENT, {"kind": "cdn"}, {"kind": "other"}, name=name) for name in ("one", "two", "three")
    ]
    assert len(fetch_wheels(lock(silent_address, *wheels), tmp_path)) == 3
    assert len(tried) == 1


def test_when_no_source_answers_each_is_named_with_its_reason(
    index: dict[str, bytes], silent_address: str, tmp_path: Path
) -> None:
    wanted = wheel(CONTENT, {"kind": "cdn"}, {"kind": "pypi", "package": "thing==1.0"})
    with pytest.raises(Failure) as failure:
        fetch_wheels(lock(silent_address, wanted), tmp_path)
    assert re.search(r"cdn: 127\.0\.0\.1: .*refused", str(failure.value))
    assert re.search(r"pypi: .*thing", str(failure.value))
    assert "run the same command again" in str(failure.value)


def test_a_source_may_pin_a_hash_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(source: dict[str, str], file: str, sha256: str, shelf: sources.Shelf) -> Path:
        path = shelf.room("built") / file
        path.write_bytes(b"our own build")
        return path

    monkeypatch.setitem(sources.SOURCES, "build", build)
    wanted = wheel(CONTENT, {"kind": "build", "sha256": sha(b"our own build")})
    (part,) = fetch_wheels(lock("", wanted), tmp_path)
    assert part.sha256 == sha(b"our own build")
    assert fetch_wheels(lock("", wanted), tmp_path) == [part]
