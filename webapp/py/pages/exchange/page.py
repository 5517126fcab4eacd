"""Export and import: dialogs that other pages open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from webapp.py.domain.model import Project
from webapp.py.pages.exchange.export_dialog import export_dialog
from webapp.py.pages.exchange.import_dialog import import_dialog
from webapp.py.pages.exchange.transfer import Transfer
from webapp.py.pages.ports.shell import Page, Shell
from webapp.py.store.store import Store

ROUTE = None


def page(shell: Shell) -> Page:
    """Return the page."""
    return ExchangePage(shell)


class ExchangePage(Page):
    """Has no content of its own, only the dialogs ``export`` and ``import``."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._transfer = Transfer(shell, self._ask)

    def dialogs(self) -> Mapping[str, Callable[..., object]]:
        """Return the functions that open the dialogs."""
        return {"export": self._export, "import": self._transfer.import_project}

    def _export(self, project: Project, store: Store) -> None:
        self._transfer.error = ""
        self._shell.dialog(lambda: export_dialog(self._transfer, self._shell, project, store))

    def _ask(self) -> None:
        self._shell.dialog(lambda: import_dialog(self._transfer))
