"""The keyboard: which keys are for the workspace, and which for the field or slider that has the focus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import create_proxy

from webapp.py.pages.shell.app import App
from webapp.py.workspace.messages import KeyPress

_TYPING = (
    "input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=submit], [type=color]), "
    "textarea, select, [contenteditable=true], wa-input, wa-textarea, wa-select"
)
_ARROWS = "input[type=range]:focus-visible, input[type=radio]:focus-visible, [role=listbox][tabindex]"
"""What the arrow keys change by themselves, while it was reached with the keyboard."""
_MOVES = frozenset({"ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"})
_PRESSED = {
    " ": "button, a, summary, input, select, label, [role=option], [role=button]",
    "Enter": "button, a, summary, [role=option], [role=button]",
}
"""What Space and Enter press by themselves, while it has the focus."""


def key_of(event: Any) -> KeyPress:
    """Return a browser's key event as tools know it.

    Digits typed with Shift or Alt count as the digit; letters count as small ones whatever Caps Lock says,
    and by their place on the keyboard where the layout has no such letters.
    """
    code, key = str(event.code), str(event.key)
    if code == "Space":
        key = " "  # with Alt some keyboards write another blank
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
    """Give the keys of the page to the workspace from now on; ``show`` shows its state at once."""

    def on_key(event: Any) -> None:
        target = event.target
        asks = hasattr(target, "closest")
        if event.isComposing or (asks and str(event.key) in _MOVES and target.closest(_ARROWS)):
            return
        if str(event.key) == "Escape" and js.document.querySelector(":popover-open"):
            return  # it closes the menu that is open
        key, typing = key_of(event), bool(asks and target.closest(_TYPING))
        presses = _PRESSED.get(key.key) if not (typing or key.ctrl or key.alt) else None
        if presses is not None and asks and target.closest(presses):
            return
        if app.key(key, typing=typing):
            event.preventDefault()
            if app.state.dialog is not None:
                show()  # whatever is typed next is for the dialog

    def on_key_up(event: Any) -> None:
        if str(event.key) == " ":
            app.key_up(" ")

    js.document.addEventListener("keydown", create_proxy(on_key))
    js.document.addEventListener("keyup", create_proxy(on_key_up))
    js.window.addEventListener("blur", create_proxy(lambda _event: app.key_up("")))


def move_focus(parts: list[str], by: int) -> None:
    """Move the focus to the next of these parts of the page, or the one ``by`` further."""
    found = [part for part in map(js.document.querySelector, parts) if part]
    inside = [bool(part.contains(js.document.activeElement)) for part in found]
    at = inside.index(True) if True in inside else (-1 if by > 0 else len(found))
    if found:
        _enter(found[(at + by) % len(found)])


def step_focus(lines: str, by: int) -> None:
    """Move the focus among the elements that a selector finds, round at the ends; 0 goes to the first one."""
    found = [line for line in js.document.querySelectorAll(lines) if not line.disabled]
    places = [number for number, line in enumerate(found) if line.contains(js.document.activeElement)]
    if found:
        found[(places[0] + by) % len(found) if places and by else 0].focus()


def _enter(part: Any) -> None:
    """Focus a part of the page, or the list in it, or what is chosen there, or the first thing in it."""
    if part.matches("[tabindex]"):
        part.focus()
        return
    for wanted in ("[tabindex='0']", "button[aria-pressed=true]", "button, a[href], input"):
        for element in part.querySelectorAll(wanted):
            # What is grayed out, or in a menu that is closed, does not take it.
            element.focus()
            if element.matches(":focus"):
                return
