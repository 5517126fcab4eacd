"""The dialog that says where your work is, with lists of what is not on the server."""

from __future__ import annotations

import json
from typing import Protocol

import msgspec

from webapp.py.domain.ops import Op
from webapp.py.pages.shell import texts
from webapp.py.pages.shell.closed_projects import project_name
from webapp.py.pages.shell.save_display import save_state
from webapp.py.pages.shell.state import ShellState
from webapp.py.store.local import Overwritten, Quarantined, RefusedOp
from webapp.py.store.store import Store
from webapp.py.ui.parts import button, dialog
from webapp.py.ui.tree import Node, h

MOST_LISTED = 20
"""Most unsynced changes of a project that are listed one by one."""


class SavedActions(Protocol):
    """What the buttons of the dialog do."""

    def close_dialog(self) -> None:
        """Close the dialog."""

    def sync_now(self) -> None:
        """Sync now."""

    def send_again(self, store: Store, op_id: str) -> None:
        """Send a refused op again."""

    def dismiss(self, store: Store, entry: str) -> None:
        """Drop a refused op or an unreadable entry when the dialog is closed."""

    def keep(self, entry: str) -> None:
        """Keep what was dismissed."""

    def bring_back(self, store: Store, entry: str) -> None:
        """Restore a value that someone else has overwritten."""

    def save_file(self, name: str, content: bytes, media_type: str) -> None:
        """Offer a file for download."""

    async def download_unsynced(self) -> None:
        """Offer a file with everything that the server does not have."""


def saved_dialog(state: ShellState, actions: SavedActions) -> Node:
    """Return the dialog."""
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
        h(
            "div",
            {"class": "row"},
            button(texts.SYNC_NOW, actions.sync_now, icon_name="refresh-cw")
            if state.mode == "server"
            else None,
            button(texts.DOWNLOAD_EDITS, actions.download_unsynced, icon_name="download")
            if status.only_here
            else None,
        ),
        [
            part
            for store in (*state.stores, *state.listed)
            for part in (
                _refused(state, store, actions),
                _unsynced(state, store),
                _overwritten(state, store, actions),
                _unreadable(state, store, actions),
            )
            if part is not None
        ],
        drawer=True,
    )


def _list(state: ShellState, store: Store, name: str, title: str, *content: object) -> Node:
    reason = state.rejected.get(store.scope) if name == "unsynced" else None
    return h(
        "section",
        {"class": "list", "key": f"{name}-{store.scope}", "data-list": name},
        h("h3", None, texts.list_title(title, project_name(state, store.scope))),
        h("p", {"class": "muted"}, reason) if reason else None,
        *content,
    )


def _refused(state: ShellState, store: Store, actions: SavedActions) -> Node | None:
    if not store.refused:
        return None
    items = [_refused_item(state, store, entry, actions) for entry in store.refused]
    return _list(state, store, "refused", texts.REFUSED, items)


def _refused_item(state: ShellState, store: Store, entry: RefusedOp, actions: SavedActions) -> Node:
    def download() -> None:
        content = msgspec.json.encode(entry)
        actions.save_file(f"refused-{entry.op.op_id}.json", content, "application/json")

    dismissed = entry.op.op_id in state.dismissed
    return h(
        "div",
        {"class": "item", "key": entry.op.op_id},
        h("b", None, _title(store, entry.op)),
        h("span", {"class": "muted"}, texts.DISMISSED if dismissed else entry.reason),
        h(
            "div",
            {"class": "row"},
            button(texts.SEND_AGAIN, lambda: actions.send_again(store, entry.op.op_id))
            if not dismissed
            else None,
            button(texts.DOWNLOAD, download, icon_name="download"),
            _dismiss_or_undo(state, store, entry.op.op_id, actions),
        ),
    )


def _dismiss_or_undo(state: ShellState, store: Store, entry: str, actions: SavedActions) -> Node:
    if entry in state.dismissed:
        return button(texts.UNDO, lambda: actions.keep(entry))
    return button(texts.DISMISS, lambda: actions.dismiss(store, entry), kind="danger")


def _unsynced(state: ShellState, store: Store) -> Node | None:
    """Return the list of changes that wait, if something is in their way."""
    waiting = store.unsynced
    if not waiting or state.sync_state in ("idle", "syncing"):
        return None
    more = len(waiting) - MOST_LISTED
    return _list(
        state,
        store,
        "unsynced",
        texts.COUNT_UNSYNCED,
        h(
            "ul",
            {"class": "changes"},
            [h("li", {"key": op.op_id}, _title(store, op)) for op in waiting[:MOST_LISTED]],
            h("li", {"class": "muted", "key": "more"}, texts.and_more(more)) if more > 0 else None,
        ),
    )


def _title(store: Store, op: Op) -> str:
    """Return which record an op is about, for people."""
    record = op.fields if "asset" in op.fields else store.get_deleted(op.table, op.id) or {}
    image = record.get("asset")
    return texts.change_of(op.table, image if type(image) is int else None)


def _overwritten(state: ShellState, store: Store, actions: SavedActions) -> Node | None:
    if not store.overwritten:
        return None
    items = [_overwritten_item(store, entry, actions) for entry in store.overwritten]
    return _list(state, store, "overwritten", texts.OVERWRITTEN, items)


def _overwritten_item(store: Store, entry: Overwritten, actions: SavedActions) -> Node:
    return h(
        "div",
        {"class": "item", "key": entry.id},
        h("b", None, texts.overwritten_value(entry.table, entry.field)),
        h("span", {"class": "muted"}, texts.your_value(_brief(entry.mine))),
        h("span", {"class": "muted"}, texts.new_value(_brief(entry.theirs))),
        h("div", {"class": "row"}, button(texts.RESTORE_MINE, lambda: actions.bring_back(store, entry.id))),
    )


def _unreadable(state: ShellState, store: Store, actions: SavedActions) -> Node | None:
    if not store.quarantined:
        return None
    items = [_unreadable_item(state, store, entry, actions) for entry in store.quarantined]
    return _list(state, store, "unreadable", texts.UNREADABLE, items)


def _unreadable_item(state: ShellState, store: Store, entry: Quarantined, actions: SavedActions) -> Node:
    def download() -> None:
        actions.save_file(f"unreadable-{entry.id}.json", entry.raw.encode(), "application/json")

    return h(
        "div",
        {"class": "item", "key": entry.id},
        h("b", None, texts.RECORDS.get(entry.table, entry.table or texts.UNREADABLE_RECORD)),
        h("span", {"class": "muted"}, texts.DISMISSED if entry.id in state.dismissed else entry.reason),
        h(
            "div",
            {"class": "row"},
            button(texts.DOWNLOAD, download, icon_name="download"),
            _dismiss_or_undo(state, store, entry.id, actions),
        ),
    )


def _brief(value: object) -> str:
    if isinstance(value, dict) and "kind" in value:
        return texts.shape(str(value["kind"]), len(value.get("points") or value.get("runs") or [0]))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "…"
