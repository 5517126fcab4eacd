"""``build.py run``: one command to two servers, and back."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder import serve
from builder.console import Failure
from builder.paths import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Run:
    """A ``build.py run`` in a process of its own."""

    def __init__(self, home: Path) -> None:
        self.port, self.datasets_port = free_port(), free_port()
        line = [sys.executable, "-m", "builder", "run"]
        line += ["--port", str(self.port), "--datasets-port", str(self.datasets_port)]
        self.process = subprocess.Popen(
            line,
            cwd=ROOT,
            env={**os.environ, "LIMNER_HOME": str(home), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def wait_until_it_says(self, words: str) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return
        raise AssertionError(f"it ended without saying {words!r}:\n{self.said}")

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.said += rest
        return self.process.returncode


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    """Runs of a test; none outlives it."""
    started: list[Run] = []
    yield started
    for run in started:
        if run.process.poll() is None:
            run.stop(signal.SIGTERM)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_it_runs_says_where_and_stops_cleanly(tmp_path: Path, runs: list[Run]) -> None:
    first = Run(tmp_path)
    runs.append(first)
    first.wait_until_it_says("Stop with Ctrl-C")
    assert f"http://localhost:{first.port}/" in first.said
    assert len(re.findall(r"password: \S{8,}", first.said)) == 3
    with urllib.request.urlopen(f"http://127.0.0.1:{first.port}/") as page:
        assert b'id="site"' in page.read()
    with urllib.request.urlopen(
        f"http://127.0.0.1:{first.datasets_port}/photos/people/astronaut.jpg"
    ) as photo:
        assert photo.read(2) == b"\xff\xd8"
    assert first.stop(signal.SIGINT) == 0
    assert "Both servers have stopped." in first.said
    assert is_free(first.port)
    assert is_free(first.datasets_port)

    second = Run(tmp_path)
    runs.append(second)
    second.wait_until_it_says("Stop with Ctrl-C")
    assert "password: " not in second.said
    assert second.stop(signal.SIGTERM) == 0


def test_a_server_that_dies_is_reported_with_its_last_words(tmp_path: Path, runs: list[Run]) -> None:
    run = Run(tmp_path)
    runs.append(run)
    run.wait_until_it_says("Stop with Ctrl-C")
    children = Path(f"/proc/{run.process.pid}/task/{run.process.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    rest, _ = run.process.communicate(timeout=60)
    assert run.process.returncode == 1
    assert re.search(r"The (sync|datasets) server stopped unexpectedly", rest)


def test_a_busy_port_is_named_with_the_flag_that_chooses_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Failure, match=f"Port {port} is in use.*build.py run --port {port + 1}"):
            serve.check_port("127.0.0.1", port, "--port")
