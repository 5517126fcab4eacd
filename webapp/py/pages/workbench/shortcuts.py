"""The information panel that lists every key of the workspace."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.pages.ports.shell import Shell
from webapp.py.ui.parts import dialog, icon
from webapp.py.ui.reactive import reactive
from webapp.py.ui.tree import Event, Node, h
from webapp.py.workspace.actions import HelpLine, conflicts, shortcut_groups
from webapp.py.workspace.finding import rank
from webapp.py.workspace.labeling_state import LabelingState


def open_shortcuts(labeling: LabelingState, shell: Shell) -> None:
    """Open the panel."""
    shell.dialog(Shortcuts(labeling, shell).view)


class Shortcuts:
    """The panel while it is open: what clashes first, then every key by group, narrowed by what was typed.

    Parameters
    ----------
    labeling
        Whose instruction and tools have the keys.
    shell
        Shows the panel.
    """

    _query = reactive("")

    def __init__(self, labeling: LabelingState, shell: Shell) -> None:
        self._labeling, self._shell = labeling, shell

    def view(self) -> Node:
        """Return the panel."""
        instruction, registry = self._labeling.instruction, self._labeling.registry
        groups = {
            title: [line for line in lines if _matches(self._query, title, line)]
            for title, lines in shortcut_groups(instruction, registry).items()
        }
        clashes = conflicts(instruction, registry)
        return dialog(
            "Keyboard shortcuts",
            lambda: self._shell.dialog(None),
            _field(self._query, self._typed),
            _clashes(clashes) if clashes and not self._query else None,
            [_group(title, lines) for title, lines in groups.items() if lines],
            None if any(groups.values()) else h("p", {"class": "muted"}, "Nothing has this name or key."),
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
                "placeholder": "What, or which key?",
                "aria-label": "Search the shortcuts",
                "prop:value": query,
                "on_input": typed,
            },
        ),
    )


def _clashes(clashes: list[str]) -> Node:
    return h(
        "section",
        {"class": "clashes", "role": "note", "key": "clashes"},
        h("h3", None, icon("triangle-alert", small=True), "Keys that more than one thing asks for"),
        h("ul", None, [h("li", None, clash) for clash in clashes]),
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
