"""The start of the app in the browser: builds it, connects it to the page, runs it."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

import js
from pyodide.ffi import create_proxy

from webapp.py.browser import texts
from webapp.py.browser.adapters.ports import BrowserPorts
from webapp.py.browser.boot import BootInfo, OfflineReport
from webapp.py.browser.dom import Root
from webapp.py.browser.keys import listen_to_keys
from webapp.py.browser.platform import find_missing, on_network_change
from webapp.py.browser.presence import listen_to_presence
from webapp.py.pages.shell.app import App
from webapp.py.workspace.registry import find_tools


async def start(boot: BootInfo) -> None:
    """Build the app, show it, and find out who is signed in."""
    boot.step(texts.OPENING)
    ports = BrowserPorts(boot)
    ports.machine.spawn(ports.images.open())
    ports.machine.spawn(ports.server.place_icons())
    app = App(ports, find_tools())
    root = Root(js.document.getElementById("app"), app.view, lambda problem: _report(app, problem))
    asyncio.get_running_loop().set_exception_handler(partial(_report_callback, app))
    app.state.missing = [entry.message for entry in find_missing()]
    ports.connect(lambda problem: _report(app, problem), app.note_download, lambda: _say_plain(app))
    _listen(app, ports, root.render)
    root.schedule()
    boot.listen(lambda report: _offline_copy(app, report))
    js.document.body.dataset.limner = boot.how
    await app.start(str(js.location.hash))
    root.render()


def _listen(app: App, ports: BrowserPorts, show: Callable[[], None]) -> None:
    def on_hash(_event: Any) -> None:
        ports.machine.spawn(app.follow(str(js.location.hash)))

    listen_to_keys(app, show)
    listen_to_presence(app)
    js.window.addEventListener("hashchange", create_proxy(on_hash))
    on_network_change(lambda online: app.sync_now() if online else None)

    def on_leaving(event: Any) -> None:
        app.commit()
        if app.state.status.unsaved:
            event.preventDefault()

    js.window.addEventListener("beforeunload", create_proxy(on_leaving))


def _offline_copy(app: App, report: OfflineReport) -> None:
    js.document.body.dataset.offline = report.kind
    if report.kind == "update":
        app.update_ready()
    elif report.kind == "failed":
        app.fail(texts.offline_copy_failed(report.reason), stays=True)


def _say_plain(app: App) -> None:
    app.state.missing = [*app.state.missing, texts.NO_WEBGL2]


def _report_callback(app: App, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report an exception of a callback that nothing awaits. Everything else goes to the console only."""
    if "handle" in context and "exception" in context:
        _report(app, context["exception"])
    else:
        loop.default_exception_handler(context)


def _report(app: App, problem: BaseException) -> None:
    text = texts.unexpected(f"{type(problem).__name__}: {problem}")
    # Showing the message renders the page. If rendering fails, that must not repeat forever.
    if app.state.problem != text:
        js.console.error("".join(traceback.format_exception(problem)))
        app.fail(text, stays=True)
