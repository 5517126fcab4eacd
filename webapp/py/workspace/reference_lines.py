"""Lines that show where the images of other viewports intersect this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.py.domain.shapes import Point
from webapp.py.imaging.planes import Plane, crossing

INKS = ("#ff8a5b", "#f7d154", "#63d98a", "#7db8ff")
"""Colors of the viewports, by position on the page; distinct on gray images."""


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A line between two points of the image, in pixels, with the color and name of a viewport."""

    start: Point
    end: Point
    color: str
    name: str


def references(planes: Sequence[Plane | None]) -> list[tuple[ReferenceLine, ...]]:
    """Return the lines to show in each viewport.

    Parameters
    ----------
    planes
        The plane of each viewport's image, in the order of the page; None if it is unknown.

    Examples
    --------
    >>> axial = Plane((0.0, 0.0, 10.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0), 20, 20, "1.2")
    >>> sagittal = Plane((4.0, 5.0, 30.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0), (1.0, 1.0), 8, 40, "1.2")
    >>> [[line.name for line in lines] for lines in references([axial, None, sagittal])]
    [['3'], [], ['1']]
    """
    shown = []
    for plane in planes:
        lines = []
        for number, other in enumerate(planes):
            ends = crossing(plane, other) if plane is not None and other is not None else None
            if ends is not None and other is not plane:
                lines.append(ReferenceLine(*ends, INKS[number % len(INKS)], str(number + 1)))
        shown.append(tuple(lines))
    return shown
