"""Finding the polygon nearest to the pointer among thousands."""

from __future__ import annotations

import numpy as np

from webapp.py.domain.shapes import Point, Polygon
from webapp.py.geometry.hits import distance_to_contour
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.context import Context, extents


def nearest_polygon(ctx: Context, point: Point) -> tuple[AnnotationView, float] | None:
    """Return the polygon that can be changed whose contour is nearest to ``point``, and its distance.

    If only one annotation is selected and it is a polygon, return that one; None if there is no polygon.
    """
    chosen = [view for view in ctx.chosen() if isinstance(view.shape, Polygon)]
    if len(chosen) == 1:
        return chosen[0], _distance(chosen[0], point)
    left, top, right, bottom = extents(ctx.annotations)
    x, y = point
    # A contour is never nearer than its bounding box.
    dx, dy = np.maximum(left - x, x - right), np.maximum(top - y, y - bottom)
    least = np.hypot(np.maximum(dx, 0.0), np.maximum(dy, 0.0))
    best: tuple[AnnotationView, float] | None = None
    for index in np.argsort(least, kind="stable").tolist():
        if best is not None and least[index] >= best[1]:
            break
        view = ctx.annotations[index]
        if isinstance(view.shape, Polygon) and not (view.locked or view.hidden):
            distance = _distance(view, point)
            best = (view, distance) if best is None or distance < best[1] else best
    return best


def _distance(view: AnnotationView, point: Point) -> float:
    return distance_to_contour(view.shape, point) if isinstance(view.shape, Polygon) else float("inf")
