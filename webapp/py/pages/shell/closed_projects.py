"""What this computer has of projects that are not open, and the server does not have."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from webapp.py.domain.wire import SETUP, project_of
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.ports.observed_store import observe
from webapp.py.pages.ports.shell import OnlyHere
from webapp.py.pages.shell.state import ShellState
from webapp.py.store.local import LocalStore, News, StorageProblem
from webapp.py.store.status import SaveStatus
from webapp.py.store.store import Store
from webapp.py.store.unsynced_file import unsynced_file
from webapp.py.ui.reactive import effect

_NAMES = "project-names"


class ClosedProjects:
    """Counts edits in every scope of the local store, and opens those that the save dialog lists.

    Parameters
    ----------
    state
        What the shell shows. The counts are part of it.
    machine
        Runs what reads the local store.
    """

    def __init__(self, state: ShellState, machine: MachinePort) -> None:
        self._state, self._machine = state, machine
        self._local: LocalStore | None = None
        self._counting, self._outdated = asyncio.Lock(), False

    async def open(self, local: LocalStore) -> None:
        """Count what a person's store has. Raises `StorageProblem`."""
        self._local = local
        names = await local.get_meta(_NAMES)
        if isinstance(names, dict):
            self._state.names = {str(project): str(name) for project, name in names.items()}
        self._take(await local.statuses())
        effect(self._close_unlisted, name="closed projects")

    def heard(self, news: News) -> None:
        """Take in what this tab wrote."""
        if not any(store.scope == news.scope for store in self._state.stores):
            self._machine.spawn(self._take_own(news))

    async def _take_own(self, news: News) -> None:
        await self.take_news(news)

    async def take_news(self, news: News) -> SaveStatus:
        """Take in a write of a scope that is not open, and return what is stored of it."""
        for store in self._state.listed:
            if store.scope == news.scope:
                await store.refresh(news)
        await self.count()
        return self._state.stored.get(news.scope, SaveStatus())

    async def count(self) -> None:
        """Count again. All who ask while a count is running share the next one."""
        self._outdated = True
        async with self._counting:
            if self._outdated and self._local is not None:
                self._outdated = False
                with contextlib.suppress(StorageProblem):  # the open stores tell of it
                    self._take(await self._local.statuses())

    def _take(self, statuses: Mapping[str, SaveStatus]) -> None:
        self._state.stored = {scope: status for scope, status in statuses.items() if status.only_here}

    async def list(self) -> None:
        """Open the closed projects that have something to list, until no dialog is open."""
        local = self._local
        if local is None:
            return
        for store in self._state.listed:
            await store.refresh()
        listed = {store.scope for store in self._state.listed}
        for scope in self._state.closed:
            if scope not in listed:
                store = await Store.open(local, scope)
                observe(store)
                self._state.listed = (*self._state.listed, store)

    def _close_unlisted(self) -> None:
        if self._state.dialog is None:
            for entry, store in self._state.dismissed.items():
                self._machine.spawn(store.dismiss([entry]))
            self._state.dismissed = {}
            self._state.listed = ()

    async def save_file(self, person: str) -> None:
        """Offer a file with everything that the server does not have. Raises `StorageProblem`."""
        assert self._local is not None
        now = self._machine.now_ms()
        content = await unsynced_file(self._local, person, partial(project_name, self._state), now)
        name = f"limner-unsynced-{datetime.fromtimestamp(now / 1000, UTC):%Y-%m-%d}.json"
        self._machine.save_file(name, content, "application/json")

    async def remember_name(self, scope: str) -> None:
        """Keep the name of a project for when the server no longer tells it."""
        project, setup = project_of(scope), self._state.setup
        fields = setup.get("project", project) if setup is not None and project else None
        if self._local is None or fields is None or self._state.names.get(fields["id"]) == fields["name"]:
            return
        self._state.names = {**self._state.names, fields["id"]: fields["name"]}
        await self._local.set_meta(_NAMES, dict(self._state.names))


def project_name(state: ShellState, scope: str) -> str:
    """Return the name of a scope's project, or its id if this computer has never seen the name."""
    project = project_of(scope) or ""
    fields = state.setup.get("project", project) if state.setup is not None and scope != SETUP else None
    return str(fields["name"]) if fields is not None else state.names.get(project, project)


def only_here(state: ShellState) -> dict[str, OnlyHere]:
    """Return what the server does not have of closed projects, by project id."""
    return {
        project: OnlyHere(project_name(state, scope), status, state.rejected.get(scope, ""))
        for scope, status in state.closed.items()
        if (project := project_of(scope)) is not None
    }
