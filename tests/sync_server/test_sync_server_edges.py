"""HEAD, addresses that lead nowhere, logs, files on disk, a start that fails, impossible times."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync_server import texts
from sync_server.app import create_app
from sync_server.recorded_time import MOST_ACTIVE_MS, MOST_IDLE_MS
from sync_server.settings import Settings
from tests.support.sync_server_process import ROOT, Process
from tests.support.sync_server_world import World
from webapp.py.domain import ids, ops

# What Chromium sends when an address is opened.
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<p>Limner</p>")
    with World(tmp_path / "home", site=site) as made:
        yield made


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    made = Process(tmp_path)
    try:
        made.wait_until_up()
        yield made
    finally:
        made.end()


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/health", "/api/session", "/api/keys", "/api/records/project", "/nothing"]
)
def test_head_is_get_without_the_body(world: World, path: str) -> None:
    whole, head = (world.admin.request(method, path) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (whole.status_code, b"")
    kept = ("content-type", "content-length", "etag", "cache-control", "content-security-policy")
    assert {name: head.headers.get(name) for name in kept} == {name: whole.headers.get(name) for name in kept}


def test_head_of_a_stream_ends_and_head_changes_nothing(server: Process) -> None:
    connection = server.connect()
    for _ in range(2):
        connection.request("HEAD", "/api/events", headers={"Authorization": f"Bearer {server.key}"})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
    connection.close()
    status, _, headers = server.request("HEAD", "/health")
    assert (status, int(headers["content-length"]) > 0) == (200, True)


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/nothing/here", 404, texts.PAGE_MISSING),
        ("/api/nothing", 404, texts.PAGE_MISSING),
        ("/api/accounts", 401, texts.PAGE_FAILED),
        ("/api/datasets/d/assets?limit=<b>", 401, texts.PAGE_FAILED),
    ],
)
def test_a_person_reads_a_page_where_a_program_reads_json(
    world: World, path: str, status: int, title: str
) -> None:
    page = world.client.get(path, headers={"Accept": BROWSER})
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert f"<h1>{title}</h1>" in page.text
    assert 'href="/"' in page.text
    for accept in ("*/*", "application/json", ""):
        answer = world.client.get(path, headers={"Accept": accept})
        assert (answer.status_code, set(answer.json())) == (status, {"code", "message"})


def test_what_an_error_page_repeats_is_escaped(world: World) -> None:
    path = f"/api/datasets/{world.dataset}/assets?limit=%3Cscript%3E"
    page = world.client.get(path, headers={"Accept": BROWSER, **world.admin.headers})
    assert page.status_code == 400
    assert "<script" not in page.text


def test_what_people_paste_into_addresses_stays_out_of_the_log(server: Process) -> None:
    secrets = ["limner_abcdefgh", "ada@example.org"]
    for secret in secrets:
        for path in (
            f"/api/keys/{secret}",
            f"/api/key/{secret}",
            f"/{secret}",
            f"/api/projects/p/members/{secret}",
        ):
            for method in ("DELETE", "GET"):
                assert server.request(method, path)[0] in (400, 403, 404, 405)
    log = server.log.read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert not any(secret in log for secret in secrets)
    routes = {(line["method"], line["route"]) for line in lines if line["message"] == "request"}
    assert ("DELETE", "/api/projects/{project}/members/{person}") in routes
    assert ("GET", "none") in routes


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_reads_the_database(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        home = tmp_path / "new" / "home"
        with World(home) as world:
            world.annotator.send(world.annotator.begin())
            assert {mode(file) for file in home.iterdir()} == {0o600}
            assert len(list(home.iterdir())) == 3
        assert mode(home) == 0o700
        # One that an earlier build left behind.
        (home / "limner.db").chmod(0o644)
        home.chmod(0o755)
        create_app(Settings(home=home)).state.server.storage.close()
        assert (mode(home / "limner.db"), mode(home)) == (0o600, 0o755)
    finally:
        os.umask(before)


@pytest.mark.parametrize("program", [["sync_server"], ["sync_server.accounts"]])
def test_a_database_that_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path, program: list[str]) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "limner.db").write_bytes(b"no database at all" * 100)
    for home, reason in (
        ("file", "File exists|is a file"),
        ("damaged", "not a database"),
        ("file/x", "directory"),
    ):
        line = [sys.executable, "-m", *program, "--home", str(tmp_path / home)]
        line += ["list"] if program == ["sync_server.accounts"] else ["--port", "0"]
        done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert done.returncode in (1, 2)
        assert re.search(reason, done.stderr), done.stderr
        assert "Traceback" not in done.stderr


def record_time(world: World, **given: int) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "project": world.project,
        "asset": 0,
        "assignment": world.annotator.begin().id,
        "person": world.annotator.id,
        "started": 1_700_000_000_000,
        "active_ms": 60_000,
        "idle_ms": 5_000,
        **given,
    }
    reply = world.annotator.send(world.annotator.begin(), ops.create("activity", fields))
    assert reply.refused == []
    return world.reviewer.sees("activity")[fields["id"]]


def test_impossible_times_are_bounded_and_possible_ones_stay(world: World) -> None:
    possible = record_time(world)
    assert (possible["active_ms"], possible["idle_ms"], possible["started"]) == (
        60_000,
        5_000,
        1_700_000_000_000,
    )
    ahead = ids.now_ms() + 3_600_000  # the clock of the device is wrong by an hour
    assert record_time(world, started=ahead)["started"] == ahead
    absurd = record_time(world, active_ms=2**53, idle_ms=2**53, started=2**53)
    assert (
        (absurd["active_ms"], absurd["idle_ms"])
        == (MOST_ACTIVE_MS, MOST_IDLE_MS)
        == (43_200_000, 604_800_000)
    )
    assert absurd["started"] <= ids.now_ms()
    history = world.admin.request("GET", "/api/ops", params={"record": absurd["id"], "table": "activity"})
    assert history.json()["ops"][0]["fields"] == absurd
