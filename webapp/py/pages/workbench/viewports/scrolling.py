"""Going through the slices of stacks: by wheel, keys and slider, linked viewports along with it.

A slice is on the screen in the frame after it was asked for. The rest of the page (address, list, panels)
follows when the scrolling rests, for it takes longer than a frame to draw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.imaging.planes import linked_index, same_space
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet

REST_SECONDS = 0.15
"""So long after the last slice the rest of the page follows."""


class Scrolling:
    """Does what wheel, keys and sliders ask of stacks.

    Parameters
    ----------
    viewports
        The viewports that this is about.
    machine
        Tells when the scrolling rests.
    rested
        Called when it does, so that the rest of the page follows.
    """

    def __init__(self, viewports: ViewportSet, machine: MachinePort, rested: Callable[[], None]) -> None:
        self._viewports, self._machine, self._rested = viewports, machine, rested
        self.moving = False
        """Whether a slice is being changed: then the page need not be drawn anew."""
        self._call_off: Callable[[], None] = lambda: None
        self._sliders: dict[Viewport, Any] = {}
        self._counters: dict[Viewport, Any] = {}

    def wheel(self, viewport: Viewport, steps: int) -> bool:
        """Go on by what the wheel says; tells whether the viewport shows a stack at all."""
        if viewport.place is None:
            return False
        if steps and (viewport.canvas is None or not viewport.canvas.gestures.busy):
            self.go(viewport, steps)
        return True

    def go(self, viewport: Viewport, steps: int) -> bool:
        """Go so many slices on; tells whether there are any more that way. Stops at both ends."""
        place = viewport.place
        if place is None:
            return False
        index = min(max(place.index + steps, 0), len(place.order) - 1)
        self.go_to(viewport, index)
        return index != place.index

    def go_to(self, viewport: Viewport, index: int) -> None:
        """Go to a slice, by its place in the stack; linked viewports go along."""
        self.show(viewport, index)
        self.follow_links(viewport)

    def follow_links(self, leader: Viewport) -> None:
        """Bring the linked viewports to where one of them is."""
        for other in self._viewports.all if self._viewports.linked else ():
            if other is not leader:
                self._follow(other, leader)

    def show(self, viewport: Viewport, index: int) -> None:
        """Go to a slice with this viewport alone."""
        place = viewport.place
        if place is not None and 0 <= index < len(place.order):
            self._show(viewport, place.order[index], 1 if index >= place.index else -1)

    # --- what shows the place on the page

    def attach_slider(self, viewport: Viewport, element: Any) -> None:
        """Take the slider of a viewport."""
        _keep(self._sliders, viewport, element)

    def attach_counter(self, viewport: Viewport, element: Any) -> None:
        """Take the element that shows the number of the slice."""
        _keep(self._counters, viewport, element)

    def label(self, viewport: Viewport) -> str:
        """Return which slice of how many a viewport shows; while the folder is read, how far that is."""
        place, slices = viewport.place, viewport.slices
        if place is None or slices is None:
            return ""
        complete = slices.table.complete
        return f"{place.index + 1} / {len(place.order)}" if complete else f"{slices.table.share:.0%}"

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
            # Into the text that the page put there: another one would be lost on the next drawing.
            getattr(element, "firstChild", element).textContent = self.label(viewport)
        self._call_off()
        # A slice that is not here yet says so at once.
        self._call_off = self._machine.later(0.0 if viewport.loading else REST_SECONDS, self._rested)

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
