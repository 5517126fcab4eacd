"""The viewports side by side: how many there are, which one is active, and whether they move together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from webapp.py.domain.model import Asset
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.viewports.multiplanar import Multiplanar
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import LAYOUTS, Layout, ViewportSet


class LayoutEvents(Protocol):
    """What layouts ask of the workbench, and tell it."""

    def make_viewport(self) -> Viewport:
        """Return another viewport."""

    def first_beside(self, ordinals: Sequence[int]) -> Asset | None:
        """Return the first image of the folder after those of these images."""

    async def show(self, asset: Asset, viewport: Viewport | None = None) -> None:
        """Show an image in a viewport."""

    def activated(self, viewport: Viewport) -> None:
        """A viewport became the active one."""

    def laid_out(self) -> None:
        """There are other viewports, or they move together now, or no longer."""


class Layouts:
    """Does what buttons and keys ask of the viewports.

    Parameters
    ----------
    viewports
        The viewports that this is about.
    multiplanar
        The views beside the first viewport in the multiplanar layout.
    ports
        The world outside.
    events
        Makes viewports, shows images in them, and hears of what changes.
    """

    def __init__(
        self, viewports: ViewportSet, multiplanar: Multiplanar, ports: Ports, events: LayoutEvents
    ) -> None:
        self._viewports, self._multiplanar = viewports, multiplanar
        self._ports, self._events = ports, events

    def set_layout(self, layout: Layout) -> None:
        """Show this many viewports; a new one begins with the folder after those on screen."""
        shown = self._viewports
        wanted = LAYOUTS[layout]
        if layout == shown.layout == "mpr":
            return
        self._multiplanar.close()
        if layout == "mpr" and shown.active:
            shown.all[0].show_same(shown.current)
        for viewport in shown.all[wanted:]:
            viewport.close()
        del shown.all[wanted:]
        shown.layout, shown.active = layout, min(shown.active, wanted - 1)
        self._fill(wanted)
        if layout == "mpr":
            self._multiplanar.open()
        self._events.laid_out()
        self._ports.render()

    def _fill(self, wanted: int) -> None:
        """Add viewports until there are enough."""
        shown = self._viewports.all
        assets = [one.session.asset for one in shown if one.session.asset is not None]
        while len(shown) < wanted:
            viewport = self._events.make_viewport()
            shown.append(viewport)
            asset = self._events.first_beside([one.ordinal for one in assets])
            if asset is None:
                viewport.loading = False
            else:
                assets.append(asset)
                self._ports.machine.spawn(self._events.show(asset, viewport))

    def activate(self, viewport: Viewport) -> None:
        """Make a viewport the one that keys, buttons and both panels are about."""
        number = self._viewports.all.index(viewport)
        if number != self._viewports.active:
            if self._viewports.canvas is not None:
                self._viewports.canvas.key_pointer.stop()
            self._viewports.active = number
            self._events.activated(viewport)
            self._ports.render()

    def activate_next(self) -> None:
        """Make the next viewport the active one."""
        shown = self._viewports
        self.activate(shown.all[(shown.active + 1) % len(shown.all)])

    def toggle_linked(self) -> None:
        """Let the viewports move together, or each for itself."""
        self._viewports.linked = not self._viewports.linked
        self._events.laid_out()
        self._ports.render()
