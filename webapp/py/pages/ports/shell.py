"""What a page is handed, and what it hands back: `Shell` and `Page`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from webapp.py.domain.model import Asset
from webapp.py.domain.permissions import Actor, Role
from webapp.py.pages.ports.machine import SOLO
from webapp.py.pages.ports.ports import Ports
from webapp.py.store.local import LocalStore
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
        """Return a value of the address, empty where it has none."""
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
    """Whether this is a workspace without a server: its one person may do everything."""

    @property
    def may_set_up(self) -> bool:
        """Whether they may make datasets, instructions and projects."""
        return self.solo or self.role == "admin"

    def role_in(self, project: str) -> Role | None:
        """Return their role in a project."""
        return "admin" if self.solo else self.projects.get(project, self.role)

    def actor(self, project: str) -> Actor:
        """Return them as somebody who acts in a project."""
        return Actor(SOLO if self.solo else self.id, self.role_in(project))


@dataclass(frozen=True, slots=True)
class Command:
    """Something that the command palette finds; ``keys`` as people read them."""

    id: str
    title: str
    group: str
    do: Callable[[], object]
    keys: str = ""
    icon: str = ""
    color: str = ""


class Presence(Protocol):
    """Hears whether somebody works on the page."""

    def input(self) -> None:
        """Somebody did something on this page, which has the focus."""

    def come_back(self) -> None:
        """The page got the focus."""

    def show(self, visible: bool) -> None:
        """The page can be seen, or no longer."""

    def put_down(self) -> None:
        """The page closes."""


class CannotOpen(Exception):
    """A page cannot show what its address asks for; the text says why."""


class Shell(Protocol):
    """What every page may use of the app."""

    @property
    def ports(self) -> Ports:
        """The world outside."""

    @property
    def person(self) -> Person:
        """Who works here."""

    @property
    def setup(self) -> Store:
        """Datasets, instructions and projects."""

    @property
    def local(self) -> LocalStore:
        """What this machine keeps for the person."""

    @property
    def tools(self) -> Registry:
        """The labeling tools of this site."""

    @property
    def totals(self) -> dict[str, int]:
        """Number of images by dataset, as far as it is known."""

    @property
    def downloads(self) -> Mapping[str, str]:
        """How much of a file has come, in words by address; the newest last."""

    @property
    def dark(self) -> bool:
        """Whether the colors are dark."""

    @property
    def busy(self) -> str:
        """What the app as a whole is busy with, in words; empty for nothing."""

    def set_busy(self, text: str) -> None:
        """Say what the app as a whole is busy with."""

    def link(self, route: Route) -> str:
        """Return the address of a route, for a link."""

    def go(self, route: Route) -> None:
        """Go to another page."""

    def say(self, text: str) -> None:
        """Show a sentence for some seconds."""

    def fail(self, text: str) -> None:
        """Show what went wrong until the person hides it."""

    def dialog(self, view: Callable[[], Node | None] | None) -> None:
        """Show a dialog over the page, or none."""

    def open_dialog(self, page: str, name: str, *arguments: object) -> None:
        """Open a dialog of another page: pages do not import each other."""

    def open_palette(self) -> None:
        """Open the command palette."""

    def open_saved(self) -> None:
        """Open the dialog that says how safe the work is."""

    def toggle_theme(self) -> None:
        """Change between dark and light colors."""

    def sync_now(self) -> None:
        """Send and receive now."""

    async def send_setup(self) -> None:
        """Wait until the set-up is on this machine and, where there is one, on the server.

        Raises
        ------
        StorageProblem, SyncProblem
            When it is not, with the reason.
        """

    def keep_synced(self, store: Store) -> Callable[[], None]:
        """Keep a store up to date, and its edits in the save display; returns how to stop that."""

    async def keep_assets(self, dataset: str, assets: Sequence[Asset]) -> None:
        """Keep the list of a dataset on this machine."""


class Page:
    """One page. Override what it needs; ``page(shell)`` in ``<page>/page.py`` makes it."""

    title: str = ""
    """Shown in the top bar; empty for nothing."""
    presence: Presence | None = None
    """Hears whether somebody works on the page."""

    async def open(self, route: Route) -> None:
        """Show what a route asks for; called again for another route of the same page.

        Raises
        ------
        CannotOpen
            When there is nothing to show: the projects are shown instead.
        """

    def view(self) -> Node:
        """Return the content. The shell draws the frame, banners, dialogs and messages around it."""
        raise NotImplementedError

    def toolbar(self) -> Node | None:
        """Return what the page adds to the top bar."""
        return None

    def commands(self, query: str) -> Iterable[Command]:
        """Give what the command palette finds; of very many things only those that match the query."""
        return ()

    def dialogs(self) -> Mapping[str, Callable[..., object]]:
        """Return what opens the dialogs that other pages may ask for, by name."""
        return {}

    def key(self, key: KeyPress, *, typing: bool = False) -> bool:
        """Take a key; True when it was for the page. ``typing`` says that it was pressed in a text field."""
        return False

    def key_up(self, key: str) -> None:
        """Take note that a key was released, or that the window lost the focus."""

    def paint_theme(self) -> None:
        """Take over the page's colors where the style sheet does not reach."""

    def commit(self) -> None:
        """Store what is being typed: the window is about to close."""

    def close(self) -> None:
        """Let go of everything: another page is shown."""
