"""The information panel that lists every key of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.py.domain.model import Instruction
from webapp.py.pages.shell.state import AppState
from webapp.py.ui.parts import icon, sheet
from webapp.py.ui.tree import Event, Node, h
from webapp.py.workspace.actions import HelpLine, conflicts, shortcut_groups
from webapp.py.workspace.finding import rank

if TYPE_CHECKING:
    from webapp.py.pages.shell.app import App


def shortcuts_sheet(state: AppState, app: App) -> Node:
    """Return the panel: what clashes first, then every key by group, narrowed by what was typed."""
    instruction = state.work.session.instruction if state.work else Instruction(id="none", name="none")
    query = state.finder.query
    groups = {
        title: [line for line in lines if _matches(query, title, line)]
        for title, lines in shortcut_groups(instruction, app.workbench.registry).items()
    }
    clashes = conflicts(instruction, app.workbench.registry)
    return sheet(
        "Keyboard shortcuts",
        app.close_sheet,
        _field(query, state, app),
        _clashes(clashes) if clashes and not query else None,
        [_group(title, lines) for title, lines in groups.items() if lines],
        None if any(groups.values()) else h("p", {"class": "muted"}, "Nothing has this name or key."),
        middle=True,
    )


def _matches(query: str, group: str, line: HelpLine) -> bool:
    return not query.strip() or rank(query, line.title, f"{group} {' '.join(line.keys)}") is not None


def _field(query: str, state: AppState, app: App) -> Node:
    def typed(event: Event) -> None:
        state.finder.query = event.value
        app.ports.render()

    return h(
        "div",
        {"class": "search"},
        icon("search", small=True),
        h(
            "input",
            {
                "type": "search",
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
