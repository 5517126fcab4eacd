"""Every route with every role and with none, against one table of what shall come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync_server.app import create_app
from sync_server.settings import Settings
from tests.support.sync_server_world import PASSWORD, World
from webapp.py.domain import ids, ops
from webapp.py.domain.wire import PROTOCOL, SETUP, project_scope

ROLES = ("nobody", "outsider", "annotator", "reviewer", "admin")
"""In the order in which they try: who may change things comes last."""

Body = Callable[[World], Any]
Path_ = Callable[[World], str]


def same(path: str) -> Path_:
    return lambda _: path


def sync(scope: Callable[[World], str], *changes: Callable[[World], ops.Op]) -> Body:
    def body(world: World) -> Any:
        return {
            "protocol": PROTOCOL,
            "client_id": "walk",
            "scope": scope(world),
            "ops": [msgspec.to_builtins(change(world)) for change in changes],
        }

    return body


def nothing(_: World) -> None:
    return None


def begun_assignment(world: World) -> str:
    world.annotator.send(world.annotator.begin())
    return world.annotator.begin().id


Case = tuple[str, str, Path_, Body, str]
# Method, route, address, body, and the status for nobody, outsider, annotator, reviewer, admin. The outsider
# is an annotator of another project with the same dataset.
CASES: list[Case] = [
    ("GET", "/health", same("/health"), nothing, "200 200 200 200 200"),
    ("GET", "/schema", same("/schema"), nothing, "200 200 200 200 200"),
    ("GET", "/schema/openapi.json", same("/schema/openapi.json"), nothing, "200 200 200 200 200"),
    ("GET", "/schema/{path:str}", same("/schema/x"), nothing, "404 404 404 404 404"),
    ("GET", "/", same("/"), nothing, "200 200 200 200 200"),
    ("GET", "/{name:path}", same("/index.html"), nothing, "200 200 200 200 200"),
    ("GET", "/api/session", same("/api/session"), nothing, "200 200 200 200 200"),
    (
        "POST",
        "/api/session",
        same("/api/session"),
        lambda _: {"email": "admin@limner.test", "password": PASSWORD},
        "200 200 200 200 200",
    ),
    ("DELETE", "/api/session", same("/api/session"), nothing, "204 204 204 204 204"),
    (
        "PUT",
        "/api/password",
        same("/api/password"),
        lambda _: {"current": PASSWORD, "new": PASSWORD + "!"},
        "401 204 204 204 204",
    ),
    ("GET", "/api/keys", same("/api/keys"), nothing, "401 200 200 200 200"),
    ("POST", "/api/keys", same("/api/keys"), lambda _: {"name": "k"}, "401 201 201 201 201"),
    (
        "DELETE",
        "/api/keys/{key:str}",
        lambda world: f"/api/keys/{world.admin.new_key()}",
        nothing,
        "401 404 404 404 204",
    ),
    ("GET", "/api/accounts", same("/api/accounts"), nothing, "401 403 403 403 200"),
    (
        "POST",
        "/api/accounts",
        same("/api/accounts"),
        lambda _: {"email": "new@limner.test", "name": "New"},
        "401 403 403 403 201",
    ),
    (
        "PATCH",
        "/api/accounts/{person:str}",
        lambda world: f"/api/accounts/{world.colleague.id}",
        lambda _: {"role": "admin"},
        "401 403 403 403 200",
    ),
    (
        "DELETE",
        "/api/accounts/{person:str}",
        lambda world: f"/api/accounts/{world.colleague.id}",
        nothing,
        "401 403 403 403 204",
    ),
    (
        "GET",
        "/api/accounts/{person:str}/keys",
        lambda world: f"/api/accounts/{world.colleague.id}/keys",
        nothing,
        "401 403 403 403 200",
    ),
    (
        "DELETE",
        "/api/accounts/{person:str}/keys/{key:str}",
        lambda world: f"/api/accounts/{world.colleague.id}/keys/{world.colleague.new_key()}",
        nothing,
        "401 403 403 403 204",
    ),
    (
        "GET",
        "/api/projects/{project:str}/members",
        lambda world: f"/api/projects/{world.project}/members",
        nothing,
        "401 403 200 200 200",
    ),
    (
        "PUT",
        "/api/projects/{project:str}/members/{person:str}",
        lambda world: f"/api/projects/{world.project}/members/colleague@limner.test",
        lambda _: {"role": "reviewer"},
        "401 403 403 403 200",
    ),
    (
        "DELETE",
        "/api/projects/{project:str}/members/{person:str}",
        lambda world: f"/api/projects/{world.project}/members/{world.colleague.id}",
        nothing,
        "401 403 403 403 204",
    ),
    (
        "GET",
        "/api/datasets/{dataset:str}/assets",
        lambda world: f"/api/datasets/{world.dataset}/assets",
        nothing,
        "401 200 200 200 200",
    ),
    (
        "GET",
        "/api/datasets/{dataset:str}/assets",
        lambda world: f"/api/datasets/{world.spare_dataset()}/assets",
        nothing,
        "401 403 403 403 200",
    ),
    (
        "POST",
        "/api/datasets/{dataset:str}/assets",
        lambda world: f"/api/datasets/{world.dataset}/assets",
        lambda _: {"start": 20, "assets": [{"name": "a", "url": "http://images.test/a"}]},
        "401 403 403 403 200",
    ),
    (
        "POST",
        "/api/sync",
        same("/api/sync"),
        sync(lambda world: project_scope(world.project)),
        "401 403 200 200 200",
    ),
    ("POST", "/api/sync", same("/api/sync"), sync(lambda _: SETUP), "401 200 200 200 200"),
    ("GET", "/api/events", same("/api/events"), nothing, "401 200 200 200 200"),
    (
        "GET",
        "/api/records/{table:str}",
        lambda world: f"/api/records/annotation?project={world.project}",
        nothing,
        "401 403 200 200 200",
    ),
    ("GET", "/api/records/{table:str}", same("/api/records/project"), nothing, "401 200 200 200 200"),
    (
        "GET",
        "/api/ops",
        lambda world: f"/api/ops?table=assignment&record={begun_assignment(world)}",
        nothing,
        "401 404 200 200 200",
    ),
    (
        "GET",
        "/api/ops",
        lambda world: f"/api/ops?table=project&record={world.project}",
        nothing,
        "401 404 200 200 200",
    ),
]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<p>Limner</p>")
    with World(tmp_path / "home", site=site) as made:
        yield made


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[1]}")
def test_each_route_gives_each_role_what_the_table_says(world: World, case: Case) -> None:
    method, _, address, body, expected = case
    path, data = address(world), body(world)
    if path == "/api/events":
        world.server.change_feed.close()
    answered = []
    for role in ROLES:
        headers = {} if role == "nobody" else getattr(world, role).headers
        arguments = {} if data is None else {"json": data}
        world.client.cookies.clear()
        answer = world.client.request(method, path, headers={"X-Limner": "1", **headers}, **arguments)
        answered.append(str(answer.status_code))
        # The one page below /schema that is not there is Litestar's own.
        if answer.status_code >= 400 and path != "/schema/x":
            assert set(answer.json()) == {"code", "message"}, answer.text
    assert " ".join(answered) == expected


def test_the_table_names_every_route(tmp_path: Path) -> None:
    app = create_app(Settings(home=tmp_path, site=tmp_path))
    routes = {
        (method, route.path)
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        for method in handler.http_methods
        if method != "OPTIONS"
    }
    app.state.server.storage.close()
    assert {(case[0], case[1]) for case in CASES} == routes


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/accounts"),
        ("PATCH", "/api/accounts/{person}"),
        ("POST", "/api/datasets/{dataset}/assets"),
        ("PUT", "/api/projects/{project}/members/{person}"),
    ],
)
def test_the_role_is_checked_before_anything_of_the_body_is(world: World, method: str, path: str) -> None:
    names = {"person": world.colleague.id, "dataset": world.dataset, "project": world.project}
    for person, status in ((world.annotator, 403), (world.reviewer, 403), (world.admin, 400)):
        answer = person.request(method, path.format(**names), content=b"not even JSON")
        assert answer.status_code == status, (person.name, answer.text)


@pytest.mark.parametrize("table", ["assignment", "annotation", "review", "activity"])
def test_scripts_of_an_annotator_read_their_own_work_only(world: World, table: str) -> None:
    for person in (world.annotator, world.colleague):
        box = person.draw()
        about = {"project": world.project, "asset": 0, "assignment": person.begin().id}
        spent = {"person": person.id, "started": 1, "active_ms": 5, "idle_ms": 0}
        activity = ops.create("activity", {"id": ids.new_id(), **about, **spent})
        assert person.send(person.begin(), box, activity).refused == []
        judgement = {"author": world.reviewer.id, "verdict": "accepted"}
        world.reviewer.send(ops.create("review", {"id": ids.new_id(), **about, **judgement}))

    def records(name: str) -> list[dict[str, Any]]:
        answer = getattr(world, name).request("GET", f"/api/records/{table}?project={world.project}")
        found: list[dict[str, Any]] = answer.json()["records"]
        return found

    own = world.annotator.begin().id
    for record in records("annotator"):
        assert own in (record["fields"]["id"], record["fields"].get("assignment"))
    assert (len(records("annotator")), len(records("reviewer"))) == (1, 2)


def test_an_annotator_learns_nothing_of_the_history_of_others_work(world: World) -> None:
    box = world.colleague.draw()
    world.colleague.send(world.colleague.begin(), box)
    assert world.annotator.request("GET", f"/api/ops?record={box.id}").status_code == 404
    assert world.reviewer.request("GET", f"/api/ops?record={box.id}").status_code == 200


def test_an_annotator_learns_of_members_only_who_judges(world: World) -> None:
    path = f"/api/projects/{world.project}/members"
    seen = {member["name"]: member["email"] for member in world.annotator.request("GET", path).json()}
    assert seen == {"admin": "", "annotator": "", "reviewer": ""}
    everyone = {member["name"] for member in world.reviewer.request("GET", path).json()}
    assert everyone == {"admin", "annotator", "colleague", "reviewer"}


def test_an_admin_of_one_project_manages_its_members_and_no_others(world: World) -> None:
    world.member(world.reviewer, "admin")
    own, other = (f"/api/projects/{project}/members" for project in (world.project, world.other))
    added = world.reviewer.request("PUT", f"{own}/outsider@limner.test", json={"role": "annotator"})
    assert (added.status_code, added.json()["name"]) == (200, "outsider")
    assert (
        world.reviewer.request("PUT", f"{other}/{world.reviewer.id}", json={"role": "admin"}).status_code
        == 403
    )
    assert world.reviewer.request("GET", "/api/accounts").status_code == 403
    nobody = world.reviewer.request("PUT", f"{own}/nobody@limner.test", json={"role": "annotator"})
    assert nobody.status_code == 404
    ghost = world.admin.request("PUT", f"/api/projects/none/members/{world.admin.id}", json={"role": "admin"})
    assert ghost.status_code == 404
