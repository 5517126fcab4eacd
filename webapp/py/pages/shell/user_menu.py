"""The menu of the person at the right of the top bar: who they are, the theme, and signing out."""

from __future__ import annotations

from typing import Protocol

from webapp.py.pages.shell import texts
from webapp.py.pages.shell.state import ShellState, ThemeChoice
from webapp.py.ui.parts import button, does, icon
from webapp.py.ui.tree import Node, h

_MENU = "user-menu"
_ICONS: dict[ThemeChoice, str] = {"system": "monitor", "light": "sun", "dark": "moon"}


class UserActions(Protocol):
    """What the entries of the menu do."""

    def choose_theme(self, choice: ThemeChoice) -> None:
        """Use the theme of the system, light, or dark colors."""

    async def sign_out(self) -> None:
        """Sign out."""


def user_menu(state: ShellState, actions: UserActions) -> list[Node]:
    """Return the button and the menu that it opens."""
    label = texts.account_of(state.session.name) if state.session.person else texts.SETTINGS
    return [
        h(
            "button",
            {
                "type": "button",
                "class": "tool",
                "popovertarget": _MENU,
                "aria-label": label,
                "data-tip": label,
                "data-tip-side": "end",
            },
            icon("user"),
        ),
        h(
            "div",
            {
                "id": _MENU,
                "popover": "auto",
                "class": "popover user-menu",
                "aria-label": label,
            },
            _person(state),
            h("section", {"key": "theme"}, h("h2", None, texts.THEME), _themes(state, actions)),
            h("section", {"key": "out"}, button(texts.SIGN_OUT, actions.sign_out, icon_name="log-out"))
            if state.session.person
            else None,
        ),
    ]


def _person(state: ShellState) -> Node | None:
    person = state.person
    if not person.id:
        return None
    project = state.route.value(0)
    role = person.role_in(project) if project in person.projects else person.role
    return h(
        "section",
        {"key": "person"},
        h("b", None, person.name or person.email),
        h("p", {"class": "muted"}, person.email) if person.name else None,
        h("p", {"class": "muted"}, texts.ROLES[role]),
    )


def _themes(state: ShellState, actions: UserActions) -> Node:
    def choose(choice: ThemeChoice) -> Node:
        return h(
            "label",
            {"class": "check", "key": choice},
            h(
                "input",
                {
                    "type": "radio",
                    "name": "theme",
                    "prop:checked": state.theme == choice,
                    "on_change": does(lambda: actions.choose_theme(choice)),
                },
            ),
            icon(_ICONS[choice], small=True),
            texts.THEMES[choice],
        )

    return h(
        "div",
        {"class": "checks", "role": "radiogroup", "aria-label": texts.THEME},
        [choose(one) for one in _ICONS],
    )
