"""Small building blocks of pages: icons, buttons, dialogs, banners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.ui import texts
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


def with_tip(node: Node, tip: str, keys: str = "", side: str | None = None) -> Node:
    """Return a node with hover help around it: a sentence and a shortcut."""
    return h("span", {"data-tip": tip, "data-keys": keys or None, "data-tip-side": side}, node)


class _Modals:
    """The ``ref`` of dialogs. It opens each, and after the last one it returns the focus to where it was."""

    def __init__(self) -> None:
        self._open = 0
        self._before: Any = None
        self._document: Any = None

    def __call__(self, element: Any) -> None:
        if element is None:
            self._open -= 1
            if self._open == 0:
                self._give_back()
            return
        if element.ownerDocument != self._document:
            # The dialogs of another document, such as that of a page in a test, are not in front of this one.
            self._open, self._document = 0, element.ownerDocument
        self._open += 1
        if self._open == 1:
            self._before = element.ownerDocument.activeElement
        element.showModal()

    def _give_back(self) -> None:
        before, self._before = self._before, None
        if not before:
            return
        # The element may have been removed with its page, or nothing had the focus.
        stays = before.isConnected and before.tagName != "BODY"
        target = before if stays else before.ownerDocument.querySelector(".view")
        if target:
            target.focus()


_modals = _Modals()
"""Shared by all dialogs, because one may replace another."""


def modal(title: str, close: Do, *content: Any, kind: str = "") -> Node:
    """Return a dialog over the page with only its content.

    The browser keeps the focus in it and makes everything else inert. ``close`` is called after Escape or a
    click outside has closed it. It must remove the dialog from the page.
    """

    def pressed(event: Event) -> None:
        # The content covers the dialog, so the dialog itself is the target only outside the content.
        raw = event.raw
        if raw is not None and raw.target == raw.currentTarget and not hasattr(raw.target, "closedBy"):
            close()

    return h(
        "dialog",
        {
            "class": classes("dialog", kind),
            "aria-label": title,
            "closedby": "any",
            "key": f"dialog-{title}",
            "ref": _modals,
            "on_close": does(close),
            "on_mousedown": pressed,
        },
        *content,
    )


def dialog(title: str, close: Do, *content: Any, drawer: bool = False) -> Node:
    """Return a dialog with title and close button, centered or as a drawer on the right."""
    return modal(
        title,
        close,
        h("h2", None, title),
        h("div", {"class": "dialog-body"}, *content),
        # Last, so that the focus starts in the content.
        h(
            "button",
            {"type": "button", "class": "tool", "aria-label": texts.CLOSE, "on_click": does(close)},
            icon("x"),
        ),
        kind="drawer" if drawer else "",
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
