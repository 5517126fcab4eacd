"""A sync server as a process of its own on a socket."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from sync_server import accounts
from sync_server.passwords import Passwords
from sync_server.storage.sqlite.engine import SqliteStorage
from tests.support.sync_server_world import PASSWORD
from webapp.py.domain import ops
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import PROTOCOL, SETUP

ROOT = Path(__file__).parents[2]


class Process:
    """A server process with one admin, on a free port."""

    def __init__(self, home: Path, *flags: str) -> None:
        self.home = home
        self.person, self.key = self.add_account("admin", "admin")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.context: ssl.SSLContext | None = None
        self.listening: list[http.client.HTTPConnection] = []
        self.log = home / "log"
        command = [sys.executable, "-m", "sync_server", "--home", str(home), "--port", str(self.port), *flags]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stderr=log)

    def end(self) -> None:
        """Kill the process if it still runs, and close what listens to it."""
        self.process.kill()
        self.process.wait()
        for connection in self.listening:
            connection.close()

    def add_account(self, name: str, role: Role | None) -> tuple[str, str]:
        """Make an account, ``name@limner.test``, and return its id and an API key."""
        storage = SqliteStorage(self.home / "limner.db")
        hashed = Passwords(8, 1).hash_now(PASSWORD)
        try:
            account = storage.write_now(
                lambda rows: accounts.create_account(
                    rows, email=f"{name}@limner.test", name=name, role=role, password_hash=hashed
                )
            )
            key = storage.write_now(lambda rows: accounts.create_key(rows, account.id, "tests"))
            return account.id, key.key or ""
        finally:
            storage.close()

    def connect(self) -> http.client.HTTPConnection:
        if self.context:
            return http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=20)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def wait_until_up(self) -> None:
        while True:
            assert self.process.poll() is None, self.log.read_text()
            try:
                assert self.request("GET", "/health")[0] == 200
                return
            except ConnectionRefusedError:
                time.sleep(0.01)

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes, Any]:
        connection = self.connect()
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, path, content, {"Authorization": f"Bearer {self.key}", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def save(self, *changes: ops.Op, client_id: str = "c", scope: str = SETUP) -> dict[str, Any]:
        body = {
            "protocol": PROTOCOL,
            "client_id": client_id,
            "scope": scope,
            "ops": msgspec.to_builtins(changes),
        }
        status, answer, _ = self.request("POST", "/api/sync", body)
        assert status == 200, answer
        reply: dict[str, Any] = json.loads(answer)
        return reply

    def make_project(self, project: str, images: int = 1) -> None:
        """Make a project with a dataset and an instruction of its own."""
        parts = {"dataset": f"dataset-{project}", "instruction": f"instruction-{project}"}
        classes = [{"id": "cell", "name": "Cell", "color": "#00aaff"}]
        reply = self.save(
            ops.create("dataset", {"id": parts["dataset"], "name": "D"}),
            ops.create("instruction", {"id": parts["instruction"], "name": "I", "classes": classes}),
            ops.create("project", {"id": project, "name": "P", **parts}),
        )
        assert reply["refused"] == []
        assets = [{"name": f"{n}", "url": f"http://images.test/{n}"} for n in range(images)]
        path = f"/api/datasets/{parts['dataset']}/assets"
        assert self.request("POST", path, {"start": 0, "assets": assets})[0] == 200

    def listen(self, **headers: str) -> http.client.HTTPResponse:
        connection = self.connect()
        self.listening.append(connection)
        connection.request("GET", "/api/events", headers={"Authorization": f"Bearer {self.key}", **headers})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert answer.readline().startswith(b"retry:")
        return answer
