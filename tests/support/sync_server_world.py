"""A real sync server in process, with people, a dataset and projects, for the tests of the server."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
from litestar.testing import TestClient

from sync_server import accounts
from sync_server.app import create_app
from sync_server.settings import Settings
from webapp.py.domain import ids, ops
from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import PROTOCOL, SETUP, SyncReply, project_scope

PASSWORD = "correct-horse-battery"
BOX = {"kind": "box", "x": 1.0, "y": 2.0, "width": 30.0, "height": 40.0}


class Refusal(Exception):
    """A sync request that was answered with an error status."""


class Person:
    """Someone with an account, an API key, and a cursor in each scope."""

    def __init__(self, world: World, name: str, identifier: str, key: str) -> None:
        self.world = world
        self.name = name
        self.id = identifier
        self.client_id = f"client-{name}"
        self.headers = {"Authorization": f"Bearer {key}"}
        self.cursors: dict[str, str] = {}
        self.view: dict[str, dict[tuple[str, str], Fields]] = {}

    def request(self, method: str, path: str, **arguments: Any) -> Any:
        return self.world.client.request(method, path, headers=self.headers, **arguments)

    def new_key(self) -> str:
        """Make another API key and return its id."""
        made: str = self.request("POST", "/api/keys", json={"name": "another"}).json()["id"]
        return made

    def send(self, *changes: Op, scope: str | None = None, cursor: str | None = None) -> SyncReply:
        """Sync once and fold what comes back into ``view``."""
        scope = scope or project_scope(self.world.project)
        body = {
            "protocol": PROTOCOL,
            "client_id": self.client_id,
            "scope": scope,
            "cursor": self.cursors.get(scope, "") if cursor is None else cursor,
            "ops": [msgspec.to_builtins(op) for op in changes],
        }
        answer = self.request("POST", "/api/sync", json=body)
        if answer.status_code != 200:
            raise Refusal(answer.status_code, answer.json())
        reply = msgspec.json.decode(answer.content, type=SyncReply)
        self.cursors[scope] = reply.cursor
        if reply.reset:
            self.view[scope] = {}
        for change in reply.changes:
            self.view.setdefault(scope, {})[change.table, change.id] = change.fields
        return reply

    def sees(self, table: str, scope: str | None = None) -> dict[str, Fields]:
        """Sync until there is no more, and return the records of a table that this person now has."""
        scope = scope or project_scope(self.world.project)
        while self.send(scope=scope).more:
            pass
        return {key[1]: fields for key, fields in self.view.get(scope, {}).items() if key[0] == table}

    def begin(self, asset: int = 0, *, project: str | None = None) -> Op:
        """Return the op that begins this person's assignment on an asset."""
        project = project or self.world.project
        return ops.create(
            "assignment",
            {
                "id": ids.assignment_id(project, asset, self.id),
                "project": project,
                "asset": asset,
                "person": self.id,
                "status": "started",
            },
        )

    def draw(self, asset: int = 0, *, project: str | None = None, **fields: Any) -> Op:
        """Return the op that draws a box on an asset."""
        project = project or self.world.project
        new = ids.new_id()
        return ops.create(
            "annotation",
            {
                "id": new,
                "project": project,
                "asset": asset,
                "assignment": ids.assignment_id(project, asset, self.id),
                "author": self.id,
                "class_id": "cell",
                "shape": BOX,
                "object_id": new,
                **fields,
            },
        )


class World:
    """One server with an admin, a reviewer, two annotators and an outsider, and two projects.

    ``project`` has the reviewer and both annotators as members; ``other`` has the outsider alone.
    """

    def __init__(self, home: Path, **settings: Any) -> None:
        settings = {"password_memory_kib": 8, "password_rounds": 1, **settings}
        self.settings = Settings(home=home, **settings)
        self.app = create_app(self.settings)
        self.server = self.app.state.server
        self.client: TestClient[Any] = TestClient(self.app, base_url="http://limner.test")
        self.client.__enter__()
        self.admin = self.person("admin", "admin")
        self.reviewer = self.person("reviewer", None)
        self.annotator = self.person("annotator", None)
        self.colleague = self.person("colleague", None)
        self.outsider = self.person("outsider", None)
        self.dataset, self.instruction = ids.new_id(), ids.new_id()
        self.project, self.other = ids.new_id(), ids.new_id()
        self._set_up()

    def person(self, name: str, role: Role | None) -> Person:
        """Make an account ``name@limner.test`` with an API key."""
        passwords, storage = self.server.passwords, self.server.storage
        hashed = passwords.hash_now(PASSWORD)
        account = storage.write_now(
            lambda rows: accounts.create_account(
                rows, email=f"{name}@limner.test", name=name, role=role, password_hash=hashed
            )
        )
        key = storage.write_now(lambda rows: accounts.create_key(rows, account.id, "tests"))
        return Person(self, name, account.id, key.key or "")

    def member(self, person: Person, role: Role, project: str | None = None) -> None:
        """Make a person a member of a project."""
        path = f"/api/projects/{project or self.project}/members/{person.id}"
        answer = self.admin.request("PUT", path, json={"role": role})
        assert answer.status_code == 200, answer.text

    def spare_dataset(self) -> str:
        """Make a dataset that no project has, and return its id."""
        spare = ops.create("dataset", {"id": ids.new_id(), "name": "Spare"})
        assert self.admin.send(spare, scope=SETUP).refused == []
        return spare.id

    def _set_up(self) -> None:
        classes = [{"id": "cell", "name": "Cell", "color": "#00aaff"}]
        setup = [
            ops.create("dataset", {"id": self.dataset, "name": "Slides"}),
            ops.create("instruction", {"id": self.instruction, "name": "Find cells", "classes": classes}),
        ]
        for project in (self.project, self.other):
            parts = {"dataset": self.dataset, "instruction": self.instruction}
            setup.append(ops.create("project", {"id": project, "name": "Cells", **parts}))
        reply = self.admin.send(*setup, scope=SETUP)
        assert not reply.refused, reply.refused
        assets = [{"name": f"{n}.png", "url": f"http://images.test/{n}.png"} for n in range(20)]
        path = f"/api/datasets/{self.dataset}/assets"
        assert self.admin.request("POST", path, json={"start": 0, "assets": assets}).status_code == 200
        self.member(self.reviewer, "reviewer")
        self.member(self.annotator, "annotator")
        self.member(self.colleague, "annotator")
        self.member(self.outsider, "annotator", self.other)

    def __enter__(self) -> World:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.__exit__(kind, error, trace)
