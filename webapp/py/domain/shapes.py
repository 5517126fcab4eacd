"""Shapes of annotations, in image pixels.

The origin is the top-left corner of the top-left pixel. The pixel at column x and row y covers [x, x+1) x
[y, y+1). A pixel is inside a polygon if its center is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

LIMIT = 1_000_000.0
"""Largest coordinate, in pixels, on either side of the origin."""
MOST_POINTS = 100_000
"""Most points of one contour."""
MOST_RUNS = 8_000_000
"""Most runs of one mask."""

Point = tuple[float, float]


def _check_numbers(*values: float) -> None:
    for value in values:
        if not math.isfinite(value) or abs(value) > LIMIT:
            raise ValueError(f"coordinate {value} is not a number within ±{LIMIT:.0f} pixels")


def _check_contour(points: Sequence[Point], least: int, what: str) -> None:
    if not least <= len(points) <= MOST_POINTS:
        raise ValueError(f"a {what} needs {least} to {MOST_POINTS} points, not {len(points)}")
    for x, y in points:
        _check_numbers(x, y)


class Box(Struct, tag_field="kind", tag="box", frozen=True):
    """An axis-parallel rectangle: left edge, top edge, width and height in pixels, the latter above 0."""

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        """Raise ValueError for empty and unbounded boxes."""
        _check_numbers(self.x, self.y, self.width, self.height)
        if self.width <= 0 or self.height <= 0:
            raise ValueError("a box needs a width and a height above 0")


class Polygon(Struct, tag_field="kind", tag="polygon", frozen=True):
    """A closed contour of three or more points, with holes. The last point is connected to the first."""

    points: list[Point]
    holes: list[list[Point]] = []

    def __post_init__(self) -> None:
        """Raise ValueError for contours of fewer than three points."""
        _check_contour(self.points, 3, "polygon")
        for hole in self.holes:
            _check_contour(hole, 3, "hole")


class Polyline(Struct, tag_field="kind", tag="polyline", frozen=True):
    """An open line of two or more points."""

    points: list[Point]

    def __post_init__(self) -> None:
        """Raise ValueError for lines of fewer than two points."""
        _check_contour(self.points, 2, "line")


class Points(Struct, tag_field="kind", tag="points", frozen=True):
    """One or more single points."""

    points: list[Point]

    def __post_init__(self) -> None:
        """Raise ValueError for an empty list."""
        _check_contour(self.points, 1, "set of points")


class Mask(Struct, tag_field="kind", tag="mask", frozen=True):
    """Pixels inside a bounding box, as row-major run lengths.

    ``runs`` counts pixels off, on, off, … along the rows of the box. Only the first may be 0, and their sum
    is ``width * height``.
    """

    x: int
    y: int
    width: int
    height: int
    runs: list[int]

    def __post_init__(self) -> None:
        """Raise ValueError for run lengths that do not fill the box."""
        _check_numbers(self.x, self.y, self.width, self.height)
        if self.width <= 0 or self.height <= 0:
            raise ValueError("a mask needs a width and a height above 0")
        if len(self.runs) > MOST_RUNS:
            raise ValueError(f"a mask has at most {MOST_RUNS} runs")
        if min(self.runs, default=0) < 0 or 0 in self.runs[1:]:
            raise ValueError("run lengths must be above 0 (only the first may be 0)")
        if sum(self.runs) != self.width * self.height:
            raise ValueError("the run lengths of a mask must fill its box")


class Other(Struct, tag_field="kind", tag="other", frozen=True):
    """A shape that only the tool ``tool`` understands."""

    tool: str
    data: dict[str, Any]


Shape = Box | Polygon | Polyline | Points | Mask | Other
