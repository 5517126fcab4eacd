"""The dialog that asks which version to keep when records here differ from an imported file."""

from __future__ import annotations

from webapp.py.pages.exchange import texts
from webapp.py.pages.exchange.transfer import Transfer
from webapp.py.ui.parts import button, dialog
from webapp.py.ui.tree import Node, h


def import_dialog(transfer: Transfer) -> Node | None:
    """Return the dialog, or None if no import needs an answer."""
    plan = transfer.plan
    if plan is None:
        return None
    return dialog(
        texts.IMPORT,
        transfer.cancel_import,
        h("p", None, texts.already_here(plan.document.name, plan.differing)),
        h("p", {"class": "muted"}, texts.IMPORT_HELP),
        h(
            "div",
            {"class": "row", "style": "display:flex;gap:8px;flex-wrap:wrap"},
            button(texts.KEEP_MINE, lambda: transfer.finish_import("here"), kind="primary"),
            button(texts.USE_FILE, lambda: transfer.finish_import("file"), kind="danger"),
            button(texts.CANCEL, transfer.cancel_import),
        ),
    )
