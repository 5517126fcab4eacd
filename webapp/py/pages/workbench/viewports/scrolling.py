"""Scrolls through the slices of stacks with wheel, keys and slider; linked viewports follow.

A slice is on screen in the next frame. The rest of the page (address, list, panels) takes longer than a frame
to draw, so it follows when scrolling pauses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.imaging.planes import linked_index, same_space
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.workbench.viewports import texts
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet

PAUSE_SECONDS = 0.15
"""Seconds after the last slice before the rest of the page follows."""


class Scrolling:
    """Scrolls stacks for wheel, keys and sliders.

    Parameters
    ----------
    viewports
        The viewports to scroll.
    machine
        Has the timer.
    paused
        Called when scrolling pauses, so that the rest of the page follows.
    """

    def __init__(self, viewports: ViewportSet, machine: MachinePort, paused: Callable[[], None]) -> None:
        self._viewports, self._machine, self._paused = viewports, machine, paused
        self.moving = False
        """Whether a slice is being changed; then the page is not redrawn yet."""
        self._cancel_pause: Callable[[], None] = lambda: None
        self._sliders: dict[Viewport, Any] = {}
        self._counters: dict[Viewport, Any] = {}

    def wheel(self, viewport: Viewport, steps: int) -> bool:
        """Scroll by steps of the wheel; return whether the viewport shows a stack."""
        if viewport.place is None:
            return False
        if steps and (viewport.canvas is None or not viewport.canvas.gestures.busy):
            self.go(viewport, steps)
        return True

    def go(self, viewport: Viewport, steps: int) -> bool:
        """Scroll by slices, stopping at both ends; return whether the slice has changed."""
        place = viewport.place
        if place is None:
            return False
        index = min(max(place.index + steps, 0), len(place.order) - 1)
        self.go_to(viewport, index)
        return index != place.index

    def go_to(self, viewport: Viewport, index: int) -> None:
        """Go to a slice by its index in the stack; linked viewports follow."""
        self.show(viewport, index)
        self.follow_links(viewport)

    def follow_links(self, leader: Viewport) -> None:
        """Move the linked viewports to the slice of ``leader``."""
        for other in self._viewports.all if self._viewports.linked else ():
            if other is not leader:
                self._follow(other, leader)

    def show(self, viewport: Viewport, index: int) -> None:
        """Go to a slice in this viewport only."""
        place = viewport.place
        if place is not None and 0 <= index < len(place.order):
            self._show(viewport, place.order[index], 1 if index >= place.index else -1)

    # --- elements that show the slice

    def attach_slider(self, viewport: Viewport, element: Any) -> None:
        """Keep the slider of a viewport."""
        _keep(self._sliders, viewport, element)

    def attach_counter(self, viewport: Viewport, element: Any) -> None:
        """Keep the element that shows the number of the slice."""
        _keep(self._counters, viewport, element)

    def label(self, viewport: Viewport) -> str:
        """Return which slice of how many a viewport shows, or how much of the folder is loaded."""
        place, slices = viewport.place, viewport.slices
        if place is None or slices is None:
            return ""
        complete = slices.table.complete
        if not complete:
            return texts.share_loaded(slices.table.share)
        return texts.slice_count(place.index + 1, len(place.order))

    # --- inside

    def _show(self, viewport: Viewport, ordinal: int, direction: int) -> None:
        if viewport.session.asset is not None and viewport.session.asset.ordinal == ordinal:
            return
        self.moving = True
        try:
            viewport.show_slice(ordinal, direction)
        finally:
            self.moving = False
        place = viewport.place
        if place is not None and viewport in self._sliders:
            self._sliders[viewport].value = str(place.index)
        if place is not None and viewport in self._counters:
            element = self._counters[viewport]
            # Change the text node that the page made; a new one would be lost when the page is redrawn.
            getattr(element, "firstChild", element).textContent = self.label(viewport)
        self._cancel_pause()
        # A slice that is not loaded yet shows that at once.
        self._cancel_pause = self._machine.later(0.0 if viewport.loading else PAUSE_SECONDS, self._paused)

    def _follow(self, viewport: Viewport, leader: Viewport) -> None:
        place, led, slices = viewport.place, leader.place, viewport.slices
        if place is None or led is None or slices is None or leader.slices is None:
            return
        planes = [slices.plane(one) for one in place.order]
        here = leader.slices.plane(led.order[led.index])
        comparable = same_space(here, planes[place.index])
        index = linked_index(here, led.index, len(led.order), planes, comparable, place.index)
        self._show(viewport, place.order[index], 1 if index >= place.index else -1)


def _keep(elements: dict[Viewport, Any], viewport: Viewport, element: Any) -> None:
    if element is None:
        elements.pop(viewport, None)
    else:
        elements[viewport] = element
