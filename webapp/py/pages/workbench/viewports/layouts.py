"""The viewports side by side: how many there are, which one is meant, and whether they move together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.py.pages.shell.state import LAYOUTS, Layout
from webapp.py.pages.workbench.viewports.viewport import Viewport

if TYPE_CHECKING:
    from webapp.py.pages.workbench.workbench import Workbench


class Layouts:
    """Does what buttons and keys ask of the viewports.

    Parameters
    ----------
    workbench
        Where they stand.
    """

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench

    def set_layout(self, layout: Layout) -> None:
        """Show this many viewports; a new one begins with the folder after those on screen."""
        workbench, work = self._workbench, self._workbench.work
        wanted = LAYOUTS[layout]
        if layout == work.layout == "mpr":
            return
        workbench.multiplanar.close()
        if layout == "mpr" and work.active:
            work.viewports[0].show_same(work.viewport)
        for viewport in work.viewports[wanted:]:
            viewport.close()
        del work.viewports[wanted:]
        work.layout, work.active = layout, min(work.active, wanted - 1)
        shown = [viewport.session.asset for viewport in work.viewports if viewport.session.asset is not None]
        while len(work.viewports) < wanted:
            viewport = Viewport(workbench, work.labeling)
            work.viewports.append(viewport)
            asset = work.image_list.index.first_beside([one.ordinal for one in shown])
            if asset is None:
                viewport.loading = False
            else:
                shown.append(asset)
                workbench.ports.machine.spawn(workbench.show(asset, viewport))
        if layout == "mpr":
            workbench.multiplanar.open()
        workbench.references.refresh()
        workbench.ports.render()

    def activate(self, viewport: Viewport) -> None:
        """Make a viewport the one that keys, buttons and both panels are about."""
        workbench, work = self._workbench, self._workbench.work
        number = work.viewports.index(viewport)
        if number != work.active:
            if workbench.canvas is not None:
                workbench.canvas.key_pointer.stop()
            work.active = number
            workbench.time.look()
            asset = viewport.session.asset
            if asset is not None:
                workbench.scrolling.number(viewport)
                work.image_list.show(asset.ordinal)
                workbench.open_asset(asset.ordinal)
            workbench.ports.render()

    def toggle_linked(self) -> None:
        """Let the viewports move together, or each for itself."""
        workbench, work = self._workbench, self._workbench.work
        work.linked = not work.linked
        workbench.display.align()
        workbench.ports.render()
