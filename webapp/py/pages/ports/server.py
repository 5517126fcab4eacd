"""The port to the sync server: sign in, sync, list the images of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from webapp.py.domain.model import Asset, Fields
from webapp.py.domain.wire import AssetPage, SignedIn
from webapp.py.store.local import LocalStore
from webapp.py.store.sync import Sync


class NoServer(Exception):
    """The host of the site has no sync server, so this is a solo workspace."""


class SignInRefused(Exception):
    """The server did not accept e-mail and password. The text says why."""


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo project of a site: one record of each setup table, and the images."""

    records: Mapping[str, Fields]
    assets: list[Asset]


class ServerPort(Protocol):
    """What pages need from the sync server."""

    async def session(self) -> SignedIn:
        """Return who is signed in. Raises `NoServer` or `Offline`."""

    async def sign_in(self, email: str, password: str) -> SignedIn:
        """Sign in. Raises `SignInRefused` or `Offline`."""

    async def sign_out(self) -> None:
        """Sign out. Raises `Offline`, or `SignedOut` if this person is not signed in any more."""

    async def start_sync(self, local: LocalStore, person: str) -> Sync:
        """Start to sync for a person. This runs until the page closes.

        From now on the server answers this page only while that person is signed in: pages share the cookie
        of the browser, in which someone else may sign in. Then everything raises `SignedOut`.
        """

    async def asset_page(self, dataset: str, start: int) -> AssetPage:
        """Fetch a page of a dataset. Raises `Offline`."""

    async def add_assets(self, dataset: str, start: int, assets: Sequence[Asset]) -> int:
        """Append images to a dataset that has ``start`` of them. Return how many it has now.

        Raises `SyncProblem`.
        """

    async def demo(self) -> Demo:
        """Fetch the demo project of the site. Raises `Offline`."""
