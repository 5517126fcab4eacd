"""docs/examples/new_project.py makes a project of a folder of images, through real servers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.support.datasets_server_client import serving

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docs" / "examples" / "new_project.py"


@pytest.fixture
def sync_server(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A running sync server with one admin: its address, and the password of the admin."""
    home = str(tmp_path / "server")
    make = ["sync_server.accounts", "--home", home, "create", "ada@example.org", "--role", "admin"]
    said = subprocess.check_output([sys.executable, "-m", *make], cwd=ROOT, text=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    start = [sys.executable, "-m", "sync_server", "--home", home, "--port", str(port)]
    with subprocess.Popen(start, cwd=ROOT, stderr=subprocess.DEVNULL) as server:
        try:
            while True:
                assert server.poll() is None
                try:
                    urlopen(f"{address}/health").close()
                    break
                except OSError:
                    time.sleep(0.02)
            yield address, said.split()[-1]
        finally:
            server.terminate()


def make_project(address: str, password: str, images: str, *more: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, str(SCRIPT), images, "--server", address, "--email", "ada@example.org", *more]
    environment = {**os.environ, "LIMNER_PASSWORD": password}
    return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60)


def ask(address: str, password: str, path: str, body: Any = None) -> Any:
    headers = {"Content-Type": "application/json", "Origin": address, "X-Limner": "1"}
    who = json.dumps({"email": "ada@example.org", "password": password}).encode()
    with urlopen(Request(f"{address}/api/session", who, headers)) as reply:
        headers["Cookie"] = reply.headers["Set-Cookie"].partition(";")[0]
    content = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{address}{path}", content, headers)) as reply:
        return json.load(reply)


def setup_records(address: str, password: str, table: str) -> list[dict[str, Any]]:
    request = {"protocol": 1, "client_id": "test", "scope": "setup", "cursor": "", "ops": []}
    changes = ask(address, password, "/api/sync", request)["changes"]
    return [one["fields"] for one in changes if one["table"] == table]


def test_the_example_makes_a_project_of_a_folder(tmp_path: Path, sync_server: tuple[str, str]) -> None:
    folder = tmp_path / "images"
    (folder / "garden" / "late summer").mkdir(parents=True)
    for name in ("a.JPG", "notes.txt", "garden/b.png", "garden/late summer/IM0001"):
        (folder / name).write_bytes(b"not looked at")
    with serving(folder, tmp_path / "log") as datasets:
        images = f"http://127.0.0.1:{datasets.port}/"
        made = make_project(*sync_server, images, "--name", "Mine", "--classes", "Cat", "Dog:brush")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("Mine: 3 images")
    (project,), (instruction,) = (setup_records(*sync_server, table) for table in ("project", "instruction"))
    assert made.stdout.endswith(f"/#/project/{project['id']}/0\n")
    classes = [(one["name"], one["tool"]) for one in instruction["classes"]]
    assert classes == [("Cat", "polygon"), ("Dog", "brush")]
    page = ask(*sync_server, f"/api/datasets/{project['dataset']}/assets")
    assert [
        (one.get("folder", ""), one["name"], one["url"].removeprefix(images)) for one in page["assets"]
    ] == [
        ("", "a.JPG", "a.JPG"),
        ("garden", "b.png", "garden/b.png"),
        ("garden/late summer", "IM0001", "garden/late%20summer/IM0001"),
    ]


def test_the_example_says_why_it_cannot(tmp_path: Path, sync_server: tuple[str, str]) -> None:
    address, password = sync_server
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"")
    with serving(folder, tmp_path / "log") as datasets:
        images = f"http://127.0.0.1:{datasets.port}/"
        wrong = make_project(address, "not the password", images, "--name", "Mine")
        lost = make_project(address, password, f"{images}nowhere/", "--name", "Mine")
    gone = make_project(address, password, images, "--name", "Mine")
    assert "wrong-password" in wrong.stderr
    assert "/nowhere/" in lost.stderr and "Not Found" in lost.stderr
    assert "could not be reached" in gone.stderr
    assert not any(one.returncode == 0 or "Traceback" in one.stderr for one in (wrong, lost, gone))
