"""The save display: the button at the top that says where your work is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from webapp.py.pages.shell import texts
from webapp.py.pages.shell.state import ShellState
from webapp.py.ui.parts import does
from webapp.py.ui.tree import Node, h


@dataclass(frozen=True, slots=True)
class SaveState:
    """What the save display says. ``kind`` decides its color."""

    kind: Literal["synced", "saved", "saving", "unsynced", "trouble"]
    text: str
    help: str


def save_state(state: ShellState) -> SaveState:
    """Return what the save display says: the worst problem, if there is one."""
    status = state.status
    if status.storage_problem:
        return SaveState("trouble", texts.NOT_SAVED, status.storage_problem)
    if status.refused:
        return SaveState("trouble", texts.refused(status.refused), texts.REFUSED_HELP)
    if status.quarantined:
        return SaveState("trouble", texts.unreadable(status.quarantined), texts.UNREADABLE_HELP)
    if status.unsaved:
        return SaveState("saving", texts.SAVING, texts.SAVING_HELP)
    if state.mode == "solo":
        return SaveState("saved", texts.SAVED_HERE, texts.SOLO_HELP)
    if status.unsynced:
        text = texts.unsynced(status.unsynced, offline=state.sync_state == "offline")
        return SaveState("unsynced", text, _unsynced_help(state))
    if state.sync_state in ("offline", "signed_out", "outdated", "trouble"):
        return SaveState("saved", texts.SAVED_HERE, state.sync_problem or texts.UNREACHABLE)
    return SaveState("synced", texts.SYNCED, texts.SYNCED_HELP)


def _unsynced_help(state: ShellState) -> str:
    reason = next(iter(state.rejected.values()), "")
    if state.sync_state == "trouble" and not reason:
        reason = state.sync_problem
    if reason:
        return texts.unsynced_because(reason)
    return texts.UNSYNCED_HELP_BY_STATE.get(state.sync_state, texts.UNSYNCED_HELP)


class SaveActions(Protocol):
    """What the button does."""

    def open_saved(self) -> None:
        """Open the dialog that says where your work is."""


def save_display(state: ShellState, actions: SaveActions) -> Node:
    """Return the button that says where your work is and opens the details.

    It is always as wide as its longest text, so that the buttons beside it do not move at each save.
    """
    shown = save_state(state)
    made = h(
        "button",
        {
            "type": "button",
            "class": "save-state",
            "data-state": shown.kind,
            "data-tip": shown.help,
            "data-tip-side": "end",
            "on_click": does(actions.open_saved),
        },
        h("span", {"class": "dot"}),
        h("span", {"role": "status", "class": "number"}, shown.text),
    )
    return h("div", {"class": "save-room"}, made)
