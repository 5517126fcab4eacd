"""The page that creates a project from series on a PACS, and the dialog with the list of servers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from webapp.py.pages.datasets.pacs_import import PacsImport
from webapp.py.pages.datasets.pacs_view import pacs_view
from webapp.py.pages.ports.shell import Page, Route, Shell
from webapp.py.ui.tree import Node

ROUTE = "dicomweb"


def page(shell: Shell) -> Page:
    """Return the page."""
    return DatasetsPage(shell)


class DatasetsPage(Page):
    """The page, and the dialog ``servers`` with the list of DICOMweb servers."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.pacs = PacsImport(shell)

    async def open(self, route: Route) -> None:
        """Load the list of servers."""
        await self.pacs.open()

    def view(self) -> Node:
        """Return the page."""
        return pacs_view(self.pacs, self._shell)

    def dialogs(self) -> Mapping[str, Callable[..., object]]:
        """Return the function that opens the list of servers."""
        return {"servers": self.pacs.servers.open}
