"""Whether the person is active: input, focus and visibility of the page, for time tracking."""

from __future__ import annotations

from typing import Any

import js
from pyodide.ffi import create_proxy

from webapp.py.pages.shell.app import App

_INPUT = ("pointerdown", "pointermove", "pointerup", "keydown", "wheel", "input")


def listen_to_presence(app: App) -> None:
    """Tell the timekeeper from now on what the person does, and when the page is left."""

    def on_input(_event: Any) -> None:
        # A pointer that crosses a window in the background is no work in it.
        if js.document.hasFocus() and app.presence is not None:
            app.presence.input()

    def on_visibility(_event: Any) -> None:
        if app.presence is not None:
            app.presence.show(str(js.document.visibilityState) == "visible")

    def on_focus(_event: Any) -> None:
        if app.presence is not None:
            app.presence.come_back()

    def on_leaving(_event: Any) -> None:
        if app.presence is not None:
            app.presence.put_down()

    heard = create_proxy(on_input)
    for name in _INPUT:
        # On the document, so that the viewport handles the event first.
        js.document.addEventListener(name, heard)
    js.document.addEventListener("visibilitychange", create_proxy(on_visibility))
    js.window.addEventListener("focus", create_proxy(on_focus))
    js.window.addEventListener("pagehide", create_proxy(on_leaving))
