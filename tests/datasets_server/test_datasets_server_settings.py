"""How the datasets server is told what to do, and what it says when it is told nonsense."""

from __future__ import annotations

import ssl
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path

import pytest
import trustme

from datasets_server import server as program
from datasets_server.settings import Settings
from tests.support.datasets_server_client import REPOSITORY, Server, serving

PAGE = "http://localhost:8090"
PICTURE = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("served")
    (root / "cat.jpg").write_bytes(PICTURE)
    return root


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(root, tmp_path_factory.mktemp("log") / "log") as server:
        yield server


def test_origins_and_names_come_from_flags_and_from_the_environment(root: Path, tmp_path: Path) -> None:
    with serving(root, tmp_path / "1", "--origin", "https://Label.example.org/") as server:
        named = server.ask("/cat.jpg", Origin="https://label.example.org").headers
        assert named["access-control-allow-origin"] == "https://label.example.org"
        assert "access-control-allow-origin" not in server.ask("/cat.jpg", Origin=PAGE).headers
    origins, names = {"LIMNER_DATASETS_ORIGINS": "*"}, {"LIMNER_DATASETS_NAMES": "images.example.org"}
    with serving(root, tmp_path / "2", **origins) as server:
        assert server.ask("/cat.jpg", Origin="https://any").headers["access-control-allow-origin"] == "*"
        assert server.ask("/cat.jpg", Host="rebound.example.com").status == 200
    with serving(root, tmp_path / "3", **names) as server:
        assert server.ask("/cat.jpg", Host="images.example.org:8000").status == 200


def test_every_setting_comes_from_its_flag_or_its_variable_and_the_flag_wins(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = tmp_path / "pem"
    pem.touch()
    given = {
        "root": str(root),
        "host": "0.0.0.0",
        "port": "9000",
        "origin": "https://a.example.org *",
        "name": "Images.example.org nas.example.org",
        "tls-cert": str(pem),
        "tls-key": str(pem),
        "connections-per-address": "64",
    }
    names = ("images.example.org", "nas.example.org")
    expected = Settings(root, "0.0.0.0", 9000, ("https://a.example.org", "*"), names, pem, pem, 64)
    seen: list[Settings] = []
    monkeypatch.setattr(program, "serve", seen.append)
    flags = [
        part for name, values in given.items() for value in values.split() for part in (f"--{name}", value)
    ]
    program.command.main(flags, standalone_mode=False)
    variables = {"origin": "ORIGINS", "name": "NAMES", "tls-cert": "TLS_CERT", "tls-key": "TLS_KEY"}
    for name, value in given.items():
        variable = variables.get(name, name.upper().replace("-", "_"))
        monkeypatch.setenv(f"LIMNER_DATASETS_{variable}", value)
    program.command.main([], standalone_mode=False)
    assert seen == [expected, expected]
    program.command.main(["--port", "0", "--origin", "http://nas:8090"], standalone_mode=False)
    assert (seen[-1].port, seen[-1].origins) == (0, ("http://nas:8090",))
    monkeypatch.setenv("LIMNER_DATASETS_ORIGINS", "")
    program.command.main([], standalone_mode=False)
    assert seen[-1].origins == ("localhost",)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ([], "Missing option '--root'"),
        (["--root", "/no/such/folder"], "/no/such/folder is not a folder"),
        (["--root", ".", "--port", "banana"], "not a valid integer"),
        (["--root", ".", "--origin", "label.example.org"], "is not an origin"),
        (["--root", ".", "--origin", "https://x.org/path"], "is not an origin"),
        (["--root", ".", "--tls-cert", "README.md"], "belong together"),
        (["--root", ".", "--tls-cert", "no.pem", "--tls-key", "no.key"], "File 'no.pem' does not exist"),
    ],
)
def test_wrong_settings_are_explained(flags: list[str], sentence: str) -> None:
    command = [sys.executable, "-m", "datasets_server", *flags]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2
    assert sentence in run.stderr


def test_a_taken_port_is_explained(server: Server, root: Path) -> None:
    command = [sys.executable, "-m", "datasets_server", "--root", str(root), "--port", str(server.port)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert "Choose another" in run.stderr


def test_with_a_certificate_it_speaks_https(root: Path, tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    tls = ("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    with serving(root, tmp_path / "log", *tls) as server:
        assert server.log_lines()[0]["url"] == f"https://127.0.0.1:{server.port}/"
        wire = HTTPSConnection("127.0.0.1", server.port, timeout=30, context=trust)
        wire.request("GET", "/cat.jpg", headers={"Range": "bytes=0-3"})
        reply = wire.getresponse()
        assert (reply.status, reply.read()) == (206, PICTURE[:4])
        wire.close()


def test_a_broken_certificate_is_explained(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("no certificate")
    tls = ["--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "cert.pem")]
    command = [sys.executable, "-m", "datasets_server", "--root", str(tmp_path), "--port", "0", *tls]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert "certificate and its key cannot be used" in run.stderr
