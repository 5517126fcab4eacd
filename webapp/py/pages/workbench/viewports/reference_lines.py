"""Reference lines in each viewport, and the crosshair, which brings other viewports to a place."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.domain.shapes import Point
from webapp.py.imaging.planes import nearest_slice, same_space
from webapp.py.pages.workbench.viewports.scrolling import Scrolling
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.workspace.reference_lines import references

ALONE = "No other viewport shows slices of this patient that could follow the crosshair."


class ReferenceLines:
    """Tells every viewport where the others cross it.

    Parameters
    ----------
    viewports
        The viewports that this is about.
    scrolling
        Brings other viewports to a slice.
    say
        Shows a sentence to the person.
    """

    def __init__(self, viewports: ViewportSet, scrolling: Scrolling, say: Callable[[str], None]) -> None:
        self._viewports, self._scrolling, self._say = viewports, scrolling, say

    def refresh(self) -> None:
        """Work the lines out anew: a viewport shows another image."""
        views = self._viewports.views
        for view, lines in zip(views, references([view.plane for view in views]), strict=True):
            if view.canvas is not None:
                view.canvas.set_references(lines)

    def aim(self, viewport: Viewport, point: Point) -> None:
        """Have the other viewports show what lies at a point of the image of one of them."""
        here, told = viewport.plane, False
        for other in self._viewports.all:
            place, slices = other.place, other.slices
            if other is viewport or here is None or place is None or slices is None:
                continue
            if same_space(here, other.plane):
                lie = [slices.plane(one) for one in place.order]
                found = nearest_slice(here.to_patient(point), lie)
                told = True
                if found is not None:
                    self._scrolling.show(other, found)
        if not told:
            self._say(ALONE)
