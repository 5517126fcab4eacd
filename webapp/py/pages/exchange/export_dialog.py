"""The dialog that exports a project."""

from __future__ import annotations

from webapp.py.domain.model import Project
from webapp.py.pages.exchange.transfer import Transfer
from webapp.py.pages.ports.shell import Shell
from webapp.py.store.store import Store
from webapp.py.ui.parts import button, dialog
from webapp.py.ui.tree import Node, h


def export_dialog(transfer: Transfer, shell: Shell, project: Project, store: Store) -> Node:
    """Return the dialog that exports a project."""
    busy = shell.busy
    return dialog(
        "Export",
        lambda: shell.dialog(None),
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
                button(
                    "Download JSON",
                    lambda: transfer.export_json(project, store),
                    icon_name="download",
                    disabled=bool(busy),
                ),
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
                button(
                    "Download masks",
                    lambda: transfer.export_masks(project, store),
                    icon_name="download",
                    disabled=bool(busy),
                ),
            ),
        ),
        h("p", {"role": "status"}, busy) if busy else None,
        h("p", {"class": "field-error", "role": "alert"}, transfer.error) if transfer.error else None,
    )
