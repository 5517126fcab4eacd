"""Random people on random devices over a bad network, against the real server, all decided by one seed."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from tests.fuzz.devices import Device, Made, Tab
from tests.fuzz.edits import random_edit
from tests.fuzz.real_server import RealServer
from webapp.py.domain.model import Invalid
from webapp.py.domain.permissions import ROLES
from webapp.py.domain.wire import SETUP, SyncReply, SyncRequest, project_scope
from webapp.py.store.local import RecordKey, StorageProblem
from webapp.py.store.store import Store
from webapp.py.store.sync import Offline, read_reply

ASSETS = 3
TOO_LARGE = b'{"code": "too-large", "message": "Too large for the proxy."}'


class World:
    """Everything there is in one run."""

    def __init__(self, seed: int, home: Path) -> None:
        self.random = random.Random(seed)
        self.server = RealServer(home, projects=2, assets=ASSETS)
        self.calm = False
        self.made: dict[str, Made] = {}
        self.setters: dict[tuple[RecordKey, str], set[int]] = {}
        self.paused: list[asyncio.Future[None]] = []
        self.late: list[tuple[str, str, bytes]] = []
        self.trace: deque[str] = deque(maxlen=40)
        self.counter = 0
        self.proxy_limit = self.random.choice([None, 6_000])
        self.people = [self.server.admin, *(self.server.add_person(None) for _ in range(3))]
        for project in self.server.projects:
            for person, role in zip(self.people[1:], ("annotator", "annotator", "reviewer"), strict=True):
                self.server.set_role(project, person, role)  # type: ignore[arg-type]
        self.devices = [
            Device(f"device-{number}", person)
            for number, person in enumerate([*self.people, *self.random.sample(self.people, 2)])
        ]

    @property
    def scopes(self) -> list[str]:
        """All scopes there are."""
        return [SETUP, *(project_scope(project) for project in self.server.projects)]

    @property
    def tabs(self) -> list[Tab]:
        """All open tabs."""
        return [tab for device in self.devices for tab in device.tabs]

    async def pause(self) -> None:
        """Hold up the caller until the world lets it go on, at a random moment."""
        if not self.calm:
            gate = asyncio.get_running_loop().create_future()
            self.paused.append(gate)
            await gate

    def release(self, everything: bool = False) -> None:
        """Let one held-up task go on, not the oldest first; or all of them."""
        for _ in range(len(self.paused) if everything else min(1, len(self.paused))):
            gate = self.paused.pop(self.random.randrange(len(self.paused)))
            if not gate.done():
                gate.set_result(None)

    async def use_disk(self, device: Device) -> None:
        """Keep a tab waiting for its disk, or fail, when it is a bad one."""
        if self.calm:
            return
        if device.bad_disk and self.random.random() < 0.5:
            raise StorageProblem("The disk of this machine is full.", "full")
        if self.random.random() < 0.1:
            await self.pause()

    async def deliver(self, person: str, request: SyncRequest) -> SyncReply:
        """Carry a request to the server and the reply back, or whatever becomes of them on the way."""
        body, token = msgspec.json.encode(request), self.server.tokens[person]
        fates = ["lost", "late", "lost reply", "doubled", "busy", "cut", *["fine"] * 14]
        fate = "fine" if self.calm else self.random.choice(fates)
        self.trace.append(f"  {person[-4:]} sends {len(request.ops)} ops for {request.scope[-4:]}: {fate}")
        if self.proxy_limit and len(body) > self.proxy_limit:
            return read_reply(413, TOO_LARGE)
        if not self.calm and self.random.random() < 0.4:
            await self.pause()
        if fate in ("late", "doubled"):
            self.late.append((person, token, body))
        if fate in ("lost", "late"):
            raise Offline("The server cannot be reached.")
        if fate == "busy":
            return read_reply(503, b"")
        status, answer = await self.server.sync(person, token, body)
        if not self.calm and self.random.random() < 0.4:
            await self.pause()
        if fate == "lost reply":
            raise Offline("The answer was lost.")
        if fate == "cut":
            answer = answer[: self.random.randrange(len(answer))]
        return read_reply(status, answer)

    async def begin(self) -> None:
        """Open a tab on every device."""
        self.calm = True
        for device in self.devices:
            await Tab(self, device).open(self.scopes)
        self.calm = False

    async def step(self) -> None:
        """Let one random thing happen."""
        actions: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (30, self._edit),
            (8, self._undo),
            (20, self._sync),
            (20, self._release),
            (6, self._late_arrival),
            (8, self._hear_news),
            (4, self._refresh),
            (4, self._retry),
            (6, self._answer_lists),
            (5, self._open_tab),
            (3, self._kill_tab),
            (1, self._crash_device),
            (3, self._change_role),
            (1, self._expire),
            (3, self._sign_in),
            (2, self._spoil_disk),
            (3, self._mend_disk),
            (1, self._restart_server),
        ]
        weights = [weight for weight, _ in actions]
        action = self.random.choices([action for _, action in actions], weights)[0]
        self.trace.append(action.__name__.strip("_"))
        await action()
        for _ in range(self.random.randrange(6)):
            await asyncio.sleep(0)
        for tab in self.tabs:
            for task in [task for task in tab.tasks if task.done()]:
                tab.tasks.remove(task)
                task.result()

    async def calm_down(self) -> None:
        """Make the world kind: all signed in, all disks good, nothing lost, and let everyone finish."""
        self.calm = True
        for device in self.devices:
            device.bad_disk = False
        for person in self.people:
            self.server.sign_in(person)
        while self.paused:
            self.release(everything=True)
            await asyncio.sleep(0)
        for tab in self.tabs:
            await asyncio.gather(*tab.tasks)
        while self.late:
            await self._late_arrival()
        for device in self.devices:
            if not device.tabs:
                await Tab(self, device).open(self.scopes)
        for tab in self.tabs:
            while tab.news:
                news = tab.news.pop(self.random.randrange(len(tab.news)))
                await tab.stores[news.scope].refresh(news)
        await self.sync_all()

    async def sync_all(self) -> None:
        """Let everyone write, send and hear until nothing changes any more."""
        for _ in range(3):
            for tab in self.tabs:
                for store in tab.stores.values():
                    await store.retry()
                await tab.sync.run_once()
            for tab in self.tabs:
                for store in tab.stores.values():
                    await store.refresh()

    def close(self) -> None:
        """End everything."""
        for tab in list(self.tabs):
            tab.kill()
        self.server.close()

    def _some_tab(self) -> Tab | None:
        tabs = self.tabs
        return self.random.choice(tabs) if tabs else None

    async def _edit(self) -> None:
        if tab := self._some_tab():
            await self.edit_in(tab)

    async def edit_in(self, tab: Tab) -> None:
        """Let the person at a tab make a random edit."""
        scope = self.random.choices(self.scopes, [1, 4, 4])[0]
        self.counter += 1
        new = random_edit(self.random, tab.stores[scope], tab.device.person, self.counter, ASSETS)
        if new:
            tab.edit(scope, new)

    async def _undo(self) -> None:
        tab = self._some_tab()
        if tab and tab.history:
            scope, inverse = tab.history.pop()
            tab.edit(scope, inverse, undoable=self.random.random() < 0.5)

    async def _sync(self) -> None:
        if tab := self._some_tab():
            tab.start(tab.sync.run_once())

    async def _release(self) -> None:
        self.release()

    async def _late_arrival(self) -> None:
        if self.late:
            await self.server.sync(*self.late.pop(self.random.randrange(len(self.late))))

    async def _hear_news(self) -> None:
        tab = self._some_tab()
        if tab and tab.news:
            news = tab.news.pop(self.random.randrange(len(tab.news)))
            if self.random.random() < 0.9:
                tab.start(tab.stores[news.scope].refresh(news))

    async def _refresh(self) -> None:
        if tab := self._some_tab():
            tab.start(tab.stores[self.random.choice(self.scopes)].refresh())

    async def _retry(self) -> None:
        if tab := self._some_tab():
            tab.start(tab.stores[self.random.choice(self.scopes)].retry())

    async def _answer_lists(self) -> None:
        """Send refused ops again, dismiss them, or bring an overwritten value back."""
        tab = self._some_tab()
        if tab is None:
            return
        scope = self.random.choice(self.scopes)
        store = tab.stores[scope]
        refused = [entry.op.op_id for entry in store.refused]
        choice = self.random.choice(["again", "dismiss", "bring back"])
        known = set(store._view.unsaved)
        try:
            if choice == "dismiss" and refused:
                tab.start(self._dismiss(store, refused))
            elif choice == "again" and refused:
                store.send_again(refused)
                self._answered_for(refused)
            elif choice == "bring back" and store.overwritten:
                store.bring_back(self.random.choice(store.overwritten).id)
        except Invalid:
            self.trace.append("  the page says it would not be valid")
        tab.track(scope, [op for op_id, op in store._view.unsaved.items() if op_id not in known])

    async def _dismiss(self, store: Store, refused: list[str]) -> None:
        self._answered_for(refused)
        with contextlib.suppress(StorageProblem):
            await store.dismiss(refused)

    def _answered_for(self, op_ids: list[str]) -> None:
        for op_id in op_ids:
            self.made[op_id].answered_for = True

    async def _open_tab(self) -> None:
        device = self.random.choice(self.devices)
        if len(device.tabs) < 2:
            task = asyncio.ensure_future(self._open(device))
            while not task.done():
                self.release()
                await asyncio.sleep(0)

    async def _open(self, device: Device) -> None:
        try:
            await Tab(self, device).open(self.scopes)
        except StorageProblem:
            self.trace.append("  the disk does not answer")

    async def _kill_tab(self) -> None:
        if tab := self._some_tab():
            tab.kill()

    async def _crash_device(self) -> None:
        for tab in list(self.random.choice(self.devices).tabs):
            tab.kill()

    async def _change_role(self) -> None:
        person = self.random.choice(self.people[1:])
        project = self.random.choice(self.server.projects)
        role = self.random.choice([None, *ROLES])
        self.trace.append(f"  {person[-4:]} is now {role} of {project[-4:]}")
        self.server.set_role(project, person, role)

    async def _expire(self) -> None:
        self.server.expire(self.random.choice(self.people))

    async def _sign_in(self) -> None:
        self.server.sign_in(self.random.choice(self.people))

    async def _spoil_disk(self) -> None:
        self.random.choice(self.devices).bad_disk = True

    async def _mend_disk(self) -> None:
        for device in self.devices:
            device.bad_disk = False

    async def _restart_server(self) -> None:
        self.server.restart()
