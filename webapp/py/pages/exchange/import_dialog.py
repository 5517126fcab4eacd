"""The question that an import asks when records are here already and differ from the file."""

from __future__ import annotations

from webapp.py.pages.exchange.transfer import Transfer
from webapp.py.ui.parts import button, dialog, plural
from webapp.py.ui.tree import Node, h


def import_dialog(transfer: Transfer) -> Node | None:
    """Return the dialog, None when no import waits for an answer."""
    plan = transfer.plan
    if plan is None:
        return None
    differ = plural(plan.differing, "record differs", "records differ")
    return dialog(
        "Import",
        transfer.cancel_import,
        h("p", None, f"“{plan.document.name}” is on this machine already, and {differ} from the file."),
        h(
            "p",
            {"class": "muted"},
            "What only the file has is added in either case, and nothing that only this machine has is "
            "removed. What was deleted here stays deleted.",
        ),
        h(
            "div",
            {"class": "row", "style": "display:flex;gap:8px;flex-wrap:wrap"},
            button("Keep what is here", lambda: transfer.finish_import("here"), kind="primary"),
            button("Take the file’s", lambda: transfer.finish_import("file"), kind="danger"),
            button("Cancel", transfer.cancel_import),
        ),
    )
