"""What lies over the page: how safe the work is, the shortcuts, the export."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from webapp.py.pages.datasets.pacs_servers import servers_sheet
from webapp.py.pages.exchange.import_dialog import import_sheet
from webapp.py.pages.shell.command_palette import palette
from webapp.py.pages.shell.shortcuts import shortcuts_sheet
from webapp.py.pages.shell.sign_in import sign_in_sheet
from webapp.py.pages.shell.state import AppState, save_state
from webapp.py.store.local import Overwritten, Quarantined, RefusedOp
from webapp.py.store.store import Store
from webapp.py.ui.parts import button, plural, sheet
from webapp.py.ui.tree import Node, h

if TYPE_CHECKING:
    from webapp.py.pages.shell.app import App

_WORDS = {
    "assignment": "Assignment",
    "annotation": "Annotation",
    "review": "Review",
    "activity": "Recorded time",
    "project": "Project",
    "dataset": "Dataset",
    "instruction": "Instruction",
}


def open_sheet(state: AppState, app: App) -> Node | None:
    """Return the sheet that is open, if any."""
    if state.sheet == "saved":
        return _saved(state, app)
    if state.sheet == "shortcuts":
        return shortcuts_sheet(state, app)
    if state.sheet == "palette" and state.work is not None:
        return palette(state, app)
    if state.sheet == "export":
        return _export(state, app)
    if state.sheet == "import":
        return import_sheet(app)
    if state.sheet == "sign-in":
        return sign_in_sheet(state, app)
    if state.sheet == "servers":
        return servers_sheet(app)
    return None


def _saved(state: AppState, app: App) -> Node:
    status, now = state.status, save_state(state)
    facts = [
        ("Being written to this machine", str(status.unsaved)),
        ("Waiting for the server", "–" if state.mode == "solo" else str(status.unsynced)),
        ("Not accepted by the server", str(status.refused)),
        ("Replaced by somebody else", str(status.overwritten)),
        ("Put aside, could not be read", str(status.quarantined)),
    ]
    return sheet(
        "Where your work is",
        app.close_sheet,
        h("p", None, h("b", None, now.text + ". "), now.help),
        h(
            "dl",
            {"class": "facts-table number"},
            [[h("dt", None, name), h("dd", None, value)] for name, value in facts],
        ),
        button("Sync now", app.sync_now, icon_name="refresh-cw") if state.mode == "server" else None,
        [
            part
            for store in state.stores
            for part in (_refused(store, app), _overwritten(store, app), _aside(store, app))
            if part is not None
        ],
    )


def _refused(store: Store, app: App) -> Node | None:
    if not store.refused:
        return None
    return h(
        "section",
        {"class": "list", "key": f"refused-{store.scope}", "data-list": "refused"},
        h("h3", None, "Not accepted"),
        [_refused_item(store, entry, app) for entry in store.refused],
    )


def _refused_item(store: Store, entry: RefusedOp, app: App) -> Node:
    return h(
        "div",
        {"class": "item", "key": entry.op.op_id},
        h("b", None, _WORDS.get(entry.op.table, entry.op.table)),
        h("span", {"class": "muted"}, entry.reason),
        h(
            "div",
            {"class": "row"},
            button("Send again", lambda: app.send_again(store, entry.op.op_id)),
            button("Dismiss", lambda: app.dismiss(store, entry.op.op_id), kind="danger"),
        ),
    )


def _overwritten(store: Store, app: App) -> Node | None:
    if not store.overwritten:
        return None
    return h(
        "section",
        {"class": "list", "key": f"overwritten-{store.scope}", "data-list": "overwritten"},
        h("h3", None, "Replaced by somebody else"),
        [_overwritten_item(store, entry, app) for entry in store.overwritten],
    )


def _overwritten_item(store: Store, entry: Overwritten, app: App) -> Node:
    what = f"{_WORDS.get(entry.table, entry.table)}: {entry.field}"
    return h(
        "div",
        {"class": "item", "key": entry.id},
        h("b", None, what),
        h("span", {"class": "muted"}, f"Yours: {_brief(entry.mine)}"),
        h("span", {"class": "muted"}, f"Now: {_brief(entry.theirs)}"),
        h("div", {"class": "row"}, button("Bring mine back", lambda: app.bring_back(store, entry.id))),
    )


def _aside(store: Store, app: App) -> Node | None:
    if not store.quarantined:
        return None
    return h(
        "section",
        {"class": "list", "key": f"aside-{store.scope}", "data-list": "aside"},
        h("h3", None, "Put aside"),
        [_aside_item(entry, app) for entry in store.quarantined],
    )


def _aside_item(entry: Quarantined, app: App) -> Node:
    def download() -> None:
        app.ports.machine.save_file(f"put-aside-{entry.id}.json", entry.raw.encode(), "application/json")

    return h(
        "div",
        {"class": "item", "key": entry.id},
        h("b", None, _WORDS.get(entry.table, entry.table or "Unreadable")),
        h("span", {"class": "muted"}, entry.reason),
        h("div", {"class": "row"}, button("Download as it is", download, icon_name="download")),
    )


def _export(state: AppState, app: App) -> Node:
    return sheet(
        "Export",
        app.close_sheet,
        h(
            "p",
            {"class": "muted"},
            "Both are made in this browser, from what this machine has of the project.",
        ),
        h(
            "div",
            {"class": "item"},
            h("b", None, "JSON"),
            h(
                "span",
                {"class": "muted"},
                "Everything: instruction, images, annotations, assignments. Can be imported again.",
            ),
            h(
                "div",
                {"class": "row"},
                button("Download JSON", app.export_json, icon_name="download", disabled=bool(state.busy)),
            ),
        ),
        h(
            "div",
            {"class": "item"},
            h("b", None, "Masks"),
            h(
                "span",
                {"class": "muted"},
                "One indexed PNG for each labeled image, in the colors of the classes.",
            ),
            h(
                "div",
                {"class": "row"},
                button("Download masks", app.export_masks, icon_name="download", disabled=bool(state.busy)),
            ),
        ),
        h("p", {"role": "status"}, state.busy) if state.busy else None,
        h("p", {"class": "field-error", "role": "alert"}, state.form_error) if state.form_error else None,
        middle=True,
    )


def _brief(value: object) -> str:
    if isinstance(value, dict) and "kind" in value:
        return f"{value['kind']} of {plural(len(value.get('points') or value.get('runs') or [0]), 'part')}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "…"
