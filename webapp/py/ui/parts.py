"""Small building blocks of pages: icons, buttons, dialogs, banners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.ui.tree import Event, Node, classes, h

Do = Callable[[], Any]


def icon(name: str, small: bool = False) -> Node:
    """Return an icon from the sprite that `main` adds to the page."""
    return h(
        "svg",
        {"class": classes("icon", small and "small"), "viewBox": "0 0 24 24", "aria-hidden": True},
        h("use", {"href": f"#icon-{name}"}),
    )


def does(action: Do) -> Callable[[Event], Any]:
    """Return a handler that ignores its event."""
    return lambda _event: action()


def icon_button(
    name: str,
    label: str,
    action: Do,
    *,
    keys: str = "",
    side: str | None = None,
    pressed: bool | None = None,
    disabled: bool = False,
    extra: str | None = None,
) -> Node:
    """Return a button with an icon. Its label and shortcut appear on hover and for screen readers."""
    return h(
        "button",
        {
            "type": "button",
            "class": classes("tool", extra),
            "aria-label": label,
            "aria-pressed": pressed,
            "aria-keyshortcuts": keys or None,
            "data-tip": label,
            "data-keys": keys or None,
            "data-tip-side": side,
            "disabled": disabled,
            "on_click": does(action),
        },
        icon(name),
    )


def button(
    label: str,
    action: Do,
    *,
    kind: str = "",
    icon_name: str = "",
    disabled: bool = False,
    submit: bool = False,
) -> Node:
    """Return a button with text. ``kind`` is ``"primary"``, ``"danger"`` or empty."""
    return h(
        "button",
        {
            "type": "submit" if submit else "button",
            "class": classes("button", kind),
            "disabled": disabled,
            "on_click": None if submit else does(action),
        },
        icon(icon_name, small=True) if icon_name else None,
        label,
    )


class _FocusKeeper:
    """A ``ref`` of dialogs: when the last one closes, the focus returns to where it was before."""

    def __init__(self) -> None:
        self._open = 0
        self._before: Any = None

    def __call__(self, element: Any) -> None:
        if element is None:
            self._open -= 1
            if self._open == 0:
                self._give_back()
            return
        self._open += 1
        if self._open == 1:
            self._before = getattr(getattr(element, "ownerDocument", None), "activeElement", None)

    def _give_back(self) -> None:
        before, self._before = self._before, None
        if not before:
            return
        # The element may have been removed with its page, or nothing had the focus.
        stays = before.isConnected and before.tagName != "BODY"
        target = before if stays else before.ownerDocument.querySelector(".view")
        if target:
            target.focus()


focus_keeper = _FocusKeeper()
"""Shared by all dialogs, because one may replace another."""


def sheet(title: str, close: Do, *content: Any, middle: bool = False) -> Node:
    """Return a dialog over the page, at the right edge or in the middle. Focus stays inside it."""
    return h(
        "wa-dialog" if middle else "wa-drawer",
        {
            "class": "sheet",
            "label": title,
            "open": True,
            "light-dismiss": True,
            "key": f"sheet-{title}",
            "ref": focus_keeper,
            "on_wa_hide": does(close),
        },
        h("div", {"class": "sheet-body"}, *content),
    )


def banner(text: str, *actions: Any, bad: bool = False, key: str) -> Node:
    """Return a banner: a message across the page, with actions."""
    return h(
        "div",
        {"class": classes("banner", bad and "bad"), "role": "alert" if bad else "status", "key": key},
        icon("triangle-alert", small=True),
        h("span", {"class": "grow"}, text),
        *actions,
    )


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> plural(1, "change"), plural(3, "change"), plural(2, "entry", "entries")
    ('1 change', '3 changes', '2 entries')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"
