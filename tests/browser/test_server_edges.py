"""Requests, events and files, as the page's edges see them."""

from __future__ import annotations

import http.server
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import run_python, wait_until_python
from tests.browser.sites import Server


class Api(http.server.BaseHTTPRequestHandler):
    """Answers what the test put here; events break off after each."""

    protocol_version = "HTTP/1.1"
    answers: list[tuple[int, str, bytes]] = []  # noqa: RUF012
    asked: list[tuple[str, str, dict[str, str], bytes]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_OPTIONS(self) -> None:
        self.send_response(204)
        self._permit()
        self.end_headers()

    def _permit(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "*")

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.asked.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
        status, kind, body = self.answers.pop(0)
        self.send_response(status)
        self._permit()
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def api() -> Iterator[Server]:
    Api.answers.clear()
    Api.asked.clear()
    server = Server(Api)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def page(harness: Page) -> Page:
    run_python(harness, "import json\nfrom webapp.py.browser.http import Changes, Http\n1")
    return harness


SYNC = """
from webapp.py.domain.wire import PROTOCOL, SyncRequest
try:
    reply = await Http(base).send(SyncRequest(protocol=PROTOCOL, client_id="c", scope="setup", ops=[]))
    said = ["reply", reply.cursor]
except Exception as problem:
    said = [type(problem).__name__, str(problem)]
json.dumps(said)
"""


@pytest.mark.parametrize(
    ("answer", "kind", "word"),
    [
        ((200, "application/json", b'{"cursor": "17"}'), "reply", "17"),
        (
            (401, "application/json", b'{"code": "signed_out", "message": "Sign in."}'),
            "SignedOut",
            "Sign in.",
        ),
        (
            (409, "application/json", b'{"code": "protocol", "message": "Reload."}'),
            "ProtocolMismatch",
            "Reload.",
        ),
        ((503, "text/plain", b"busy"), "ServerTrouble", "503"),
        ((200, "text/html", b"<html>"), "ServerTrouble", "cannot read"),
    ],
)
def test_every_answer_to_a_sync_means_one_thing(
    page: Page, api: Server, answer: tuple[int, str, bytes], kind: str, word: str
) -> None:
    Api.answers.append(answer)
    said = json.loads(run_python(page, SYNC, base=api.url))
    assert said[0] == kind
    assert word in said[1]
    method, path, headers, body = Api.asked[0]
    assert (method, path) == ("POST", "/api/sync")
    assert headers["X-Limner"] == "1"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body)["client_id"] == "c"


def test_a_server_that_is_gone_is_offline_and_nothing_else(page: Page, api: Server) -> None:
    api.stop()
    kind, sentence = json.loads(run_python(page, SYNC, base=api.url))
    assert kind == "Offline"
    assert "saved on this computer" in sentence


def test_changes_are_heard_and_asked_for_again_after_a_break_and_an_error(page: Page, api: Server) -> None:
    event = (200, "text/event-stream", b"retry: 1\n\nevent: changed\ndata: setup\n\n")
    # Told once and cut off; the browser comes back by itself, is refused, then the page has to try again.
    Api.answers.extend([event, event, (503, "text/plain", b"restarting"), event, (204, "text/plain", b"")])
    listen = """
heard, states = [], []
changes = Changes(base + "api/events", lambda: heard.append(1), states.append)
1
"""
    run_python(page, listen, base=api.url)
    wait_until_python(page, "states.count('open') == 3 and len(heard) == 6")
    run_python(page, "changes.close()\n1")
    assert [path for _, path, _, _ in Api.asked][:4] == ["/api/events"] * 4


def test_a_file_is_saved_under_its_name(page: Page, tmp_path: Path) -> None:
    with page.expect_download() as saving:
        run_python(
            page,
            "from webapp.py.browser import platform\n"
            "platform.download('labels é.json', b'{\"a\": 1}', 'application/json')\n1",
        )
    assert saving.value.suggested_filename == "labels é.json"
    saving.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == b'{"a": 1}'


def test_a_chosen_file_arrives_and_no_choice_is_none(page: Page, tmp_path: Path) -> None:
    (tmp_path / "labels.json").write_bytes(b"\x00\xff1")
    ask = (
        "import asyncio\nfrom webapp.py.browser import platform\n"
        "choice = asyncio.ensure_future(platform.pick_file('.json'))\n1"
    )
    with page.expect_file_chooser() as choosing:
        run_python(page, ask)
    choosing.value.set_files(tmp_path / "labels.json")
    assert (
        run_python(page, "file = await choice\nfile.name + str(list(file.content))")
        == "labels.json[0, 255, 49]"
    )
    with page.expect_file_chooser():
        run_python(page, ask)
    page.locator("input[type=file]").dispatch_event("cancel")
    assert run_python(page, "await choice is None") is True
    expect(page.locator("input[type=file]")).to_have_count(0)


def test_what_the_browser_has_is_known(page: Page) -> None:
    ask = """
from webapp.py.browser import platform
room = await platform.measure_storage()
json.dumps([platform.is_secure(), platform.is_online(), room.quota > room.used >= 0])
"""
    assert json.loads(run_python(page, ask)) == [True, True, True]
