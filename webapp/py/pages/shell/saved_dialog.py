"""The dialog that says where your work is, with lists of what is not on the server."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec

from webapp.py.domain.ops import Op
from webapp.py.pages.shell import texts
from webapp.py.pages.shell.closed_projects import project_name
from webapp.py.pages.shell.save_display import save_state
from webapp.py.pages.shell.state import ShellState
from webapp.py.pages.shell.stores import Stores
from webapp.py.store.local import Overwritten, Quarantined, RefusedOp
from webapp.py.store.store import Store
from webapp.py.ui.parts import button, dialog
from webapp.py.ui.tree import Node, h

MOST_LISTED = 20
"""Most unsynced changes of a project that are listed one by one."""


def saved_dialog(state: ShellState, stores: Stores, close: Callable[[], object]) -> Node:
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
        close,
        h("p", None, h("b", None, now.text + ". "), now.help),
        h(
            "dl",
            {"class": "facts-table number"},
            [[h("dt", None, name), h("dd", None, value)] for name, value in facts],
        ),
        h(
            "div",
            {"class": "row"},
            button(texts.SYNC_NOW, stores.sync_now, icon_name="refresh-cw")
            if state.mode == "server"
            else None,
            button(texts.DOWNLOAD_EDITS, stores.save_unsynced, icon_name="download")
            if status.only_here
            else None,
        ),
        [
            part
            for store in (*state.stores, *state.listed)
            for part in (
                _refused(state, store, stores),
                _unsynced(state, store),
                _overwritten(state, store, stores),
                _unreadable(state, store, stores),
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


def _refused(state: ShellState, store: Store, stores: Stores) -> Node | None:
    if not store.refused:
        return None
    items = [_refused_item(state, store, entry, stores) for entry in store.refused]
    return _list(state, store, "refused", texts.REFUSED, items)


def _refused_item(state: ShellState, store: Store, entry: RefusedOp, stores: Stores) -> Node:
    def download() -> None:
        content = msgspec.json.encode(entry)
        stores.save_entry(f"refused-{entry.op.op_id}.json", content)

    dismissed = entry.op.op_id in state.dismissed
    return h(
        "div",
        {"class": "item", "key": entry.op.op_id},
        h("b", None, _title(store, entry.op)),
        h("span", {"class": "muted"}, texts.DISMISSED if dismissed else entry.reason),
        h(
            "div",
            {"class": "row"},
            button(texts.SEND_AGAIN, lambda: stores.send_again(store, entry.op.op_id))
            if not dismissed
            else None,
            button(texts.DOWNLOAD, download, icon_name="download"),
            _dismiss_or_undo(state, store, entry.op.op_id, stores),
        ),
    )


def _dismiss_or_undo(state: ShellState, store: Store, entry: str, stores: Stores) -> Node:
    if entry in state.dismissed:
        return button(texts.UNDO, lambda: stores.keep(entry))
    return button(texts.DISMISS, lambda: stores.dismiss(store, entry), kind="danger")


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


def _overwritten(state: ShellState, store: Store, stores: Stores) -> Node | None:
    if not store.overwritten:
        return None
    items = [_overwritten_item(store, entry, stores) for entry in store.overwritten]
    return _list(state, store, "overwritten", texts.OVERWRITTEN, items)


def _overwritten_item(store: Store, entry: Overwritten, stores: Stores) -> Node:
    return h(
        "div",
        {"class": "item", "key": entry.id},
        h("b", None, texts.overwritten_value(entry.table, entry.field)),
        h("span", {"class": "muted"}, texts.your_value(_brief(entry.mine))),
        h("span", {"class": "muted"}, texts.new_value(_brief(entry.theirs))),
        h("div", {"class": "row"}, button(texts.RESTORE_MINE, lambda: stores.bring_back(store, entry.id))),
    )


def _unreadable(state: ShellState, store: Store, stores: Stores) -> Node | None:
    if not store.quarantined:
        return None
    items = [_unreadable_item(state, store, entry, stores) for entry in store.quarantined]
    return _list(state, store, "unreadable", texts.UNREADABLE, items)


def _unreadable_item(state: ShellState, store: Store, entry: Quarantined, stores: Stores) -> Node:
    def download() -> None:
        stores.save_entry(f"unreadable-{entry.id}.json", entry.raw.encode())

    return h(
        "div",
        {"class": "item", "key": entry.id},
        h("b", None, texts.RECORDS.get(entry.table, entry.table or texts.UNREADABLE_RECORD)),
        h("span", {"class": "muted"}, texts.DISMISSED if entry.id in state.dismissed else entry.reason),
        h(
            "div",
            {"class": "row"},
            button(texts.DOWNLOAD, download, icon_name="download"),
            _dismiss_or_undo(state, store, entry.id, stores),
        ),
    )


def _brief(value: object) -> str:
    if isinstance(value, dict) and "kind" in value:
        return texts.shape(str(value["kind"]), len(value.get("points") or value.get("runs") or [0]))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "…"
