"""The keyboard: which keys go to the workspace, and which to the focused field or control."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import create_proxy

from webapp.py.pages.shell.app import App
from webapp.py.workspace.messages import KeyPress

_TYPING = (
    "input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=submit], [type=color]), "
    "textarea, select, [contenteditable=true]"
)
_ARROWS = "input[type=range]:focus-visible, input[type=radio]:focus-visible, [role=listbox][tabindex]"
"""Controls that use the arrow keys themselves once they were focused with the keyboard."""
_MOVES = frozenset({"ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"})
_PRESSED = {
    " ": "button, a, summary, input, select, label, [role=option], [role=button]",
    "Enter": "button, a, summary, [role=option], [role=button]",
}
"""Elements that Space and Enter activate while they have the focus."""


_FIRST = (
    *("[tabindex='0']:not([role=separator])", "button[aria-pressed=true]"),
    "button, a[href], input",
)
"""What gets the focus in a part of the page, the first of these that is there."""


def key_of(event: Any) -> KeyPress:
    """Return a key event as tools know it.

    A digit typed with Shift or Alt is the digit. A letter is lowercase even with Caps Lock, and goes by its
    position on keyboards without Latin letters.
    """
    code, key = str(event.code), str(event.key)
    if code == "Space":
        key = " "  # some keyboards type a different space with Alt
    elif (event.shiftKey or event.altKey) and code.startswith("Digit"):
        key = code.removeprefix("Digit")
    elif len(key) == 1 and not key.isascii() and code.startswith("Key"):
        key = code.removeprefix("Key").lower()
    elif len(key) == 1 and not event.shiftKey:
        key = key.lower()
    held = bool(event.ctrlKey or event.metaKey)
    return KeyPress(
        key, shift=bool(event.shiftKey), ctrl=held, alt=bool(event.altKey), repeat=bool(event.repeat)
    )


def listen_to_keys(app: App, show: Callable[[], None]) -> None:
    """Send keys to the workspace. ``show`` shows its state immediately."""

    def on_key(event: Any) -> None:
        target = event.target
        asks = hasattr(target, "closest")
        if event.isComposing or (asks and str(event.key) in _MOVES and target.closest(_ARROWS)):
            return
        if str(event.key) == "Escape" and js.document.querySelector(":popover-open"):
            return  # it closes the open menu
        key, typing = key_of(event), bool(asks and target.closest(_TYPING))
        presses = _PRESSED.get(key.key) if not (typing or key.ctrl or key.alt) else None
        if presses is not None and asks and target.closest(presses):
            return
        if app.key(key, typing=typing):
            event.preventDefault()
            if app.state.dialog is not None:
                show()  # the next keys are for the dialog

    def on_key_up(event: Any) -> None:
        if str(event.key) == " ":
            app.key_up(" ")

    js.document.addEventListener("keydown", create_proxy(on_key))
    js.document.addEventListener("keyup", create_proxy(on_key_up))
    js.window.addEventListener("blur", create_proxy(lambda _event: app.key_up("")))


def move_focus(parts: list[str], by: int) -> None:
    """Move the focus ``by`` of these parts of the page forward."""
    found = [part for part in map(js.document.querySelector, parts) if part]
    inside = [bool(part.contains(js.document.activeElement)) for part in found]
    at = inside.index(True) if True in inside else (-1 if by > 0 else len(found))
    if found:
        _enter(found[(at + by) % len(found)])


def step_focus(lines: str, by: int) -> None:
    """Move the focus among the elements of a selector, wrapping at the ends. 0 goes to the first one."""
    found = [line for line in js.document.querySelectorAll(lines) if not line.disabled]
    places = [number for number, line in enumerate(found) if line.contains(js.document.activeElement)]
    if found:
        found[(places[0] + by) % len(found) if places and by else 0].focus()


def _enter(part: Any) -> None:
    """Focus a part of the page, or the list, the selected item or the first control in it."""
    if part.matches("[tabindex]"):
        part.focus()
        return
    for wanted in _FIRST:
        for element in part.querySelectorAll(wanted):
            # Disabled elements and those in closed menus do not take the focus.
            element.focus()
            if element.matches(":focus"):
                return
