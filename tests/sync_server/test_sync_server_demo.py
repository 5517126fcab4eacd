"""The demo and the accounts that the command line makes."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import msgspec
import pytest
from litestar.testing import TestClient

from sync_server import demo
from sync_server.accounts import commands
from sync_server.app import create_app
from sync_server.demo import PROJECT
from sync_server.settings import Settings
from webapp.py.domain import model

FORM = {"X-Limner": "1"}
LINE = re.compile(r"^(\S+@limner\.local) +password: (\S+)$", re.MULTILINE)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    listed = [
        {"folder": "photos/cats", "name": "cät 1.png", "path": "photos/cats/cät 1.png", "width": 3},
        {"folder": "photos", "name": "b.png", "path": "photos/b.png"},
    ]
    path = tmp_path / "assets.json"
    path.write_text(json.dumps(listed))
    return path


def make(home: Path, files: Path, address: str = "http://localhost:8000/") -> None:
    assert demo.main(["--home", str(home), "--datasets-url", address, "--assets", str(files)]) == 0


def test_the_demo_is_ready_to_sign_in_and_label(
    tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    make(home, files)
    passwords = dict(LINE.findall(capsys.readouterr().out))
    assert len(passwords) == 3
    with TestClient(create_app(Settings(home=home))) as client:
        for email, role in (("admin", "admin"), ("annotator", "annotator"), ("reviewer", "reviewer")):
            body = {"email": f"{email}@limner.local", "password": passwords[f"{email}@limner.local"]}
            session = client.post("/api/session", json=body, headers=FORM).json()
            assert (session["role"], session["projects"]) == (role, {"demo-project": role})
        assets = client.get("/api/datasets/demo-dataset/assets").json()["assets"]
    assert [asset["url"] for asset in assets] == [
        "http://localhost:8000/photos/cats/c%C3%A4t%201.png",
        "http://localhost:8000/photos/b.png",
    ]
    content = b"".join(path.read_bytes() for path in home.iterdir())
    assert all(password.encode() not in content for password in passwords.values())


def test_a_second_run_changes_nothing_and_says_how_to_reset(
    tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    make(home, files)
    capsys.readouterr()
    before = _dump(home)
    make(home, files)
    told = capsys.readouterr().out
    assert _dump(home) == before
    assert LINE.findall(told) == []
    # The command works as it is printed, from wherever.
    (line,) = [line for line in told.splitlines() if "set-password" in line]
    run = subprocess.run(line, shell=True, cwd="/", capture_output=True, text=True)
    ((email, password),) = LINE.findall(run.stdout)
    with TestClient(create_app(Settings(home=home))) as client:
        body = {"email": email, "password": password}
        assert client.post("/api/session", json=body, headers=FORM).status_code == 200


def test_a_datasets_server_that_moved_is_found_and_nothing_else_is_changed(
    tmp_path: Path, files: Path
) -> None:
    home = tmp_path / "home"
    make(home, files)
    with TestClient(create_app(Settings(home=home))) as client:
        moved = "UPDATE assets SET url = 'http://localhost:7/elsewhere.png' WHERE ordinal = 1"
        client.app.state.server.storage.write_now(lambda rows: rows.connection.execute(moved))
    make(home, files, "http://localhost:8123")
    app = create_app(Settings(home=home))
    assets = app.state.server.storage.look(lambda rows: rows.assets.page("demo-dataset", 0, 10))
    app.state.server.storage.close()
    assert [asset.url for asset in assets] == [
        "http://localhost:8123/photos/cats/c%C3%A4t%201.png",
        "http://localhost:7/elsewhere.png",
    ]


def _dump(home: Path) -> list[str]:
    app = create_app(Settings(home=home))
    lines = app.state.server.storage.look(lambda rows: list(rows.connection.iterdump()))
    app.state.server.storage.close()
    return list(lines)


def test_the_demo_project_is_valid_and_shows_every_kind_of_question() -> None:
    records = msgspec.json.decode(PROJECT.read_bytes())
    for table, fields in records.items():
        assert model.encode(model.decode(table, fields)).items() >= fields.items()
    instruction = model.decode("instruction", records["instruction"])
    assert isinstance(instruction, model.Instruction)
    assert len({one.color for one in instruction.classes}) == len(instruction.classes) == 4
    questions = [question for one in instruction.classes for question in one.attributes]
    assert {question.kind for question in questions} == {"text", "checkboxes", "dropdown", "radio"}
    assert {question.required for question in questions} == {True, False}
    assert [question.required for question in instruction.image_attributes] == [True, False]


def test_accounts_are_made_listed_and_given_a_new_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path)]
    assert commands.main([*home, "create", "ada@limner.local", "--role", "admin", "--name", "Ada"]) == 0
    (first,) = LINE.findall(capsys.readouterr().out)
    assert commands.main([*home, "set-password", "ada@limner.local"]) == 0
    (second,) = LINE.findall(capsys.readouterr().out)
    assert first[1] != second[1]
    commands.main([*home, "list"])
    assert re.search(r"ada@limner.local +admin +Ada", capsys.readouterr().out)
    with TestClient(create_app(Settings(home=tmp_path))) as client:
        for password, status in ((first[1], 401), (second[1], 200)):
            body = {"email": "ada@limner.local", "password": password}
            assert client.post("/api/session", json=body, headers=FORM).status_code == status
    with pytest.raises(SystemExit):
        commands.main([*home, "set-password", "nobody@limner.local"])
    assert "no account" in capsys.readouterr().err
