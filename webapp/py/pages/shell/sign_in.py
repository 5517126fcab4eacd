"""Signing in: a page, and a dialog that opens over the work when the session has expired."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from webapp.py.pages.shell import texts
from webapp.py.pages.shell.frame import brand
from webapp.py.pages.shell.state import ShellState
from webapp.py.ui.parts import button, dialog, icon
from webapp.py.ui.tree import Event, Node, h


class SignInActions(Protocol):
    """What the form does."""

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in."""


class SignOutActions(Protocol):
    """What the buttons of the page and of the question before signing out do."""

    def close_dialog(self) -> None:
        """Close the dialog."""

    async def sign_out_now(self) -> None:
        """Sign out."""

    async def download_unsynced(self) -> None:
        """Offer a file with everything that the server does not have."""


def sign_in_page(state: ShellState, form: SignInActions, actions: SignOutActions) -> Node:
    """Return the page for someone who is not signed in."""
    return h(
        "main",
        {"class": "sign-in", "data-page": "sign-in"},
        h(
            "form",
            {"on_submit": _submit(form)},
            brand(),
            h("h1", None, texts.SIGN_IN),
            _fields(state),
            _waiting(state, actions),
        ),
    )


def _waiting(state: ShellState, actions: SignOutActions) -> Node | None:
    """Return what the last person has on this computer that the server does not have."""
    count = state.status.only_here
    if not count:
        return None
    return h(
        "div",
        {"class": "item", "role": "status"},
        h("p", None, texts.waiting_here(count, state.session.email)),
        h(
            "div",
            {"class": "row"},
            button(texts.DOWNLOAD_EDITS, actions.download_unsynced, icon_name="download"),
        ),
    )


def sign_out_dialog(state: ShellState, actions: SignOutActions) -> Node:
    """Return the question before someone signs out whose changes are not all on the server."""
    status = state.status
    return dialog(
        texts.SIGN_OUT_QUESTION,
        actions.close_dialog,
        h("p", None, texts.sign_out_with_changes(status.only_here + status.unsaved, state.session.email)),
        h(
            "div",
            {"class": "row"},
            button(texts.DOWNLOAD_EDITS, actions.download_unsynced, icon_name="download"),
            button(texts.SIGN_OUT_ANYWAY, actions.sign_out_now, kind="danger"),
            button(texts.CANCEL, actions.close_dialog),
        ),
    )


def sign_in_dialog(state: ShellState, actions: SignInActions, close: Callable[[], None]) -> Node:
    """Return the dialog to sign in again and continue after the session has expired."""
    return dialog(
        texts.SIGN_IN_AGAIN,
        close,
        h("p", {"class": "muted"}, texts.sign_in_to_sync(state.session.email)),
        h("form", {"class": "list", "on_submit": _submit(actions)}, _fields(state)),
    )


def _fields(state: ShellState) -> list[Node | None]:
    return [
        h(
            "label",
            {"class": "field"},
            texts.EMAIL,
            h(
                "input",
                {
                    "name": "email",
                    "type": "email",
                    "autocomplete": "username",
                    "required": True,
                    "value": state.session.email or None,
                    "ref": None if state.session.email else _focus,
                },
            ),
        ),
        h(
            "label",
            {"class": "field"},
            texts.PASSWORD,
            h(
                "input",
                {
                    "name": "password",
                    "type": "password",
                    "autocomplete": "current-password",
                    "required": True,
                    "ref": _focus if state.session.email else None,
                },
            ),
        ),
        h(
            "div",
            {"class": "field-error", "role": "alert"},
            icon("triangle-alert", small=True),
            state.form_error,
        )
        if state.form_error
        else None,
        button(
            state.busy or texts.SIGN_IN, lambda: None, kind="primary", disabled=bool(state.busy), submit=True
        ),
    ]


def _focus(element: Any) -> None:
    """Put the focus into the first field that is to be filled in."""
    if element is not None:
        element.focus()


def _submit(actions: SignInActions) -> Callable[[Event], Awaitable[None]]:
    def submit(event: Event) -> Awaitable[None]:
        event.prevent()
        fields = event.raw.currentTarget.elements
        return actions.sign_in(str(fields.email.value), str(fields.password.value))

    return submit
