"""Who works here: someone who is signed in, the last person while offline, or a solo workspace."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

import msgspec

from webapp.py.domain.model import SETUP_TABLES
from webapp.py.domain.ops import create
from webapp.py.domain.wire import PROTOCOL, SignedIn
from webapp.py.pages.ports.machine import SOLO
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.ports.server import NoServer, SignInRefused
from webapp.py.pages.shell import texts
from webapp.py.pages.shell.state import ShellState
from webapp.py.pages.shell.stores import Stores
from webapp.py.store.local import StorageProblem
from webapp.py.store.store import Store
from webapp.py.store.sync import Offline, SignedOut, SyncProblem

_LAST = "limner.session"


class Entry:
    """Finds out who works here and opens their stores.

    Parameters
    ----------
    state
        What the shell shows.
    ports
        Browser, server and worker.
    stores
        The stores that are opened for the person.
    entered
        Called when the person can work. It shows the page that the address names.
    """

    def __init__(
        self, state: ShellState, ports: Ports, stores: Stores, entered: Callable[[], Awaitable[None]]
    ) -> None:
        self._state, self._ports, self._stores, self._entered = state, ports, stores, entered

    async def start(self) -> None:
        """Find out who is signed in."""
        try:
            await self._find_out()
        except StorageProblem as problem:
            self._fail_start(str(problem))

    async def _find_out(self) -> None:
        person: SignedIn | None
        try:
            person = await self._ports.server.session()
        except NoServer:
            await self._start_solo()
            return
        except SyncProblem as offline:
            person = self._last_person()
            if person is None and self._ports.machine.recall(_LAST) != SOLO:
                self._fail_start(texts.first_visit(str(offline)))
                return
            if person is None:
                await self._start_solo()
                return
        if person.person is None:
            await self._ask_to_sign_in()
            return
        await self._enter(person)

    async def _ask_to_sign_in(self) -> None:
        """Show the sign-in page, with what the last person has here that the server does not have."""
        last = self._last_person()
        if last is not None and last.person is not None:
            with contextlib.suppress(StorageProblem):  # told after signing in
                await self._stores.open_local(last.person)
        self._state.session = SignedIn(protocol=PROTOCOL, email=last.email if last is not None else "")
        self._state.mode = "server"

    def _fail_start(self, problem: str) -> None:
        self._state.mode, self._state.problem = "starting", problem

    async def _start_solo(self) -> None:
        self._ports.machine.remember(_LAST, SOLO)
        self._stores.local = local = await self._stores.open_local(SOLO)
        self._state.setup = setup = await self._stores.open_setup(local, solo=True)
        if not setup.records("project"):
            await self._take_demo(setup)
        self._stores.count_edits()
        self._state.mode = "solo"
        await self._entered()

    async def _take_demo(self, setup: Store) -> None:
        try:
            demo = await self._ports.server.demo()
        except Offline:
            return
        await self._stores.keep_assets(demo.records["dataset"]["id"], demo.assets)
        setup.edit([create(table, demo.records[table]) for table in SETUP_TABLES])
        await setup.flushed()

    async def _enter(self, person: SignedIn) -> None:
        assert person.person is not None
        self._remember(person)
        local = await self._stores.open_local(person.person)
        setup = await self._stores.open_setup(local)
        await self._stores.start_sync(local, setup)
        # Set last, because pages can open only when both stores are ready.
        self._stores.local, self._state.setup = local, setup
        self._stores.count_edits()
        self._state.session, self._state.mode = person, "server"
        await self._entered()

    async def look_again(self) -> None:
        """Ask the server which projects there are now, and which of them this person may see.

        Raises
        ------
        SyncProblem
            If the server does not answer.
        """
        if self._state.mode != "server":
            return
        person = await self._ports.server.session()
        if person.person == self._state.session.person:
            self._state.session = person
            self._remember(person)
        await self._stores.fetch_setup()

    def _remember(self, person: SignedIn) -> None:
        self._ports.machine.remember(_LAST, msgspec.json.encode(person).decode())

    def _last_person(self) -> SignedIn | None:
        text = self._ports.machine.recall(_LAST)
        try:
            return msgspec.json.decode(text, type=SignedIn) if text and text != SOLO else None
        except msgspec.DecodeError:
            return None

    # --- signing in and out

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in. If this page has opened what another person has here, it reloads for the new one."""
        state = self._state
        state.busy, state.form_error = texts.SIGNING_IN, ""
        try:
            person = await self._ports.server.sign_in(email, password)
            if self._stores.owner not in ("", person.person):
                self._remember(person)
                self._ports.window.reload()
                return
            if state.session.person is not None:
                state.dialog = None
                self._stores.sync_now()
            else:
                await self._enter(person)
        except (SignInRefused, SyncProblem) as problem:
            state.form_error = str(problem)
        except StorageProblem as problem:
            self._fail_start(str(problem))
        finally:
            state.busy = ""

    async def sign_out(self, say: Callable[[str], None]) -> None:
        """Sign out. Unsynced edits stay on this computer until the next sign-in."""
        try:
            await self._ports.server.sign_out()
        except SignedOut:
            pass  # the session has ended, or someone else has signed in
        except Offline:
            say(texts.STILL_SIGNED_IN)
            return
        self._ports.machine.remember(_LAST, None)
        self._ports.window.go("#/")
        self._ports.window.reload()
