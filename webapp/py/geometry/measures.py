"""Measurements in images: lengths, angles and areas, in mm if the size of pixels is known, and values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.domain.shapes import Box, Mask, Other, Point, Points, Polygon, Polyline, Shape
from webapp.py.geometry.filling import fill
from webapp.py.geometry.masks import Rect, clip_rect, decode_rect
from webapp.py.geometry.shapes import area as area_in_pixels
from webapp.py.geometry.shapes import bounds


@dataclass(frozen=True, slots=True)
class PixelSize:
    """Width and height of a pixel and their unit; by default, one pixel.

    ``note`` is added to every length, if lengths need an explanation.
    """

    across: float = 1.0
    down: float = 1.0
    unit: str = "px"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Statistics:
    """The number of values in a region, their mean, standard deviation, lowest and highest value."""

    count: int
    mean: float
    deviation: float
    lowest: float
    highest: float


def length(points: Sequence[Point], size: PixelSize) -> float:
    """Return the length of a line through points, in the unit of ``size``.

    Examples
    --------
    >>> length([(0, 0), (3, 4)], PixelSize()), length([(0, 0), (3, 4)], PixelSize(0.5, 2.0, "mm"))
    (5.0, 8.139410298049853)
    """
    ends = [(x * size.across, y * size.down) for x, y in points]
    return sum(math.dist(one, other) for one, other in pairwise(ends))


def angle(first: Point, vertex: Point, second: Point, size: PixelSize) -> float | None:
    """Return the angle at a vertex in degrees, from 0 to 180, or None if an arm has no length.

    Parameters
    ----------
    first, vertex, second
        The ends of the arms and the point between them, in pixels.
    size
        Size of a pixel.

    Examples
    --------
    >>> angle((1, 0), (0, 0), (0, 5), PixelSize())
    90.0
    >>> round(angle((1, 0), (0, 0), (1, 1), PixelSize(1.0, 2.0)), 2)  # pixels twice as high as wide
    63.43
    """
    ax, ay = (first[0] - vertex[0]) * size.across, (first[1] - vertex[1]) * size.down
    bx, by = (second[0] - vertex[0]) * size.across, (second[1] - vertex[1]) * size.down
    if not (ax or ay) or not (bx or by):
        return None
    return abs(math.degrees(math.atan2(ax * by - ay * bx, ax * bx + ay * by)))


def area(shape: Shape, size: PixelSize) -> float:
    """Return the area of a shape in the squared unit of ``size``.

    Examples
    --------
    >>> area(Box(0, 0, 10, 4), PixelSize(0.5, 2.0, "mm"))
    40.0
    """
    return area_in_pixels(shape) * size.across * size.down


def region_of(shape: Shape, width: int, height: int) -> Rect | None:
    """Return a rectangle with all pixels that a shape may cover, or None if there are none.

    Parameters
    ----------
    shape
        The shape, in pixels.
    width, height
        Size of the image, in pixels.

    Examples
    --------
    >>> region_of(Box(1.2, 2.0, 3.0, 9.0), 10, 10)
    (1, 2, 4, 8)
    """
    edges = bounds(shape)
    if edges is None:
        return None
    left, top = math.floor(edges[0]), math.floor(edges[1])
    right, bottom = math.ceil(edges[2]), math.ceil(edges[3])
    return clip_rect((left, top, right - left, bottom - top), width, height)


def values_in(values: NDArray[Any], shape: Shape) -> NDArray[Any]:
    """Return the values of the pixels whose center is inside a shape. Lines and points have none.

    Parameters
    ----------
    values : array, shape (rows, columns)
        Values of the whole image.
    shape
        The shape, in pixels.

    Returns
    -------
    array, shape (pixels,)

    Examples
    --------
    >>> values_in(np.arange(12).reshape(3, 4), Box(0.6, 0, 2, 2)).tolist()
    [1, 2, 5, 6]
    """
    rect = region_of(shape, values.shape[1], values.shape[0])
    if rect is None:
        return values[:0].reshape(-1)
    x, y, width, height = rect
    part = values[y : y + height, x : x + width]
    match shape:
        case Box():
            # A center on the left or upper edge is inside, as in a polygon.
            columns = _inside(np.arange(x, x + width) + 0.5, shape.x, shape.width)
            rows = _inside(np.arange(y, y + height) + 0.5, shape.y, shape.height)
            return part[rows][:, columns].reshape(-1)
        case Polygon():
            return part[fill(shape, rect).view(np.bool_)]
        case Mask():
            return part[decode_rect(shape, (x - shape.x, y - shape.y, width, height)).view(np.bool_)]
        case Polyline() | Points() | Other():
            return part[:0].reshape(-1)


def statistics(values: NDArray[Any]) -> Statistics | None:
    """Return the statistics of values of any shape, without NaN and infinity, or None if none are left.

    The standard deviation is that of a population: divided by the number of values.

    Examples
    --------
    >>> statistics(np.array([2, 4, 4, 4, 5, 5, 7, 9]))
    Statistics(count=8, mean=5.0, deviation=2.0, lowest=2.0, highest=9.0)
    """
    found = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    if not found.size:
        return None
    exact = found.astype(np.float64)
    low, high = float(found.min()), float(found.max())
    return Statistics(int(found.size), float(exact.mean()), float(exact.std()), low, high)


def length_in_words(points: Sequence[Point], size: PixelSize) -> str:
    """Return the length of a line as text.

    Examples
    --------
    >>> length_in_words([(0, 0), (30, 40)], PixelSize(0.5, 0.5, "mm"))
    '25.0 mm'
    """
    return " ".join(part for part in (f"{length(points, size):.1f} {size.unit}", size.note) if part)


def angle_in_words(points: Sequence[Point], size: PixelSize) -> str:
    """Return the angle of three points as text, empty if there is none.

    Examples
    --------
    >>> angle_in_words([(1, 0), (0, 0), (0, 1)], PixelSize())
    '90.0°'
    """
    found = angle(points[0], points[1], points[2], size) if len(points) == 3 else None
    return f"{found:.1f}°" if found is not None else ""


def region_in_words(shape: Shape, size: PixelSize, found: Statistics | None, unit: str) -> str:
    """Return area and values of a region as lines of text.

    Parameters
    ----------
    shape, size
        The region in pixels, and the size of a pixel.
    found, unit
        The statistics of its values, if known, and their unit, such as HU.

    Examples
    --------
    >>> print(region_in_words(Box(0, 0, 2, 2), PixelSize(), Statistics(4, 41.25, 2.5, 38.0, 44.0), "HU"))
    Area 4.0 px²
    Mean 41.2 HU · SD 2.5
    Min 38 · Max 44
    """
    lines = [" ".join(part for part in (f"Area {area(shape, size):.1f} {size.unit}²", size.note) if part)]
    if found is not None:
        lines.append(f"Mean {_short(found.mean)} {unit}".rstrip() + f" · SD {_short(found.deviation)}")
        lines.append(f"Min {found.lowest:g} · Max {found.highest:g}")
    return "\n".join(lines).replace("-", "−")


def _short(value: float) -> str:
    """Return a number with one decimal, or with more if it is small."""
    return f"{value:.1f}" if abs(value) >= 1 or value == 0 else f"{value:.3g}"


def _inside(centers: NDArray[np.floating[Any]], start: float, extent: float) -> NDArray[np.bool_]:
    return (centers >= start) & (centers < start + extent)
