"""What the shell shows, as plain data; `webapp.py.pages.shell.app` is what changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from webapp.py.domain.wire import PROTOCOL, SignedIn
from webapp.py.pages.ports.shell import Person, Route
from webapp.py.store.status import SaveStatus
from webapp.py.store.store import Store
from webapp.py.store.sync import SyncState
from webapp.py.ui.reactive import reactive
from webapp.py.ui.tree import Node

Mode = Literal["starting", "server", "solo"]


class ShellState:
    """Everything that the shell shows. What reads a value is drawn again when the value changes."""

    mode = reactive[Mode]("starting")
    session = reactive[SignedIn](factory=lambda: SignedIn(protocol=PROTOCOL))
    route = reactive[Route](factory=Route)
    setup = reactive[Store | None](None)
    kept = reactive[tuple[Store, ...]](())
    """The stores of pages that are kept up to date."""
    totals = reactive[Mapping[str, int]](factory=dict)
    """Number of images by dataset, as far as it is known."""
    dialog = reactive[Callable[[], Node | None] | None](None)
    toast = reactive("")
    downloads = reactive[Mapping[str, str]](factory=dict)
    """How much of a file has come, in words by address; the newest last."""
    problem = reactive("")
    recovered = reactive(0)
    """Changes that were restored after the browser lost them, until the person hides the message."""
    missing = reactive[Sequence[str]](())
    missing_hidden = reactive(False)
    update_ready = reactive(False)
    sync_state = reactive[SyncState]("idle")
    sync_problem = reactive("")
    busy = reactive("")
    form_error = reactive("")
    dark = reactive(True)
    status = reactive[SaveStatus](factory=SaveStatus)
    """How safe the edits of everything that is open are."""

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
