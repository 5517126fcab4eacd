"""The save display: the button at the top that says where your work is, and its dialog."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, Protocol

from webapp.py.pages.shell import texts
from webapp.py.pages.shell.state import ShellState
from webapp.py.store.local import Overwritten, Quarantined, RefusedOp
from webapp.py.store.store import Store
from webapp.py.ui.parts import button, dialog, does
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
        help_text = texts.UNSYNCED_HELP_BY_STATE.get(state.sync_state, texts.UNSYNCED_HELP)
        return SaveState("unsynced", texts.unsynced(status.unsynced), help_text)
    if state.sync_state in ("offline", "signed_out", "outdated", "trouble"):
        return SaveState("saved", texts.SAVED_HERE, state.sync_problem or texts.UNREACHABLE)
    return SaveState("synced", texts.SYNCED, texts.SYNCED_HELP)


class SaveActions(Protocol):
    """What the dialog's buttons do."""

    def open_saved(self) -> None:
        """Open the dialog."""

    def close_dialog(self) -> None:
        """Close the dialog."""

    def sync_now(self) -> None:
        """Sync now."""

    def send_again(self, store: Store, op_id: str) -> None:
        """Send a refused op again."""

    def dismiss(self, store: Store, entry: str) -> None:
        """Remove an entry from a store's lists."""

    def bring_back(self, store: Store, entry: str) -> None:
        """Restore a value that someone else has overwritten."""

    def save_file(self, name: str, content: bytes, media_type: str) -> None:
        """Offer a file for download."""


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


def saved_dialog(state: ShellState, actions: SaveActions) -> Node:
    """Return the dialog that says where your work is, with the lists of what needs attention."""
    status, now = state.status, save_state(state)
    facts = [
        (texts.COUNT_UNSAVED, str(status.unsaved)),
        (texts.COUNT_UNSYNCED, texts.NO_NUMBER if state.mode == "solo" else str(status.unsynced)),
        (texts.REFUSED, str(status.refused)),
        (texts.OVERWRITTEN, str(status.overwritten)),
        (texts.UNREADABLE, str(status.quarantined)),
    ]
    return dialog(
        texts.WHERE_YOUR_WORK_IS,
        actions.close_dialog,
        h("p", None, h("b", None, now.text + ". "), now.help),
        h(
            "dl",
            {"class": "facts-table number"},
            [[h("dt", None, name), h("dd", None, value)] for name, value in facts],
        ),
        button(texts.SYNC_NOW, actions.sync_now, icon_name="refresh-cw") if state.mode == "server" else None,
        [
            part
            for store in state.stores
            for part in (_refused(store, actions), _overwritten(store, actions), _unreadable(store, actions))
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
        h("h3", None, texts.REFUSED),
        [_refused_item(store, entry, actions) for entry in store.refused],
    )


def _refused_item(store: Store, entry: RefusedOp, actions: SaveActions) -> Node:
    return h(
        "div",
        {"class": "item", "key": entry.op.op_id},
        h("b", None, texts.RECORDS.get(entry.op.table, entry.op.table)),
        h("span", {"class": "muted"}, entry.reason),
        h(
            "div",
            {"class": "row"},
            button(texts.SEND_AGAIN, lambda: actions.send_again(store, entry.op.op_id)),
            button(texts.DISMISS, lambda: actions.dismiss(store, entry.op.op_id), kind="danger"),
        ),
    )


def _overwritten(store: Store, actions: SaveActions) -> Node | None:
    if not store.overwritten:
        return None
    return h(
        "section",
        {"class": "list", "key": f"overwritten-{store.scope}", "data-list": "overwritten"},
        h("h3", None, texts.OVERWRITTEN),
        [_overwritten_item(store, entry, actions) for entry in store.overwritten],
    )


def _overwritten_item(store: Store, entry: Overwritten, actions: SaveActions) -> Node:
    return h(
        "div",
        {"class": "item", "key": entry.id},
        h("b", None, texts.overwritten_value(entry.table, entry.field)),
        h("span", {"class": "muted"}, texts.your_value(_brief(entry.mine))),
        h("span", {"class": "muted"}, texts.new_value(_brief(entry.theirs))),
        h("div", {"class": "row"}, button(texts.RESTORE_MINE, lambda: actions.bring_back(store, entry.id))),
    )


def _unreadable(store: Store, actions: SaveActions) -> Node | None:
    if not store.quarantined:
        return None
    return h(
        "section",
        {"class": "list", "key": f"unreadable-{store.scope}", "data-list": "unreadable"},
        h("h3", None, texts.UNREADABLE),
        [_unreadable_item(entry, actions) for entry in store.quarantined],
    )


def _unreadable_item(entry: Quarantined, actions: SaveActions) -> Node:
    def download() -> None:
        actions.save_file(f"unreadable-{entry.id}.json", entry.raw.encode(), "application/json")

    return h(
        "div",
        {"class": "item", "key": entry.id},
        h("b", None, texts.RECORDS.get(entry.table, entry.table or texts.UNREADABLE_RECORD)),
        h("span", {"class": "muted"}, entry.reason),
        h("div", {"class": "row"}, button(texts.DOWNLOAD, download, icon_name="download")),
    )


def _brief(value: object) -> str:
    if isinstance(value, dict) and "kind" in value:
        return texts.shape(str(value["kind"]), len(value.get("points") or value.get("runs") or [0]))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "…"
