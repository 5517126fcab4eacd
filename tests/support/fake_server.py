"""A sync server in memory, and the demo project of the page tests."""

from __future__ import annotations

from webapp.py.domain.model import Asset, Fields
from webapp.py.domain.permissions import Actor, refusal, work_of
from webapp.py.domain.wire import (
    PROTOCOL,
    SETUP,
    Change,
    Refusal,
    SignedIn,
    SyncReply,
    SyncRequest,
    project_of,
    project_scope,
)
from webapp.py.store.sync import Rejected

DEMO_RECORDS: dict[str, Fields] = {
    "dataset": {"id": "d1", "name": "Photos"},
    "instruction": {
        "id": "i1",
        "name": "Animals",
        "classes": [
            {"id": "cat", "name": "Cat", "color": "#ff8000", "tool": "box", "shortcut": "1"},
            {"id": "sky", "name": "Sky", "color": "#0000ff", "tool": "polygon", "shortcut": "2"},
        ],
    },
    "project": {"id": "p1", "name": "Pets", "dataset": "d1", "instruction": "i1"},
}
DEMO_ASSETS = [
    Asset(ordinal=0, name="a.png", folder="day 1", url="demo/a.png"),
    Asset(ordinal=1, name="b.png", folder="day 1", url="demo/b.png"),
    Asset(ordinal=2, name="c.png", folder="day 2", url="https://elsewhere.example/c.png"),
]


NO_ACCESS = "You have no access to this project. Ask an admin to add you."
"""What `sync_server.texts` says of a project that a person may not see."""


class Server:
    """A sync server in memory, with the real permissions; set ``trouble`` to have it fail."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.refuse: str = ""
        self.signed_in: SignedIn = SignedIn(protocol=PROTOCOL)
        self.accounts: dict[tuple[str, str], SignedIn] = {}
        self.records: dict[str, dict[tuple[str, str], Fields]] = {}
        self.assets: dict[str, list[Asset]] = {}
        self.withheld: dict[str, Exception] = {}
        self.requests: list[SyncRequest] = []
        self.left: dict[str, str] = {}

    def leave(self, project: str) -> None:
        """Take the signed-in person out of a project."""
        self.left[project_scope(project)] = NO_ACCESS
        del self.records[SETUP]["project", project]

    async def send(self, request: SyncRequest) -> SyncReply:
        self.check()
        if request.scope in self.left:
            raise Rejected(self.left[request.scope], 403)
        self.requests.append(request)
        held = self.records.setdefault(request.scope, {})
        reply = SyncReply(cursor=str(len(self.requests)), reset=request.cursor == "" or bool(self.left))
        for op in request.ops:
            record = held.get((op.table, op.id))
            work = held.get(("assignment", work_of(op, record) or ""))
            reason = self.refuse or refusal(self._actor(request.scope), op, record, work)
            if reason:
                reply.refused.append(Refusal(op_id=op.op_id, reason=reason))
                continue
            held[op.table, op.id] = {**held.get((op.table, op.id), {"id": op.id}), **op.fields}
            reply.done.append(op.op_id)
        reply.changes = [
            Change(table=table, id=record, fields=fields) for (table, record), fields in held.items()
        ]
        return reply

    def _actor(self, scope: str) -> Actor:
        who = self.signed_in
        return Actor(who.person or "", who.projects.get(project_of(scope) or "", who.role))

    def check(self) -> None:
        if self.trouble is not None:
            raise self.trouble


ANNA = SignedIn(protocol=PROTOCOL, person="anna", name="Anna", email="anna@example.org", role="annotator")


def a_server(who: SignedIn = ANNA) -> Server:
    """Return a server with the demo project, where Anna has an account and ``who`` is signed in."""
    server = Server()
    server.accounts["anna@example.org", "right"] = ANNA
    server.signed_in = who
    server.records[SETUP] = {(table, fields["id"]): fields for table, fields in DEMO_RECORDS.items()}
    server.assets["d1"] = list(DEMO_ASSETS)
    return server
