"""The app: it connects the parts of the shell and shows the page that the address names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence

from webapp.py.domain.model import Asset
from webapp.py.pages.ports.images import MOST_DOWNLOADS
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.ports.shell import CannotOpen, OnlyHere, Page, Person, Presence, Route
from webapp.py.pages.shell import texts
from webapp.py.pages.shell.closed_projects import only_here
from webapp.py.pages.shell.command_palette import CommandPalette
from webapp.py.pages.shell.entry import Entry
from webapp.py.pages.shell.frame import frame, start_failed, starting
from webapp.py.pages.shell.page_table import PageTable, find_pages
from webapp.py.pages.shell.routes import HOME, read_route, same_place, write_route
from webapp.py.pages.shell.saved_dialog import saved_dialog
from webapp.py.pages.shell.sign_in import sign_in_dialog, sign_in_page, sign_out_dialog
from webapp.py.pages.shell.state import ShellState, ThemeChoice
from webapp.py.pages.shell.stores import Stores
from webapp.py.store.local import LocalStore
from webapp.py.store.store import Store
from webapp.py.ui.parts import button
from webapp.py.ui.reactive import effect, reactive
from webapp.py.ui.tree import Node, h, part
from webapp.py.workspace.messages import KeyPress
from webapp.py.workspace.registry import Registry

_THEME = "limner.theme"
_NO_PAGE = ""
"""Stands for the page of an address that no page has."""
TOAST_SECONDS = 6.0


class App:
    """Keeps the state of the shell. Pages use it as their `Shell`, and the browser room calls it.

    Parameters
    ----------
    ports
        Browser, server and worker.
    tools
        The labeling tools of this site.
    table
        The pages of this site. By default, those in `webapp.py.pages`.
    """

    page = reactive[Page | None](None)
    """The page that is shown."""

    def __init__(self, ports: Ports, tools: Registry, table: PageTable | None = None) -> None:
        self.ports = ports
        self.tools = tools
        self.state = ShellState()
        self.stores = Stores(self.state, ports, self.say)
        self.entry = Entry(self.state, ports, self.stores, self._show_place)
        self._table = table or find_pages()
        self._pages: dict[str, Page] = {}
        self._cancel_toast: Callable[[], None] = lambda: None
        self.state.theme = _theme(ports.machine.recall(_THEME))
        self.state.system_dark = ports.window.watch_system_dark(self._system_changed)
        effect(lambda: ports.window.paint_theme(self.state.dark), name="theme")
        effect(lambda: ports.window.set_title(self._title()), name="window title")
        self._problem_stays = False
        if self._table.broken:
            self.fail(" ".join(self._table.broken.values()), stays=True)

    async def start(self, fragment: str) -> None:
        """Find out who is signed in and open what the address asks for."""
        self.state.route = self._read(fragment)
        await self.entry.start()

    def view(self) -> Node:
        """Return the whole interface."""
        state = self.state
        if state.mode == "starting":
            shown = start_failed(state, self) if state.problem else starting()
        elif not state.signed_in:
            shown = sign_in_page(state, self.entry, self)
        elif self.page is None:
            shown = starting()
        else:
            shown = frame(state, self, self.page)
        toast = part(_toast, state, self._undo_toast)
        return h("div", {"style": "height:100%"}, shown, toast, part(_dialog, state))

    # --- places

    def _read(self, fragment: str) -> Route:
        return read_route(fragment, self._table.routes) or Route(_NO_PAGE, (fragment,))

    def link(self, route: Route) -> str:
        """Return the address of a route."""
        return write_route(route, self._table.routes)

    def go(self, route: Route) -> None:
        """Go to a page. Going through the images of a project adds nothing to the browser's history."""
        self.ports.window.go(self.link(route), replace=same_place(route, self.state.route))

    async def follow(self, fragment: str) -> None:
        """Show what the address asks for after it has changed."""
        await self._navigate(self._read(fragment))

    async def _show_place(self) -> None:
        """Show what the address asks for. Only the projects page waits for the numbers of images."""
        if self.state.route.page == HOME.page:
            await self.stores.load_totals()
            await self._navigate(self.state.route)
        else:
            await self._navigate(self.state.route)
            # In the background: the skeleton covers the page until the start is done.
            self.ports.machine.spawn(self.stores.load_totals())

    async def _navigate(self, route: Route) -> None:
        if not same_place(route, self.state.route):
            # A dialog stays open when only the image changes: you may open one while the image loads.
            self.state.dialog = None
            if not self._problem_stays:
                self.hide_problem()
        await self._show(route)

    async def _show(self, route: Route) -> None:
        state = self.state
        state.route = route
        if not state.signed_in or self.stores.local is None:
            return
        try:
            if route.page == _NO_PAGE:
                raise CannotOpen(texts.no_such_page(route.value(0)))
            page = self._page(route.page)
            if page is not self.page:
                if self.page is not None:
                    self.page.close()
                self.page = page
            await page.open(route)
        except CannotOpen as reason:
            # Unless the person has opened another page in the meantime.
            if state.route == route:
                self.fail(str(reason))
                if route.page != HOME.page:
                    await self._show(HOME)
                    self.ports.window.go(self.link(HOME), replace=True)

    def _page(self, name: str) -> Page:
        if name not in self._pages:
            self._pages[name] = self._table.make[name](self)
        return self._pages[name]

    # --- dialogs and messages

    def dialog(self, view: Callable[[], Node | None] | None) -> None:
        """Show a dialog over the page, or none."""
        self.state.dialog, self.state.form_error = view, ""

    def close_dialog(self) -> None:
        """Close the dialog."""
        self.dialog(None)

    def open_dialog(self, page: str, name: str, *arguments: object) -> None:
        """Open a dialog of a page."""
        result = self._page(page).dialogs()[name](*arguments)
        if inspect.iscoroutine(result):
            self.ports.machine.spawn(result)

    def open_palette(self) -> None:
        """Open the command palette."""
        page = self.page
        if page is not None:
            palette = CommandPalette(self.ports.machine, page.commands, self.close_dialog)
            self.dialog(palette.view)

    def open_saved(self) -> None:
        """Open the dialog that says where your work is."""
        self.dialog(lambda: saved_dialog(self.state, self.stores, self.close_dialog))
        self.ports.machine.spawn(self.stores.closed.list())

    def open_sign_in(self) -> None:
        """Open the dialog to sign in again."""
        self.dialog(lambda: sign_in_dialog(self.state, self.entry, self.close_dialog))

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Show a toast: a sentence that disappears after some seconds, with an Undo button if asked for."""
        self._cancel_toast()
        self.state.toast, self.state.toast_undo = text, undo
        self._cancel_toast = self.ports.machine.later(TOAST_SECONDS, self._clear_toast)

    def unsay(self, text: str) -> None:
        """Take a toast back before its time, if it is still shown."""
        if text and self.state.toast == text:
            self._cancel_toast()
            self._clear_toast()

    def _clear_toast(self) -> None:
        self.state.toast, self.state.toast_undo = "", None

    def _undo_toast(self) -> None:
        undo = self.state.toast_undo
        self._cancel_toast()
        self._clear_toast()
        if undo is not None:
            undo()

    def fail(self, text: str, *, stays: bool = False) -> None:
        """Show what went wrong in a banner, until the person hides it.

        Unless it ``stays``, it also goes away when another page or project is opened.
        """
        self.state.problem, self._problem_stays = text, stays

    def hide_problem(self) -> None:
        """Hide the banner that says what went wrong."""
        self.state.problem = ""

    def hide_recovered(self) -> None:
        """Hide the banner that says that work was restored."""
        self.state.recovered = 0

    def hide_missing(self) -> None:
        """Hide the banner about missing browser features until the page is reloaded."""
        self.state.missing_hidden = True

    def note_download(self, address: str, received: int, expected: int | None) -> None:
        """Keep how much of a file is downloaded, in bytes."""
        others = [(file, amount) for file, amount in self.state.downloads.items() if file != address]
        latest = [*others, (address, texts.downloaded(received, expected))][-MOST_DOWNLOADS:]
        self.state.downloads = dict(latest)

    def set_busy(self, text: str) -> None:
        """Show what the app is busy with. Empty when it is done."""
        self.state.busy = text

    def update_ready(self) -> None:
        """Show that a newer version is ready after a reload."""
        self.state.update_ready = True

    # --- what pages read

    @property
    def person(self) -> Person:
        """Who works here."""
        return self.state.person

    @property
    def setup(self) -> Store:
        """Datasets, instructions and projects."""
        assert self.state.setup is not None
        return self.state.setup

    @property
    def local(self) -> LocalStore:
        """What this computer stores for the person."""
        assert self.stores.local is not None
        return self.stores.local

    @property
    def totals(self) -> Mapping[str, int]:
        """Number of images by dataset, where known."""
        return self.state.totals

    @property
    def only_here(self) -> Mapping[str, OnlyHere]:
        """What the server does not have of projects that are not open, by project id."""
        return only_here(self.state)

    def set_total(self, dataset: str, count: int) -> None:
        """Set how many images a dataset has."""
        self.stores.set_total(dataset, count)

    @property
    def downloads(self) -> Mapping[str, str]:
        """How much of each file is downloaded, as text by address. The newest is last."""
        return self.state.downloads

    @property
    def dark(self) -> bool:
        """Whether the colors are dark."""
        return self.state.dark

    @property
    def busy(self) -> str:
        """What the app is busy with, as text."""
        return self.state.busy

    @property
    def presence(self) -> Presence | None:
        """What records whether someone works on the page."""
        return self.page.presence if self.page is not None else None

    # --- what buttons, keys and pages ask for

    def key(self, key: KeyPress, *, typing: bool = False) -> bool:
        """Handle a key. Return whether the page used it."""
        if self.page is None or self.state.dialog is not None:
            return False
        return self.page.key(key, typing=typing)

    def key_up(self, key: str) -> None:
        """Handle the release of a key, or the window's loss of focus (an empty key)."""
        if self.page is not None:
            self.page.key_up(key)

    def commit(self) -> None:
        """Save what is being typed, because the window is about to close."""
        if self.page is not None:
            self.page.commit()

    async def sign_out(self) -> None:
        """Sign out, after asking if something is not on the server."""
        if self.state.status.only_here or self.state.status.unsaved:
            self.dialog(lambda: sign_out_dialog(self.state, self))
        else:
            await self.sign_out_now()

    async def sign_out_now(self) -> None:
        """Sign out."""
        self.close_dialog()
        await self.entry.sign_out(self.say)

    def toggle_theme(self) -> None:
        """Change between dark and light colors."""
        self.choose_theme("light" if self.state.dark else "dark")

    def choose_theme(self, choice: ThemeChoice) -> None:
        """Use the theme of the system, light, or dark colors."""
        self.state.theme = choice
        self.ports.machine.remember(_THEME, choice)

    def _system_changed(self, dark: bool) -> None:
        self.state.system_dark = dark

    def _title(self) -> str:
        state, page = self.state, self.page
        if state.mode != "starting" and not state.signed_in:
            return texts.window_title(texts.SIGN_IN)
        return texts.window_title(page.subject, page.title) if page is not None else texts.window_title()

    def reload(self) -> None:
        """Reload the page."""
        self.ports.window.reload()

    def keep_synced(self, store: Store) -> Callable[[], None]:
        """Keep a store up to date. Return a function that stops it."""
        return self.stores.keep_synced(store)

    async def keep_assets(self, dataset: str, assets: Sequence[Asset]) -> None:
        """Save the image list of a dataset on this computer."""
        await self.stores.keep_assets(dataset, assets)

    async def look_again(self) -> None:
        """Ask the server which projects there are now."""
        await self.entry.look_again()

    async def send_setup(self) -> None:
        """Wait until the setup is on this computer and, if there is one, on the server."""
        await self.stores.send_setup()

    def sync_now(self) -> None:
        """Sync now."""
        self.stores.sync_now()

    def retry_storage(self) -> None:
        """Try failed writes again."""
        self.stores.retry_storage()

    async def download_unsynced(self) -> None:
        """Offer a file with everything that the server does not have."""
        await self.stores.save_unsynced()


def _theme(text: str | None) -> ThemeChoice:
    return "light" if text == "light" else "dark" if text == "dark" else "system"


def _toast(state: ShellState, undo: Callable[[], None]) -> Node:
    if not state.toast:
        return h("div")
    action = button(texts.UNDO, undo) if state.toast_undo is not None else None
    text = h("span", None, state.toast)
    return h("div", None, h("div", {"class": "toast", "role": "status"}, text, action))


def _dialog(state: ShellState) -> Node:
    return h("div", None, state.dialog() if state.dialog is not None else None)
