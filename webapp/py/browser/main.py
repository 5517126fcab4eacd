"""Where the app begins in the browser: builds it, connects it to the page, starts it."""

from __future__ import annotations

import traceback
from typing import Any

import js
from pyodide.ffi import create_proxy

from webapp.py.browser.boot import BootInfo, OfflineReport
from webapp.py.browser.dom import Root
from webapp.py.browser.edges import BrowserEdges
from webapp.py.browser.platform import on_network_change
from webapp.py.pages.app import App
from webapp.py.pages.keyboard import take_key
from webapp.py.pages.state import read_route
from webapp.py.workspace.messages import Key
from webapp.py.workspace.registry import find_tools

_TYPING = "input:not([type=range]):not([type=checkbox]), textarea, select, wa-input, wa-textarea, wa-select"
_SCROLLING = ("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight")


async def start(boot: BootInfo) -> None:
    """Build the app, show it, and find out who is here."""
    boot.step("Opening your workspace")
    edges = BrowserEdges(boot)
    await edges.place_icons()
    app = App(edges, find_tools())
    root = Root(js.document.getElementById("app"), lambda problem: _report(app, problem))
    edges.connect(lambda: root.schedule(app.view), lambda problem: _report(app, problem))
    app.state.missing = edges.missing()
    _listen(app, edges)
    boot.listen(lambda report: _offline_copy(app, report))
    js.document.body.dataset.limner = boot.how
    await app.start(str(js.location.hash))
    root.render(app.view())


def key_of(event: Any) -> Key:
    """Return a browser's key event as tools know it: digits typed with Shift count as the digit."""
    code, key = str(event.code), str(event.key)
    if event.shiftKey and code.startswith("Digit"):
        key = code.removeprefix("Digit")
    held = bool(event.ctrlKey or event.metaKey)
    return Key(key, shift=bool(event.shiftKey), ctrl=held, alt=bool(event.altKey))


def _listen(app: App, edges: BrowserEdges) -> None:
    def on_key(event: Any) -> None:
        target = event.target
        if event.isComposing or (hasattr(target, "closest") and target.closest(_TYPING)):
            return
        if str(event.key) == " " and not target.closest("button, a, summary"):
            event.preventDefault()
            app.desk.hold_space(True)
        elif take_key(app.desk, key_of(event)):
            event.preventDefault()

    def on_key_up(event: Any) -> None:
        if str(event.key) == " ":
            app.desk.hold_space(False)

    def on_hash(_event: Any) -> None:
        edges.spawn(app.navigate(read_route(str(js.location.hash))))

    js.document.addEventListener("keydown", create_proxy(on_key))
    js.document.addEventListener("keyup", create_proxy(on_key_up))
    js.window.addEventListener("blur", create_proxy(lambda _event: app.desk.hold_space(False)))
    js.window.addEventListener("hashchange", create_proxy(on_hash))
    on_network_change(lambda online: app.sync_now() if online else None)

    def on_leaving(event: Any) -> None:
        if app.state.status.saving:
            event.preventDefault()

    js.window.addEventListener("beforeunload", create_proxy(on_leaving))


def _offline_copy(app: App, report: OfflineReport) -> None:
    js.document.body.dataset.offline = report.kind
    if report.kind == "update":
        app.update_ready()
    elif report.kind == "failed":
        app.fail(f"The copy of Limner for days without a network could not be made: {report.reason}")


def _report(app: App, problem: BaseException) -> None:
    what = f"{type(problem).__name__}: {problem}"
    text = f"Something went wrong ({what}). Your work is kept; reload if the page looks odd."
    # Showing it draws the page again: a page that cannot be drawn must not do so for ever.
    if app.state.problem != text:
        js.console.error("".join(traceback.format_exception(problem)))
        app.fail(text)
