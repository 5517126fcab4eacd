"""The polygon nearest to the pointer, of thousands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Point, Polygon
from webapp.py.geometry.hits import distance_to_contour
from webapp.py.geometry.memory import remembered
from webapp.py.geometry.shapes import bounds
from webapp.py.workspace.context import AnnotationView, Context


def nearest_polygon(ctx: Context, point: Point) -> tuple[AnnotationView, float] | None:
    """Return the polygon whose contour is nearest to ``point`` and may be changed, and how far it is.

    The one that is selected alone comes before all others; None when there is no polygon.
    """
    chosen = [view for view in ctx.chosen() if isinstance(view.shape, Polygon)]
    if len(chosen) == 1:
        return chosen[0], _distance(chosen[0], point)
    views, edges = _polygons(ctx.annotations)
    left, top, right, bottom = edges
    x, y = point
    # No contour is nearer than a side of its bounds, nor, from inside, farther than the farthest of them.
    dx, dy = np.maximum(left - x, x - right), np.maximum(top - y, y - bottom)
    least = np.hypot(np.maximum(dx, 0.0), np.maximum(dy, 0.0))
    best: tuple[AnnotationView, float] | None = None
    for index in np.argsort(least, kind="stable").tolist():
        if best is not None and least[index] >= best[1]:
            break
        distance = _distance(views[index], point)
        if best is None or distance < best[1]:
            best = views[index], distance
    return best


def _distance(view: AnnotationView, point: Point) -> float:
    return distance_to_contour(view.shape, point) if isinstance(view.shape, Polygon) else float("inf")


@remembered(most=4)
def _polygons(annotations: Sequence[AnnotationView]) -> tuple[list[AnnotationView], NDArray[np.float64]]:
    """Return the polygons that may be changed, and left, top, right and bottom edges of them all."""
    views = [
        view for view in annotations if isinstance(view.shape, Polygon) and not (view.locked or view.hidden)
    ]
    edges = [bounds(view.shape) or (0.0,) * 4 for view in views]
    return views, np.array(edges, dtype=np.float64).reshape(-1, 4).T
