"""Databases that earlier builds of the server made are opened by this one, and nothing in them is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from sync_server.app import create_app
from sync_server.settings import Settings
from tests.support.old_data import OLD_DATA, OldData, name_of, rows_of
from webapp.py.domain.ids import new_id

FORM = {"X-Limner": "1"}
WORK = "project/demo-project"
PROTOCOL_OF_THEN = 1
"""What the pages of then still say: as long as they are understood, the number stays."""


class Opened:
    """An old database in the present server, and what is known to be in it."""

    def __init__(self, old: OldData, home: Path) -> None:
        self.manifest = old.manifest
        self.people: dict[str, dict[str, str]] = self.manifest["people"]
        self.home = old.unpack(home) / "server"
        self.path = self.home / "limner.db"
        self.client: TestClient[Any] = TestClient(
            create_app(Settings(home=self.home)), base_url="http://limner.test"
        )

    def sign_in(self, name: str, password: str | None = None) -> Any:
        body = {"email": self.people[name]["email"], "password": password or self.people[name]["password"]}
        return self.client.post("/api/session", json=body, headers=FORM)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, *ops: dict[str, Any], cursor: str = "", scope: str = WORK) -> Any:
        body = {"protocol": PROTOCOL_OF_THEN, "client_id": "c", "scope": scope, "cursor": cursor, "ops": ops}
        answer = self.client.post("/api/sync", json=body, headers=FORM)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stored(self, table: str, **where: Any) -> list[dict[str, Any]]:
        """Rows that the manifest has of a table of the database."""
        rows: list[dict[str, Any]] = self.manifest["server"][table]
        return [row for row in rows if all(row[name] == value for name, value in where.items())]


@pytest.fixture(params=OLD_DATA, ids=name_of)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    made = Opened(request.param, tmp_path)
    with made.client:
        yield made


def test_everybody_signs_in_with_the_password_of_then(opened: Opened) -> None:
    for name, person in opened.people.items():
        session = opened.sign_in(name).json()
        assert (session["person"], session["email"], session["role"]) == (person["id"], person["email"], name)
        assert opened.sign_in(name, "another-password").status_code == 401
    assert opened.sign_in("annotator").json()["projects"] == {
        "demo-project": "annotator",
        "stack": "annotator",
    }


def test_a_script_goes_on_with_its_key(opened: Opened) -> None:
    answer = opened.client.get(
        "/api/records/project", headers={"Authorization": f"Bearer {opened.manifest['api_key']}"}
    )
    assert sorted(one["id"] for one in answer.json()["records"]) == ["demo-project", "stack"]


def test_every_record_image_and_membership_is_there(opened: Opened) -> None:
    opened.sign_in("admin")
    for table in {row["table_name"] for row in opened.stored("records")}:
        for scope in {row["scope"] for row in opened.stored("records", table_name=table)}:
            project = {"project": scope.removeprefix("project/")} if scope != "setup" else {}
            expected = [
                {name: row[name] for name in ("id", "created_at", "updated_at", "fields")}
                for row in opened.stored("records", table_name=table, scope=scope)
            ]
            assert expected
            assert opened.get(f"/api/records/{table}", **project)["records"] == expected
    for dataset in ("demo-dataset", "slices"):
        images = [
            {name: row[name] for name in ("ordinal", "name", "folder", "url")}
            for row in opened.stored("assets", dataset=dataset)
        ]
        page = opened.get(f"/api/datasets/{dataset}/assets")
        assert (page["total"], page["assets"]) == (len(images), images)
    members = opened.get("/api/projects/demo-project/members")
    found = {one["person"]: one["role"] for one in members if one["role"] is not None}
    for row in opened.stored("memberships"):
        assert found[row["person"]] == row["role"]


def test_the_log_of_changes_is_whole_and_goes_on_with_the_next_number(opened: Opened) -> None:
    opened.sign_in("admin")
    kept = opened.stored("ops")
    columns = ("seq", "op_id", "person", "made_at", "received_at", "before", "fields")
    for table, record in {(row["table_name"], row["record"]) for row in kept}:
        expected = [
            {name: row[name] for name in columns}
            for row in kept
            if (row["table_name"], row["record"]) == (table, record)
        ]
        assert opened.get("/api/ops", table=table, record=record)["ops"] == expected
    project = next(row for row in opened.stored("records", table_name="project", id="stack"))
    op = {"op_id": new_id(), "table": "project", "id": "stack", "fields": {"description": "Changed today."}}
    assert opened.send(op, scope="setup")["done"] == [op["op_id"]]
    last = opened.get("/api/ops", table="project", record="stack")["ops"][-1]
    assert last["seq"] == kept[-1]["seq"] + 1
    assert last["before"] == {
        name: project["fields"][name] for name in op["fields"] if name in project["fields"]
    }
    rows = rows_of(opened.path, "SELECT * FROM ops ORDER BY seq")
    assert rows[: len(kept)] == kept


def test_a_page_of_then_starts_over_once_and_what_it_sends_again_is_known(opened: Opened) -> None:
    opened.sign_in("annotator")
    person = opened.manifest["person"]
    for scope in ("setup", WORK, "project/stack"):
        # Cursors of then do not say which history they belong to.
        reply = opened.send(cursor=person["scopes"][scope][1], scope=scope)
        assert (reply["reset"], reply["rewound"]) == (True, True)
        again = opened.send(cursor=reply["cursor"], scope=scope)
        assert (again["reset"], again["changes"]) == (False, [])
    sent = [
        row
        for row in opened.stored("ops", scope=WORK, person=opened.people["annotator"]["id"])
        if row["table_name"] == "annotation"
    ]
    again = [
        {"op_id": row["op_id"], "table": "annotation", "id": row["record"], "fields": row["fields"]}
        for row in sent
    ]
    # An image that was accepted since takes no change, but knows those that it took.
    assert opened.send(*again)["done"] == [op["op_id"] for op in again]
    assert len(rows_of(opened.path, "SELECT seq FROM ops")) == len(opened.stored("ops"))
    refused = person["refused"][0]["op"]
    (refusal,) = opened.send(refused)["refused"]
    assert refusal["op_id"] == refused["op_id"]


def test_what_waited_on_a_machine_is_taken_and_shown_to_the_others(opened: Opened) -> None:
    opened.sign_in("annotator")
    person = opened.manifest["person"]
    waiting = [{name: op[name] for name in op if name != "scope"} for op in person["waiting"]]
    for scope in (WORK, "project/stack"):
        ops = [op for op, whole in zip(waiting, person["waiting"], strict=True) if whole["scope"] == scope]
        reply = opened.send(*ops, scope=scope, cursor=person["scopes"][scope][1])
        assert (reply["done"], reply["refused"]) == ([op["op_id"] for op in ops], [])
    opened.sign_in("reviewer")
    for table in ("annotation", "assignment"):
        listed = opened.get(f"/api/records/{table}", project="demo-project")["records"]
        expected = {
            name.removeprefix(f"{table}/"): fields
            for name, fields in person["records"].items()
            if name.startswith(f"{table}/") and fields["project"] == "demo-project"
        }
        assert {one["id"]: one["fields"] for one in listed} == expected


def test_the_server_starts_again_on_what_it_has_brought_up_to_date(opened: Opened, tmp_path: Path) -> None:
    opened.sign_in("annotator")
    with TestClient(create_app(Settings(home=opened.home)), base_url="http://limner.test") as client:
        body = {name: opened.people["annotator"][name] for name in ("email", "password")}
        assert client.post("/api/session", json=body, headers=FORM).json()["person"]
    assert rows_of(opened.path, "SELECT * FROM meta ORDER BY key") == opened.stored("meta")
