"""Areas that outlines enclose, which take too long to find on the page."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Mask
from webapp.py.geometry.contours import mask_polygons
from webapp.py.geometry.enclosed import enclosed_area, segments_of


def enclosed(
    edges: NDArray[np.float64], masks: list[dict[str, Any]], point: tuple[float, float]
) -> dict[str, Any] | None:
    """Return the area around a point up to the outlines around it, or None if they do not enclose it.

    Parameters
    ----------
    edges : array of float, shape (n, 4)
        Start and end of each edge, in pixels.
    masks
        The fields of masks whose contours are outlines, too.
    point : (x, y)
        In pixels.

    Returns
    -------
    dict or None
        ``points``: array of shape (n, 2), and ``holes``: a list of such arrays.

    Examples
    --------
    >>> edges = segments_of([([(0, 0), (4, 0), (4, 4), (0, 4)], True)])
    >>> enclosed(edges, [], (1, 1))["points"].tolist()
    [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]]
    """
    polygons = [polygon for fields in masks for polygon in mask_polygons(msgspec.convert(fields, Mask))]
    contours = [contour for polygon in polygons for contour in (polygon.points, *polygon.holes)]
    lines = np.concatenate([edges.reshape(-1, 4), segments_of((contour, True) for contour in contours)])
    found = enclosed_area(lines, (point[0], point[1]))
    if found is None:
        return None
    return {"points": np.array(found.points), "holes": [np.array(hole) for hole in found.holes]}
