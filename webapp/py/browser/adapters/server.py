"""The sync server, over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import js
import msgspec

from webapp.py.browser import texts
from webapp.py.browser.boot import BootInfo
from webapp.py.browser.http import Changes, Http, HttpResponse
from webapp.py.domain.ids import new_id
from webapp.py.domain.model import Asset
from webapp.py.domain.wire import MOST_ASSETS, AssetPage, SignedIn
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.ports.server import Demo, NoServer, SignInRefused
from webapp.py.store.leading import Leadership
from webapp.py.store.local import LocalStore
from webapp.py.store.sync import Offline, SignedOut, Sync, SyncProblem

_CLIENT = "limner.client"
T = TypeVar("T")


class ServerAdapter:
    """`webapp.py.pages.ports.server.ServerPort` over HTTP.

    Parameters
    ----------
    boot
        Knows the address of the site.
    machine
        Keeps the id of this client and runs background tasks.
    leadership
        Decides which tab syncs, once the local store is open.
    """

    def __init__(
        self, boot: BootInfo, machine: MachinePort, leadership: Callable[[], Leadership | None]
    ) -> None:
        self._boot = boot
        self._machine = machine
        self._leadership = leadership
        self._http = Http(boot.base)
        self._changes: Changes | None = None

    async def session(self) -> SignedIn:
        """Return who is signed in."""
        answer = await self._http.ask("GET", "api/session")
        if not answer.is_json or answer.status == 404:
            raise NoServer
        if answer.status == 401:
            raise SignedOut(answer.problem().message)
        if not answer.ok:
            raise Offline(answer.problem().message)
        return _decode(answer, SignedIn)

    async def sign_in(self, email: str, password: str) -> SignedIn:
        """Sign in."""
        form = {"email": email, "password": password}
        answer = await self._http.ask("POST", "api/session", form, as_anyone=True)
        if not answer.ok:
            raise SignInRefused(answer.problem().message)
        return _decode(answer, SignedIn)

    async def sign_out(self) -> None:
        """Sign out."""
        answer = await self._http.ask("DELETE", "api/session")
        if answer.status == 401:
            raise SignedOut(answer.problem().message)

    async def start_sync(self, local: LocalStore, person: str) -> Sync:
        """Start syncing for a person, as whom all requests are made from now on, until the page is closed."""
        self._http.person = person
        client = self._machine.recall(_CLIENT) or new_id()
        self._machine.remember(_CLIENT, client)
        sync = Sync(local, self._http.send, client, leadership=self._leadership())
        self._machine.spawn(sync.run_forever())
        self._changes = Changes(self._http.url(f"api/events?page_of={quote(person)}"), sync.wake)
        return sync

    async def asset_page(self, dataset: str, start: int) -> AssetPage:
        """Fetch a page of a dataset from the server."""
        path = f"api/datasets/{dataset}/assets?start={start}&limit={MOST_ASSETS}"
        answer = await self._http.ask("GET", path)
        if answer.status == 401:
            raise SignedOut(texts.SIGN_IN_ENDED)
        if not answer.ok:
            raise SyncProblem(answer.problem().message)
        return _decode(answer, AssetPage)

    async def add_assets(self, dataset: str, start: int, assets: Sequence[Asset]) -> int:
        """Append images to a dataset on the server. Returns the new number of images."""
        rows = [{"name": one.name, "folder": one.folder, "url": one.url} for one in assets]
        body = {"start": start, "assets": rows}
        answer = await self._http.ask("POST", f"api/datasets/{dataset}/assets", body)
        if answer.status == 401:
            raise SignedOut(texts.SIGN_IN_ENDED)
        if not answer.ok:
            raise SyncProblem(answer.problem().message)
        return int(msgspec.json.decode(answer.body)["total"])

    async def demo(self) -> Demo:
        """Fetch the demo project of the site."""
        path = self._boot.demo
        if path is None:
            raise Offline(texts.NO_DEMO)
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

    async def place_icons(self) -> None:
        """Put the icons of the site into the document, where ``<use>`` finds them."""
        try:
            answer = await self._http.ask("GET", self._boot.site["icons"])
        except Offline:
            return  # buttons still have names and tooltips
        holder = js.document.createElement("div")
        holder.hidden = True
        holder.innerHTML = answer.body.decode()
        js.document.body.prepend(holder)


def _decode(answer: HttpResponse, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.MsgspecError:
        raise SyncProblem(texts.SERVER_ANSWER_UNREADABLE) from None
