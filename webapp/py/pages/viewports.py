"""The viewports side by side: how many there are, which one is meant, and whether they move together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.py.pages.pane import Pane
from webapp.py.pages.state import LAYOUTS, Layout

if TYPE_CHECKING:
    from webapp.py.pages.desk import Desk


class Viewports:
    """Does what buttons and keys ask of the viewports.

    Parameters
    ----------
    desk
        Where they stand.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def set_layout(self, layout: Layout) -> None:
        """Show this many viewports; a new one begins with the folder after those on screen."""
        desk, work = self._desk, self._desk.work
        wanted = LAYOUTS[layout]
        if layout == work.layout == "mpr":
            return
        desk.multiplanar.close()
        if layout == "mpr" and work.active:
            work.panes[0].show_same(work.pane)
        for pane in work.panes[wanted:]:
            pane.close()
        del work.panes[wanted:]
        work.layout, work.active = layout, min(work.active, wanted - 1)
        shown = [pane.session.asset for pane in work.panes if pane.session.asset is not None]
        while len(work.panes) < wanted:
            pane = Pane(desk, work.workplace)
            work.panes.append(pane)
            asset = work.listing.index.first_beside([one.ordinal for one in shown])
            if asset is None:
                pane.loading = False
            else:
                shown.append(asset)
                desk.edges.spawn(desk.show(asset, pane))
        if layout == "mpr":
            desk.multiplanar.open()
        desk.references.refresh()
        desk.edges.render()

    def activate(self, pane: Pane) -> None:
        """Make a viewport the one that keys, buttons and both panels are about."""
        desk, work = self._desk, self._desk.work
        number = work.panes.index(pane)
        if number != work.active:
            if desk.stage is not None:
                desk.stage.key_pointer.stop()
            work.active = number
            desk.time.look()
            asset = pane.session.asset
            if asset is not None:
                desk.scrolling.number(pane)
                work.listing.show(asset.ordinal)
                desk.open_asset(asset.ordinal)
            desk.edges.render()

    def toggle_linked(self) -> None:
        """Let the viewports move together, or each for itself."""
        desk, work = self._desk, self._desk.work
        work.linked = not work.linked
        desk.display.align()
        desk.edges.render()
