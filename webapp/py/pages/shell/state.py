"""What the pages show, as plain data; `webapp.py.pages.shell.app` is what changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from webapp.py.domain.model import Project
from webapp.py.domain.permissions import Actor, Role
from webapp.py.domain.wire import PROTOCOL, SignedIn
from webapp.py.pages.ports.machine import SOLO
from webapp.py.store.status import SaveStatus
from webapp.py.store.store import Store
from webapp.py.store.sync import SyncState
from webapp.py.workspace.finding import Finder
from webapp.py.workspace.image_session import ImageSession as LabelingSession
from webapp.py.workspace.labeling_state import LabelingState

if TYPE_CHECKING:
    from webapp.py.pages.workbench.images.image_list import ImageList
    from webapp.py.pages.workbench.viewports.viewport import Viewport

Mode = Literal["starting", "server", "solo"]
Layout = Literal["1x1", "1x2", "2x1", "2x2", "mpr"]
"""Rows and columns of viewports, or one with cuts through its stack in the two other directions."""
LAYOUTS: dict[Layout, int] = {"1x1": 1, "1x2": 2, "2x1": 2, "2x2": 4, "mpr": 1}
"""How many viewports each layout has."""
Sheet = Literal["", "saved", "shortcuts", "palette", "export", "import", "sign-in", "servers"]


@dataclass(frozen=True, slots=True)
class Route:
    """Which page is shown; kept in the address after the ``#``."""

    page: Literal["projects", "label", "dicomweb"] = "projects"
    project: str = ""
    ordinal: int = 0


def read_route(fragment: str) -> Route:
    """Return the route of an address's fragment; anything unknown leads to the projects.

    Examples
    --------
    >>> read_route("#/project/p1/12")
    Route(page='label', project='p1', ordinal=12)
    """
    parts = [part for part in fragment.lstrip("#").split("/") if part]
    if len(parts) >= 2 and parts[0] == "project":
        ordinal = int(parts[2]) if len(parts) > 2 and parts[2].isdecimal() else 0
        return Route("label", parts[1], ordinal)
    return Route("dicomweb") if parts == ["dicomweb"] else Route()


def write_route(route: Route) -> str:
    """Return the fragment of a route; the reverse of `read_route`."""
    if route.page == "dicomweb":
        return "#/dicomweb"
    return f"#/project/{route.project}/{route.ordinal}" if route.page == "label" else "#/"


@dataclass(slots=True)
class Work:
    """The project that is being labeled."""

    project: Project
    store: Store
    labeling: LabelingState
    image_list: ImageList
    viewports: list[Viewport] = field(default_factory=list)
    active: int = 0
    layout: Layout = "1x1"
    linked: bool = True
    opacity: float = 0.42

    @property
    def viewport(self) -> Viewport:
        """The viewport that buttons and keys act on."""
        return self.viewports[self.active]

    @property
    def session(self) -> LabelingSession:
        """What the active viewport shows."""
        return self.viewport.session

    @property
    def ordinal(self) -> int:
        """The place of the image at hand in the dataset."""
        return self.session.asset.ordinal if self.session.asset else 0


@dataclass(slots=True)
class AppState:
    """Everything that the pages show."""

    mode: Mode = "starting"
    session: SignedIn = field(default_factory=lambda: SignedIn(protocol=PROTOCOL))
    route: Route = field(default_factory=Route)
    setup: Store | None = None
    work: Work | None = None
    totals: dict[str, int] = field(default_factory=dict)
    sheet: Sheet = ""
    finder: Finder = field(default_factory=Finder)
    toast: str = ""
    downloads: dict[str, str] = field(default_factory=dict)
    """How much of the files has come that are or were on their way, in words by address; the newest last."""
    problem: str = ""
    recovered: int = 0
    """Changes that were brought back after the browser had lost them, until the person has read of it."""
    missing: Sequence[str] = ()
    missing_hidden: bool = False
    update_ready: bool = False
    sync_state: SyncState = "idle"
    sync_problem: str = ""
    synced_at: int | None = None
    busy: str = ""
    form_error: str = ""
    dark: bool = True

    @property
    def signed_in(self) -> bool:
        """Whether there is a person to work as."""
        return self.mode == "solo" or self.session.person is not None

    def role_in(self, project: str) -> Role | None:
        """Return the person's role in a project."""
        return "admin" if self.mode == "solo" else self.session.projects.get(project, self.session.role)

    def actor(self, project: str) -> Actor:
        """Return the person as somebody who acts in a project."""
        person = SOLO if self.mode == "solo" else self.session.person or ""
        return Actor(person, self.role_in(project))

    @property
    def stores(self) -> list[Store]:
        """The stores that are open."""
        return [store for store in (self.setup, self.work.store if self.work else None) if store is not None]

    @property
    def status(self) -> SaveStatus:
        """How safe the edits of everything that is open are."""
        return total_status([store.status for store in self.stores])


def total_status(parts: Sequence[SaveStatus]) -> SaveStatus:
    """Return the sum of several statuses; the first storage problem stands for all."""
    return SaveStatus(
        unsaved=sum(part.unsaved for part in parts),
        unsynced=sum(part.unsynced for part in parts),
        refused=sum(part.refused for part in parts),
        overwritten=sum(part.overwritten for part in parts),
        quarantined=sum(part.quarantined for part in parts),
        storage_problem=next((part.storage_problem for part in parts if part.storage_problem), None),
    )


@dataclass(frozen=True, slots=True)
class SaveState:
    """What the save display says: ``kind`` picks its color."""

    kind: Literal["synced", "saved", "saving", "waiting", "trouble"]
    text: str
    help: str


def save_state(state: AppState) -> SaveState:
    """Return what the save display says; the worst news first."""
    status = state.status
    if status.storage_problem:
        return SaveState("trouble", "Not saved", status.storage_problem)
    if status.refused:
        return SaveState(
            "trouble", f"{status.refused} not accepted", "The server did not accept some changes."
        )
    if status.quarantined:
        return SaveState(
            "trouble", f"{status.quarantined} put aside", "Some stored records could not be read."
        )
    if status.unsaved:
        return SaveState("saving", "Saving…", "Writing to this machine.")
    if state.mode == "solo":
        return SaveState(
            "saved", "Saved on this machine", "There is no server: this machine has the only copy."
        )
    if status.unsynced:
        where = {
            "offline": "The server cannot be reached; they are saved on this machine and sent later.",
            "signed_out": "Sign in again to send them; they are saved on this machine.",
            "outdated": "Reload the page to send them; they are saved on this machine.",
            "trouble": "The server has trouble; they are saved on this machine and sent later.",
        }.get(state.sync_state, "They are saved on this machine and on their way to the server.")
        return SaveState("waiting", f"{status.unsynced} waiting", where)
    if state.sync_state in ("offline", "signed_out", "outdated", "trouble"):
        return SaveState(
            "saved", "Saved on this machine", state.sync_problem or "The server cannot be reached."
        )
    return SaveState("synced", "Synced", "Everything is on the server.")
