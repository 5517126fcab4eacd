"""What the shell shows, as plain data. `webapp.py.pages.shell.app` changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from webapp.py.domain.wire import PROTOCOL, SignedIn
from webapp.py.pages.ports.shell import Person, Route
from webapp.py.store.leading import SyncState
from webapp.py.store.status import SaveStatus
from webapp.py.store.store import Store
from webapp.py.ui.reactive import computed, reactive
from webapp.py.ui.tree import Node

ThemeChoice = Literal["system", "light", "dark"]
Mode = Literal["starting", "server", "solo"]


class ShellState:
    """Everything that the shell shows. A part that reads a value is drawn again when the value changes."""

    mode = reactive[Mode]("starting")
    session = reactive[SignedIn](factory=lambda: SignedIn(protocol=PROTOCOL))
    route = reactive[Route](factory=Route)
    setup = reactive[Store | None](None)
    kept = reactive[tuple[Store, ...]](())
    """The stores of pages that are kept in sync."""
    totals = reactive[Mapping[str, int]](factory=dict)
    """Number of images by dataset, where known."""
    dialog = reactive[Callable[[], Node | None] | None](None)
    toast = reactive("")
    toast_undo = reactive[Callable[[], object] | None](None)
    """What the Undo button of the toast does; None if it has none."""
    downloads = reactive[Mapping[str, str]](factory=dict)
    """How much of each file is downloaded, as text by address. The newest is last."""
    problem = reactive("")
    recovered = reactive(0)
    """Changes that were restored after the browser lost them, until the person hides the message."""
    missing = reactive[Sequence[str]](())
    missing_hidden = reactive(False)
    update_ready = reactive(False)
    sync_state = reactive[SyncState]("idle")
    sync_problem = reactive("")
    rejected = reactive[Mapping[str, str]](factory=dict)
    """Scopes that the server does not let this person sync, and why."""
    busy = reactive("")
    form_error = reactive("")
    theme = reactive[ThemeChoice]("system")
    system_dark = reactive(True)
    """Whether the system prefers dark colors."""
    open_status = reactive[SaveStatus](factory=SaveStatus)
    """How many edits of the open stores are unsaved, unsynced and so on."""
    stored = reactive[Mapping[str, SaveStatus]](factory=dict)
    """What the server does not have of every scope, as it was last counted on the disk."""
    listed = reactive[tuple[Store, ...]](())
    """Closed projects whose edits the open dialog lists."""
    dismissed = reactive[Mapping[str, Store]](factory=dict)
    """Listed entries, by id, that are dropped from their store when the open dialog is closed."""
    names = reactive[Mapping[str, str]](factory=dict)
    """Names of projects by id, also of those that the server no longer tells."""

    @computed
    def closed(self) -> Mapping[str, SaveStatus]:
        """What the server does not have of scopes that are not open."""
        opened = {store.scope for store in self.stores}
        return {scope: status for scope, status in self.stored.items() if scope not in opened}

    @computed
    def status(self) -> SaveStatus:
        """How many edits of all scopes are unsaved, unsynced and so on."""
        return total_status([self.open_status, *self.closed.values()])

    @computed
    def dark(self) -> bool:
        """Whether the colors are dark."""
        return self.system_dark if self.theme == "system" else self.theme == "dark"

    @property
    def signed_in(self) -> bool:
        """Whether someone can work: they are signed in, or it is a solo workspace."""
        return self.mode == "solo" or self.session.person is not None

    @property
    def person(self) -> Person:
        """Who works here."""
        one = self.session
        return Person(one.person or "", one.name, one.email, one.role, one.projects, solo=self.mode == "solo")

    @property
    def stores(self) -> list[Store]:
        """The open stores."""
        return [*([self.setup] if self.setup is not None else []), *self.kept]


def total_status(parts: Sequence[SaveStatus]) -> SaveStatus:
    """Return the sum of several statuses, with the first storage problem."""
    return SaveStatus(
        unsaved=sum(part.unsaved for part in parts),
        unsynced=sum(part.unsynced for part in parts),
        refused=sum(part.refused for part in parts),
        overwritten=sum(part.overwritten for part in parts),
        quarantined=sum(part.quarantined for part in parts),
        storage_problem=next((part.storage_problem for part in parts if part.storage_problem), None),
    )
