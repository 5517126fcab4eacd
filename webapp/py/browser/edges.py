"""The pages' edges, fulfilled: server, images, storage, files, timers of this browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar
from weakref import WeakValueDictionary, finalize

import js
import msgspec

from webapp.py.browser import platform
from webapp.py.browser.boot import BootInfo
from webapp.py.browser.dicom import picture_of
from webapp.py.browser.dicomweb import Dicomweb
from webapp.py.browser.http import Answer, Changes, Http
from webapp.py.browser.images import Images, LoadedImage
from webapp.py.browser.journal import open_store
from webapp.py.browser.keys import move_focus, step_focus
from webapp.py.browser.stage import Stage
from webapp.py.browser.tabs import Tabs
from webapp.py.compute.protocol import Progress
from webapp.py.domain.ids import new_id
from webapp.py.domain.model import Asset
from webapp.py.domain.wire import MOST_ASSETS, AssetPage, Session
from webapp.py.geometry.image_parts import frame_address
from webapp.py.imaging.dicomweb import Found, Resource
from webapp.py.imaging.dicomweb_access import SERVERS_KEY, DicomwebServer, read_servers
from webapp.py.imaging.looks import split_look, window_of
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.app import MOST_DOWNLOADS
from webapp.py.pages.edges import Demo, ImageTrouble, NoServer, SignInRefused
from webapp.py.pages.state import SOLO, Problem
from webapp.py.store.local import LocalStore, News
from webapp.py.store.sync import Offline, SignedOut, Sync, SyncProblem
from webapp.py.workspace.gestures import Gestures

_TITLES = {
    "no_cors": "The image server does not let this page read it",
    "unauthorized": "The image server asks who you are",
    "forbidden": "The image server refuses",
    "not_found": "There is no image at this address",
    "unreachable": "The image server cannot be reached",
    "offline": "No network, and this image is not on this machine",
    "mixed_content": "The browser blocks this address",
    "not_an_image": "This is not an image",
    "truncated": "The image is damaged",
    "too_large": "The image is too large",
    "unsupported": "This kind of image cannot be shown",
    "server_error": "The image server has trouble",
    "dicomweb": "The server answered with something else than DICOM",
}
_CLIENT = "limner.client"
THUMBNAIL = 128
"""Pixels of the longer side of a thumbnail."""
TELL_MS = 500.0
"""Least time between two words on how far a file is on its way."""
T = TypeVar("T")


class BrowserEdges:
    """`webapp.py.pages.edges.Edges` in a real browser."""

    def __init__(self, boot: BootInfo) -> None:
        self._boot = boot
        self._http = Http(boot.base)
        self._local: LocalStore | None = None
        self._dicomweb = Dicomweb(self.compute, self._dicomweb_servers, self._note_download)
        self._images = Images(self.compute, self._dicomweb, build=boot.build)
        self._shown: WeakValueDictionary[str, LoadedImage] = WeakValueDictionary()
        boot.compute.file_of = self._file_of
        boot.compute.values_of = self._values_of
        self._tasks: set[asyncio.Task[None]] = set()
        self._ahead: dict[str, Callable[[], object]] = {}
        self._render: Callable[[], None] = lambda: None
        self._on_error: Callable[[BaseException], None] = lambda problem: None
        self._on_download: Callable[[str, int, int | None], None] = lambda address, received, expected: None
        self._told: dict[str, float] = {}
        self._changes: Changes | None = None
        self._tabs: Tabs | None = None

    def connect(
        self,
        render: Callable[[], None],
        on_error: Callable[[BaseException], None],
        on_download: Callable[[str, int, int | None], None],
    ) -> None:
        """Say how the state is shown and who hears of errors and of how far a file is on its way."""
        self._render, self._on_error, self._on_download = render, on_error, on_download

    def _note_download(self, address: str, received: int, expected: int | None) -> None:
        now = float(js.performance.now())
        if now - self._told.get(address, -TELL_MS) >= TELL_MS:
            self._told = {**dict(list(self._told.items())[-MOST_DOWNLOADS:]), address: now}
            self._on_download(address, received, expected)

    async def place_icons(self) -> None:
        """Put the site's icons into the page, where every page's ``<use>`` finds them."""
        try:
            answer = await self._http.ask("GET", self._boot.site["icons"])
        except Offline:
            return  # buttons keep their names and hover help
        holder = js.document.createElement("div")
        holder.hidden = True
        holder.innerHTML = answer.body.decode()
        js.document.body.prepend(holder)

    async def open_images(self) -> None:
        """Open the place where images are kept while the page still waits for other things."""
        await self._images.open()

    def missing(self) -> list[str]:
        """Return a sentence for each thing that the browser does not allow at this address."""
        return [entry.message for entry in platform.find_missing()]

    # --- the server

    async def session(self) -> Session:
        """Ask the server who is signed in."""
        answer = await self._http.ask("GET", "api/session")
        if not answer.is_json or answer.status == 404:
            raise NoServer
        if not answer.ok:
            raise Offline(answer.problem().message)
        return _decode(answer, Session)

    async def sign_in(self, email: str, password: str) -> Session:
        """Sign in."""
        answer = await self._http.ask("POST", "api/session", {"email": email, "password": password})
        if not answer.ok:
            raise SignInRefused(answer.problem().message)
        return _decode(answer, Session)

    async def sign_out(self) -> None:
        """Sign out."""
        await self._http.ask("DELETE", "api/session")

    async def asset_page(self, dataset: str, start: int) -> AssetPage:
        """Fetch a page of a dataset from the server."""
        path = f"api/datasets/{dataset}/assets?start={start}&limit={MOST_ASSETS}"
        answer = await self._http.ask("GET", path)
        if answer.status == 401:
            raise SignedOut("Your sign-in has ended.")
        if not answer.ok:
            raise SyncProblem(answer.problem().message)
        return _decode(answer, AssetPage)

    async def add_assets(self, dataset: str, start: int, assets: Sequence[Asset]) -> int:
        """Append images to a dataset on the server; returns how many it has now."""
        rows = [{"name": one.name, "folder": one.folder, "url": one.url} for one in assets]
        body = {"start": start, "assets": rows}
        answer = await self._http.ask("POST", f"api/datasets/{dataset}/assets", body)
        if answer.status == 401:
            raise SignedOut("Your sign-in has ended.")
        if not answer.ok:
            raise SyncProblem(answer.problem().message)
        return int(msgspec.json.decode(answer.body)["total"])

    async def demo(self) -> Demo:
        """Fetch the demo project of the site."""
        path = self._boot.demo
        if path is None:
            raise Offline("This site has no demo project.")
        folder = path.rpartition("/")[0]
        records, listed = await self._json(path), await self._json(f"{folder}/assets.json")
        assets = [
            Asset(ordinal=at, name=one["name"], folder=one["folder"], url=f"{folder}/{one['path']}")
            for at, one in enumerate(listed)
        ]
        return Demo(records, assets)

    async def _json(self, path: str) -> Any:
        answer = await self._http.ask("GET", path)
        if not answer.ok:
            raise Offline(answer.problem().message)
        return msgspec.json.decode(answer.body)

    # --- this machine

    async def open_local(
        self, person: str, heard: Callable[[News], None], recovered: Callable[[int], None]
    ) -> LocalStore:
        """Open the durable store of a person on this machine; other tabs' writes are told to ``heard``."""
        self.spawn(_ask_to_keep())
        self._tabs = Tabs(person)
        self._tabs.listen(heard)
        script = js.URL.new(self._boot.site["journal"], self._boot.base).href
        local = await open_store(person, script, solo=person == SOLO, recovered=recovered)
        local.on_change = self._tabs.tell
        self._local = local
        return local

    async def _dicomweb_servers(self) -> list[DicomwebServer]:
        # Asked anew each time: another tab may have changed them.
        return read_servers(await self._local.get_meta(SERVERS_KEY)) if self._local is not None else []

    async def start_sync(self, local: LocalStore) -> Sync:
        """Start sending and receiving; runs until the page goes."""
        client = self.recall(_CLIENT) or new_id()
        self.remember(_CLIENT, client)
        sync = Sync(local, self._http.send, client, leadership=self._tabs)
        self.spawn(sync.run_forever())
        self._changes = Changes(self._http.url("api/events"), sync.wake)
        return sync

    def recall(self, key: str) -> str | None:
        """Return a small text kept on this machine."""
        text = js.localStorage.getItem(key)
        return str(text) if text else None  # what is not there is JavaScript's null, which is not None

    def remember(self, key: str, value: str | None) -> None:
        """Keep a small text on this machine, or forget it."""
        if value is None:
            js.localStorage.removeItem(key)
        else:
            js.localStorage.setItem(key, value)

    # --- images and calculations

    async def picture(self, url: str, frame: int = 0) -> LoadedImage:
        """Load an image."""
        try:
            return self._take(url, frame, await self._images.load(url, frame))
        except ImageProblem as problem:
            raise ImageTrouble(_as_problem(problem, url)) from None

    async def slice(self, url: str, frame: int = 0) -> LoadedImage:
        """Load a DICOM image as a slice of a stack."""
        try:
            return self._take(url, frame, await self._images.load_slice(url, frame))
        except ImageProblem as problem:
            raise ImageTrouble(_as_problem(problem, url)) from None

    def _take(self, url: str, frame: int, picture: LoadedImage) -> LoadedImage:
        """Remember what is shown, so that the worker can be given its pixels."""
        address = frame_address(url, frame)
        self._shown[address] = picture
        finalize(picture, self._left, address)
        return picture

    def _left(self, address: str) -> None:
        """Let the worker forget an image, unless it is shown once more."""
        if self._shown.get(address) is None:
            self._boot.compute.forget_image(address)

    def _file_of(self, address: str) -> Any | None:
        """Return an image that is being shown, for the compute worker: its file, or what its window shows."""
        name, look = split_look(address)
        picture = self._shown.get(name)
        if picture is None:
            return None
        if picture.grey is not None and picture.header is not None:
            grey = picture.grey
            seen = window_of(look, picture.header.windows) if look else (grey.window, grey.inverted)
            return picture_of(grey, *seen)
        return picture.file

    def _values_of(self, address: str) -> Any | None:
        """Return the values of a slice that is in memory, for the compute worker."""
        picture = self._shown.get(address)
        return picture.grey.values if picture is not None and picture.grey is not None else None

    async def dicomweb_list(
        self, place: Resource, offset: int = 0, limit: int = 100, **matching: str
    ) -> list[Found]:
        """Return what a DICOMweb server lists in a place; raises `ImageProblem`."""
        return await self._dicomweb.search(place, offset, limit, **matching)

    async def thumbnail(self, url: str) -> str:
        """Return an address of a small copy of an image."""
        try:
            blob = await self._images.thumbnail(url, THUMBNAIL)
        except ImageProblem as problem:
            raise ImageTrouble(_as_problem(problem, url)) from None
        return str(js.URL.createObjectURL(blob))

    def forget_thumbnail(self, address: str) -> None:
        """Free the memory of a small copy."""
        js.URL.revokeObjectURL(address)

    def prefetch(self, urls: list[str]) -> None:
        """Load images ahead, quietly; what is not asked for any more is called off."""
        for url in [url for url in self._ahead if url not in urls]:
            self._ahead.pop(url)()
        for url in urls:
            if url not in self._ahead:
                self._ahead[url] = self.spawn(self._images.prefetch([url]))

    async def compute(
        self,
        function: str,
        arguments: Mapping[str, Any],
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Any:
        """Have the compute worker do something."""
        return await self._boot.compute.call(function, arguments, on_progress=on_progress)

    def stage(
        self,
        element: Any,
        gestures_of: Callable[[Any], Gestures],
        notify: Callable[[str], None],
        report: Callable[[tuple[float, float] | None, float], None],
    ) -> Stage:
        """Make a viewport in an element."""
        return Stage(element, gestures_of, self.compute, notify, report)

    # --- the page

    def go(self, fragment: str) -> None:
        """Change the address's fragment."""
        js.location.hash = fragment

    def reload(self) -> None:
        """Load the page anew."""
        platform.reload()

    def paint_theme(self, dark: bool) -> None:
        """Give the page dark or light colours."""
        names = js.document.documentElement.classList
        names.toggle("wa-dark", dark)
        names.toggle("wa-light", not dark)

    def save_file(self, name: str, content: bytes, media_type: str) -> None:
        """Offer a file for download."""
        platform.download(name, content, media_type)

    async def pick_file(self, accept: str) -> bytes | None:
        """Let the person choose a file."""
        picked = await platform.pick_file(accept)
        return picked.content if picked is not None else None

    def move_focus(self, parts: Sequence[str], by: int) -> None:
        """Move the focus to the next part of the page, or the one ``by`` further."""
        move_focus(list(parts), by)

    def step_focus(self, lines: str, by: int) -> None:
        """Move the focus among the elements that a selector finds; 0 goes to the first one."""
        step_focus(lines, by)

    def now_ms(self) -> int:
        """Return the time in integer milliseconds UTC."""
        return int(js.Date.now())

    def spawn(self, work: Coroutine[Any, Any, None]) -> Callable[[], object]:
        """Run something beside; what it raises is reported. Returns how to call it off."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task.cancel

    def watch_size(self, element: Any, heard: Callable[[float], None]) -> Callable[[], None]:
        """Tell the height of an element whenever its size changes."""
        return platform.watch_size(element, heard)

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call something later; returns how to call that off."""
        return asyncio.get_running_loop().call_later(seconds, call).cancel

    def render(self) -> None:
        """Show the state at the next frame."""
        self._render()

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        problem = None if task.cancelled() else task.exception()
        if problem is not None:
            self._on_error(problem)


async def _ask_to_keep() -> None:
    await platform.ask_to_keep_storage()


def _as_problem(problem: ImageProblem, url: str) -> Problem:
    return Problem(_TITLES.get(problem.code, "This image cannot be shown"), problem.message, url)


def _decode(answer: Answer, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.MsgspecError:
        raise SyncProblem(
            "The server's answer makes no sense. Reload the page; if it stays, tell an admin."
        ) from None
