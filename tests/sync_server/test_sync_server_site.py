"""The built site as the sync server hands it out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_server.site import accepted_encodings, find_file
from tests.support.sync_server_world import World

SITE = {
    "index.html": b"<p>Limner</p>",
    "sw.js": b"1",
    "site.json": b"{}",
    "assets/app-0123456789abcdef.zip": b"zip",
    "assets/boot-0123456789abcdef.js": b"plain",
    "assets/boot-0123456789abcdef.js.br": b"brotli",
    "assets/boot-0123456789abcdef.js.gz": b"gzip",
    "pyodide-0123456789abcdef/pyodide.asm.wasm": b"\0asm",
    "pyodide-0123456789abcdef/pyodide.mjs": b"m",
    "pyodide-0123456789abcdef/numpy.whl": b"w",
    "assets/snapshot-0123456789abcdef.bin": b"s",
    "assets/icons-0123456789abcdef.svg": b"<svg/>",
    "demo/project.json": b"{}",
    ".hidden": b"no",
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    site = tmp_path / "site"
    for name, content in SITE.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "secret.txt").write_text("secret")
    (site / "way-out").symlink_to(tmp_path / "secret.txt")
    with World(tmp_path / "home", site=site) as made:
        yield made


@pytest.mark.parametrize(
    ("name", "content_type", "kept"),
    [
        ("", "text/html; charset=utf-8", "no-cache"),
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("site.json", "application/json", "no-cache"),
        ("demo/project.json", "application/json", "no-cache"),
        ("assets/app-0123456789abcdef.zip", "application/zip", "immutable"),
        ("assets/boot-0123456789abcdef.js", "text/javascript; charset=utf-8", "immutable"),
        ("assets/snapshot-0123456789abcdef.bin", "application/octet-stream", "immutable"),
        ("assets/icons-0123456789abcdef.svg", "image/svg+xml", "immutable"),
        ("pyodide-0123456789abcdef/pyodide.asm.wasm", "application/wasm", "immutable"),
        ("pyodide-0123456789abcdef/pyodide.mjs", "text/javascript; charset=utf-8", "immutable"),
        ("pyodide-0123456789abcdef/numpy.whl", "application/zip", "immutable"),
    ],
)
def test_each_file_has_its_type_and_is_kept_as_long_as_its_name_allows(
    world: World, name: str, content_type: str, kept: str
) -> None:
    answer = world.client.get(f"/{name}", headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert answer.content == SITE[name or "index.html"]
    assert answer.headers["content-type"] == content_type
    assert kept in answer.headers["cache-control"]
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(
    ("accepted", "encoding", "path"),
    [
        ("gzip, deflate, br", "br", "boot-0123456789abcdef.js.br"),
        ("gzip", "gzip", "boot-0123456789abcdef.js.gz"),
        ("br;q=0, gzip;q=0.5", "gzip", "boot-0123456789abcdef.js.gz"),
        ("identity", None, "boot-0123456789abcdef.js"),
        ("", None, "boot-0123456789abcdef.js"),
    ],
)
def test_the_best_precompressed_file_that_the_browser_takes_is_sent(
    world: World, accepted: str, encoding: str | None, path: str
) -> None:
    assert world.settings.site is not None
    found = find_file(world.settings.site, "assets/boot-0123456789abcdef.js", accepted)
    assert found is not None
    assert (found.path.name, found.encoding) == (path, encoding)


def test_what_was_sent_compressed_says_so(world: World) -> None:
    path = "/assets/boot-0123456789abcdef.js"
    with world.client.stream("GET", path, headers={"Accept-Encoding": "br"}) as answer:
        assert answer.headers["content-encoding"] == "br"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert b"".join(answer.iter_raw()) == b"brotli"


def test_a_file_that_the_browser_has_is_not_sent_again(world: World) -> None:
    first = world.client.get("/index.html")
    again = world.client.get("/index.html", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_site_built_anew_is_served_without_a_restart(world: World) -> None:
    assert world.settings.site is not None
    first = world.client.get("/index.html")
    page = world.settings.site / "index.html"
    page.write_bytes(b"<p>newer</p>")
    os.utime(page, ns=(1, 1))
    assert (
        world.client.get("/index.html", headers={"If-None-Match": first.headers["etag"]}).text
        == "<p>newer</p>"
    )


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/%2e%2e%5csecret.txt",
        "/..\\secret.txt",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/way-out",
        "/.hidden",
        "/index.html%00.js",
        "/assets",
        "/assets/",
        "/C:/secret.txt",
        "/api",
        "/api/index.html",
        "/a" * 2000,
    ],
)
def test_no_address_leads_out_of_the_site(world: World, path: str) -> None:
    answer = world.client.get(path)
    assert answer.status_code == 404, answer.text
    assert "secret" not in answer.text


def test_every_answer_carries_the_security_headers(world: World) -> None:
    for path in ("/", "/api/session", "/nothing", "/health"):
        headers = world.client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert world.client.get("/api/session").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("header", "accepted"),
    [("gzip, br", {"gzip", "br"}), ("br;q=0.000, gzip ; q=1", {"gzip"}), ("*", {"*"}), ("GZIP", {"gzip"})],
)
def test_accept_encoding_is_read(header: str, accepted: set[str]) -> None:
    assert accepted_encodings(header) == accepted
