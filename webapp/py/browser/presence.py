"""Whether the person is active: input, focus and visibility of the page, for time tracking."""

from __future__ import annotations

from typing import Any

import js
from pyodide.ffi import create_proxy

from webapp.py.pages.shell.app import App

_INPUT = ("pointerdown", "pointermove", "pointerup", "keydown", "wheel", "input")


def listen_to_presence(app: App) -> None:
    """Report activity to the timekeeper, and when the page is left."""
    time = app.workbench.time

    def on_input(_event: Any) -> None:
        # A pointer moving over a window in the background is not work.
        if js.document.hasFocus():
            time.input()

    def on_visibility(_event: Any) -> None:
        time.show(str(js.document.visibilityState) == "visible")

    heard = create_proxy(on_input)
    for name in _INPUT:
        # On the document, so that the viewport handles the event first.
        js.document.addEventListener(name, heard)
    js.document.addEventListener("visibilitychange", create_proxy(on_visibility))
    js.window.addEventListener("focus", create_proxy(lambda _event: time.come_back()))
    js.window.addEventListener("pagehide", create_proxy(lambda _event: time.put_down()))
