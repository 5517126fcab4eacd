"""The pages' edges in memory, for tests without a browser; `tests.support.visitor` is who looks at the pages.

What lies behind the edges is real where it can be: stores on a `Disk`, tools, sync, compute functions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.support.fake_server import DEMO_ASSETS, DEMO_RECORDS, Server
from tests.support.fake_viewport_canvas import FakeViewportCanvas
from webapp.py.compute import protocol
from webapp.py.domain.model import Asset
from webapp.py.domain.wire import PROTOCOL, AssetPage, SignedIn, SyncReply, SyncRequest
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.dicomweb import Found, Resource
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.ports.images import ImageFailure, ImageRef, ImageTrouble
from webapp.py.pages.ports.server import Demo, NoServer, SignInRefused
from webapp.py.pages.ports.viewport import CanvasEvents
from webapp.py.store.local import LocalStore, News, StorageProblem
from webapp.py.store.memory import Disk, MemoryLocalStore
from webapp.py.store.sync import Offline, SignedOut, Sync
from webapp.py.workspace.gestures import Gestures

SIZE = (100, 80)
"""Width and height of every picture."""


class Machine:
    """What stays when a page is closed: databases by person, small texts; and the pages that are open."""

    def __init__(self) -> None:
        self.tabs: dict[str, list[Callable[[News], None]]] = {}
        self.disks: dict[str, Disk] = {}
        self.memory: dict[str, str] = {}
        self.now = 1_700_000_000_000


class FakePicture:
    def __init__(self, url: str) -> None:
        self.width, self.height = SIZE
        self.bitmap = url
        self.overview = None
        self.header: Header | None = None
        self.scalars: ScalarImage | None = None
        self.overlay: NDArray[np.uint8] | None = None
        self.frame = 0
        self.closed = False

    def close(self) -> None:
        self.closed = True


async def no_pacs(place: Resource, offset: int, limit: int, matching: dict[str, str]) -> list[Found]:
    raise ImageProblem("unreachable", "The server could not be reached.")


class FakePorts:
    """Every port of the pages in memory, in one object. ``server`` None is a site without a sync server."""

    def __init__(self, machine: Machine | None = None, server: Server | None = None) -> None:
        self.computer = machine or Machine()
        self.sync_server = server
        self.offline = False
        self.demo_project: Demo | None = Demo(DEMO_RECORDS, list(DEMO_ASSETS))
        self.picture_problems: dict[str, ImageFailure] = {}
        self.pictures: list[FakePicture] = []
        self.scans: dict[str, tuple[Header | None, ScalarImage | None]] = {}
        self.prefetched: list[str] = []
        self.thumbnails: list[str] = []
        self.thumbnails_now = self.thumbnails_at_once = 0
        self.pacs: Callable[[Resource, int, int, dict[str, str]], Awaitable[list[Found]]] = no_pacs
        self.stages: list[FakeViewportCanvas] = []
        self.local: MemoryLocalStore | None = None
        self.sync: Sync | None = None
        self.page_of = ""
        self.title = ""
        self.fragment = ""
        self.history: list[str] = []
        self.followed: Callable[[str], Coroutine[Any, Any, None]] | None = None
        self.reloads = 0
        self.dark: bool | None = None
        self.no_storage: StorageProblem | None = None
        self.brought_back = 0
        self.saved: list[tuple[str, bytes, str]] = []
        self.to_pick: bytes | None = None
        self.timers: list[Callable[[], None]] = []
        self.focus_moves: list[int] = []
        self.matching: frozenset[str] = frozenset()
        self.revealed: Any = None
        self.media: dict[str, list[Callable[[bool], None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def server(self) -> FakePorts:
        return self

    @property
    def machine(self) -> FakePorts:
        return self

    @property
    def window(self) -> FakePorts:
        return self

    @property
    def images(self) -> FakePorts:
        return self

    @property
    def compute(self) -> FakePorts:
        return self

    @property
    def viewports(self) -> FakePorts:
        return self

    # --- the server

    async def session(self) -> SignedIn:
        self._reach()
        if self.sync_server is None:
            raise NoServer
        self.sync_server.check()
        return self.sync_server.signed_in

    async def sign_in(self, email: str, password: str) -> SignedIn:
        if self.offline:
            raise Offline("The server cannot be reached.")
        assert self.sync_server is not None
        found = self.sync_server.accounts.get((email, password))
        if found is None:
            raise SignInRefused("E-mail or password is wrong.")
        self.sync_server.signed_in = found
        return found

    async def sign_out(self) -> None:
        self._reach()
        assert self.sync_server is not None
        self.sync_server.signed_in = SignedIn(protocol=PROTOCOL)

    async def asset_page(self, dataset: str, start: int) -> AssetPage:
        self._reach()
        assert self.sync_server is not None
        if dataset in self.sync_server.withheld:
            raise self.sync_server.withheld[dataset]
        assets = self.sync_server.assets.get(dataset, [])
        return AssetPage(dataset=dataset, start=start, total=len(assets), assets=assets[start : start + 1000])

    async def add_assets(self, dataset: str, start: int, assets: Sequence[Asset]) -> int:
        self._reach()
        assert self.sync_server is not None
        listed = self.sync_server.assets.setdefault(dataset, [])
        assert start == len(listed)
        listed += assets
        return len(listed)

    async def demo(self) -> Demo:
        self._reach()
        if self.demo_project is None:
            raise Offline("This site has no demo project.")
        return self.demo_project

    def _reach(self) -> None:
        if self.offline:
            raise Offline("The server cannot be reached.")
        if (
            self.page_of
            and self.sync_server is not None
            and self.sync_server.signed_in.person != self.page_of
        ):
            raise SignedOut("Sign in again.")

    # --- this machine

    async def open_local(
        self, person: str, heard: Callable[[News], None], recovered: Callable[[int], None]
    ) -> LocalStore:
        if self.no_storage is not None:
            raise self.no_storage
        if self.brought_back:
            recovered(self.brought_back)
        local = MemoryLocalStore(self.computer.disks.setdefault(person, Disk()))
        tabs = self.computer.tabs.setdefault(person, [])
        tabs.append(heard)

        def tell(news: News) -> None:
            for other in tabs:
                if other is not heard:
                    other(news)

        local.on_change = tell
        self.local = local
        return local

    async def start_sync(self, local: LocalStore, person: str) -> Sync:
        self.page_of = person

        async def send(request: SyncRequest) -> SyncReply:
            self._reach()
            assert self.sync_server is not None
            return await self.sync_server.send(request)

        self.sync = Sync(local, send, "client-1")
        return self.sync

    def recall(self, key: str) -> str | None:
        return self.computer.memory.get(key)

    def remember(self, key: str, value: str | None) -> None:
        if value is None:
            self.computer.memory.pop(key, None)
        else:
            self.computer.memory[key] = value

    # --- images and calculations

    async def load(self, ref: ImageRef, *, keep_decoded: bool = False) -> FakePicture:
        if ref.url in self.picture_problems:
            raise ImageTrouble(self.picture_problems[ref.url])
        self.pictures.append(FakePicture(ref.url))
        self.pictures[-1].header, self.pictures[-1].scalars = self.scans.get(ref.url, (None, None))
        return self.pictures[-1]

    async def dicomweb_list(
        self, place: Resource, offset: int = 0, limit: int = 100, **matching: str
    ) -> list[Found]:
        return await self.pacs(place, offset, limit, matching)

    async def thumbnail(self, ref: ImageRef) -> str:
        if ref.url in self.picture_problems:
            raise ImageTrouble(self.picture_problems[ref.url])
        self.thumbnails_now += 1
        self.thumbnails_at_once = max(self.thumbnails_at_once, self.thumbnails_now)
        try:
            await asyncio.sleep(0)
        finally:
            self.thumbnails_now -= 1
        self.thumbnails.append(f"blob:{ref.address}")
        return self.thumbnails[-1]

    def forget_thumbnail(self, address: str) -> None:
        self.thumbnails.remove(address)

    def prefetch(self, refs: Sequence[ImageRef]) -> None:
        self.prefetched = [ref.url for ref in refs]

    async def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        on_progress: Callable[[protocol.Progress], None] | None = None,
    ) -> Any:
        asked = protocol.unpack(*protocol.pack(dict(arguments)))
        answer = await protocol.run(function, asked, on_progress or (lambda progress: None))
        return protocol.unpack(*protocol.pack(answer))

    def make_canvas(
        self,
        element: Any,
        gestures_of: Callable[[Any], Gestures],
        events: CanvasEvents,
    ) -> FakeViewportCanvas:
        self.stages.append(FakeViewportCanvas(gestures_of, self.compute, events))
        return self.stages[-1]

    # --- the page

    def go(self, fragment: str, *, replace: bool = False) -> None:
        if replace and self.history:
            self.history.pop()
        self.history.append(fragment)
        self.fragment = fragment
        if self.followed is not None:
            self.spawn(self.followed(fragment))

    def reload(self) -> None:
        self.reloads += 1

    def visible(self) -> bool:
        return True

    def set_title(self, title: str) -> None:
        self.title = title

    def watch_system_dark(self, heard: Callable[[bool], None]) -> bool:
        self.system_dark = heard
        return True

    def paint_theme(self, dark: bool) -> None:
        self.dark = dark

    def save_file(self, name: str, content: bytes, media_type: str) -> None:
        self.saved.append((name, content, media_type))

    async def pick_file(self, accept: str) -> bytes | None:
        return self.to_pick

    def move_focus(self, parts: Sequence[str], by: int) -> None:
        self.focus_moves.append(by)

    def step_focus(self, lines: str, by: int) -> None:
        self.focus_moves.append(by)

    def now_ms(self) -> int:
        return self.computer.now

    def spawn(self, work: Coroutine[Any, Any, None]) -> Callable[[], object]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        return task.cancel

    def reveal(self, element: Any) -> None:
        self.revealed = element

    def watch_media(self, query: str, heard: Callable[[bool], None]) -> Callable[[], None]:
        self.media.setdefault(query, []).append(heard)
        heard(query in self.matching)
        return lambda: self.media[query].remove(heard)

    def match(self, query: str, on: bool) -> None:
        """Let a media query begin or cease to match, as when the window is resized."""
        self.matching = self.matching | {query} if on else self.matching - {query}
        for heard in self.media.get(query, []):
            heard(on)

    def watch_size(self, element: Any, heard: Callable[[float], None]) -> Callable[[], None]:
        return lambda: None

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        self.timers.append(call)

        def call_off() -> None:
            if call in self.timers:
                self.timers.remove(call)

        return call_off

    def pass_time(self) -> None:
        """Let the time come of everything that waits for it."""
        waiting, self.timers = self.timers, []
        for call in waiting:
            call()

    async def settle(self) -> None:
        """Wait until nothing runs beside any more; what failed there fails here."""
        while self._tasks:
            task = self._tasks.pop()
            await asyncio.wait([task])
            if not task.cancelled():
                task.result()
