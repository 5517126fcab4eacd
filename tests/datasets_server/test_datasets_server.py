"""The datasets server as a client on another origin meets it."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import struct
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.support.datasets_server_client import Server, serving

PAGE = "http://localhost:8090"
LATER = "Tue, 14 Nov 2023 22:13:21 GMT"
PICTURE = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("served")
    (root / "photos" / "my cats").mkdir(parents=True)
    (root / "photos" / "cat.jpg").write_bytes(PICTURE)
    (root / "photos" / "my cats" / "50% größe #1.PNG").write_bytes(b"png")
    (root / "empty.txt").write_bytes(b"")
    (root / "scan").write_bytes(bytes(128) + b"DICM" + bytes(20))
    (root / "slice.dcm").write_bytes(b"dicom")
    (root / "attack.html").write_text("<script>alert(1)</script>")
    (root / "attack.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    os.utime(root / "photos" / "cat.jpg", ns=(1_700_000_000_123_456_789, 1_700_000_000_123_456_789))
    return root


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(root, tmp_path_factory.mktemp("log") / "log") as server:
        yield server


def test_a_file_arrives_whole_with_its_type_and_validators(server: Server) -> None:
    reply = server.ask("/photos/cat.jpg")
    assert (reply.status, reply.body) == (200, PICTURE)
    assert reply.headers["content-type"] == "image/jpeg"
    assert reply.headers["content-length"] == "10240"
    assert reply.headers["accept-ranges"] == "bytes"
    assert reply.headers["last-modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert reply.headers["etag"].startswith('"')


def test_a_header_without_end_is_cut_off_and_logged(server: Server) -> None:
    assert server.ask_raw(b"GET / HTTP/1.1\r\na: " + b"b" * 100_000).startswith(b"HTTP/1.1 431 ")
    # The log is copied by a program of its own.
    while not (closed := [line for line in server.log_lines() if line["event"] == "connection closed"]):
        pass
    assert (closed[0]["reason"], closed[0]["address"]) == ("header too large", "127.0.0.1")


def test_head_tells_everything_but_the_bytes(server: Server) -> None:
    whole, head = server.ask("/photos/cat.jpg"), server.ask("/photos/cat.jpg", "HEAD", Range="bytes=0-3")
    assert (head.status, head.body) == (200, b"")
    same = ("content-length", "content-type", "etag", "last-modified")
    assert [head.headers[name] for name in same] == [whole.headers[name] for name in same]


def test_names_with_spaces_signs_and_umlauts_work(server: Server) -> None:
    reply = server.ask("/photos//my%20cats/50%25%20gr%C3%B6%C3%9Fe%20%231.PNG")
    assert (reply.status, reply.body, reply.headers["content-type"]) == (200, b"png", "image/png")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/slice.dcm", "application/dicom"),
        ("/scan", "application/dicom"),
        ("/empty.txt", "text/plain; charset=utf-8"),
        ("/attack.svg", "image/svg+xml"),
    ],
)
def test_content_types(server: Server, path: str, kind: str) -> None:
    assert server.ask(path).headers["content-type"] == kind


@pytest.mark.parametrize("path", ["/attack.html", "/attack.svg", "/photos/"])
def test_hostile_pages_cannot_run_scripts(server: Server, path: str) -> None:
    headers = server.ask(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    rules = [rule.strip() for rule in headers["content-security-policy"].split(";")]
    assert "sandbox" in rules
    assert "default-src 'none'" in rules


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-3", 0, 4),
        ("bytes=10236-", 10236, 10240),
        ("bytes=-5", 10235, 10240),
        ("bytes=10000-99999", 10000, 10240),
        ("bytes=-99999", 0, 10240),
    ],
)
def test_a_range_gives_exactly_these_bytes(server: Server, wanted: str, start: int, stop: int) -> None:
    reply = server.ask("/photos/cat.jpg", Range=wanted)
    assert (reply.status, reply.body) == (206, PICTURE[start:stop])
    assert reply.headers["content-range"] == f"bytes {start}-{stop - 1}/10240"


@pytest.mark.parametrize("wanted", ["bytes=10240-", "bytes=-0", "bytes=99999999999-"])
def test_a_range_behind_the_end_is_416_and_tells_the_size(server: Server, wanted: str) -> None:
    reply = server.ask("/photos/cat.jpg", Range=wanted)
    assert (reply.status, reply.headers["content-range"]) == (416, "bytes */10240")
    assert "10240 bytes" in reply.json()["reason"]
    assert server.ask("/empty.txt", Range="bytes=0-").status == 416


@pytest.mark.parametrize(
    "wanted", ["bytes=5-2", "bytes=-", "bytes=a-b", "lines=0-3", "bytes=0-1,4-5", "bytes=" + "9" * 5000 + "-"]
)
def test_a_range_that_cannot_be_read_gives_the_whole_file(server: Server, wanted: str) -> None:
    reply = server.ask("/photos/cat.jpg", Range=wanted)
    assert (reply.status, reply.body) == (200, PICTURE)


def test_if_range_gives_the_part_only_of_the_same_file(server: Server) -> None:
    now = server.ask("/photos/cat.jpg").headers
    for good in (now["etag"], now["last-modified"]):
        assert server.ask("/photos/cat.jpg", Range="bytes=0-3", If_Range=good).status == 206
    for stale in ('"other"', "W/" + now["etag"], "Tue, 14 Nov 2023 22:13:19 GMT", LATER, "nonsense"):
        assert server.ask("/photos/cat.jpg", Range="bytes=0-3", If_Range=stale).status == 200


def test_an_unchanged_file_is_not_sent_again(server: Server) -> None:
    now = server.ask("/photos/cat.jpg").headers
    for tags in (now["etag"], "W/" + now["etag"], f'"old", {now["etag"]}', "*"):
        reply = server.ask("/photos/cat.jpg", If_None_Match=tags)
        assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", now["etag"])
    assert server.ask("/photos/cat.jpg", If_None_Match='"other"').status == 200
    assert server.ask("/photos/cat.jpg", If_Modified_Since=now["last-modified"]).status == 304
    assert server.ask("/photos/cat.jpg", If_Modified_Since=formatdate(0, usegmt=True)).status == 200
    # The tag is the better witness: an equal date does not outweigh a different tag.
    both = server.ask("/photos/cat.jpg", If_None_Match='"x"', If_Modified_Since=now["last-modified"])
    assert both.status == 200


def test_a_replaced_file_gets_a_new_tag_although_size_and_date_stay(server: Server, root: Path) -> None:
    path = root / "replaced.png"
    path.write_bytes(b"one")
    os.utime(path, ns=(10**18, 10**18))
    before = server.ask("/replaced.png").headers["etag"]
    other = root / "replaced.part"
    other.write_bytes(b"two")
    os.utime(other, ns=(10**18, 10**18))
    other.replace(path)
    after = server.ask("/replaced.png", If_None_Match=before)
    assert (after.status, after.body) == (200, b"two")


def test_a_page_from_this_machine_may_read_and_sees_the_useful_headers(server: Server) -> None:
    for page in (PAGE, "http://127.0.0.1:5173", "https://localhost"):
        headers = server.ask("/photos/cat.jpg", Origin=page).headers
        assert headers["access-control-allow-origin"] == page
        assert headers["timing-allow-origin"] == page
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert "Origin" in headers["vary"]
        exposed = {name.strip() for name in headers["access-control-expose-headers"].split(",")}
        assert exposed >= {"Content-Range", "ETag", "Accept-Ranges", "Content-Length"}


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://[::bad",
        "http://127.0.0.1.nip.io",
    ],
)
def test_a_foreign_page_may_not_read(server: Server, page: str) -> None:
    assert "access-control-allow-origin" not in server.ask("/photos/cat.jpg", Origin=page).headers
    reply = server.ask("/photos/cat.jpg", "OPTIONS", Origin=page, Access_Control_Request_Method="GET")
    assert reply.status == 403
    assert "access-control-allow-origin" not in reply.headers
    assert "--origin" in reply.json()["reason"]


def test_refusals_can_be_read_by_the_page_too(server: Server) -> None:
    for path in ("/missing.jpg", "/%zz", "/.hidden"):
        reply = server.ask(path, Origin=PAGE)
        assert reply.status in (400, 403, 404)
        assert reply.headers["access-control-allow-origin"] == PAGE
        assert reply.json()["reason"].endswith(".")


def test_preflights_allow_ranges_and_the_private_network(server: Server) -> None:
    reply = server.ask(
        "/photos/cat.jpg",
        "OPTIONS",
        Origin=PAGE,
        Access_Control_Request_Method="GET",
        Access_Control_Request_Headers="range,if-none-match",
        Access_Control_Request_Private_Network="true",
    )
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["access-control-allow-origin"] == PAGE
    assert reply.headers["access-control-allow-private-network"] == "true"
    assert {"GET", "HEAD"} <= {m.strip() for m in reply.headers["access-control-allow-methods"].split(",")}
    allowed = {name.strip().lower() for name in reply.headers["access-control-allow-headers"].split(",")}
    assert {"range", "if-none-match", "if-range"} <= allowed
    assert server.ask("/", "OPTIONS").headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_foreign_name_for_this_machine_is_refused(server: Server) -> None:
    for good in ("localhost:8000", "nas", "192.168.7.9:8000", "[::1]:8000"):
        assert server.ask("/empty.txt", Host=good).status == 200
    for bad in ("rebound.example.com", "127.0.0.1.nip.io:8000", "a@evil.example"):
        reply = server.ask("/empty.txt", Host=bad)
        assert reply.status == 403
        assert "--name" in reply.json()["reason"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_nothing_can_be_changed(server: Server, root: Path, method: str) -> None:
    reply = server.ask("/photos/cat.jpg", method)
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "read-only" in reply.json()["reason"]
    assert (root / "photos" / "cat.jpg").read_bytes() == PICTURE
    assert server.ask("/-/health", method).status == 405


def test_health_says_ok_until_the_folder_is_gone(tmp_path: Path) -> None:
    root = tmp_path / "mount"
    root.mkdir()
    with serving(root, tmp_path / "log") as server:
        assert (server.ask("/-/health").status, server.ask("/-/health").json()) == (200, {"status": "ok"})
        assert server.ask("/-/other").status == 404
        assert server.ask("/%2D/health").status == 404
        root.rmdir()
        assert server.ask("/-/health").status == 503
        assert server.ask("/a.jpg").status == 404


def test_a_ten_gigabyte_file_streams_in_little_memory(tmp_path: Path) -> None:
    root = tmp_path / "served"
    root.mkdir()
    size, mark = 10 * 1024**3, b"nine gigabytes in"
    with (root / "huge.mp4").open("wb") as file:
        file.truncate(size)
        file.seek(9 * 1024**3)
        file.write(mark)
    with serving(root, tmp_path / "log") as server:
        before = server.peak_memory()
        start = 9 * 1024**3
        part = server.ask("/huge.mp4", Range=f"bytes={start}-{start + len(mark) - 1}")
        assert (part.status, part.body) == (206, mark)
        assert part.headers["content-range"] == f"bytes {start}-{start + len(mark) - 1}/{size}"
        assert server.ask("/huge.mp4", "HEAD").headers["content-length"] == str(size)
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
            wire.sendall(b"GET /huge.mp4 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            got = 0
            while got < 300 * 1024**2:
                got += len(wire.recv(1 << 20))
        assert server.peak_memory() - before < 16 * 1024**2
        assert server.ask("/huge.mp4", Range="bytes=0-0").body == b"\0"


def test_a_client_that_leaves_ends_its_download(tmp_path: Path) -> None:
    root = tmp_path / "served"
    root.mkdir()
    with (root / "huge.bin").open("wb") as file:
        file.truncate(4 * 1024**3)
    with serving(root, tmp_path / "log") as server:
        wire = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        wire.sendall(b"GET /huge.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wire.recv(65536)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.close()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
    requests = [line for line in server.log_lines() if line["event"] == "request"]
    assert len(requests) == 1
    assert requests[0]["bytes"] < 1024**3


def test_a_file_that_shrinks_while_it_is_read_breaks_the_download(tmp_path: Path) -> None:
    root = tmp_path / "served"
    root.mkdir()
    path = root / "growing.bin"
    with path.open("wb") as file:
        file.truncate(1024**3)
    with serving(root, tmp_path / "log") as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
            wire.sendall(b"GET /growing.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
            got = len(wire.recv(65536))
            os.truncate(path, 1000)
            while piece := wire.recv(1 << 20):
                got += len(piece)
        assert got < 1024**3
        assert server.ask("/growing.bin").body == bytes(1000)


def test_many_downloads_at_once_arrive_intact(server: Server, root: Path) -> None:
    data = hashlib.sha256(b"seed").digest() * 60_000
    (root / "many.bin").write_bytes(data)
    wires = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(30)]
    for wire in wires:
        wire.sendall(b"GET /many.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    for wire in wires:
        with wire:
            reply = wire.makefile("rb").read()
        assert reply.partition(b"\r\n\r\n")[2] == data


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_the_running_download_end(tmp_path: Path, number: signal.Signals) -> None:
    root = tmp_path / "served"
    root.mkdir()
    with (root / "film.bin").open("wb") as file:
        file.truncate(64 * 1024**2)
    with serving(root, tmp_path / "log") as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
            wire.sendall(b"GET /film.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            got = len(wire.recv(65536))
            server.process.send_signal(number)
            while piece := wire.recv(1 << 20):
                got += len(piece)
        assert got > 64 * 1024**2
        assert server.process.wait(30) == 0
    assert server.log_lines()[-1]["event"] == "stopped"


def test_logs_are_json_lines_without_queries_or_headers(root: Path, tmp_path: Path) -> None:
    with serving(root, tmp_path / "log") as server:
        server.ask(
            "/photos/cat.jpg?token=hidden-word", Authorization="Bearer hidden-word", Cookie="hidden-word"
        )
        server.ask('/no"such%0Athing')
    assert "hidden-word" not in server.log.read_text()
    requests = [line for line in server.log_lines() if line["event"] == "request"]
    assert [(r["method"], r["path"], r["status"], r["bytes"]) for r in requests[:1]] == [
        ("GET", "/photos/cat.jpg", 200, 10240)
    ]
    assert requests[1]["status"] == 400
