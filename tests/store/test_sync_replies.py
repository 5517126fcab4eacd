"""What each kind of HTTP response means."""

from __future__ import annotations

import msgspec
import pytest

from tests.support.store_stories import annotation, change
from webapp.py.domain.wire import SyncReply
from webapp.py.store.sync import (
    ProtocolMismatch,
    Rejected,
    ServerTrouble,
    SignedOut,
    read_reply,
)


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (401, b'{"code": "signed-out", "message": "Sign in."}', SignedOut),
        (401, b"", SignedOut),
        (409, b'{"code": "protocol", "message": "Reload the page."}', ProtocolMismatch),
        (413, b'{"code": "too-large", "message": "Too large."}', Rejected),
        (400, b'{"code": "invalid", "message": "What?"}', Rejected),
        (403, b'{"code": "forbidden", "message": "No access."}', Rejected),
        (403, b"<html>the portal of a hotel</html>", ServerTrouble),
        (404, b'{"code": "not-found", "message": "There is nothing here."}', ServerTrouble),
        (429, b'{"code": "slow-down", "message": "Wait a minute."}', ServerTrouble),
        (500, b'{"code": "fault", "message": "A fault."}', ServerTrouble),
        (502, b"\xff\xfe", ServerTrouble),
        (200, b"<html>sign in to the wifi</html>", ServerTrouble),
        (200, b'{"cursor": 1}', ServerTrouble),
        (200, b'{"done": []}', ServerTrouble),
        (200, b"[" * 100_000, ServerTrouble),
        (302, b"", ServerTrouble),
    ],
)
def test_every_answer_that_is_no_reply_has_its_meaning(
    status: int, body: bytes, outcome: type[Exception]
) -> None:
    with pytest.raises(outcome) as caught:
        read_reply(status, body)
    assert len(str(caught.value)) > 4


def test_a_reply_is_read() -> None:
    reply = SyncReply(cursor="c", done=["a"], changes=[change(annotation("a"))])
    assert read_reply(201, msgspec.json.encode(reply)) == reply
