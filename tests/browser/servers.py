"""Limner's two servers as processes of their own, with demo data and accounts whose passwords are known."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import trustme
from playwright.sync_api import APIRequestContext, Browser

from builder.paths import DIST, ROOT
from webapp.py.domain.wire import PROTOCOL, SETUP

READY_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Process:
    """A server in a process: started, answering, stopped, started again on the same port."""

    line: list[str]
    port: int
    health: str
    log: Path
    tls: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://localhost:{self.port}/"

    def start(self) -> None:
        """Start it, unless it runs, and wait until it answers."""
        if self.process is not None:
            return
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.line], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                # Its certificate is the test's own.
                trusting = ssl._create_unverified_context()
                urllib.request.urlopen(self.url + self.health, timeout=5, context=trusting).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError(f"{self.line[0]} did not start:\n{self.log.read_text()}") from None
                time.sleep(0.05)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@dataclass
class World:
    """Both servers with the demo, and the password of each account by role."""

    sync: Process
    datasets: Process
    passwords: dict[str, str]

    def email(self, role: str) -> str:
        return f"{role}@limner.local"

    def start(self) -> None:
        self.datasets.start()
        self.sync.start()

    def stop(self) -> None:
        self.sync.stop()
        self.datasets.stop()


def make_world(home: Path, files: Path) -> World:
    """Lay out a world of its own in a folder; the demo's files may be shared between worlds."""
    sync_port, datasets_port = free_port(), free_port()
    if not (files / "assets.json").exists():
        _run("datasets_server.demo", "--target", str(files))
    said = _run(
        *("sync_server.demo", "--home", str(home / "server")),
        *("--datasets-url", f"http://localhost:{datasets_port}", "--assets", str(files / "assets.json")),
    )
    passwords = dict(re.findall(r"(\w+)@limner\.local\s+(?:password:\s+)?(\S+)", said))
    return World(
        sync=Process(
            ["sync_server", "--home", str(home / "server"), "--site", str(DIST), "--port", str(sync_port)],
            sync_port,
            "health",
            home / "sync.log",
        ),
        datasets=Process(
            ["datasets_server", "--root", str(files), "--port", str(datasets_port)],
            datasets_port,
            "-/health",
            home / "datasets.log",
        ),
        passwords=passwords,
    )


def certify(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for localhost, which nobody trusts, and its key into a folder."""
    issued = trustme.CA().issue_cert("localhost")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    issued.cert_chain_pems[0].write_to_path(str(certificate))
    issued.private_key_pem.write_to_path(str(key))
    return certificate, key


def secure_site(site: Path, folder: Path) -> Process:
    """A sync server over TLS that serves a site; everything that it writes goes into a folder."""
    certificate, key = certify(folder)
    port = free_port()
    line = ["sync_server", "--home", str(folder / "home"), "--site", str(site), "--port", str(port)]
    tls = ["--tls-cert", str(certificate), "--tls-key", str(key)]
    return Process([*line, *tls], port, "health", folder / "log", tls=True)


def add_project(world: World, browser: Browser, name: str, files: list[tuple[str, str]]) -> str:
    """Make a project of its own over files of the datasets server, (folder, path) each; return its id."""
    context = browser.new_context()
    make_project(world, context.request, name, files)
    context.close()
    return name


def make_project(world: World, request: APIRequestContext, name: str, files: list[tuple[str, str]]) -> None:
    """Make a project over files of the datasets server, signed in as an admin from then on."""

    def post(path: str, body: dict[str, Any]) -> Any:
        headers = {"X-Limner": "1", "Origin": world.sync.url.rstrip("/")}
        answer = request.post(world.sync.url + path, data=body, headers=headers)
        assert answer.ok, answer.text()
        return answer.json()

    post("api/session", {"email": world.email("admin"), "password": world.passwords["admin"]})
    project = {"id": name, "name": name, "dataset": f"{name}-data", "instruction": "demo-instruction"}
    records = {"dataset": {"id": f"{name}-data", "name": name}, "project": project}
    ops = [
        {"op_id": f"{name}-{table}", "table": table, "id": fields["id"], "fields": fields}
        for table, fields in records.items()
    ]
    sync = {"protocol": PROTOCOL, "client_id": "tests", "scope": SETUP, "cursor": "", "ops": ops}
    assert post("api/sync", sync)["refused"] == []
    assets = [
        {"name": path.split("/")[-1], "folder": folder, "url": world.datasets.url + quote(path)}
        for folder, path in files
    ]
    post(f"api/datasets/{name}-data/assets", {"start": 0, "assets": assets})


def _run(*line: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", *line], cwd=ROOT, capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{line[0]} failed:\n{done.stderr[-3000:]}")
    return done.stdout
