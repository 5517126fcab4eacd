"""The real sync server in this process, called through its ASGI interface, and what is true about it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from sync_server import accounts
from sync_server.app import create_app
from sync_server.assets import NewAsset, NewAssets, append_assets
from sync_server.settings import Settings
from webapp.py.domain.ids import new_id
from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op, apply, create
from webapp.py.domain.permissions import Actor, Role, allowed, visible, work_of
from webapp.py.domain.wire import PROTOCOL, SETUP, SyncReply, SyncRequest, project_of, project_scope

Key = tuple[str, str]
T = TypeVar("T")
_CURSOR = re.compile(r"(.*)~[0-9a-f]+~([0-9a-f]+)")


class InlineLoop(asyncio.SelectorEventLoop):
    """An event loop whose executors run at once, so that a seed decides everything that happens."""

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


class RealServer:
    """One database with a project-wide set-up, a server on it, and the roles that really hold."""

    def __init__(self, home: Path, projects: int, assets: int) -> None:
        self._settings = Settings(home=home, password_memory_kib=8, password_rounds=1)
        self.app = create_app(self._settings)
        self.tokens: dict[str, str] = {}
        self.organization: dict[str, Role | None] = {}
        self.members: dict[tuple[str, str], Role] = {}
        self.projects: list[str] = []
        self.history: dict[Key, list[Fields]] = {}
        self.scope_of: dict[Key, str] = {}
        self.logged: dict[str, str] = {}
        self._seen_seq = 0
        self._busy = 0
        self._former: dict[tuple[str, str], list[Role | None]] = {}
        self.problems: list[str] = []
        """What the server did and must not do; collected, for the client rightly survives an exception."""
        self.admin = self.add_person("admin")
        self._set_up(projects, assets)

    def add_person(self, role: Role | None) -> str:
        """Make an account, signed in, and return its id."""
        number = len(self.organization)
        account = self._write(
            lambda rows: accounts.create_account(
                rows, email=f"p{number}@example.org", name=f"P{number}", role=role, password_hash="x"
            )
        )
        self.organization[account.id] = role
        self.sign_in(account.id)
        return account.id

    def sign_in(self, person: str) -> None:
        """Give a person a session, as the sign-in route does."""
        self.tokens[person] = self._write(lambda rows: accounts.new_session(rows, person, 30))

    def expire(self, person: str) -> None:
        """End every session of a person; their browsers do not know it."""
        self._write(lambda rows: rows.connection.execute("DELETE FROM sessions WHERE person = ?", [person]))

    def set_role(self, project: str, person: str, role: Role | None) -> None:
        """Give a person a role in a project, or none."""
        # Requests under way may have been decided on before.
        scope = project_scope(project)
        self._former.setdefault((person, scope), []).append(self.role(person, scope))
        if role is None:
            if self.members.pop((project, person), None):
                self._write(lambda rows: accounts.remove_member(rows, project, person))
            return
        given = role
        self.members[project, person] = given
        self._write(lambda rows: rows.memberships.set(project, person, given))

    def restart(self) -> None:
        """Stop the server, unless it is answering, and start another on the same files."""
        if self._busy:
            return
        self.app.state.server.storage.close()
        self.app = create_app(self._settings)

    def close(self) -> None:
        """Stop the server."""
        self.app.state.server.storage.close()

    def role(self, person: str, scope: str) -> Role | None:
        """Return the role that holds."""
        project = project_of(scope)
        own = self.members.get((project, person)) if project else None
        return own or self.organization[person]

    async def sync(self, person: str, token: str, body: bytes) -> tuple[int, bytes]:
        """Hand one request to the server; whatever it answers is looked at before anybody else does."""
        request = msgspec.json.decode(body, type=SyncRequest)
        before = self._sight(person, request.scope)
        self._busy += 1
        try:
            status, answer = await self._call("POST", "/api/sync", body, token)
        finally:
            self._busy -= 1
        after = self._sight(person, request.scope)
        self.read_log()
        if not self._busy:
            self._former.clear()
        if status == 200:
            self._inspect(person, request.scope, answer, [before, after])
        elif status not in (401, 403):
            self.problems.append(f"the server answered {status}: {answer!r}")
        return status, answer

    def truth(self, person: str, scope: str) -> dict[Key, Fields]:
        """Return the records of a scope that a person may see now, deleted ones too."""
        sees = self._sight(person, scope)
        return {
            key: states[-1]
            for key, states in self.history.items()
            if self.scope_of[key] == scope and sees(key, states[-1])
        }

    def read_log(self) -> None:
        """Replay what is new in the server's own log of ops."""
        rows = self.app.state.server.storage.look(
            lambda rows: rows.connection.execute(
                "SELECT seq, op_id, scope, table_name, record, person, fields FROM ops WHERE seq > ? "
                "ORDER BY seq",
                [self._seen_seq],
            ).fetchall()
        )
        for seq, op_id, scope, table, record, person, fields in rows:
            if op_id in self.logged:
                self.problems.append(f"op {op_id} was applied twice")
            self._seen_seq = seq
            self.logged[op_id] = person
            op = Op(op_id=op_id, table=table, id=record, fields=msgspec.json.decode(fields))
            states = self.history.setdefault((table, record), [])
            before = states[-1] if states else None
            roles = [self.role(person, scope), *self._former.get((person, scope), ())]
            work = self.history.get(("assignment", work_of(op, before) or ""), [None])[-1]
            if not any(allowed(Actor(person, role), op, before, work) for role in roles):
                self.problems.append(f"the server let {person} do {op} with the role {roles}")
            states.append(apply(before, op))
            self.scope_of.setdefault((table, record), scope)

    def parse_cursor(self, cursor: str) -> tuple[int, str]:
        """Return how far a cursor reaches and its mark of what its owner may see. Only tests read it."""
        found = _CURSOR.fullmatch(cursor)
        assert found, f"the server gave the cursor {cursor!r}"
        op = self.app.state.server.storage.look(lambda rows: rows.records.logged_as(found[1]))
        assert op or not found[1], f"the cursor {cursor!r} names no op"
        return op.seq if op else 0, found[2]

    def stored(self) -> dict[Key, Fields]:
        """Return the records as the server's table has them."""
        rows = self.app.state.server.storage.look(
            lambda rows: rows.connection.execute("SELECT table_name, id, fields FROM records").fetchall()
        )
        return {(table, record): msgspec.json.decode(fields) for table, record, fields in rows}

    def _sight(self, person: str, scope: str) -> Callable[[Key, Fields], bool]:
        role = self.role(person, scope)
        if scope != SETUP:
            actor = Actor(person, role)
            return lambda key, fields: visible(actor, key[0], fields)
        if role is not None:
            return lambda key, fields: True
        own = [project for project, member in self.members if member == person]
        seen = {("project", project) for project in own}
        for project in own:
            fields = self.history["project", project][-1]
            seen |= {("dataset", fields["dataset"]), ("instruction", fields["instruction"])}
        return lambda key, fields: key in seen

    def _inspect(
        self, person: str, scope: str, answer: bytes, sights: list[Callable[[Key, Fields], bool]]
    ) -> None:
        reply = msgspec.json.decode(answer, type=SyncReply)
        for refusal in reply.refused:
            if refusal.op_id in self.logged:
                self.problems.append(
                    f"op {refusal.op_id} was refused ({refusal.reason}), yet it is in the log"
                )
        for change in reply.changes:
            project = project_of(scope)
            seen = any(sees((change.table, change.id), change.fields) for sees in sights)
            if not seen or (project and change.fields.get("project") != project):
                self.problems.append(f"{person} was sent {change.table} {change.id}, which is not for them")

    async def _call(self, method: str, path: str, body: bytes, token: str) -> tuple[int, bytes]:
        status, parts = 0, []
        asked = False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if asked:
                return {"type": "http.disconnect"}
            asked = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                parts.append(message.get("body", b""))

        headers = {
            "host": "limner.test",
            "cookie": f"limner_session={token}",
            "x-limner": "1",
            "content-type": "application/json",
            "content-length": str(len(body)),
        }
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("limner.test", 80),
            "state": {},
        }
        await self.app(scope, receive, send)
        return status, b"".join(parts)

    def _write(self, job: Callable[[Any], T]) -> T:
        result: T = self.app.state.server.storage.write_now(job)
        return result

    def _set_up(self, projects: int, assets: int) -> None:
        """Make datasets, instructions and projects, by a sync request of the admin's."""
        ops: list[Op] = []
        datasets = []
        for number in range(projects):
            dataset, instruction, project = new_id(), new_id(), new_id()
            classes = [{"id": name, "name": name, "color": "#ff0000"} for name in ("cell", "nerve")]
            ops.append(create("dataset", {"id": dataset, "name": f"Dataset {number}"}))
            ops.append(
                create(
                    "instruction", {"id": instruction, "name": f"Instruction {number}", "classes": classes}
                )
            )
            fields = {
                "id": project,
                "name": f"Project {number}",
                "dataset": dataset,
                "instruction": instruction,
            }
            ops.append(create("project", fields))
            self.projects.append(project)
            datasets.append(dataset)
        request = SyncRequest(protocol=PROTOCOL, client_id="setup", scope=SETUP, ops=ops)
        outcome = self._write(lambda rows: self.app.state.server.sync_handler(rows, self.admin, request))
        assert not outcome.reply.refused, outcome.reply.refused
        new = [
            NewAsset(name=f"{number}.png", url=f"http://images.test/{number}.png") for number in range(assets)
        ]
        for dataset in datasets:
            self._append(dataset, NewAssets(start=0, assets=new))
        self.read_log()

    def _append(self, dataset: str, new: NewAssets) -> None:
        self._write(lambda rows: append_assets(rows, dataset, new))
