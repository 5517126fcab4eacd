"""What the shell shows, as plain data; `webapp.py.pages.shell.app` is what changes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from webapp.py.domain.wire import PROTOCOL, SignedIn
from webapp.py.pages.ports.shell import Person, Route
from webapp.py.store.status import SaveStatus
from webapp.py.store.store import Store
from webapp.py.store.sync import SyncState
from webapp.py.ui.tree import Node

Mode = Literal["starting", "server", "solo"]


@dataclass(slots=True)
class ShellState:
    """Everything that the shell shows."""

    mode: Mode = "starting"
    session: SignedIn = field(default_factory=lambda: SignedIn(protocol=PROTOCOL))
    route: Route = field(default_factory=Route)
    setup: Store | None = None
    kept: list[Store] = field(default_factory=list)
    """The stores of pages that are kept up to date."""
    totals: dict[str, int] = field(default_factory=dict)
    dialog: Callable[[], Node | None] | None = None
    toast: str = ""
    downloads: dict[str, str] = field(default_factory=dict)
    """How much of a file has come, in words by address; the newest last."""
    problem: str = ""
    recovered: int = 0
    """Changes that were restored after the browser lost them, until the person hides the message."""
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

    @property
    def person(self) -> Person:
        """Who works here."""
        one = self.session
        return Person(one.person or "", one.name, one.email, one.role, one.projects, solo=self.mode == "solo")

    @property
    def stores(self) -> list[Store]:
        """The stores that are open."""
        return [*([self.setup] if self.setup is not None else []), *self.kept]

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
