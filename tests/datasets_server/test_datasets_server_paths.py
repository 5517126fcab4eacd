"""No way out of the served folder, and listings that show only what can be fetched."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets_server import paths, texts
from datasets_server.errors import HttpError
from datasets_server.listings import ListingQuery, read_listing
from datasets_server.paths import parse_target
from tests.support.datasets_server_client import Server, serving

SECRET = b"the secret of the house"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("house")
    root = house / "served"
    (root / "inner").mkdir(parents=True)
    (house / "secret.txt").write_bytes(SECRET)
    (house / "served-too").mkdir()
    (house / "served-too" / "secret.txt").write_bytes(SECRET)
    (root / ".hidden").write_bytes(SECRET)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_bytes(SECRET)
    (root / "inner" / "a.png").write_bytes(b"a")
    (root / "link out").symlink_to(house / "secret.txt")
    (root / "folder out").symlink_to(house)
    (root / "neighbour").symlink_to(house / "served-too")
    (root / "link to hidden").symlink_to(root / ".hidden")
    (root / "link in").symlink_to(Path("inner") / "a.png")
    (root / "loop").symlink_to("loop")
    (root / "dangling").symlink_to("nothing")
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "socket"))
    (root / "-").mkdir()
    (root / os.fsdecode(b"caf\xe9.png")).write_bytes(b"latin")
    (root / "<b>&\"'.png").write_bytes(b"b")
    (root / "javascript:alert(1)").write_bytes(b"b")
    # The server refuses these in an address.
    for refused in ("back\\slash.png", "tab\t.png", "line\n.png", "del\x7f.png"):
        (root / refused).write_bytes(b"b")
    return root


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(root, tmp_path_factory.mktemp("log") / "log") as server:
        yield server


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/inner/../../secret.txt",
        "/..",
        "/./../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E%2Fsecret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/inner/..\\..\\secret.txt",
        "/%252e%252e/secret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..%c0%afsecret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/..%00/secret.txt",
        "/inner/a.png%00.txt",
        "/..;/secret.txt",
        "/.../secret.txt",
        "//../secret.txt",
        "/%2f%2e%2e/secret.txt",
        "/../served-too/secret.txt",
        "/.hidden",
        "/%2ehidden",
        "/.git/config",
        "/inner/../.hidden",
        "/link%20out",
        "/folder%20out/secret.txt",
        "/folder%20out/",
        "/neighbour/secret.txt",
        "/link%20to%20hidden",
        "/loop",
        "/dangling",
        "/pipe",
        "/socket",
        "/inner/a.png/",
        "/inner/a.png/more",
        "/inner/%",
        "/inner/%zz",
        "/inner/%0d%0aSet-Cookie:x",
        "/" + "a" * 300,
        "/" + "a/" * 5000,
        "/etc/passwd",
        "//etc/passwd",
        "/C:/windows",
        "/-/../secret.txt",
        "/-/..%2f..%2fsecret.txt",
        "/-",
        "/-/",
    ],
)
def test_no_path_leads_out(server: Server, path: str) -> None:
    for method in ("GET", "HEAD"):
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        reply = server.ask_raw(head.encode("latin-1"))
        status = int(reply.split(b" ", 2)[1])
        assert status in (400, 403, 404), reply[:300]
        assert SECRET not in reply
        assert b"Set-Cookie" not in reply.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET secret.txt HTTP/1.1",
        b"GET ../secret.txt HTTP/1.1",
        b"GET http://localhost/../secret.txt HTTP/1.1",
        b"GET /inner/\x00 HTTP/1.1",
        b"GET /inner/\xff\xfe HTTP/1.1",
        b"GET * HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
)
def test_garbage_on_the_wire_is_a_refusal_and_the_server_lives_on(
    server: Server, request_line: bytes
) -> None:
    reply = server.ask_raw(request_line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert reply == b"" or 400 <= int(reply.split(b" ", 2)[1]) < 500, reply[:300]
    assert SECRET not in reply
    assert server.ask("/inner/a.png").body == b"a"


def test_links_inside_the_folder_work(server: Server) -> None:
    assert server.ask("/link%20in").body == b"a"


@pytest.mark.parametrize("asked", [("swapped",), ("swapped", "secret.txt")])
@pytest.mark.parametrize("moment", ["real_parts", "stat"])
def test_a_name_swapped_for_a_link_at_the_last_moment_does_not_lead_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], moment: str
) -> None:
    root, outside = tmp_path / "served", tmp_path / "outside"
    for folder in (root / "swapped", outside):
        folder.mkdir(parents=True)
        (folder / "secret.txt").write_bytes(SECRET)
    place = paths if moment == "real_parts" else os
    checked: Callable[..., Any] = getattr(place, moment)

    def check_then_swap(*given: Any, **named: Any) -> Any:
        result = checked(*given, **named)
        if moment == "real_parts" or given[0] == asked[-1]:
            name = root.joinpath(*asked)
            name = name if moment == "stat" else root / "swapped"
            name.rename(tmp_path / "moved")
            name.symlink_to(outside / name.relative_to(root / "swapped"))
        return result

    with monkeypatch.context() as patch:
        patch.setattr(place, moment, check_then_swap)
        with pytest.raises(HttpError):
            paths.open_inside(root, asked)
    assert (tmp_path / "moved").exists()


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        (b"no/slash", 400, "slash"),
        (b"/a/%4", 400, "%25"),
        (b"/a%2Fb", 400, texts.HIDDEN_SLASH),
        (b"/a%5cb", 400, texts.HIDDEN_SLASH),
        (b"/a\\b", 400, texts.HIDDEN_SLASH),
        (b"/a%00", 400, "control"),
        (b"/a/%2e%2E/b", 400, "'..'"),
        (b"/./b", 400, "'..'"),
        (b"/.ssh/id", 403, "hidden"),
    ],
)
def test_a_refused_address_hears_why(path: bytes, status: int, word: str) -> None:
    with pytest.raises(HttpError) as caught:
        parse_target(path)
    assert caught.value.status == status
    assert word in caught.value.reason


@given(st.binary(max_size=40))
def test_whatever_comes_a_target_has_only_plain_names(path: bytes) -> None:
    try:
        target = parse_target(b"/" + path)
    except HttpError as refused:
        assert refused.status in (400, 403)
        return
    for part in target.parts:
        assert part
        assert not part.startswith(".")
        assert not set(part) & set("/\\\0\r\n")


def test_a_listing_shows_what_can_be_fetched_and_nothing_else(server: Server) -> None:
    listing = server.ask("/?format=json").json()
    assert listing["path"] == "/"
    assert listing["next"] is None
    shown = {entry["name"]: entry for entry in listing["entries"]}
    assert set(shown) == {"inner", "link in", "caf\ufffd.png", "<b>&\"'.png", "javascript:alert(1)"}
    assert (shown["inner"]["kind"], shown["inner"]["bytes"], shown["inner"]["url"]) == (
        "folder",
        None,
        "inner/",
    )
    assert (shown["link in"]["kind"], shown["link in"]["bytes"]) == ("file", 1)
    for entry in listing["entries"]:
        reply = server.ask(urljoin("http://x/", entry["url"]).removeprefix("http://x"))
        assert reply.status == 200
        if entry["kind"] == "file":
            assert len(reply.body) == entry["bytes"]


def test_a_listing_leaves_out_what_the_server_may_not_read(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = os.access
    # Tests may run as root, who may read everything.
    monkeypatch.setattr(
        os, "access", lambda name, *given, **more: name != "inner" and access(name, *given, **more)
    )
    folder = os.open(root, os.O_RDONLY)
    try:
        listing = read_listing(root, parse_target(b"/"), folder, ListingQuery(json=True))
    finally:
        os.close(folder)
    assert "inner" not in {entry.name for entry in listing.entries}
    assert "link in" in {entry.name for entry in listing.entries}


def test_a_listing_comes_as_json_or_as_a_page(server: Server, root: Path) -> None:
    assert server.ask("/inner/", Accept="application/json").json()["entries"] == [
        {
            "name": "a.png",
            "kind": "file",
            "bytes": 1,
            "modified": (root / "inner" / "a.png").stat().st_mtime_ns // 1_000_000,
            "url": "a.png",
        }
    ]
    page = server.ask("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert b"<b>" not in page.body
    assert b'href="javascript:' not in page.body
    assert b'href="inner/"' in page.body


def test_a_folder_without_its_slash_leads_to_the_folder_on_the_same_server(server: Server) -> None:
    assert server.ask("/inner").headers["location"] == "/inner/"
    assert server.ask("//inner?format=json").headers["location"] == "/inner/?format=json"


def test_a_huge_folder_comes_in_pages(tmp_path: Path) -> None:
    root = tmp_path / "served"
    (root / "many").mkdir(parents=True)
    names = sorted(f"{number:04} & more+.png" for number in range(2345))
    for name in names:
        (root / "many" / name).touch()
    with serving(root, tmp_path / "log") as server:
        found: list[str] = []
        address: str | None = "?format=json&limit=500"
        pages = 0
        while address is not None:
            listing = server.ask("/many/" + address).json()
            found += [entry["name"] for entry in listing["entries"]]
            address, pages = listing["next"], pages + 1
        assert found == names
        assert pages == 5
        assert len(server.ask("/many/?format=json").json()["entries"]) == 1000
        assert b"next page" in server.ask("/many/").body


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=10001",
        "limit=%D9%A1",
        "format=xml",
        "a=1&" * 30,
    ],
)
def test_a_listing_question_that_makes_no_sense_is_refused(server: Server, query: str) -> None:
    reply = server.ask(f"/inner/?{query}")
    assert reply.status == 400
    assert reply.json()["reason"]
