"""The dialog that lists all keyboard shortcuts."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.pages.ports.shell import Shell
from webapp.py.pages.workbench import texts
from webapp.py.ui.parts import dialog, icon
from webapp.py.ui.reactive import reactive
from webapp.py.ui.tree import Event, Node, h
from webapp.py.workspace.actions import conflicts
from webapp.py.workspace.finding import rank
from webapp.py.workspace.labeling_state import LabelingState
from webapp.py.workspace.shortcut_help import HelpLine, shortcut_groups


def open_shortcuts(labeling: LabelingState, shell: Shell) -> None:
    """Open the dialog."""
    shell.dialog(Shortcuts(labeling, shell).view)


class Shortcuts:
    """The open dialog: conflicts first, then all shortcuts by group, filtered by what is typed.

    Parameters
    ----------
    labeling
        Has the instruction and the tools that define shortcuts.
    shell
        Shows the dialog.
    """

    _query = reactive("")

    def __init__(self, labeling: LabelingState, shell: Shell) -> None:
        self._labeling, self._shell = labeling, shell

    def view(self) -> Node:
        """Return the dialog."""
        instruction, registry = self._labeling.instruction, self._labeling.registry
        groups = {
            title: [line for line in lines if _matches(self._query, title, line)]
            for title, lines in shortcut_groups(instruction, registry).items()
        }
        conflicting = conflicts(instruction, registry)
        return dialog(
            texts.SHORTCUTS,
            lambda: self._shell.dialog(None),
            _field(self._query, self._typed),
            _conflicts(conflicting) if conflicting and not self._query else None,
            [_group(title, lines) for title, lines in groups.items() if lines],
            None if any(groups.values()) else h("p", {"class": "muted"}, texts.NO_RESULTS),
        )

    def _typed(self, event: Event) -> None:
        self._query = event.value


def _matches(query: str, group: str, line: HelpLine) -> bool:
    return not query.strip() or rank(query, line.title, f"{group} {' '.join(line.keys)}") is not None


def _field(query: str, typed: Callable[[Event], None]) -> Node:
    return h(
        "div",
        {"class": "search"},
        icon("search", small=True),
        h(
            "input",
            {
                # Not type="search", because Escape would only empty the field.
                "type": "text",
                "role": "searchbox",
                "autofocus": True,
                "placeholder": texts.SEARCH_SHORTCUTS_HINT,
                "aria-label": texts.SEARCH_SHORTCUTS,
                "prop:value": query,
                "on_input": typed,
            },
        ),
    )


def _conflicts(conflicting: list[str]) -> Node:
    return h(
        "section",
        {"class": "clashes", "role": "note", "key": "clashes"},
        h("h3", None, icon("triangle-alert", small=True), texts.SHORTCUT_CONFLICTS),
        h("ul", None, [h("li", None, one) for one in conflicting]),
    )


def _group(title: str, lines: list[HelpLine]) -> Node:
    return h(
        "section",
        {"class": "list", "key": title},
        h("h3", None, title),
        h("div", {"class": "shortcuts"}, [_line(line) for line in lines]),
    )


def _line(line: HelpLine) -> Node:
    return h(
        "div",
        {"key": line.title},
        h("span", None, line.title, h("small", None, f" {line.note}") if line.note else None),
        h("span", {"class": "keys"}, [h("kbd", {"key": keys}, keys) for keys in line.keys]),
    )
