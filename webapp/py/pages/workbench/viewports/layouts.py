"""Changes the layout, the active viewport, and whether viewports are linked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from webapp.py.domain.model import Asset
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.viewports.multiplanar import Multiplanar
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import LAYOUTS, Layout, ViewportSet
from webapp.py.ui.reactive import batch


class LayoutEvents(Protocol):
    """What layouts need from the workbench, and report to it."""

    def make_viewport(self) -> Viewport:
        """Return a new viewport."""

    def next_to_show(self, ordinals: Sequence[int]) -> Asset | None:
        """Return what a viewport beside those with these images shows first."""

    async def show(self, asset: Asset, viewport: Viewport | None = None) -> None:
        """Show an image in a viewport."""

    def activated(self, viewport: Viewport) -> None:
        """Handle that another viewport is active."""

    def laid_out(self) -> None:
        """Handle another layout, or that viewports were linked or unlinked."""


class Layouts:
    """Runs the commands for layout and active viewport.

    Parameters
    ----------
    viewports
        The viewports to change.
    multiplanar
        The views beside the first viewport in the layout of three planes.
    ports
        Starts the loading of images.
    events
        Makes viewports, shows images in them, and is notified of changes.
    """

    def __init__(
        self, viewports: ViewportSet, multiplanar: Multiplanar, ports: Ports, events: LayoutEvents
    ) -> None:
        self._viewports, self._multiplanar = viewports, multiplanar
        self._ports, self._events = ports, events

    def set_layout(self, layout: Layout) -> None:
        """Change the layout; new viewports start with the next images that are not on screen."""
        shown = self._viewports
        wanted = LAYOUTS[layout]
        if layout == shown.layout == "mpr":
            return
        self._multiplanar.close()
        if layout == "mpr" and shown.active:
            shown.all[0].show_same(shown.current)
        for viewport in shown.all[wanted:]:
            viewport.close()
        with batch():
            shown.active = min(shown.active, wanted - 1)
            shown.all, shown.layout = shown.all[:wanted], layout
        self._fill(wanted)
        if layout == "mpr":
            self._multiplanar.open()
        self._events.laid_out()

    def _fill(self, wanted: int) -> None:
        """Add viewports until there are enough."""
        shown = self._viewports
        assets = [one.session.asset for one in shown.all if one.session.asset is not None]
        while len(shown.all) < wanted:
            viewport = self._events.make_viewport()
            shown.all = (*shown.all, viewport)
            asset = self._events.next_to_show([one.ordinal for one in assets])
            if asset is None:
                viewport.loading = False
            else:
                assets.append(asset)
                self._ports.machine.spawn(self._events.show(asset, viewport))

    def activate(self, viewport: Viewport) -> None:
        """Make a viewport the one that keys, buttons and both panels act on."""
        number = self._viewports.all.index(viewport)
        if number != self._viewports.active:
            if self._viewports.canvas is not None:
                self._viewports.canvas.key_pointer.stop()
            self._viewports.active = number
            self._events.activated(viewport)

    def activate_next(self) -> None:
        """Make the next viewport the active one."""
        shown = self._viewports
        self.activate(shown.all[(shown.active + 1) % len(shown.all)])

    def toggle_linked(self) -> None:
        """Link or unlink the viewports."""
        self._viewports.linked = not self._viewports.linked
        self._events.laid_out()
