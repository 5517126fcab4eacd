"""Signing in, accounts, keys, members: as people and as attackers meet them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
from litestar.testing import TestClient

from sync_server.app import create_app
from sync_server.storage.sqlite.migrations import MIGRATIONS
from sync_server.storage.sqlite.schema import STEPS
from tests.support.sync_server_world import PASSWORD, Person, World
from webapp.py.domain.ids import now_ms

FORM = {"X-Limner": "1"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


def sign_in(world: World, name: str, password: str = PASSWORD, **headers: str) -> Any:
    body = {"email": f"{name}@limner.test", "password": password}
    return world.client.post("/api/session", json=body, headers={**FORM, **headers})


def test_a_sign_in_lasts_until_the_sign_out(world: World) -> None:
    session = sign_in(world, "annotator").json()
    assert (session["person"], session["name"], session["role"]) == (world.annotator.id, "annotator", None)
    assert session["projects"] == {world.project: "annotator"}
    assert world.client.get("/api/session").json() == session

    cookie = dict(world.client.cookies)
    assert world.client.delete("/api/session", headers=FORM).status_code == 204
    assert world.client.get("/api/session").json()["person"] is None
    world.client.cookies.update(cookie)
    assert world.client.get("/api/keys").status_code == 401


def test_an_admin_has_every_project_by_their_role_in_the_organisation(world: World) -> None:
    assert sign_in(world, "admin").json()["projects"] == {world.project: "admin", world.other: "admin"}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World, tmp_path: Path) -> None:
    cookie = sign_in(world, "annotator").headers["set-cookie"].lower()
    for part in ("limner_session=", "httponly", "samesite=strict", "path=/"):
        assert part in cookie
    assert "secure" not in cookie
    with World(tmp_path / "tls", public_url="https://labels.example.org") as secure:
        assert "; secure" in sign_in(secure, "annotator").headers["set-cookie"].lower()


def test_the_database_holds_no_token_password_or_key(world: World) -> None:
    sign_in(world, "annotator")
    token = world.client.cookies["limner_session"]
    key = world.annotator.headers["Authorization"].removeprefix("Bearer ")
    world.client.delete("/api/session", headers=FORM)
    content = b"".join(path.read_bytes() for path in world.settings.home.iterdir())
    for secret in (token, key, PASSWORD):
        assert secret.encode() not in content


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: World) -> None:
    wrong, unknown = sign_in(world, "annotator", "wrong-password"), sign_in(world, "nobody")
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    assert wrong.json()["code"] == "wrong-password"


def test_an_unknown_address_costs_the_same_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []
    hasher = type(world.server.passwords._hasher)
    verify = hasher.verify

    def count(*given: Any) -> Any:
        checked.append(1)
        return verify(*given)

    monkeypatch.setattr(hasher, "verify", count)
    sign_in(world, "nobody")
    sign_in(world, "annotator", "wrong-password")
    assert len(checked) == 2


def test_guessing_is_stopped_for_that_account_and_told_how_long(world: World) -> None:
    for _ in range(world.settings.sign_in_attempts):
        assert sign_in(world, "annotator", "guess").status_code == 401
    stopped = sign_in(world, "annotator")
    assert (stopped.status_code, stopped.json()["code"]) == (429, "too-many-attempts")
    assert 0 < int(stopped.headers["retry-after"]) <= world.settings.sign_in_window_s
    assert sign_in(world, "ANNOTATOR").status_code == 429
    assert sign_in(world, "reviewer").status_code == 200


def test_a_sign_in_that_works_clears_the_failures_before_it(world: World) -> None:
    for _ in range(3):
        for _ in range(world.settings.sign_in_attempts - 1):
            sign_in(world, "annotator", "guess")
        assert sign_in(world, "annotator").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Limner": "0"},
        {**FORM, "Origin": "http://evil.test"},
        {**FORM, "Origin": "http://limner.test:8000"},
        {**FORM, "Origin": "https://limner.test"},
        {**FORM, "Origin": "null"},
        {**FORM, "Sec-Fetch-Site": "cross-site"},
        {**FORM, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_cannot_act_in_a_persons_name(world: World, headers: dict[str, str]) -> None:
    sign_in(world, "admin")
    answer = world.client.post("/api/keys", json={"name": "forged"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    keys = world.server.storage.look(lambda rows: rows.api_keys.all(world.admin.id))
    assert [key.name for key in keys] == ["tests"]


@pytest.mark.parametrize(
    "headers", [FORM, {**FORM, "Origin": "http://limner.test", "Sec-Fetch-Site": "same-origin"}]
)
def test_the_page_itself_may_act(world: World, headers: dict[str, str]) -> None:
    sign_in(world, "admin")
    assert world.client.post("/api/keys", json={"name": "mine"}, headers=headers).status_code == 201


def test_behind_a_proxy_the_public_address_counts(tmp_path: Path) -> None:
    with World(tmp_path, public_url="https://labels.example.org/limner") as world:
        allowed = sign_in(world, "admin", Origin="https://labels.example.org")
        assert allowed.status_code == 200


def test_an_expired_session_asks_to_sign_in(world: World) -> None:
    sign_in(world, "annotator")
    assert world.client.get("/api/keys").status_code == 200
    world.server.storage.write_now(
        lambda rows: rows.connection.execute("UPDATE sessions SET expires_at = ?", [now_ms()])
    )
    assert world.client.get("/api/keys").json()["code"] == "signed-out"


def test_a_new_password_ends_the_other_sessions(world: World) -> None:
    sign_in(world, "annotator")
    stolen = dict(world.client.cookies)
    sign_in(world, "annotator")
    change = {"current": PASSWORD, "new": "another-long-one"}

    wrong = world.client.put("/api/password", json={**change, "current": "no"}, headers=FORM)
    short = world.client.put("/api/password", json={**change, "new": "short"}, headers=FORM)
    right = world.client.put("/api/password", json=change, headers=FORM)

    assert (wrong.status_code, short.status_code, right.status_code) == (403, 400, 204)
    assert world.client.get("/api/keys").status_code == 200
    world.client.cookies.update(stolen)
    assert world.client.get("/api/keys").status_code == 401
    assert sign_in(world, "annotator").status_code == 401
    assert sign_in(world, "annotator", "another-long-one").status_code == 200


def test_a_key_works_without_cookie_or_header_until_it_is_revoked(world: World) -> None:
    made = world.annotator.request("POST", "/api/keys", json={"name": "nightly export"}).json()
    second = Person(world, "script", world.annotator.id, made["key"])
    assert made["key"].startswith("limner_")
    assert second.send(second.begin()).refused == []
    shown = world.annotator.request("GET", "/api/keys").json()
    assert [(key["name"], key["key"]) for key in shown] == [("tests", None), ("nightly export", None)]

    assert world.annotator.request("DELETE", f"/api/keys/{made['id']}").status_code == 204
    refused = second.request("GET", "/api/keys")
    assert (refused.status_code, refused.json()["code"]) == (401, "signed-out")


def test_keys_of_others_cannot_be_revoked(world: World) -> None:
    key = world.annotator.new_key()
    assert world.admin.request("DELETE", f"/api/keys/{key}").status_code == 404


@pytest.mark.parametrize("header", ["Bearer limner_x", "Bearer", "Basic YTpi", "bearer  ", "x" * 5000])
def test_a_key_that_is_not_known_is_no_sign_in(world: World, header: str) -> None:
    answer = world.client.get("/api/keys", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_made_up_password_is_told_once_and_works(world: World) -> None:
    body = {"email": "new@limner.test", "name": "New", "role": "reviewer"}
    made = world.admin.request("POST", "/api/accounts", json=body).json()
    assert sign_in(world, "new", made["password"]).json()["role"] == "reviewer"
    assert "password" not in str(world.admin.request("GET", "/api/accounts").json())


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": "ANNOTATOR@limner.test", "name": "Twin"}, 409, "taken"),
        ({"email": "no address", "name": "N"}, 400, "invalid"),
        ({"email": "n@limner.test", "name": ""}, 400, "invalid"),
        ({"email": "n@limner.test", "name": "N", "password": "short"}, 400, "invalid"),
        ({"email": "n@limner.test", "name": "N", "role": "owner"}, 400, "invalid"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(
    world: World, body: dict[str, str], status: int, code: str
) -> None:
    answer = world.admin.request("POST", "/api/accounts", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_last_admin_cannot_be_taken_away(world: World) -> None:
    path = f"/api/accounts/{world.admin.id}"
    for attempt in (
        world.admin.request("PATCH", path, json={"role": "annotator"}),
        world.admin.request("PATCH", path, json={"disabled": True}),
        world.admin.request("DELETE", path),
    ):
        assert (attempt.status_code, attempt.json()["code"]) == (409, "last-admin")
    promoted = world.admin.request("PATCH", f"/api/accounts/{world.reviewer.id}", json={"role": "admin"})
    assert promoted.json()["role"] == "admin"
    assert world.admin.request("DELETE", path).status_code == 204


def test_a_disabled_account_is_out_at_once_and_can_come_back(world: World) -> None:
    sign_in(world, "annotator")
    path = f"/api/accounts/{world.annotator.id}"
    assert world.admin.request("DELETE", path).status_code == 204
    assert world.client.get("/api/keys").status_code == 401
    assert world.annotator.request("GET", "/api/keys").status_code == 401
    assert sign_in(world, "annotator").status_code == 401
    listed = {account["id"]: account for account in world.admin.request("GET", "/api/accounts").json()}
    assert listed[world.annotator.id]["disabled"] is True

    assert world.admin.request("PATCH", path, json={"disabled": False}).status_code == 200
    assert sign_in(world, "annotator").status_code == 200


def test_an_admin_resets_a_password(world: World) -> None:
    sign_in(world, "annotator")
    path = f"/api/accounts/{world.annotator.id}"
    changed = world.admin.request("PATCH", path, json={"password": "set-by-the-admin", "name": "Ann"})
    assert changed.json()["name"] == "Ann"
    assert world.client.get("/api/keys").status_code == 401
    assert sign_in(world, "annotator", "set-by-the-admin").status_code == 200


def test_a_membership_goes_before_the_role_in_the_organisation(world: World) -> None:
    world.member(world.admin, "annotator", world.other)
    world.member(world.outsider, "reviewer", world.other)
    members = world.outsider.request("GET", f"/api/projects/{world.other}/members").json()
    roles = {member["name"]: (member["role"], member["source"]) for member in members}
    assert roles == {"admin": ("annotator", "project"), "outsider": ("reviewer", "project")}
    session = world.admin.request("GET", "/api/session").json()
    assert session["projects"] == {world.project: "admin", world.other: "annotator"}


def test_the_schema_describes_every_route_and_how_to_sign_in(world: World) -> None:
    schema = world.client.get("/schema").json()
    assert set(schema["components"]["securitySchemes"]) == {"key", "cookie"}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), (method, path)
    body = schema["paths"]["/api/sync"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["$ref"].endswith("SyncRequest")


def test_every_step_of_the_schema_is_known_before_sqlite_utils_is_imported() -> None:
    applied = [step.name for step in MIGRATIONS.pending(sqlite_utils.Database(memory=True))]
    assert applied == list(STEPS)


def test_an_older_database_is_brought_up_to_date_once(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        settings = world.settings
    for _ in range(2):
        with TestClient(create_app(settings)) as client:
            assert client.get("/health").json() == {"status": "ok", "protocol": 1}
