"""Pages without a browser: the edges in memory, and a visitor who looks, clicks, draws and types.

What lies behind the edges is real where it can be: stores on a `Disk`, tools, sync, compute functions.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Mapping
from types import SimpleNamespace
from typing import Any, Literal

from webapp.py.browser.patching import Mounted, Patcher
from webapp.py.compute import protocol
from webapp.py.domain.model import Asset, Fields
from webapp.py.domain.permissions import Actor, refusal
from webapp.py.domain.wire import (
    PROTOCOL,
    AssetPage,
    Change,
    Refusal,
    Session,
    SyncReply,
    SyncRequest,
    project_of,
)
from webapp.py.pages.app import App
from webapp.py.pages.edges import Demo, ImageTrouble, NoServer, SignInRefused
from webapp.py.pages.state import Problem, read_route
from webapp.py.pages.tree import Handler, Node, PlainEvent, find_all, text_of
from webapp.py.store.local import LocalStore, News, StorageProblem
from webapp.py.store.memory import Disk, MemoryLocalStore
from webapp.py.store.sync import Offline, Sync
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.messages import Key
from webapp.py.workspace.registry import Registry, find_tools
from webapp.py.workspace.tool import Camera, drag

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
SIZE = (100, 80)
"""Width and height of every picture."""


class Machine:
    """What stays when a page is closed: databases by person, small texts; and the pages that are open."""

    def __init__(self) -> None:
        self.tabs: dict[str, list[Callable[[News], None]]] = {}
        self.disks: dict[str, Disk] = {}
        self.memory: dict[str, str] = {}


class Server:
    """A sync server in memory, with the real permissions; set ``trouble`` to have it fail."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.refuse: str = ""
        self.signed_in: Session = Session(protocol=PROTOCOL)
        self.accounts: dict[tuple[str, str], Session] = {}
        self.records: dict[str, dict[tuple[str, str], Fields]] = {}
        self.assets: dict[str, list[Asset]] = {}
        self.withheld: dict[str, Exception] = {}
        self.requests: list[SyncRequest] = []

    async def send(self, request: SyncRequest) -> SyncReply:
        self.check()
        self.requests.append(request)
        held = self.records.setdefault(request.scope, {})
        reply = SyncReply(cursor=str(len(self.requests)), reset=request.cursor == "")
        for op in request.ops:
            reason = self.refuse or refusal(self._actor(request.scope), op, held.get((op.table, op.id)))
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


class FakePicture:
    def __init__(self, url: str) -> None:
        self.width, self.height = SIZE
        self.bitmap = url
        self.closed = False

    def close(self) -> None:
        self.closed = True


class FakeStage:
    """A viewport that shows nothing, at one screen pixel to an image pixel."""

    def __init__(
        self, gestures_of: Callable[[Any], Gestures], compute: Any, notify: Callable[[str], None]
    ) -> None:
        self.opacity = 0.42
        self.problem: str | None = None
        self.shown: Any = None
        self.background: tuple[float, float, float] | None = None
        self.zooms: list[str] = []
        self.moves: list[Camera] = []
        self.space = False
        self.destroyed = False
        self.notify = notify
        self._compute = compute
        self.gestures = gestures_of(self)

    def show(self, bitmap: Any, width: int, height: int) -> None:
        self.shown = bitmap

    def clear(self) -> None:
        self.shown = None

    def set_background(self, color: tuple[float, float, float]) -> None:
        self.background = color

    def invalidate(self) -> None:
        self.gestures.scene(1.0, self.opacity)

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        self.zooms.append(change)

    def hold_space(self, down: bool) -> None:
        self.space = down

    def key(self, key: Key) -> None:
        self.gestures.handle(key, 1.0)

    def destroy(self) -> None:
        self.destroyed = True

    def move_camera(self, move: Camera) -> None:
        self.moves.append(move)

    def ask(
        self,
        function: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[str], None],
    ) -> None:
        async def ask() -> None:
            try:
                answered(await self._compute(function, arguments))
            except protocol.ComputeProblem as problem:
                failed(str(problem))

        self._asked = asyncio.ensure_future(ask())


class FakeEdges:
    """`webapp.py.pages.edges.Edges` in memory. ``server`` None is a site without a sync server."""

    def __init__(self, machine: Machine | None = None, server: Server | None = None) -> None:
        self.machine = machine or Machine()
        self.server = server
        self.offline = False
        self.demo_project: Demo | None = Demo(DEMO_RECORDS, list(DEMO_ASSETS))
        self.picture_problems: dict[str, Problem] = {}
        self.pictures: list[FakePicture] = []
        self.prefetched: list[str] = []
        self.stages: list[FakeStage] = []
        self.local: MemoryLocalStore | None = None
        self.sync: Sync | None = None
        self.fragment = ""
        self.followed: Callable[[str], Coroutine[Any, Any, None]] | None = None
        self.reloads = 0
        self.dark: bool | None = None
        self.no_storage: StorageProblem | None = None
        self.saved: list[tuple[str, bytes, str]] = []
        self.to_pick: bytes | None = None
        self.timers: list[Callable[[], None]] = []
        self.renders = 0
        self._tasks: set[asyncio.Task[None]] = set()

    # --- the server

    async def session(self) -> Session:
        self._reach()
        if self.server is None:
            raise NoServer
        self.server.check()
        return self.server.signed_in

    async def sign_in(self, email: str, password: str) -> Session:
        self._reach()
        assert self.server is not None
        found = self.server.accounts.get((email, password))
        if found is None:
            raise SignInRefused("E-mail or password is wrong.")
        self.server.signed_in = found
        return found

    async def sign_out(self) -> None:
        self._reach()
        assert self.server is not None
        self.server.signed_in = Session(protocol=PROTOCOL)

    async def asset_page(self, dataset: str, start: int) -> AssetPage:
        self._reach()
        assert self.server is not None
        if dataset in self.server.withheld:
            raise self.server.withheld[dataset]
        assets = self.server.assets.get(dataset, [])
        return AssetPage(dataset=dataset, start=start, total=len(assets), assets=assets[start : start + 1000])

    async def demo(self) -> Demo:
        self._reach()
        if self.demo_project is None:
            raise Offline("This site has no demo project.")
        return self.demo_project

    def _reach(self) -> None:
        if self.offline:
            raise Offline("The server cannot be reached.")

    # --- this machine

    async def open_local(self, person: str, heard: Callable[[News], None]) -> LocalStore:
        if self.no_storage is not None:
            raise self.no_storage
        local = MemoryLocalStore(self.machine.disks.setdefault(person, Disk()))
        tabs = self.machine.tabs.setdefault(person, [])
        tabs.append(heard)

        def tell(news: News) -> None:
            for other in tabs:
                if other is not heard:
                    other(news)

        local.on_change = tell
        self.local = local
        return local

    async def start_sync(self, local: LocalStore) -> Sync:
        async def send(request: SyncRequest) -> SyncReply:
            self._reach()
            assert self.server is not None
            return await self.server.send(request)

        self.sync = Sync(local, send, "client-1")
        return self.sync

    def recall(self, key: str) -> str | None:
        return self.machine.memory.get(key)

    def remember(self, key: str, value: str | None) -> None:
        if value is None:
            self.machine.memory.pop(key, None)
        else:
            self.machine.memory[key] = value

    # --- images and calculations

    async def picture(self, url: str) -> FakePicture:
        if url in self.picture_problems:
            raise ImageTrouble(self.picture_problems[url])
        self.pictures.append(FakePicture(url))
        return self.pictures[-1]

    async def thumbnail(self, url: str) -> str:
        if url in self.picture_problems:
            raise ImageTrouble(self.picture_problems[url])
        return f"blob:{url}"

    def prefetch(self, urls: list[str]) -> None:
        self.prefetched += urls

    async def compute(
        self,
        function: str,
        arguments: Mapping[str, Any],
        on_progress: Callable[[protocol.Progress], None] | None = None,
    ) -> Any:
        asked = protocol.unpack(*protocol.pack(dict(arguments)))
        answer = await protocol.run(function, asked, on_progress or (lambda progress: None))
        return protocol.unpack(*protocol.pack(answer))

    def stage(
        self,
        element: Any,
        gestures_of: Callable[[Any], Gestures],
        notify: Callable[[str], None],
        report: Callable[[tuple[float, float] | None, float], None],
    ) -> FakeStage:
        self.stages.append(FakeStage(gestures_of, self.compute, notify))
        return self.stages[-1]

    # --- the page

    def go(self, fragment: str) -> None:
        self.fragment = fragment
        if self.followed is not None:
            self.spawn(self.followed(fragment))

    def reload(self) -> None:
        self.reloads += 1

    def paint_theme(self, dark: bool) -> None:
        self.dark = dark

    def save_file(self, name: str, content: bytes, media_type: str) -> None:
        self.saved.append((name, content, media_type))

    async def pick_file(self, accept: str) -> bytes | None:
        return self.to_pick

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        self.timers.append(call)

        def call_off() -> None:
            if call in self.timers:
                self.timers.remove(call)

        return call_off

    def render(self) -> None:
        self.renders += 1

    async def settle(self) -> None:
        """Wait until nothing runs beside any more; what failed there fails here."""
        while self._tasks:
            await self._tasks.pop()


class Paper:
    """A document whose elements only are: enough for the real patcher to hand them to whoever asks."""

    def create(self, tag: str, svg: bool) -> Any:
        return SimpleNamespace(clientHeight=600, scrollTop=0, textContent="")

    def text(self, value: str) -> Any:
        return None

    def set_text(self, element: Any, value: str) -> None: ...

    def set_attribute(self, element: Any, name: str, value: str | None) -> None: ...

    def set_property(self, element: Any, name: str, value: Any) -> None: ...

    def insert(self, parent: Any, child: Any, before: Any | None) -> None: ...

    def remove(self, child: Any) -> None: ...

    def listen(self, element: Any, event: str, handlers: Mapping[str, Handler]) -> None: ...

    def forget(self, element: Any) -> None: ...


class Visitor:
    """A person in front of the page: sees the tree, clicks, types, draws. Made by `visit`."""

    def __init__(self, edges: FakeEdges, registry: Registry | None = None) -> None:
        self.edges = edges
        self.app = App(edges, registry or find_tools())
        edges.followed = lambda fragment: self.app.navigate(read_route(fragment))
        self._patcher = Patcher(Paper())
        self._mounted: Mounted | None = None

    @property
    def page(self) -> Node:
        """The page as it is now; elements that appeared or went are handed to whoever asked for them."""
        tree = self.app.view()
        if self._mounted is None:
            self._mounted = self._patcher.mount(None, tree)
        else:
            self._mounted = self._patcher.patch(None, self._mounted, tree)
        return tree

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return text_of(self.page)

    @property
    def stage(self) -> FakeStage:
        """The viewport at hand."""
        return self.edges.stages[-1]

    def button(self, label: str) -> Node:
        """Return the one button with this label (its text or its name)."""
        found = [
            node
            for node in find_all(self.page, "button")
            if label in (text_of(node), node.attrs.get("aria-label"))
        ]
        if len(found) != 1:
            raise LookupError(f"{len(found)} buttons {label!r} on the page: {self.text!r}")
        return found[0]

    async def click(self, label: str) -> None:
        """Click a button, and wait for what it starts."""
        button = self.button(label)
        if "disabled" in button.attrs:
            raise LookupError(f"the button {label!r} is greyed out")
        await self.fire(button, "click")

    async def fire(self, node: Node, event: str, **facts: Any) -> PlainEvent:
        """Call a handler as the browser would, and wait for what it starts."""
        given = PlainEvent(type=event, **facts)
        answer = node.handlers[event](given)
        if inspect.isawaitable(answer):
            await answer
        await self.settle()
        return given

    async def sign_in(self, email: str, password: str) -> None:
        """Fill the form in and send it."""
        fields = SimpleNamespace(email=SimpleNamespace(value=email), password=SimpleNamespace(value=password))
        raw = SimpleNamespace(currentTarget=SimpleNamespace(elements=fields))
        (form,) = find_all(self.page, "form")
        await self.fire(form, "submit", raw=raw)

    async def draw(self, *points: tuple[float, float]) -> None:
        """Drag the pointer over the image, from point to point."""
        assert self.page
        for event in drag(*points):
            self.stage.gestures.handle(event, 1.0)
        await self.settle()

    async def press(self, key: str, *, ctrl: bool = False, shift: bool = False) -> bool:
        """Press a key on the page; True when it was for the workspace."""
        assert self.page
        taken = self.app.desk.key(Key(key, ctrl=ctrl, shift=shift))
        await self.settle()
        return taken

    async def go(self, fragment: str) -> None:
        """Follow an address on this page."""
        self.edges.go(fragment)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing runs any more and all writes are done; then look at the page."""
        await self.edges.settle()
        for store in self.app.state.stores:
            await store.settled()
        assert self.page
        await self.edges.settle()


async def visit(
    edges: FakeEdges | None = None, fragment: str = "", registry: Registry | None = None
) -> Visitor:
    """Open the page at an address and wait until it stands."""
    visitor = Visitor(edges or FakeEdges(), registry)
    await visitor.app.start(fragment)
    await visitor.settle()
    return visitor
