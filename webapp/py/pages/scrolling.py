"""Going through the slices of stacks: by wheel, keys and slider, linked viewports along with it.

A slice is on the screen in the frame after it was asked for. The rest of the page (address, list, panels)
follows when the scrolling rests, for it takes longer than a frame to draw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from webapp.py.imaging.planes import linked_index, same_space

if TYPE_CHECKING:
    from webapp.py.pages.desk import Desk
    from webapp.py.pages.pane import Pane
    from webapp.py.pages.stacks import FolderSlices

REST_SECONDS = 0.15
"""So long after the last slice the rest of the page follows."""


class Scrolling:
    """Does what wheel, keys and sliders ask of stacks.

    Parameters
    ----------
    desk
        Whose viewports these are.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.moving = False
        """Whether a slice is being changed: then the page need not be drawn anew."""
        self._call_off: Callable[[], None] = lambda: None
        self._sliders: dict[Pane, Any] = {}
        self._counters: dict[Pane, Any] = {}

    def wheel(self, pane: Pane, steps: int) -> bool:
        """Go on by what the wheel says; tells whether the viewport shows a stack at all."""
        if pane.place is None:
            return False
        if steps and (pane.stage is None or not pane.stage.gestures.busy):
            self.go(pane, steps)
        return True

    def go(self, pane: Pane, steps: int) -> bool:
        """Go so many slices on; tells whether there are any more that way. Stops at both ends."""
        place = pane.place
        if place is None:
            return False
        index = min(max(place.index + steps, 0), len(place.order) - 1)
        self.go_to(pane, index)
        return index != place.index

    def go_to(self, pane: Pane, index: int) -> None:
        """Go to a slice, by its place in the stack; linked viewports go along."""
        self.show(pane, index)
        self.follow_links(pane)

    def follow_links(self, leader: Pane) -> None:
        """Bring the linked viewports to where one of them is."""
        for other in self._desk.work.panes if self._desk.work.linked else ():
            if other is not leader:
                self._follow(other, leader)

    def show(self, pane: Pane, index: int) -> None:
        """Go to a slice with this viewport alone."""
        place = pane.place
        if place is not None and 0 <= index < len(place.order):
            self._show(pane, place.order[index], 1 if index >= place.index else -1)

    # --- what shows the place on the page

    def attach_slider(self, pane: Pane, element: Any) -> None:
        """Take the slider of a viewport."""
        _keep(self._sliders, pane, element)

    def attach_counter(self, pane: Pane, element: Any) -> None:
        """Take the element that shows the number of the slice."""
        _keep(self._counters, pane, element)

    def label(self, pane: Pane) -> str:
        """Return which slice of how many a viewport shows; while the folder is read, how far that is."""
        place, slices = pane.place, pane.slices
        if place is None or slices is None:
            return ""
        complete = slices.table.complete
        return f"{place.index + 1} / {len(place.order)}" if complete else f"{slices.table.share:.0%}"

    # --- inside

    def _show(self, pane: Pane, ordinal: int, direction: int) -> None:
        if pane.session.asset is not None and pane.session.asset.ordinal == ordinal:
            return
        self.moving = True
        try:
            pane.show_slice(ordinal, direction)
        finally:
            self.moving = False
        place = pane.place
        if place is not None and pane in self._sliders:
            self._sliders[pane].value = str(place.index)
        if place is not None and pane in self._counters:
            element = self._counters[pane]
            # Into the text that the page put there: another one would be lost on the next drawing.
            getattr(element, "firstChild", element).textContent = self.label(pane)
        self._call_off()
        # A slice that is not here yet says so at once.
        self._call_off = self._desk.edges.later(0.0 if pane.loading else REST_SECONDS, self._rest)

    def _follow(self, pane: Pane, leader: Pane) -> None:
        place, led, slices = pane.place, leader.place, pane.slices
        if place is None or led is None or slices is None or leader.slices is None:
            return
        planes = [slices.plane(one) for one in place.order]
        here = leader.slices.plane(led.order[led.index])
        comparable = same_space(here, planes[place.index])
        index = linked_index(here, led.index, len(led.order), planes, comparable, place.index)
        self._show(pane, place.order[index], 1 if index >= place.index else -1)

    def _rest(self) -> None:
        work = self._desk.state.work
        asset = work.session.asset if work is not None else None
        if work is not None and asset is not None:
            self.number(work.pane)
            work.listing.show(asset.ordinal)
            if self._desk.state.route.ordinal != asset.ordinal:
                self._desk.open_asset(asset.ordinal)
        self._desk.edges.render()

    def number(self, pane: Pane) -> None:
        """Have the list count slices where the active viewport shows a stack."""
        work = self._desk.state.work
        if work is not None and pane is work.pane:
            work.listing.stack = pane.place.order if pane.place is not None else ()

    def slices_changed(self, folder: FolderSlices) -> None:
        """Take note that more of a folder is here."""
        work = self._desk.state.work
        for pane in work.panes if work is not None else ():
            if pane.slices is folder:
                pane.slices_changed()
                self.number(pane)
        self._desk.multiplanar.slices_changed()
        self._desk.edges.render()


def _keep(elements: dict[Pane, Any], pane: Pane, element: Any) -> None:
    if element is None:
        elements.pop(pane, None)
    else:
        elements[pane] = element
