"""How safe the work is: the button in the top bar, and the dialog behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, Protocol

from webapp.py.pages.shell.state import ShellState
from webapp.py.store.local import Overwritten, Quarantined, RefusedOp
from webapp.py.store.store import Store
from webapp.py.ui.parts import button, dialog, does, plural
from webapp.py.ui.tree import Node, h

_WORDS = {
    "assignment": "Assignment",
    "annotation": "Annotation",
    "review": "Review",
    "activity": "Recorded time",
    "project": "Project",
    "dataset": "Dataset",
    "instruction": "Instruction",
}


@dataclass(frozen=True, slots=True)
class SaveState:
    """What the save display says: ``kind`` picks its color."""

    kind: Literal["synced", "saved", "saving", "waiting", "trouble"]
    text: str
    help: str


def save_state(state: ShellState) -> SaveState:
    """Return what the save display says; the worst news first."""
    status = state.status
    if status.storage_problem:
        return SaveState("trouble", "Not saved", status.storage_problem)
    if status.refused:
        return SaveState(
            "trouble", f"{status.refused} not accepted", "The server did not accept some changes."
        )
    if status.quarantined:
        return SaveState(
            "trouble", f"{status.quarantined} put aside", "Some stored records could not be read."
        )
    if status.unsaved:
        return SaveState("saving", "Saving…", "Writing to this machine.")
    if state.mode == "solo":
        return SaveState(
            "saved", "Saved on this machine", "There is no server: this machine has the only copy."
        )
    if status.unsynced:
        where = {
            "offline": "The server cannot be reached; they are saved on this machine and sent later.",
            "signed_out": "Sign in again to send them; they are saved on this machine.",
            "outdated": "Reload the page to send them; they are saved on this machine.",
            "trouble": "The server has trouble; they are saved on this machine and sent later.",
        }.get(state.sync_state, "They are saved on this machine and on their way to the server.")
        return SaveState("waiting", f"{status.unsynced} waiting", where)
    if state.sync_state in ("offline", "signed_out", "outdated", "trouble"):
        return SaveState(
            "saved", "Saved on this machine", state.sync_problem or "The server cannot be reached."
        )
    return SaveState("synced", "Synced", "Everything is on the server.")


class SaveActions(Protocol):
    """What the dialog's buttons ask for."""

    def open_saved(self) -> None:
        """Open the dialog."""

    def close_dialog(self) -> None:
        """Close the dialog."""

    def sync_now(self) -> None:
        """Send and receive now."""

    def send_again(self, store: Store, op_id: str) -> None:
        """Send a refused op once more."""

    def dismiss(self, store: Store, entry: str) -> None:
        """Take an entry off a store's lists."""

    def bring_back(self, store: Store, entry: str) -> None:
        """Set a value again that somebody else has replaced."""

    def save_file(self, name: str, content: bytes, media_type: str) -> None:
        """Offer a file for download."""


def save_display(state: ShellState, actions: SaveActions) -> Node:
    """Return the button that says how safe the work is, and opens the details.

    It keeps the room of its longest text: what stands beside it must not move under the pointer at each save.
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


def saved_dialog(state: ShellState, actions: SaveActions) -> Node:
    """Return the dialog that says where the work is, and lists what the server did not accept."""
    status, now = state.status, save_state(state)
    facts = [
        ("Being written to this machine", str(status.unsaved)),
        ("Waiting for the server", "–" if state.mode == "solo" else str(status.unsynced)),
        ("Not accepted by the server", str(status.refused)),
        ("Replaced by somebody else", str(status.overwritten)),
        ("Put aside, could not be read", str(status.quarantined)),
    ]
    return dialog(
        "Where your work is",
        actions.close_dialog,
        h("p", None, h("b", None, now.text + ". "), now.help),
        h(
            "dl",
            {"class": "facts-table number"},
            [[h("dt", None, name), h("dd", None, value)] for name, value in facts],
        ),
        button("Sync now", actions.sync_now, icon_name="refresh-cw") if state.mode == "server" else None,
        [
            part
            for store in state.stores
            for part in (_refused(store, actions), _overwritten(store, actions), _aside(store, actions))
            if part is not None
        ],
        drawer=True,
    )


def _refused(store: Store, actions: SaveActions) -> Node | None:
    if not store.refused:
        return None
    return h(
        "section",
        {"class": "list", "key": f"refused-{store.scope}", "data-list": "refused"},
        h("h3", None, "Not accepted"),
        [_refused_item(store, entry, actions) for entry in store.refused],
    )


def _refused_item(store: Store, entry: RefusedOp, actions: SaveActions) -> Node:
    return h(
        "div",
        {"class": "item", "key": entry.op.op_id},
        h("b", None, _WORDS.get(entry.op.table, entry.op.table)),
        h("span", {"class": "muted"}, entry.reason),
        h(
            "div",
            {"class": "row"},
            button("Send again", lambda: actions.send_again(store, entry.op.op_id)),
            button("Dismiss", lambda: actions.dismiss(store, entry.op.op_id), kind="danger"),
        ),
    )


def _overwritten(store: Store, actions: SaveActions) -> Node | None:
    if not store.overwritten:
        return None
    return h(
        "section",
        {"class": "list", "key": f"overwritten-{store.scope}", "data-list": "overwritten"},
        h("h3", None, "Replaced by somebody else"),
        [_overwritten_item(store, entry, actions) for entry in store.overwritten],
    )


def _overwritten_item(store: Store, entry: Overwritten, actions: SaveActions) -> Node:
    what = f"{_WORDS.get(entry.table, entry.table)}: {entry.field}"
    return h(
        "div",
        {"class": "item", "key": entry.id},
        h("b", None, what),
        h("span", {"class": "muted"}, f"Yours: {_brief(entry.mine)}"),
        h("span", {"class": "muted"}, f"Now: {_brief(entry.theirs)}"),
        h("div", {"class": "row"}, button("Bring mine back", lambda: actions.bring_back(store, entry.id))),
    )


def _aside(store: Store, actions: SaveActions) -> Node | None:
    if not store.quarantined:
        return None
    return h(
        "section",
        {"class": "list", "key": f"aside-{store.scope}", "data-list": "aside"},
        h("h3", None, "Put aside"),
        [_aside_item(entry, actions) for entry in store.quarantined],
    )


def _aside_item(entry: Quarantined, actions: SaveActions) -> Node:
    def download() -> None:
        actions.save_file(f"put-aside-{entry.id}.json", entry.raw.encode(), "application/json")

    return h(
        "div",
        {"class": "item", "key": entry.id},
        h("b", None, _WORDS.get(entry.table, entry.table or "Unreadable")),
        h("span", {"class": "muted"}, entry.reason),
        h("div", {"class": "row"}, button("Download as it is", download, icon_name="download")),
    )


def _brief(value: object) -> str:
    if isinstance(value, dict) and "kind" in value:
        return f"{value['kind']} of {plural(len(value.get('points') or value.get('runs') or [0]), 'part')}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "…"
