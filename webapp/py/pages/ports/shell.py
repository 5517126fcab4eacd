"""What a page gets from the app, and what it provides: `Shell` and `Page`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from webapp.py.domain.model import Asset
from webapp.py.domain.permissions import Actor, Role
from webapp.py.pages.ports.machine import SOLO
from webapp.py.pages.ports.ports import Ports
from webapp.py.store.local import LocalStore
from webapp.py.store.status import SaveStatus
from webapp.py.store.store import Store
from webapp.py.ui.tree import Node
from webapp.py.workspace.messages import KeyPress
from webapp.py.workspace.registry import Registry


@dataclass(frozen=True, slots=True)
class Route:
    """Which page an address names, and the values in it: ``#/project/p1/12`` is ``label``, ``p1``, ``12``."""

    page: str = "projects"
    values: tuple[str, ...] = ()

    def value(self, place: int) -> str:
        """Return a value of the address by its place from 0. Empty if it is missing."""
        return self.values[place] if place < len(self.values) else ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who works on this page."""

    id: str = ""
    name: str = ""
    email: str = ""
    role: Role | None = None
    """Their role in the organization."""
    projects: Mapping[str, Role | None] = field(default_factory=dict)
    solo: bool = False
    """Whether this is a solo workspace, where the person may do everything."""

    @property
    def may_set_up(self) -> bool:
        """Whether they may create datasets, instructions and projects."""
        return self.solo or self.role == "admin"

    def role_in(self, project: str) -> Role | None:
        """Return their role in a project."""
        return "admin" if self.solo else self.projects.get(project, self.role)

    def actor(self, project: str) -> Actor:
        """Return them as an actor in a project, for permission checks."""
        return Actor(SOLO if self.solo else self.id, self.role_in(project))


@dataclass(frozen=True, slots=True)
class OnlyHere:
    """What only this computer has of a project that is not open, by the name of the project."""

    name: str
    status: SaveStatus
    reason: str = ""
    """Why the server does not take it, as a sentence; empty if it was not asked or did not say."""


@dataclass(frozen=True, slots=True)
class Command:
    """An entry of the command palette. ``keys`` is its shortcut, as people read it."""

    id: str
    title: str
    group: str
    do: Callable[[], object]
    keys: str = ""
    icon: str = ""
    color: str = ""


class Presence(Protocol):
    """Records whether someone works on the page."""

    def input(self) -> None:
        """Note that the person did something on this page while it had the focus."""

    def come_back(self) -> None:
        """Note that the page got the focus."""

    def show(self, visible: bool) -> None:
        """Note that the page became visible or hidden."""

    def put_down(self) -> None:
        """Save the open record, because the page closes."""


class Say(Protocol):
    """Shows a toast, as `Shell.say` does."""

    def __call__(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Show a sentence for some seconds; ``undo`` is what its Undo button does, if it has one."""


class CannotOpen(Exception):
    """A page cannot show what its address asks for. The text says why."""


class Shell(Protocol):
    """What pages may use from the app."""

    @property
    def ports(self) -> Ports:
        """Browser, server and worker."""

    @property
    def person(self) -> Person:
        """Who works here."""

    @property
    def setup(self) -> Store:
        """Datasets, instructions and projects."""

    @property
    def local(self) -> LocalStore:
        """What this computer stores for the person."""

    @property
    def tools(self) -> Registry:
        """The labeling tools of this site."""

    @property
    def totals(self) -> Mapping[str, int]:
        """Number of images by dataset, where known."""

    @property
    def only_here(self) -> Mapping[str, OnlyHere]:
        """What the server does not have of projects that are not open, by project id."""

    async def download_unsynced(self) -> None:
        """Offer a file with everything that the server does not have."""

    def set_total(self, dataset: str, count: int) -> None:
        """Set how many images a dataset has."""

    @property
    def downloads(self) -> Mapping[str, str]:
        """How much of each file is downloaded, as text by address. The newest is last."""

    @property
    def dark(self) -> bool:
        """Whether the colors are dark."""

    @property
    def busy(self) -> str:
        """What the app is busy with, as text. Empty if it is not busy."""

    def set_busy(self, text: str) -> None:
        """Show what the app is busy with. Empty when it is done."""

    def link(self, route: Route) -> str:
        """Return the address of a route, for a link."""

    def go(self, route: Route) -> None:
        """Go to another page, project, or image. Images of the open project add nothing to the history."""

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Show a toast: a sentence that disappears after some seconds, with an Undo button if asked for."""

    def unsay(self, text: str) -> None:
        """Take a toast back before its time, if it is still shown."""

    def fail(self, text: str) -> None:
        """Show what went wrong in a banner, until the person hides it or opens another page or project."""

    async def look_again(self) -> None:
        """Ask the server which projects there are now. Raises `SyncProblem`."""

    def dialog(self, view: Callable[[], Node | None] | None) -> None:
        """Show a dialog over the page, or none."""

    def open_dialog(self, page: str, name: str, *arguments: object) -> None:
        """Open a dialog of another page. Pages do not import each other."""

    def open_palette(self) -> None:
        """Open the command palette."""

    def open_saved(self) -> None:
        """Open the dialog that says where your work is."""

    def toggle_theme(self) -> None:
        """Change between dark and light colors."""

    def sync_now(self) -> None:
        """Sync now."""

    async def send_setup(self) -> None:
        """Wait until the setup is on this computer and, if there is one, on the server.

        Raises
        ------
        StorageProblem, SyncProblem
            If it is not, with the reason.
        """

    def keep_synced(self, store: Store) -> Callable[[], None]:
        """Keep a store up to date and show its edits in the save display. Return a function that stops it."""

    async def keep_assets(self, dataset: str, assets: Sequence[Asset]) -> None:
        """Save the image list of a dataset on this computer."""


class Page:
    """A page. Override what yours needs. ``page(shell)`` in ``<page>/page.py`` creates it."""

    title: str = ""
    """Shown in the top bar, unless it is empty, and in the title of the window."""
    subject: str = ""
    """What of it is shown, such as an image: first in the title of the window."""
    presence: Presence | None = None
    """What records whether someone works on the page."""

    async def open(self, route: Route) -> None:
        """Show what a route asks for. This is called again for another route of the same page.

        Raises
        ------
        CannotOpen
            If there is nothing to show. The projects page is shown instead.
        """

    def view(self) -> Node:
        """Return the content. The shell draws the frame, banners, dialogs and toasts around it."""
        raise NotImplementedError

    def toolbar(self) -> Node | None:
        """Return what the page adds to the top bar."""
        return None

    def commands(self, query: str) -> Iterable[Command]:
        """Return entries of the command palette. If there are very many, return only those that match."""
        return ()

    def dialogs(self) -> Mapping[str, Callable[..., object]]:
        """Return functions, by name, that open dialogs for other pages."""
        return {}

    def key(self, key: KeyPress, *, typing: bool = False) -> bool:
        """Handle a key. Return whether the page used it. ``typing``: it was pressed in a text field."""
        return False

    def key_up(self, key: str) -> None:
        """Handle the release of a key, or the window's loss of focus (an empty key)."""

    def commit(self) -> None:
        """Save what is being typed, because the window is about to close."""

    def close(self) -> None:
        """Release everything, because another page is shown."""
