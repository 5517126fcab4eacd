"""How many annotation sets a second the sync server saves, and what it costs.

Eight annotators, each on a connection of their own, save sets of ten new boxes as fast as they are
answered, against a server process on a real socket with a database on disk. Run it as a script to see the
figures as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from sync_server import accounts
from sync_server.passwords import Passwords
from sync_server.storage import open_storage
from webapp.py.domain import ids, ops
from webapp.py.domain.ops import Op
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import PROTOCOL, SETUP, project_scope

CLIENTS = 8
BOXES = 10
SAVES = 300
WARM_UP = 40
IMAGES = 1_000
ROOT = Path(__file__).parents[2]


class Client:
    """One keep-alive connection that posts JSON, with no more HTTP than that takes."""

    def __init__(self, port: int, key: str) -> None:
        self.port = port
        self.head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\nContent-Length: "

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def post(self, path: str, body: bytes, method: str = "POST") -> bytes:
        self.writer.write(f"{method} {path} HTTP/1.1\r\n{self.head}{len(body)}\r\n\r\n".encode() + body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        answer = await self.reader.readexactly(length)
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(answer.decode())
        return answer

    async def sync(self, scope: str, cursor: str, changes: bytes) -> dict[str, Any]:
        body = (
            f'{{"protocol":{PROTOCOL},"client_id":"bench","scope":"{scope}","cursor":"{cursor}","ops":'.encode()
            + changes
            + b"}"
        )
        reply: dict[str, Any] = msgspec.json.decode(await self.post("/api/sync", body))
        if reply["refused"]:
            raise RuntimeError(str(reply["refused"]))
        return reply


def _boxes(project: str, asset: int, person: str) -> list[Op]:
    made = []
    for index in range(BOXES):
        box = {"kind": "box", "x": 10.5 + index, "y": 20.25, "width": 120.0, "height": 80.5}
        new = ids.new_id()
        fields = {
            "id": new,
            "project": project,
            "asset": asset,
            "assignment": ids.assignment_id(project, asset, person),
            "author": person,
            "class_id": "cell",
            "shape": box,
            "object_id": new,
            "order": index,
        }
        made.append(ops.create("annotation", fields))
    return made


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _prepare(home: Path) -> list[tuple[str, str]]:
    """Make an admin and the annotators; return the person and API key of each, the admin first."""
    storage = open_storage(home)
    hashed = Passwords(8, 1).hash_now("only-for-this-run")
    found = []
    for number in range(CLIENTS + 1):
        role: Role = "annotator" if number else "admin"
        account = storage.write_now(
            partial(
                accounts.create_account,
                email=f"{number}@bench.test",
                name=str(number),
                role=role,
                password_hash=hashed,
            )
        )
        key = storage.write_now(partial(accounts.create_key, person=account.id, name="bench"))
        found.append((account.id, key.key or ""))
    storage.close()
    return found


async def _set_up(port: int, key: str) -> str:
    admin = Client(port, key)
    await admin.open()
    classes = [{"id": "cell", "name": "Cell", "color": "#00aaff"}]
    dataset, instruction, project = ids.new_id(), ids.new_id(), ids.new_id()
    records = [
        ops.create("dataset", {"id": dataset, "name": "Bench"}),
        ops.create("instruction", {"id": instruction, "name": "Bench", "classes": classes}),
        ops.create(
            "project", {"id": project, "name": "Bench", "dataset": dataset, "instruction": instruction}
        ),
    ]
    await admin.sync(SETUP, "", msgspec.json.encode(records))
    assets = [{"name": f"{n}.png", "url": f"http://images.test/{n}.png"} for n in range(IMAGES)]
    body = json.dumps({"start": 0, "assets": assets}).encode()
    await admin.post(f"/api/datasets/{dataset}/assets", body)
    return project


async def _annotate(port: int, project: str, person: str, key: str) -> list[float]:
    """Save set after set; return the seconds of each."""
    client = Client(port, key)
    await client.open()
    scope = project_scope(project)
    begun = [
        ops.create(
            "assignment",
            {
                "id": ids.assignment_id(project, asset, person),
                "project": project,
                "asset": asset,
                "person": person,
                "status": "started",
            },
        )
        for asset in range(SAVES)
    ]
    reply = await client.sync(scope, "", msgspec.json.encode(begun))
    bodies = [msgspec.json.encode(_boxes(project, asset, person)) for asset in range(SAVES)]
    seconds = []
    for body in bodies:
        began = time.perf_counter()
        reply = await client.sync(scope, reply["cursor"], body)
        seconds.append(time.perf_counter() - began)
        if len(reply["changes"]) != BOXES:
            raise RuntimeError("the boxes did not come back")
    return seconds


async def _measure(port: int, persons: list[tuple[str, str]]) -> dict[str, float]:
    project = await _set_up(port, persons[0][1])
    runs = await asyncio.gather(*(_annotate(port, project, *person) for person in persons[1:]))
    steady = [second for run in runs for second in run[WARM_UP:]]
    cuts = statistics.quantiles(steady, n=20)
    longest = max(sum(run[WARM_UP:]) for run in runs)
    return {
        "saves_per_s": round(len(steady) / longest, 1),
        "p50_ms": round(statistics.median(steady) * 1000, 2),
        "p95_ms": round(cuts[18] * 1000, 2),
    }


def _memory_mb(pid: int) -> dict[str, float]:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return {}
    kib = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return {
        "server_rss_mb": round(int(kib["VmRSS"].split()[0]) / 1024, 1),
        "server_peak_rss_mb": round(int(kib["VmHWM"].split()[0]) / 1024, 1),
    }


def _start(home: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    """Start the server; return it and the seconds until it answered."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "sync_server", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "LIMNER_LOG_LEVEL": "warning"})
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
                answer.read()
            return process, time.perf_counter() - began
        except OSError:
            time.sleep(0.005)
    raise RuntimeError("the server did not start")


def main() -> dict[str, float]:
    """Measure, and return the figures by name."""
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder), _free_port()
        persons = _prepare(home)
        process, start = _start(home, port)
        try:
            idle = _memory_mb(process.pid)
            figures = asyncio.run(_measure(port, persons))
            loaded = _memory_mb(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
    return {
        "clients": CLIENTS,
        "boxes_per_save": BOXES,
        **figures,
        "server_start_s": round(start, 3),
        **{f"idle_{name}": value for name, value in idle.items()},
        **loaded,
    }


if __name__ == "__main__":
    print(json.dumps(main(), indent=2))
