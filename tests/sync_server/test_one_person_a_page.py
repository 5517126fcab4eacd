"""A page belongs to one person, but shares the cookie of its browser, in which others may sign in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.sync_server_world import PASSWORD, Person, World
from webapp.py.domain.wire import PROTOCOL, SETUP

FORM = {"X-Limner": "1"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home: Path = tmp_path_factory.mktemp("server")
    with World(home) as world:
        yield world


@pytest.fixture
def annotator(world: World) -> Person:
    """The person who is signed in in the browser."""
    body = {"email": "annotator@limner.test", "password": PASSWORD}
    # The page of another person signs in here, and is not in the way.
    page = {**FORM, "X-Limner-Person": ""}
    assert world.client.post("/api/session", json=body, headers=page).status_code == 200
    return world.annotator


def sync() -> dict[str, Any]:
    return {"protocol": PROTOCOL, "client_id": "c", "scope": SETUP, "cursor": "", "ops": []}


def ask(world: World, method: str, path: str, person: str | None, **arguments: Any) -> Any:
    page = {} if person is None else {"X-Limner-Person": person}
    return world.client.request(method, path, headers={**FORM, **page}, **arguments)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/session", None),
        ("DELETE", "/api/session", None),
        ("POST", "/api/sync", sync()),
        ("GET", "/api/keys", None),
        ("GET", "/api/datasets/{dataset}/assets", None),
    ],
)
def test_the_page_of_another_person_is_told_to_sign_in(
    world: World, annotator: Person, method: str, path: str, body: Any
) -> None:
    answer = ask(world, method, path.format(dataset=world.dataset), world.colleague.id, json=body)
    assert answer.status_code == 401
    assert answer.json()["code"] == "signed-out"
    assert "Someone else has signed in" in answer.json()["message"]
    assert world.client.get("/api/session").json()["person"] == annotator.id


def test_an_event_stream_of_another_person_is_refused(world: World, annotator: Person) -> None:
    answer = ask(world, "GET", f"/api/events?page_of={world.colleague.id}", None)
    assert answer.status_code == 401


@pytest.mark.parametrize("named", [True, False])
def test_the_page_of_the_signed_in_person_and_older_pages_are_answered(
    world: World, annotator: Person, named: bool
) -> None:
    person = annotator.id if named else None
    assert ask(world, "POST", "/api/sync", person, json=sync()).status_code == 200
    assert ask(world, "GET", "/api/session", person).json()["person"] == annotator.id


def test_nobody_is_signed_in_for_a_page_whose_session_has_ended(world: World, annotator: Person) -> None:
    world.client.cookies.clear()
    assert ask(world, "POST", "/api/sync", annotator.id, json=sync()).status_code == 401
    assert ask(world, "GET", "/api/session", annotator.id).json()["person"] is None
