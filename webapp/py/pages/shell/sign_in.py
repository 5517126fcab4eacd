"""Signing in: a page, and a dialog that opens over the work when the session has expired."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from webapp.py.pages.shell import texts
from webapp.py.pages.shell.frame import brand
from webapp.py.pages.shell.state import ShellState
from webapp.py.ui.parts import button, dialog, icon
from webapp.py.ui.tree import Event, Node, h


class SignInActions(Protocol):
    """What the form does."""

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in."""


def sign_in_page(state: ShellState, actions: SignInActions) -> Node:
    """Return the page for someone who is not signed in."""
    return h(
        "main",
        {"class": "sign-in", "data-page": "sign-in"},
        h("form", {"on_submit": _submit(actions)}, brand(), h("h1", None, texts.SIGN_IN), _fields(state)),
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


def _submit(actions: SignInActions) -> Callable[[Event], Awaitable[None]]:
    def submit(event: Event) -> Awaitable[None]:
        event.prevent()
        fields = event.raw.currentTarget.elements
        return actions.sign_in(str(fields.email.value), str(fields.password.value))

    return submit
