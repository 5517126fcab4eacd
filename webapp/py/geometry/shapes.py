"""Operations on all shapes: bounds, area, moving, clamping to the image."""

from __future__ import annotations

import math

import msgspec

from webapp.py.domain.shapes import Box, Mask, Other, Point, Points, Polygon, Polyline, Shape
from webapp.py.geometry import masks
from webapp.py.geometry.memory import remembered
from webapp.py.geometry.polygons import signed_area

Bounds = tuple[float, float, float, float]
"""Left, top, right and bottom edge, in pixels."""


def bounds(shape: Shape) -> Bounds | None:
    """Return the bounds of a shape in pixels, or None for `Other`, which only its own tool understands.

    Examples
    --------
    >>> bounds(Box(x=1, y=2, width=3, height=4))
    (1, 2, 4, 6)
    """
    match shape:
        case Box() | Mask():
            return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
        case Polygon() | Polyline() | Points():
            return _extent(shape.points)
        case Other():
            return None


@remembered(most=8192)
def _extent(points: list[Point]) -> Bounds:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def area(shape: Shape) -> float:
    """Return the area of a shape without holes in square pixels. Lines and points have no area.

    Examples
    --------
    >>> area(Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (2, 1), (2, 2), (1, 2)]]))
    15.0
    """
    match shape:
        case Box():
            return shape.width * shape.height
        case Mask():
            return float(masks.area(shape))
        case Polygon():
            return abs(signed_area(shape.points)) - sum(abs(signed_area(hole)) for hole in shape.holes)
        case Polyline() | Points() | Other():
            return 0.0


def _moved(points: list[Point], dx: float, dy: float) -> list[Point]:
    return [(x + dx, y + dy) for x, y in points]


def translate(shape: Shape, dx: float, dy: float) -> Shape:
    """Return a shape moved by some pixels.

    Parameters
    ----------
    shape
        The shape. A mask moves by whole pixels, and `Other` does not move.
    dx, dy
        In pixels.

    Examples
    --------
    >>> translate(Box(x=1, y=2, width=3, height=4), 0.5, -1)
    Box(x=1.5, y=1, width=3, height=4)
    """
    match shape:
        case Box():
            return msgspec.structs.replace(shape, x=shape.x + dx, y=shape.y + dy)
        case Mask():
            return msgspec.structs.replace(shape, x=shape.x + _whole(dx), y=shape.y + _whole(dy))
        case Polygon():
            holes = [_moved(hole, dx, dy) for hole in shape.holes]
            return msgspec.structs.replace(shape, points=_moved(shape.points, dx, dy), holes=holes)
        case Polyline() | Points():
            return msgspec.structs.replace(shape, points=_moved(shape.points, dx, dy))
        case Other():
            return shape


def _whole(distance: float) -> int:
    """Round half up, so that equal steps of the pointer make equal steps of a mask."""
    return math.floor(distance + 0.5)


def limit_move(edges: Bounds, dx: float, dy: float, width: float, height: float) -> Point:
    """Return how far something can move in a direction without leaving the image.

    A side that is already outside can stay where it is.

    Parameters
    ----------
    edges
        The bounds of what moves, in pixels.
    dx, dy
        The wanted move, in pixels.
    width, height
        Size of the image, in pixels.

    Examples
    --------
    >>> limit_move((1, 2, 4, 6), 50, -1, width=10, height=10)
    (6, -1)
    """
    left, top, right, bottom = edges
    return (
        min(max(dx, min(0.0, -left)), max(0.0, width - right)),
        min(max(dy, min(0.0, -top)), max(0.0, height - bottom)),
    )


def clamp(shape: Shape, width: int, height: int) -> Shape | None:
    """Return the part of a shape inside an image, or None if nothing is left.

    Boxes and masks are cut off. Points of polygons and lines move to the nearest point of the image, which
    keeps their number and order. Single points outside are dropped. `Other` stays as it is.

    Parameters
    ----------
    shape
        The shape, in pixels.
    width, height
        Size of the image, in pixels.

    Examples
    --------
    >>> clamp(Box(x=-1, y=2, width=3, height=4), 10, 10)
    Box(x=0, y=2, width=2, height=4)
    """

    def pull(points: list[Point]) -> list[Point]:
        return [(min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))) for x, y in points]

    match shape:
        case Box():
            left, top = max(shape.x, 0), max(shape.y, 0)
            wide, high = min(shape.x + shape.width, width) - left, min(shape.y + shape.height, height) - top
            return Box(left, top, wide, high) if wide > 0 and high > 0 else None
        case Mask():
            return masks.clip(shape, width, height)
        case Polygon():
            clamped = Polygon(pull(shape.points), [pull(hole) for hole in shape.holes])
            return clamped if area(clamped) > 0 else None
        case Polyline():
            line = pull(shape.points)
            return Polyline(line) if len(set(line)) > 1 else None
        case Points():
            within = [(x, y) for x, y in shape.points if 0 <= x <= width and 0 <= y <= height]
            return Points(within) if within else None
        case Other():
            return shape
