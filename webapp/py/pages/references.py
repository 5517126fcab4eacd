"""Reference lines in each viewport, and the crosshair, which brings other viewports to a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.py.domain.shapes import Point
from webapp.py.imaging.planes import nearest_slice, same_space
from webapp.py.workspace.references import references

if TYPE_CHECKING:
    from webapp.py.pages.desk import Desk
    from webapp.py.pages.pane import Pane

ALONE = "No other viewport shows slices of this patient that could follow the crosshair."


class References:
    """Tells every viewport where the others cross it.

    Parameters
    ----------
    desk
        Whose viewports these are.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def refresh(self) -> None:
        """Work the lines out anew: a viewport shows another image."""
        views = self._desk.views
        for view, lines in zip(views, references([view.plane for view in views]), strict=True):
            if view.stage is not None:
                view.stage.set_references(lines)

    def aim(self, pane: Pane, point: Point) -> None:
        """Have the other viewports show what lies at a point of the image of one of them."""
        planes = self._desk.multiplanar
        if planes.views:
            planes.aim(None, point)
            return
        here, told = pane.plane, False
        for other in self._desk.work.panes:
            place, slices = other.place, other.slices
            if other is pane or here is None or place is None or slices is None:
                continue
            if same_space(here, other.plane):
                lie = [slices.plane(one) for one in place.order]
                found = nearest_slice(here.to_patient(point), lie)
                told = True
                if found is not None:
                    self._desk.scrolling.show(other, found)
        if not told:
            self._desk.app.notify(ALONE)
