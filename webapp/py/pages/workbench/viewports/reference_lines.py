"""Reference lines in each viewport, and the crosshair, which brings other viewports to a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.py.domain.shapes import Point
from webapp.py.imaging.planes import nearest_slice, same_space
from webapp.py.workspace.reference_lines import references

if TYPE_CHECKING:
    from webapp.py.pages.workbench.viewports.viewport import Viewport
    from webapp.py.pages.workbench.workbench import Workbench

ALONE = "No other viewport shows slices of this patient that could follow the crosshair."


class ReferenceLines:
    """Tells every viewport where the others cross it.

    Parameters
    ----------
    workbench
        Whose viewports these are.
    """

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench

    def refresh(self) -> None:
        """Work the lines out anew: a viewport shows another image."""
        views = self._workbench.views
        for view, lines in zip(views, references([view.plane for view in views]), strict=True):
            if view.canvas is not None:
                view.canvas.set_references(lines)

    def aim(self, viewport: Viewport, point: Point) -> None:
        """Have the other viewports show what lies at a point of the image of one of them."""
        planes = self._workbench.multiplanar
        if planes.views:
            planes.aim(None, point)
            return
        here, told = viewport.plane, False
        for other in self._workbench.work.viewports:
            place, slices = other.place, other.slices
            if other is viewport or here is None or place is None or slices is None:
                continue
            if same_space(here, other.plane):
                lie = [slices.plane(one) for one in place.order]
                found = nearest_slice(here.to_patient(point), lie)
                told = True
                if found is not None:
                    self._workbench.scrolling.show(other, found)
        if not told:
            self._workbench.app.notify(ALONE)
