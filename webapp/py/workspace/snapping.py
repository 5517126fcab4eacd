"""Snapping to the outlines of other annotations, so that neighbors share their borders exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from webapp.py.domain.shapes import Box, Point, Polygon, Shape
from webapp.py.geometry.boxes import box_handles
from webapp.py.geometry.snapping import Foot, foot_on, way_along
from webapp.py.workspace.context import Context, extents
from webapp.py.workspace.settings import Switch

SNAP = Switch("snap", "Snap to outlines", key="a")
"""The setting of tools whose points snap to the outlines of other annotations."""


_SAME = 1e-9
"""Points this near to each other, in pixels, are one."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapped:
    """A point on outlines of annotations: on one, or where several meet."""

    point: Point
    feet: Sequence[tuple[Sequence[Point], Foot]]


def snapped(ctx: Context, point: Point, reach: float, but: str | None = None) -> Snapped | None:
    """Return the nearest point on the outlines of polygons and boxes, or None if none is near.

    Parameters
    ----------
    ctx
        Has the annotations; hidden ones are left out.
    point, reach
        A point of the image and the largest distance, in image pixels.
    but
        The annotation that is not snapped to.
    """
    left, top, right, bottom = extents(ctx.annotations)
    x, y = point
    close = (left <= x + reach) & (x - reach <= right) & (top <= y + reach) & (y - reach <= bottom)
    views = (ctx.annotations[index] for index in np.flatnonzero(close).tolist())
    contours = [
        contour
        for view in views
        if not view.hidden and view.id != but
        for contour in _contours_of(view.shape)
    ]
    feet = [(contour, foot) for contour in contours if (foot := foot_on(contour, point, reach)) is not None]
    if not feet:
        return None
    # Vertices come before edges, so that corners of several neighbors meet.
    best = min(
        (foot for _, foot in feet),
        key=lambda foot: (not foot.place.is_integer(), math.dist(foot.point, point)),
    )
    near = [(contour, foot_on(contour, best.point, _SAME)) for contour in contours]
    return Snapped(best.point, [(contour, foot) for contour, foot in near if foot is not None])


def way_between(start: Snapped | None, end: Snapped | None) -> list[Point]:
    """Return the points to add between two points on the same outline, so that a line follows it."""
    for contour, foot in start.feet if start is not None else ():
        for other, there in end.feet if end is not None else ():
            if contour == other:
                return way_along(contour, foot, there)
    return []


def _contours_of(shape: Shape) -> list[Sequence[Point]]:
    """Return the closed contours of a polygon or box; other shapes have none to snap to."""
    if isinstance(shape, Polygon):
        return [shape.points, *shape.holes]
    return [box_handles(shape)[::2]] if isinstance(shape, Box) else []
