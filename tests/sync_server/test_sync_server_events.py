"""The stream of changes: who hears of what, how many streams there may be, and when they end."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.sync_server_process import Process
from tests.support.sync_server_world import PASSWORD
from webapp.py.domain import ids, ops


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    made = Process(tmp_path)
    try:
        made.wait_until_up()
        yield made
    finally:
        made.end()


def dataset(name: str) -> ops.Op:
    return ops.create("dataset", {"id": name, "name": name})


def member(server: Process, name: str, role: str) -> dict[str, str]:
    """Add a member of the project p, and return what their requests need."""
    person, key = server.add_account(name, None)
    assert server.request("PUT", f"/api/projects/p/members/{person}", {"role": role})[0] == 200
    return {"Authorization": f"Bearer {key}", "person": person}


def begin(server: Process, person: dict[str, str], image: int = 0) -> None:
    who = person["person"]
    fields = {"id": ids.assignment_id("p", image, who), "project": "p", "asset": image, "person": who}
    body = {
        "protocol": 1,
        "client_id": who,
        "scope": "project/p",
        "ops": [{"op_id": ids.new_id(), "table": "assignment", "id": fields["id"], "fields": fields}],
    }
    status, answer, _ = server.request("POST", "/api/sync", body, Authorization=person["Authorization"])
    assert (status, json.loads(answer)["refused"]) == (200, [])


def heard(stream: http.client.HTTPResponse, until: bytes) -> list[bytes]:
    """Return every line that is not empty, up to the one that ends with ``until``."""
    lines: list[bytes] = []
    while not (lines and lines[-1].endswith(until)):
        line = stream.readline().strip()
        lines += [line] if line else []
    return lines


def test_a_change_is_announced_to_those_who_listen_and_without_its_content(server: Process) -> None:
    stream = server.listen()
    server.save(dataset("secret-name"))
    lines = [stream.readline() for _ in range(3)]
    assert lines == [b"\n", b"event: changed\n", b"data: setup\n"]


def test_an_annotator_hears_of_their_own_work_and_not_even_a_sign_of_anybody_elses(server: Process) -> None:
    server.make_project("p", images=2)
    annotator, colleague = member(server, "a", "annotator"), member(server, "b", "annotator")
    reviewer = member(server, "r", "reviewer")
    streams = {
        name: server.listen(Authorization=one["Authorization"])
        for name, one in (("annotator", annotator), ("reviewer", reviewer))
    }
    begin(server, colleague)
    # Of this the annotator hears, and of nothing before it.
    begin(server, annotator)
    assert heard(streams["annotator"], b"project/p") == [b"event: changed", b"data: project/p"]
    begin(server, colleague, 1)
    server.save(dataset("last"), ops.make_op("project", "p", {"name": "Q"}))
    assert heard(streams["annotator"], b"setup") == [b"event: changed", b"data: setup"]
    assert heard(streams["reviewer"], b"setup").count(b"data: project/p") in (1, 2, 3)


def test_of_the_set_up_everybody_hears_of_what_they_may_see(server: Process) -> None:
    server.make_project("p")
    guest = server.listen(Authorization=member(server, "guest", "annotator")["Authorization"])
    server.save(dataset("elsewhere"))
    assets = {"start": 0, "assets": [{"name": "a", "url": "http://images.test/a"}]}
    assert server.request("POST", "/api/datasets/elsewhere/assets", assets)[0] == 200
    server.make_project("q")
    server.save(ops.create("review", {"id": "bad"}), scope="project/p")
    assert server.request("POST", "/api/datasets/dataset-p/assets", {**assets, "start": 1})[0] == 200
    assert heard(guest, b"setup") == [b"event: changed", b"data: setup"]
    server.save(ops.make_op("instruction", "instruction-p", {"guide": "Look."}))
    assert heard(guest, b"setup") == [b"event: changed", b"data: setup"]


def test_who_has_no_project_hears_nothing_until_they_get_one(server: Process) -> None:
    server.make_project("p")
    person, key = server.add_account("new", None)
    stream = server.listen(Authorization=f"Bearer {key}")
    server.save(dataset("e"))
    assert server.request("PUT", f"/api/projects/p/members/{person}", {"role": "annotator"})[0] == 200
    assert heard(stream, b"project/p")[::2] == [b"event: changed"] * 2


def test_the_stream_ends_when_its_session_ends(server: Process) -> None:
    form = {"X-Limner": "1", "Authorization": ""}
    body = {"email": "admin@limner.test", "password": PASSWORD}
    _, _, headers = server.request("POST", "/api/session", body, **form)
    cookie = headers["set-cookie"].partition(";")[0]
    stream = server.listen(Authorization="", Cookie=cookie)
    assert server.request("DELETE", "/api/session", None, Cookie=cookie, **form)[0] == 204
    assert stream.read() == b"\n"


def test_one_person_has_so_many_streams_and_the_others_have_theirs(server: Process) -> None:
    _, key = server.add_account("many", None)
    own: dict[str, Any] = {"Authorization": f"Bearer {key}"}
    for _ in range(20):
        server.listen(**own)
    status, answer, headers = server.request("GET", "/api/events", **own)
    assert (status, json.loads(answer)["code"], headers["retry-after"]) == (429, "too-many-streams", "60")
    server.listen()
    assert server.request("GET", "/api/session", **own)[0] == 200
    # One that is closed makes room for the next.
    server.listening[0].sock.shutdown(socket.SHUT_RDWR)
    answered = 429
    while answered == 429:
        connection = server.connect()
        server.listening.append(connection)
        connection.request("GET", "/api/events", headers=own)
        answered = connection.getresponse().status
    assert answered == 200
