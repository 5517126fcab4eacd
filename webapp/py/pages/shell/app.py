"""The application: who is here, which page is shown, and how safe the work is."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from webapp.py.domain.model import SETUP_TABLES, Asset, Invalid
from webapp.py.domain.ops import create
from webapp.py.domain.wire import MOST_ASSETS, PROTOCOL, SETUP, AssetPage
from webapp.py.domain.wire import SignedIn as Person
from webapp.py.pages.datasets.pacs_import import DicomwebImport
from webapp.py.pages.datasets.pacs_servers import DicomwebAccess
from webapp.py.pages.datasets.page import dicomweb_page
from webapp.py.pages.exchange.transfer import Transfer
from webapp.py.pages.label.page import labeling_page
from webapp.py.pages.ports.images import MOST_DOWNLOADS
from webapp.py.pages.ports.machine import SOLO
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.ports.server import NoServer, SignInRefused
from webapp.py.pages.projects.page import projects_page
from webapp.py.pages.shell.command_palette import open_palette
from webapp.py.pages.shell.dialogs import open_sheet
from webapp.py.pages.shell.frame import starting, stranded
from webapp.py.pages.shell.sign_in import sign_in_page
from webapp.py.pages.shell.state import AppState, Route, Sheet, read_route
from webapp.py.pages.workbench.workbench import TOAST_SECONDS, Workbench
from webapp.py.store.local import LocalStore, News, StorageProblem
from webapp.py.store.store import Store
from webapp.py.store.sync import Offline, Sync, SyncProblem
from webapp.py.ui.tree import Node, h
from webapp.py.workspace.registry import Registry

_LAST = "limner.session"
_THEME = "limner.theme"


class App:
    """Keeps `AppState` and changes it; the browser room calls it, the views read it."""

    def __init__(self, ports: Ports, registry: Registry) -> None:
        self.ports = ports
        self.state = AppState()
        self.local: LocalStore | None = None
        self.sync: Sync | None = None
        self.workbench = Workbench(self, registry)
        self.transfer = Transfer(self)
        self.access = DicomwebAccess(self)
        self.dicomweb = DicomwebImport(self)
        self._cancel_toast: Callable[[], None] = lambda: None
        self._retry_set = False
        self.state.dark = ports.machine.recall(_THEME) != "light"
        ports.window.paint_theme(self.state.dark)

    def view(self) -> Node:
        """Return the page as it is to be shown now."""
        state = self.state
        if state.work is not None:
            state.work.image_list.want_thumbnails()
        if state.mode == "starting":
            page = stranded(state, self) if state.problem else starting()
        elif not state.signed_in:
            page = sign_in_page(state, self)
        elif state.route.page == "label":
            page = labeling_page(state, self)
        elif state.route.page == "dicomweb":
            page = dicomweb_page(state, self)
        else:
            page = projects_page(state, self)
        return h("div", {"style": "height:100%"}, page, open_sheet(state, self))

    # --- starting

    async def start(self, fragment: str) -> None:
        """Find out who is here and open what the address asks for."""
        self.state.route = read_route(fragment)
        try:
            await self._find_out()
        except StorageProblem as problem:
            self._strand(str(problem))

    async def _find_out(self) -> None:
        person: Person | None
        try:
            person = await self.ports.server.session()
        except NoServer:
            await self._start_solo()
            return
        except SyncProblem as offline:
            person = self._last_person()
            if person is None and self.ports.machine.recall(_LAST) != SOLO:
                self._strand(f"{offline} This page has to reach its server once before it can work without.")
                return
            if person is None:
                await self._start_solo()
                return
        if person.person is None:
            self.state.mode = "server"
            self.state.session = Person(protocol=PROTOCOL, email=self._last_email())
            self.ports.render()
            return
        await self._enter(person)

    def _strand(self, problem: str) -> None:
        self.state.mode, self.state.problem = "starting", problem
        self.ports.render()

    async def _start_solo(self) -> None:
        self.ports.machine.remember(_LAST, SOLO)
        self.local = await self.ports.machine.open_local(SOLO, self._heard, self._recovered)
        self.state.setup = setup = await Store.open(self.local, SETUP, solo=True)
        setup.subscribe(self._records_changed)
        setup.subscribe_status(self._status_changed)
        if not setup.records("project"):
            await self._take_demo(setup)
        self.state.mode = "solo"
        await self._show_place()

    async def _take_demo(self, setup: Store) -> None:
        assert self.local is not None
        try:
            demo = await self.ports.server.demo()
        except Offline:
            return
        await self.keep_assets(demo.records["dataset"]["id"], demo.assets)
        setup.edit([create(table, demo.records[table]) for table in SETUP_TABLES])
        await setup.flushed()

    async def keep_assets(self, dataset: str, assets: list[Asset]) -> None:
        """Keep the list of a dataset on this machine, page by page."""
        assert self.local is not None
        for start in range(0, max(len(assets), 1), MOST_ASSETS):
            part = assets[start : start + MOST_ASSETS]
            await self.local.put_assets(
                AssetPage(dataset=dataset, start=start, total=len(assets), assets=part)
            )

    async def _enter(self, person: Person) -> None:
        assert person.person is not None
        self.ports.machine.remember(_LAST, msgspec.json.encode(person).decode())
        local = await self.ports.machine.open_local(person.person, self._heard, self._recovered)
        setup = await Store.open(local, SETUP)
        setup.subscribe(self._records_changed)
        setup.subscribe_status(self._status_changed)
        self.sync = sync = await self.ports.server.start_sync(local)
        sync.subscribe(self._sync_changed)
        sync.watch(setup)
        if not setup.records("project"):
            await sync.run_once()
        # Only now is there something to show: until then no address leads anywhere.
        self.local, self.state.setup = local, setup
        self.state.session, self.state.mode = person, "server"
        await self._show_place()

    async def _show_place(self) -> None:
        """Show what the address asks for; before an image nobody waits for the numbers on other pages."""
        if self.state.route.page == "label":
            await self.navigate(self.state.route)
            # Behind: the skeleton covers the page until the start is done.
            self.ports.machine.spawn(self._load_totals())
        else:
            await self._load_totals()
            await self.navigate(self.state.route)

    def _last_person(self) -> Person | None:
        text = self.ports.machine.recall(_LAST)
        try:
            return msgspec.json.decode(text, type=Person) if text and text != SOLO else None
        except msgspec.DecodeError:
            return None

    def _last_email(self) -> str:
        last = self._last_person()
        return last.email if last is not None else ""

    async def _load_totals(self) -> None:
        setup, local = self.state.setup, self.local
        if setup is None or local is None:
            return
        for fields in list(setup.records("project").values()):
            dataset = fields.get("dataset", "")
            page = await local.get_assets(dataset, 0)
            if page is None and self.state.mode == "server":
                try:
                    page = await self.ports.server.asset_page(dataset, 0)
                except SyncProblem:
                    continue  # the card says that the number is not known; opening the project says why
                await local.put_assets(page)
            if page is not None:
                self.state.totals[dataset] = page.total
        self.ports.render()

    # --- people

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in, as the same person who works here when the sheet over the work asks."""
        state = self.state
        state.busy, state.form_error = "Signing in…", ""
        self.ports.render()
        try:
            person = await self.ports.server.sign_in(email, password)
            if state.session.person not in (None, person.person):
                self.ports.machine.remember(_LAST, msgspec.json.encode(person).decode())
                self.ports.window.reload()
                return
            if state.sheet == "sign-in":
                state.sheet = ""
                self.sync_now()
            else:
                await self._enter(person)
        except (SignInRefused, SyncProblem) as problem:
            state.form_error = str(problem)
        except StorageProblem as problem:
            self._strand(str(problem))
        finally:
            state.busy = ""
            self.ports.render()

    async def sign_out(self) -> None:
        """Sign out; edits that the server does not have stay on this machine for the next sign-in."""
        try:
            await self.ports.server.sign_out()
        except Offline:
            self.notify("The server cannot be reached, so you are still signed in there. Try again later.")
            return
        self.ports.machine.remember(_LAST, None)
        self.ports.window.go("#/")
        self.ports.window.reload()

    # --- places

    async def navigate(self, route: Route) -> None:
        """Show what a route asks for."""
        if (route.page, route.project) != (self.state.route.page, self.state.route.project):
            # On the way to another image of the project somebody may have opened a sheet already: it stays.
            self.state.sheet = ""
        self.state.route = route
        if not self.state.signed_in or self.local is None:
            self.ports.render()
            return
        if route.page == "label":
            self.ports.render()
            await self.workbench.open_project(route.project, route.ordinal)
            # Unless the person has gone on elsewhere meanwhile, where a project may be just opening.
            if self.state.work is None and self.state.route == route:
                self.state.route = Route()
        else:
            self.workbench.close()
        if route.page == "dicomweb":
            await self.dicomweb.open()
        self.ports.render()

    def open_sheet(self, sheet: Sheet) -> None:
        """Open a sheet over the page."""
        self.state.sheet, self.state.form_error = sheet, ""
        open_palette(self)
        self.ports.render()

    def close_sheet(self) -> None:
        """Close the sheet."""
        self.state.sheet, self.state.form_error = "", ""
        self.ports.render()

    # --- how safe the work is

    def watch(self, store: Store) -> None:
        """Keep a store up to date from now on."""
        store.subscribe(self._records_changed)
        store.subscribe_status(self._status_changed)
        if self.sync is not None:
            self.sync.watch(store)
            self.sync.wake()

    def unwatch(self, store: Store) -> None:
        """Stop asking for news of a store."""
        if self.sync is not None:
            self.sync.unwatch(store)

    def _heard(self, news: News) -> None:
        for store in self.state.stores:
            if store.scope == news.scope:
                self.ports.machine.spawn(self._take_news(store, news))

    async def _take_news(self, store: Store, news: News) -> None:
        await store.refresh(news)
        # It may be for this tab to send; woken for nothing, two tabs would wake each other for ever.
        if store.status.unsynced:
            self.sync_now()

    def sync_now(self) -> None:
        """Send and receive now."""
        if self.sync is not None:
            self.sync.wake()

    def retry_storage(self) -> None:
        """Try failed writes again."""
        for store in self.state.stores:
            self.ports.machine.spawn(store.retry())

    def dismiss(self, store: Store, entry: str) -> None:
        """Take an entry off a store's lists."""
        self.ports.machine.spawn(store.dismiss([entry]))

    def send_again(self, store: Store, op_id: str) -> None:
        """Send a refused op once more."""
        self._try(lambda: store.send_again([op_id]))

    def bring_back(self, store: Store, entry: str) -> None:
        """Set a value again that somebody else has replaced."""
        self._try(lambda: store.bring_back(entry))

    def _try(self, edit: Callable[[], None]) -> None:
        try:
            edit()
        except Invalid as invalid:
            self.notify(f"That is not possible any more ({invalid}).")

    def _records_changed(self, _keys: object) -> None:
        self.workbench.labels.follow_instruction()
        self.ports.render()

    def _status_changed(self) -> None:
        if self.state.status.storage_problem and not self._retry_set:
            self._retry_set = True
            self.ports.machine.later(5.0, self._retry_later)
        self.ports.render()

    def _retry_later(self) -> None:
        self._retry_set = False
        if self.state.status.storage_problem:
            self.retry_storage()

    def _sync_changed(self) -> None:
        if self.sync is not None:
            self.state.sync_state = self.sync.state
            self.state.sync_problem = self.sync.problem
            self.state.synced_at = self.sync.synced_at
        self.ports.render()

    # --- projects out of and into this browser

    async def export_json(self) -> None:
        """Offer the project at hand as a file that can be imported again."""
        await self.transfer.export_json()

    async def export_masks(self) -> None:
        """Offer the masks of the project at hand."""
        await self.transfer.export_masks()

    async def import_project(self) -> None:
        """Take in a project from a file."""
        await self.transfer.import_project()

    # --- small things

    def note_download(self, address: str, received: int, expected: int | None) -> None:
        """Take note of how much of a file has come; in bytes."""
        of = f" of {expected / 1e6:.1f}" if expected else ""
        downloads = self.state.downloads
        downloads.pop(address, None)
        downloads[address] = f"{received / 1e6:.1f}{of} MB"
        if len(downloads) > MOST_DOWNLOADS:
            del downloads[next(iter(downloads))]
        self.ports.render()

    def notify(self, text: str) -> None:
        """Show a sentence for some seconds."""
        self._cancel_toast()
        self.state.toast = text
        self._cancel_toast = self.ports.machine.later(TOAST_SECONDS, self._clear_toast)
        self.ports.render()

    def _clear_toast(self) -> None:
        self.state.toast = ""
        self.ports.render()

    def fail(self, text: str) -> None:
        """Show what went wrong until the person hides it."""
        self.state.problem = text
        self.ports.render()

    def hide_problem(self) -> None:
        """Hide what went wrong."""
        self.state.problem = ""
        self.ports.render()

    def _recovered(self, count: int) -> None:
        self.state.recovered += count
        self.ports.render()

    def hide_recovered(self) -> None:
        """Hide that work was brought back."""
        self.state.recovered = 0
        self.ports.render()

    def hide_missing(self) -> None:
        """Hide what this browser or address lacks, until the page is loaded anew."""
        self.state.missing_hidden = True
        self.ports.render()

    def toggle_theme(self) -> None:
        """Change between dark and light colors."""
        self.state.dark = not self.state.dark
        self.ports.machine.remember(_THEME, "dark" if self.state.dark else "light")
        self.ports.window.paint_theme(self.state.dark)
        self.workbench.paint_theme()
        self.ports.render()

    def reload(self) -> None:
        """Load the page anew."""
        self.ports.window.reload()

    def update_ready(self) -> None:
        """Take note that a newer version waits for a reload."""
        self.state.update_ready = True
        self.ports.render()
