"""Whatever arrives at whatever address, the answer is a 4xx with a reason, never a 5xx."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.sync_server_world import World
from webapp.py.domain.wire import PROTOCOL, SETUP, project_scope

DEEP = b'[{"op_id": "o", "table": "dataset", "id": "d", "fields": {"x": ' + b"[" * 100_000
JSON = {"Content-Type": "application/json"}
ROUTES = [
    ("POST", "/api/session"),
    ("PUT", "/api/password"),
    ("POST", "/api/keys"),
    ("DELETE", "/api/keys/{}"),
    ("POST", "/api/accounts"),
    ("PATCH", "/api/accounts/{}"),
    ("DELETE", "/api/accounts/{}"),
    ("GET", "/api/projects/{}/members"),
    ("PUT", "/api/projects/{}/members/{}"),
    ("DELETE", "/api/projects/{}/members/{}"),
    ("GET", "/api/datasets/{}/assets"),
    ("POST", "/api/datasets/{}/assets"),
    ("POST", "/api/sync"),
    ("GET", "/api/records/{}"),
    ("GET", "/api/ops"),
    ("GET", "/{}"),
    ("POST", "/{}"),
]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    ["email", "password", "name", "role", "start", "assets", "current", "new", "protocol", "client_id", "ops"]
)
bodies = (
    st.binary(max_size=200)
    | values.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(names, values, max_size=6).map(lambda value: json.dumps(value).encode())
)
# The stream of events never ends by design; Hypothesis knows its address, as it reads the code for words.
segments = st.text(string.printable + "äß\u2028\U0001f600", max_size=20).filter(
    lambda word: "api/events" not in word
)
parameters = st.dictionaries(
    st.sampled_from(["start", "limit", "cursor", "changed_since", "record", "table", "project"]),
    st.text(max_size=12) | st.integers().map(str),
    max_size=4,
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    site = tmp_path_factory.mktemp("site")
    (site / "index.html").write_text("<p>Limner</p>")
    # No answer to a random sign-in is to be 429, and the admin is to stay admin: the reviewer asks.
    with World(tmp_path_factory.mktemp("home"), site=site, sign_in_attempts=10**6) as made:
        yield made


def explain(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        problem = answer.json()
        assert set(problem) == {"code", "message"}
        assert problem["code"]
        assert len(problem["message"]) > 10


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    words=st.tuples(segments, segments),
    body=bodies,
    query=parameters,
    who=st.booleans(),
)
def test_random_requests_are_answered_with_a_reason(
    world: World,
    route: tuple[str, str],
    words: tuple[str, str],
    body: bytes,
    query: dict[str, str],
    who: bool,
) -> None:
    method, pattern = route
    path = pattern.format(*(quote(word, safe="") for word in words))
    headers = {**(world.reviewer if who else world.admin).headers, **JSON}
    content = None if method == "GET" else body
    explain(world.client.request(method, path, headers=headers, content=content, params=query))


fields = st.dictionaries(
    st.sampled_from(
        ["id", "name", "project", "asset", "assignment", "author", "person", "class_id", "shape", "status",
         "deleted", "object_id", "verdict", "score", "dataset", "instruction", "classes", "answers"]
    )
    | st.text(max_size=6),
    values,
    max_size=8,
)  # fmt: skip
random_ops = st.lists(
    st.fixed_dictionaries(
        {
            "op_id": st.uuids().map(str),
            "table": st.sampled_from(
                ["dataset", "instruction", "project", "assignment", "annotation", "review", "activity"]
            )
            | st.text(max_size=10),
            "id": st.sampled_from(["a", "b", "c"]),
            "fields": fields,
        }
    ),
    max_size=4,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=random_ops, setup=st.booleans())
def test_random_changes_are_taken_or_refused_one_by_one(
    world: World, changes: list[dict[str, Any]], setup: bool
) -> None:
    scope = SETUP if setup else project_scope(world.project)
    body = {"protocol": PROTOCOL, "client_id": "g", "scope": scope, "ops": changes}
    answer = world.admin.request("POST", "/api/sync", json=body)
    assert answer.status_code == 200, answer.text
    reply = answer.json()
    answered = [*reply["done"], *(refusal["op_id"] for refusal in reply["refused"])]
    assert sorted(answered) == sorted(change["op_id"] for change in changes)
    assert all(refusal["reason"] for refusal in reply["refused"])


def test_anything_in_place_of_a_field_leaves_the_record_as_it_was(world: World) -> None:
    box = world.annotator.draw()
    world.annotator.send(world.annotator.begin(), box)
    before = world.annotator.sees("annotation")[box.id]
    for name in ("shape", "class_id", "attributes", "object_id", "deleted", "author", "assignment", "asset"):
        value: Any
        for value in (None, [], {}, -1, 1e300, "\u0000", [[[]]], {"kind": "box"}):
            change = {
                "op_id": f"{name}-{value!r:.5}".translate(str.maketrans("[]{}'\" ", "-" * 7)),
                "table": "annotation",
            }
            body = {
                "protocol": PROTOCOL,
                "client_id": "g",
                "scope": project_scope(world.project),
                "ops": [{**change, "id": box.id, "fields": {name: value}}],
            }
            explain(world.annotator.request("POST", "/api/sync", json=body))
    after = world.annotator.sees("annotation")[box.id]
    assert {key: after[key] for key in after if key != "attributes"} == {
        key: before[key] for key in before if key != "attributes"
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "body is missing"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "Expected `object`"),
        (b'{"protocol": 1, "client_id": "c", "scope": "setup", "ops": ' + DEEP, "nested too deep"),
        (b'{"protocol": "1", "client_id": "c", "scope": "setup"}', "Expected `int`"),
        (b'{"protocol": 1, "client_id": "c", "scope": ""}', "$.scope"),
        (b'{"protocol": 1, "client_id": "c", "scope": "setup", "ops": [{}]}', "op_id"),
        (b'{"protocol": 1e999}', "not"),
    ],
)
def test_a_sync_request_that_cannot_be_read_says_what_is_wrong(
    world: World, content: bytes, words: str
) -> None:
    answer = world.annotator.request("POST", "/api/sync", content=content)
    assert answer.status_code == 400
    assert words in answer.json()["message"]


@pytest.mark.parametrize(("path", "megabytes"), [("/api/sync", 33), ("/api/session", 2), ("/api/keys", 2)])
def test_a_body_beyond_the_bound_is_turned_away(world: World, path: str, megabytes: int) -> None:
    answer = world.annotator.request("POST", path, content=b" " * (megabytes * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_other_methods_and_addresses_get_their_own_words(world: World) -> None:
    assert world.client.put("/api/sync").json()["code"] == "method"
    assert world.client.get("/api/nothing").json()["code"] == "not-found"
    assert world.client.get("/API/session").json()["code"] == "not-found"
