"""Starts the real datasets server as a program of its own and speaks raw HTTP to it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    process: subprocess.Popen[str]
    port: int
    log: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> Reply:
        """Send the path exactly as given; header names use _ for -."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            # http.client checks nothing but control characters in the path, and it normalizes nothing.
            connection.request(
                method, path, headers={name.replace("_", "-"): v for name, v in headers.items()}
            )
            return _reply(connection.getresponse())
        finally:
            connection.close()

    def ask_raw(self, request: bytes) -> bytes:
        """Send bytes as they are and return everything that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as wire:
            wire.sendall(request)
            return b"".join(iter(lambda: wire.recv(65536), b""))

    def log_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def peak_memory(self) -> int:
        """Highest resident size of the server so far, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _reply(answer: HTTPResponse) -> Reply:
    names = {name.lower() for name in answer.headers}
    return Reply(answer.status, {n: ", ".join(answer.headers.get_all(n, [])) for n in names}, answer.read())


@contextmanager
def serving(root: Path, log: Path, *flags: str, **environment: str) -> Iterator[Server]:
    command = [sys.executable, "-m", "datasets_server", "--root", str(root), "--port", "0", *flags]
    with log.open("w") as sink:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
        )
        assert process.stderr is not None
        first = process.stderr.readline()
        sink.write(first)
        sink.flush()
        copier = subprocess.Popen(["cat"], stdin=process.stderr, stdout=sink)
        process.stderr.close()
        try:
            url = json.loads(first)["url"]
            yield Server(process, int(url.rstrip("/").rpartition(":")[2]), log)
        finally:
            process.terminate()
            process.wait(30)
            copier.wait(30)
