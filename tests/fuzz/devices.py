"""Machines and the pages open on them: a disk each, stores, a sync, and what can be undone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from msgspec import Struct

from webapp.py.domain import ops as domain_ops
from webapp.py.domain.model import Fields, Invalid
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import SyncReply, SyncRequest
from webapp.py.store.local import Applied, News, RecordKey
from webapp.py.store.memory import Disk, MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.store.sync import Sync


class Made(Struct):
    """An op that somebody made, and whether their page ever called it saved."""

    op: Op
    scope: str
    person: str
    device: Device
    saved: bool = False
    answered_for: bool = False
    """The person was shown it as refused and dismissed it or sent it again."""


class Device:
    """A machine: a disk, and the tabs open on it."""

    def __init__(self, name: str, person: str) -> None:
        self.name = name
        self.person = person
        self.disk = Disk()
        self.tabs: list[Tab] = []
        self.bad_disk = False
        self.partial: set[str] = set()
        """Scopes that were reset and have not come down whole yet."""


class WatchedStore(MemoryLocalStore):
    """A door to a device's disk that says when a reset is under way."""

    def __init__(self, device: Device) -> None:
        super().__init__(device.disk)
        self._device = device

    async def apply_reply(self, scope: str, sent_cursor: str, reply: SyncReply) -> Applied:
        """See `LocalStore.apply_reply`."""
        revision = self.disk.scope(scope).revision
        try:
            return await super().apply_reply(scope, sent_cursor, reply)
        finally:
            if self.disk.scope(scope).revision > revision and self.disk.scope(scope).cursor == reply.cursor:
                if not reply.more:
                    self._device.partial.discard(scope)
                elif reply.reset:
                    self._device.partial.add(scope)


class Surroundings(Protocol):
    """What a tab needs of the world around it."""

    made: dict[str, Made]
    """All ops edited in anywhere, by id."""
    setters: dict[tuple[RecordKey, str], set[int]]
    """Which tabs ever set a field of a record."""

    async def use_disk(self, device: Device) -> None:
        """Take the time of a disk, or fail like one."""

    async def deliver(self, person: str, request: SyncRequest) -> SyncReply:
        """Carry a request to the server and the reply back."""
        ...


class Tab:
    """One open page: its stores, its sync, its tasks, and what can be undone in it."""

    def __init__(self, world: Surroundings, device: Device) -> None:
        self.world = world
        self.device = device
        self.local = WatchedStore(device)
        self.stores: dict[str, Store] = {}
        self.history: list[tuple[str, list[Op]]] = []
        self.news: list[News] = []
        self.unsaved: dict[str, list[str]] = {}
        self.shown: dict[str, dict[tuple[RecordKey, str], str]] = {}
        """By scope, record and field: the op that set it last in this tab."""
        self.tasks: list[asyncio.Task[None]] = []
        self.local.on_change = self._tell
        self.local.before = self._hook
        self.local.after = self._hook
        self.sync = Sync(self.local, self._send, device.name)

    async def open(self, scopes: list[str]) -> None:
        """Open the stores; a tab whose disk does not answer is closed again."""
        for scope in scopes:
            store = await Store.open(self.local, scope)
            self.stores[scope] = store
            store.subscribe_status(self._saved_noter(scope))
            self.sync.watch(store)
        self.device.tabs.append(self)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside everything else."""
        self.tasks.append(asyncio.ensure_future(work))

    def kill(self) -> None:
        """End the page in the middle of whatever it is doing."""
        for task in [*self.tasks, *(store._writer for store in self.stores.values())]:
            if task is not None:
                task.cancel()
        if self in self.device.tabs:
            self.device.tabs.remove(self)

    def edit(self, scope: str, new: list[Op], *, undoable: bool = True) -> bool:
        """Edit as the page does, remembering how to undo it; False when the page would not let it."""
        store = self.stores[scope]
        inverse: list[Op] = []
        after: dict[RecordKey, Fields | None] = {}
        for op in new:
            key = (op.table, op.id)
            before = after[key] if key in after else store.get_deleted(*key)
            inverse.insert(0, domain_ops.inverse(before, op))
            after[key] = domain_ops.apply(before, op)
        try:
            store.edit(new)
        except Invalid:
            return False
        for key, fields in after.items():
            assert store.get_deleted(*key) == fields, "an edit does not show at once"
        self.track(scope, new)
        if undoable:
            self.history.append((scope, inverse))
        return True

    def track(self, scope: str, new: list[Op]) -> None:
        """Remember ops that were edited in, and wait for them to be called saved."""
        self.unsaved.setdefault(scope, []).extend(op.op_id for op in new)
        for op in new:
            self.world.made[op.op_id] = Made(
                op=op, scope=scope, person=self.device.person, device=self.device
            )
            for name in op.fields:
                place = (op.table, op.id), name
                self.world.setters.setdefault(place, set()).add(id(self))
                self.shown.setdefault(scope, {})[place] = op.op_id

    def _saved_noter(self, scope: str) -> Callable[[], None]:
        def note() -> None:
            status = self.stores[scope].status
            if status.saved and status.storage_problem is None:
                for op_id in self.unsaved.pop(scope, []):
                    self.world.made[op_id].saved = True

        return note

    def _tell(self, news: News) -> None:
        for tab in self.device.tabs:
            if tab is not self:
                tab.news.append(news)

    async def _hook(self, _method: str) -> None:
        await self.world.use_disk(self.device)

    async def _send(self, request: SyncRequest) -> SyncReply:
        return await self.world.deliver(self.device.person, request)
