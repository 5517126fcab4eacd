"""``run``: build the site, start both servers, print the address, and stop cleanly."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from builder.console import Failure, say
from builder.paths import DIST, ROOT, state_home
from builder.site import build_site

READY_SECONDS = 60
STOP_SECONDS = 15


def run(host: str, port: int, datasets_port: int) -> int:
    """Build what is missing, create the demo once, and serve until Ctrl-C or SIGTERM.

    Raises
    ------
    Failure
        If a port is in use, or a server does not start or stops unexpectedly.
    """
    began = time.monotonic()
    for wanted, flag in ((port, "--port"), (datasets_port, "--datasets-port")):
        check_port(host, wanted, flag)
    build_site()
    home = state_home()
    datasets, database = home / "datasets", home / "server"
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1", "::") else host
    datasets_url = f"http://{shown}:{datasets_port}"
    accounts = _make_demo(datasets, database, datasets_url)
    lines = {
        "datasets server": (
            ["datasets_server", "--root", str(datasets), "--host", host, "--port", str(datasets_port)],
            f"http://{_reachable(host)}:{datasets_port}/-/health",
        ),
        "sync server": (
            [
                "sync_server",
                "--home",
                str(database),
                "--site",
                str(DIST),
                "--host",
                host,
                "--port",
                str(port),
            ],
            f"http://{_reachable(host)}:{port}/health",
        ),
    }
    with stop_on_signal() as stop, _started(lines, home / "logs", stop) as servers:
        if stop.is_set:
            return 0
        say(f"\nLimner is running (ready in {time.monotonic() - began:.1f} s).")
        say(f"\n  Open      http://{shown}:{port}/\n  Datasets  {datasets_url}/\n")
        say(accounts.rstrip() + "\n")
        say(f"Data and logs are in {home}. Stop with Ctrl-C.")
        while not stop.is_set:
            for name, server in servers.items():
                if server.poll() is not None:
                    raise Failure(f"The {name} stopped unexpectedly.\n{_tail(home / 'logs', name)}")
            time.sleep(0.2)
    return 0


class Stop:
    """Whether you or the system asked to stop."""

    is_set = False

    def ask(self, number: int, frame: FrameType | None) -> None:
        """Handle the signal."""
        self.is_set = True


@contextlib.contextmanager
def stop_on_signal() -> Iterator[Stop]:
    """Turn Ctrl-C and SIGTERM into a flag for the loop, which then stops the servers in order."""
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def check_port(host: str, port: int, flag: str) -> None:
    """Check early that a port is free.

    Raises
    ------
    Failure
        If it isn't. The message names the flag for another port.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Failure(
                f"Port {port} is in use by another program or another Limner. Stop it, or choose another "
                f"port: python3 build.py run {flag} {port + 1}"
            ) from error
        raise Failure(f"Limner cannot listen on {host} port {port}: {error.strerror}.") from error


def _make_demo(datasets: Path, database: Path, datasets_url: str) -> str:
    """Create the demo files, accounts and project if they don't exist, and return what to print."""
    for folder in (datasets, database):
        folder.mkdir(parents=True, exist_ok=True)
    if (
        subprocess.call([sys.executable, "-m", "datasets_server.demo", "--target", str(datasets)], cwd=ROOT)
        != 0
    ):
        raise Failure("The demo files could not be created. See the error above.")
    line = [sys.executable, "-m", "sync_server.demo", "--home", str(database), "--datasets-url", datasets_url]
    line += ["--assets", str(datasets / "assets.json")]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"The demo project could not be created.\n{done.stderr[-2000:]}")
    return done.stdout


@contextlib.contextmanager
def _started(
    lines: dict[str, tuple[list[str], str]], logs: Path, stop: Stop
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Yield the servers once all of them answer, and stop them at the end."""
    logs.mkdir(parents=True, exist_ok=True)
    servers: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, (line, _) in lines.items():
            with open(_log(logs, name), "ab") as log:
                servers[name] = subprocess.Popen(
                    [sys.executable, "-m", *line],
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    # Ctrl-C goes to every process of the terminal. Only this one handles it.
                    start_new_session=os.name != "nt",
                )
        for name, (_, health) in lines.items():
            _wait_for(name, servers[name], health, logs, stop)
        yield servers
    finally:
        _stop(servers)


def _wait_for(name: str, server: subprocess.Popen[bytes], health: str, logs: Path, stop: Stop) -> None:
    until = time.monotonic() + READY_SECONDS
    while not stop.is_set:
        if server.poll() is not None:
            raise Failure(f"The {name} did not start.\n{_tail(logs, name)}")
        try:
            with urllib.request.urlopen(health, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        if time.monotonic() > until:
            raise Failure(f"The {name} does not answer at {health}.\n{_tail(logs, name)}")


def _stop(servers: dict[str, subprocess.Popen[bytes]]) -> None:
    for server in servers.values():
        if server.poll() is None:
            server.terminate()
    for name, server in servers.items():
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            say(f"The {name} did not stop within {STOP_SECONDS} s and was killed.")
            server.kill()
    if servers:
        say("Both servers have stopped.")


def _reachable(host: str) -> str:
    """Return the address at which this machine reaches a server that listens on ``host``."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)


def _log(logs: Path, name: str) -> Path:
    return logs / f"{name.replace(' ', '-')}.log"


def _tail(logs: Path, name: str) -> str:
    text = _log(logs, name).read_text(errors="replace").splitlines()[-15:]
    return "\n".join(f"  {line}" for line in text)
