"""The dialog that exports a project."""

from __future__ import annotations

from webapp.py.domain.model import Project
from webapp.py.pages.exchange import texts
from webapp.py.pages.exchange.transfer import Transfer
from webapp.py.pages.ports.shell import Shell
from webapp.py.store.store import Store
from webapp.py.ui.parts import button, dialog
from webapp.py.ui.tree import Node, h


def export_dialog(transfer: Transfer, shell: Shell, project: Project, store: Store) -> Node:
    """Return the dialog that exports a project."""
    busy = shell.busy
    return dialog(
        texts.EXPORT,
        lambda: shell.dialog(None),
        h("p", {"class": "muted"}, texts.EXPORT_HELP),
        h(
            "div",
            {"class": "item"},
            h("b", None, texts.JSON),
            h("span", {"class": "muted"}, texts.JSON_HELP),
            h(
                "div",
                {"class": "row"},
                button(
                    texts.DOWNLOAD_JSON,
                    lambda: transfer.export_json(project, store),
                    icon_name="download",
                    disabled=bool(busy),
                ),
            ),
        ),
        h(
            "div",
            {"class": "item"},
            h("b", None, texts.MASKS),
            h("span", {"class": "muted"}, texts.MASKS_HELP),
            h(
                "div",
                {"class": "row"},
                button(
                    texts.DOWNLOAD_MASKS,
                    lambda: transfer.export_masks(project, store),
                    icon_name="download",
                    disabled=bool(busy),
                ),
            ),
        ),
        h("p", {"role": "status"}, busy) if busy else None,
        h("p", {"class": "field-error", "role": "alert"}, transfer.error) if transfer.error else None,
    )
