"""Reference lines in each viewport, and the crosshair, which moves other viewports to the same point."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.domain.shapes import Point
from webapp.py.imaging.planes import nearest_slice, same_space
from webapp.py.pages.workbench.viewports import texts
from webapp.py.pages.workbench.viewports.scrolling import Scrolling
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.workspace.reference_lines import references


class ReferenceLines:
    """Gives each viewport the lines where the others cross it.

    Parameters
    ----------
    viewports
        The viewports with their reformats.
    scrolling
        Moves other viewports to a slice.
    say
        Shows a toast.
    """

    def __init__(self, viewports: ViewportSet, scrolling: Scrolling, say: Callable[[str], None]) -> None:
        self._viewports, self._scrolling, self._say = viewports, scrolling, say

    def refresh(self) -> None:
        """Compute the lines again because a viewport shows another image."""
        views = self._viewports.views
        for view, lines in zip(views, references([view.plane for view in views]), strict=True):
            if view.canvas is not None:
                view.canvas.set_references(lines)

    def aim(self, viewport: Viewport, point: Point) -> None:
        """Move the other viewports to the slices at a point of this viewport's image."""
        here, comparable = viewport.plane, False
        for other in self._viewports.all:
            place, slices = other.place, other.slices
            if other is viewport or here is None or place is None or slices is None:
                continue
            if same_space(here, other.plane):
                planes = [slices.plane(one) for one in place.order]
                found = nearest_slice(here.to_patient(point), planes)
                comparable = True
                if found is not None:
                    self._scrolling.show(other, found)
        if not comparable:
            self._say(texts.NO_LINKED_VIEWPORT)
