"""The server as a process on a socket: events, https, stopping, being killed, what it logs."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import trustme

from sync_server import server as server_module
from sync_server.settings import Settings
from sync_server.storage.sqlite.engine import SqliteStorage
from tests.support.sync_server_process import ROOT, Process
from tests.support.sync_server_world import PASSWORD
from webapp.py.domain import ops


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    made = Process(tmp_path)
    try:
        made.wait_until_up()
        yield made
    finally:
        made.end()


def dataset(name: str = "d") -> ops.Op:
    return ops.create("dataset", {"id": name, "name": name})


def test_told_to_stop_it_answers_what_is_under_way_ends_streams_and_leaves_in_order(server: Process) -> None:
    stream = server.listen()
    server.save(dataset())
    server.process.send_signal(signal.SIGTERM)
    assert b"event: changed" in stream.read()
    assert server.process.wait(20) == 0
    with sqlite3.connect(server.home / "limner.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT id FROM records").fetchall() == [("d",)]


def test_what_was_acknowledged_before_a_kill_is_there_afterwards(server: Process, tmp_path: Path) -> None:
    acknowledged: list[str] = []

    def work(client: int) -> None:
        for number in range(10_000):
            op = dataset(f"d-{client}-{number}")
            try:
                acknowledged.extend(server.save(op, client_id=str(client))["done"])
            except (OSError, http.client.HTTPException):
                return

    threads = [threading.Thread(target=work, args=(client,)) for client in range(4)]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 60:
        time.sleep(0.01)
    server.process.kill()
    for thread in threads:
        thread.join()

    storage = SqliteStorage(server.home / "limner.db")
    try:
        kept = {
            row[0]
            for row in storage.look(lambda rows: rows.connection.execute("SELECT op_id FROM ops").fetchall())
        }
        whole = storage.look(
            lambda rows: rows.connection.execute(
                "SELECT count(*) FROM ops WHERE record NOT IN (SELECT id FROM records)"
            ).fetchone()
        )
    finally:
        storage.close()
    assert set(acknowledged) <= kept
    assert whole == (0,)


def test_many_clients_at_once_each_get_their_own_answer(server: Process) -> None:
    refused: list[str] = []
    done: list[str] = []

    def work(client: int) -> None:
        for number in range(15):
            good, bad = (
                dataset(f"d-{client}-{number}"),
                ops.create("dataset", {"id": f"bad-{client}-{number}"}),
            )
            reply = server.save(good, bad, client_id=str(client))
            assert reply["done"] == [good.op_id]
            assert [refusal["op_id"] for refusal in reply["refused"]] == [bad.op_id]
            done.append(good.op_id)
            refused.append(bad.op_id)

    threads = [threading.Thread(target=work, args=(client,)) for client in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(set(done)), len(set(refused))) == (90, 90)
    listed = json.loads(server.request("GET", "/api/records/dataset")[1])
    assert len(listed["records"]) == 90


def test_an_endless_header_and_too_many_connections_are_closed_and_logged(tmp_path: Path) -> None:
    server = Process(tmp_path, "--connections-per-address", "3")
    try:
        server.wait_until_up()
        with closing(socket.create_connection(("127.0.0.1", server.port), timeout=20)) as endless:
            endless.sendall(b"GET / HTTP/1.1\r\na: " + b"b" * 100_000)
            assert endless.recv(12) == b"HTTP/1.1 431"
        # A closed connection may still be counted for a moment.
        while b"too many connections" not in server.log.read_bytes():
            many = [server.connect() for _ in range(4)]
            for connection in many:
                connection.connect()
            with suppress(OSError, http.client.HTTPException):
                many[3].request("GET", "/health")
                assert many[3].getresponse().status == 200
            for connection in many:
                connection.close()
    finally:
        server.end()
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    closed = [line for line in lines if line["message"] == "connection closed"]
    assert [line["reason"] for line in closed] == [
        "header too large",
        "too many connections from one address",
    ]
    assert {(line["level"], line["address"]) for line in closed} == {("warning", "127.0.0.1")}


def test_logs_are_json_and_hold_no_secret(server: Process) -> None:
    body = {"email": "admin@limner.test", "password": PASSWORD}
    _, _, headers = server.request("POST", "/api/session", body, **{"X-Limner": "1", "Authorization": ""})
    token = re.search(r"limner_session=([^;]+)", headers["set-cookie"])
    server.request(
        "POST", "/api/session", {**body, "password": "wrong"}, **{"X-Limner": "1", "Authorization": ""}
    )
    server.request("GET", "/api/nothing?token=in-the-address")
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(20)
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    messages = [line["message"] for line in lines]
    for expected in ("starting", "signed in", "sign-in failed", "request", "stopping"):
        assert expected in messages
    assert token
    for secret in (PASSWORD, server.key, token[1], "in-the-address", "wrong"):
        assert secret not in server.log.read_text()


def test_with_a_certificate_it_speaks_https_and_marks_the_cookie(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(b"".join(part.bytes() for part in certificate.cert_chain_pems))
    key.write_bytes(certificate.private_key_pem.bytes())
    server = Process(
        tmp_path / "home", "--host", "localhost", "--tls-cert", str(chain), "--tls-key", str(key)
    )
    server.context = ssl.create_default_context()
    authority.configure_trust(server.context)
    try:
        server.wait_until_up()
        body = {"email": "admin@limner.test", "password": PASSWORD}
        origin = f"https://localhost:{server.port}"
        form = {"X-Limner": "1", "Authorization": "", "Origin": origin}
        status, _, headers = server.request("POST", "/api/session", body, **form)
        assert status == 200
        assert "secure" in headers["set-cookie"].lower()
    finally:
        server.end()


def test_every_setting_comes_from_its_flag_or_its_variable_and_the_flag_wins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {
        "home": "/srv/limner",
        "host": "0.0.0.0",
        "port": "9000",
        "site": "dist",
        "tls-cert": "chain.pem",
        "tls-key": "key.pem",
        "public-url": "https://labels.example.org",
        "log-level": "debug",
        "session-days": "7",
        "connections-per-address": "64",
        "trusted-proxy": "192.0.2.1",
    }
    expected = Settings(
        home=Path("/srv/limner"),
        host="0.0.0.0",
        port=9000,
        site=Path("dist"),
        tls_cert=Path("chain.pem"),
        tls_key=Path("key.pem"),
        public_url="https://labels.example.org",
        log_level="debug",
        session_days=7,
        connections_per_address=64,
        trusted_proxy="192.0.2.1",
    )
    seen: list[Settings] = []
    monkeypatch.setattr(server_module, "run", seen.append)
    for name in given:
        monkeypatch.delenv(f"LIMNER_{name.replace('-', '_').upper()}", raising=False)
    flags = [part for name, value in given.items() for part in (f"--{name}", value)]
    assert server_module.main(flags) == 0
    for name, value in given.items():
        monkeypatch.setenv(f"LIMNER_{name.replace('-', '_').upper()}", value)
    assert server_module.main([]) == 0
    assert seen == [expected, expected]
    assert server_module.main(["--port", "1234"]) == 0
    assert seen[-1].port == 1234
    monkeypatch.setenv("LIMNER_PORT", "")
    assert server_module.main([]) == 0
    assert seen[-1].port == Settings(home=Path()).port


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--home"),
        (["--home", ".", "--port", "many"], "not a valid integer"),
        (["--home", ".", "--tls-cert", "c.pem"], "belong together"),
        (["--home", ".", "--log-level", "loud"], "not one of 'debug', 'info', 'warning', 'error'"),
        (["--colour"], "No such option"),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_a_reason(arguments: list[str], words: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIMNER_")}
    run = subprocess.run(
        [sys.executable, "-m", "sync_server", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2
    assert words in run.stderr
