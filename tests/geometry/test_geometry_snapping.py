"""Points on contours and the way along them, against shapely."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon

from webapp.py.geometry.snapping import Foot, foot_on, way_along

SQUARE = [(0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0)]


def star(radii: list[float]) -> list[tuple[float, float]]:
    """A contour around (50, 50) with these distances from there."""
    turns = [2 * math.pi * number / len(radii) for number in range(len(radii))]
    return [
        (50 + far * math.cos(turn), 50 + far * math.sin(turn)) for far, turn in zip(radii, turns, strict=True)
    ]


CONTOURS = st.lists(st.floats(5, 40), min_size=3, max_size=24).map(star)
PLACES = st.tuples(st.floats(0, 100), st.floats(0, 100))


@given(CONTOURS, PLACES)
@settings(max_examples=200, deadline=None)
def test_a_point_snaps_to_where_shapely_says_the_contour_is_nearest(
    contour: list[tuple[float, float]], place: tuple[float, float]
) -> None:
    ring = Polygon(contour).exterior
    far = ring.distance(Point(place))
    foot = foot_on(contour, place, 1e9)
    assert foot is not None and foot.place.is_integer()  # with such a reach a vertex is near
    corner = min(math.dist(place, one) for one in contour)
    foot = foot_on(contour, place, (far + corner) / 2)
    if far < corner - 1e-6:
        assert foot is not None
        assert math.dist(foot.point, place) == pytest.approx(far, abs=1e-9)
        assert ring.distance(Point(foot.point)) < 1e-9
    assert foot_on(contour, place, far - 1e-6) is None


@given(CONTOURS, PLACES, PLACES)
@settings(max_examples=200, deadline=None)
def test_the_way_between_two_points_is_the_shorter_part_of_the_contour(
    contour: list[tuple[float, float]], one: tuple[float, float], other: tuple[float, float]
) -> None:
    ring = Polygon(contour).exterior
    corner = max(math.dist(place, vertex) for place in (one, other) for vertex in contour)
    start, end = (_on_edge(contour, place, corner) for place in (one, other))
    first, last = ring.project(Point(start.point)), ring.project(Point(end.point))
    ahead = (last - first) % ring.length
    ways = [[start.point, *way_along(contour, start, end, longer=longer), end.point] for longer in (0, 1)]
    lengths = [sum(math.dist(a, b) for a, b in pairwise(way)) for way in ways]
    assert lengths[0] == pytest.approx(min(ahead, ring.length - ahead), abs=1e-6)
    if start.point != end.point:
        assert sum(lengths) == pytest.approx(ring.length, abs=1e-6)
        assert all(ring.buffer(1e-6).covers(LineString(way)) for way in ways)


def _on_edge(contour: list[tuple[float, float]], place: tuple[float, float], reach: float) -> Foot:
    """The foot of a place, on an edge if no vertex is nearer than half of what is needed."""
    near = Polygon(contour).exterior.distance(Point(place)) + 1e-9
    foot = foot_on(contour, place, near) or foot_on(contour, place, reach)
    assert foot is not None
    return foot


def test_a_way_on_one_edge_has_no_vertices_and_the_other_way_has_them_all() -> None:
    left, right = foot_on(SQUARE, (2, 0), 0.5), foot_on(SQUARE, (6, 0), 0.5)
    assert left is not None and right is not None
    assert way_along(SQUARE, left, right) == way_along(SQUARE, right, left) == []
    assert way_along(SQUARE, left, right, longer=True) == [(0, 0), (0, 8), (8, 8), (8, 0)]


def test_a_way_from_corner_to_corner_leaves_both_out() -> None:
    corners = [foot_on(SQUARE, corner, 0.5) for corner in SQUARE]
    first, second, third, _ = corners
    assert first is not None and second is not None and third is not None
    assert way_along(SQUARE, first, second) == []
    assert way_along(SQUARE, first, third) in ([(8, 0)], [(0, 8)])
