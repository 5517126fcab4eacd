"""Pushing contours: against shapely's set operations, and never crossing itself whatever the stroke."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LinearRing, unary_union
from shapely.geometry import LineString
from shapely.geometry import Point as Spot
from shapely.geometry import Polygon as Area
from shapely.geometry.base import BaseGeometry

from webapp.py.domain.shapes import Point, Polygon
from webapp.py.geometry.hits import distance_to_contour, inside
from webapp.py.geometry.sculpting import sculpt

SPACING = 2.0
SQUARE = Polygon([(0, 0), (40, 0), (40, 40), (0, 40)])


def area_of(polygon: Polygon) -> Area:
    return Area(polygon.points, polygon.holes)


def largest(area: BaseGeometry) -> Area:
    pieces = [piece for piece in getattr(area, "geoms", [area]) if isinstance(piece, Area)]
    return max(pieces, key=lambda piece: float(Area(piece.exterior).area))


def lengths(points: list[Point]) -> list[float]:
    return [math.dist(one, other) for one, other in pairwise([*points, points[0]])]


@st.composite
def outlines(draw: st.DrawFn) -> Polygon:
    """Outlines around (50, 50) that do not cross themselves."""
    count = draw(st.integers(3, 14))
    radii = draw(st.lists(st.floats(8, 40), min_size=count, max_size=count))
    points = [
        (50 + r * math.cos(i / count * math.tau), 50 + r * math.sin(i / count * math.tau))
        for i, r in enumerate(radii)
    ]
    return Polygon(points)


places = st.tuples(st.floats(0, 100), st.floats(0, 100))
whole_places = st.tuples(st.integers(0, 100), st.integers(0, 100))


@settings(max_examples=200, deadline=None)
@given(outlines(), places, places, st.floats(3, 20))
def test_one_push_adds_or_takes_away_what_the_disc_passes_over(
    polygon: Polygon, start: Point, end: Point, radius: float
) -> None:
    outward = inside(polygon, start)
    radius = min(radius, distance_to_contour(polygon, start))
    before = area_of(polygon)
    way = unary_union([Spot(start).buffer(radius * 0.97, 64), Spot(end).buffer(radius, 64)]).convex_hull
    pushed = sculpt(polygon, start, end, radius, SPACING, outward=outward)
    expected = before.union(way) if outward else before.difference(way)
    if pushed is None:
        assert expected.area < radius * SPACING
        return
    after, wanted = area_of(pushed), largest(expected)
    assert after.is_valid
    # They differ only beside the rim, by what its corners cut off.
    differing = after.symmetric_difference(wanted).difference(way.boundary.buffer(SPACING))
    assert differing.area < SPACING**2


@settings(max_examples=100, deadline=None)
@given(outlines(), st.lists(st.one_of(places, whole_places), min_size=2, max_size=12), st.floats(2, 15))
def test_no_stroke_makes_a_contour_cross_itself(polygon: Polygon, stroke: list[Point], radius: float) -> None:
    outward = inside(polygon, stroke[0])
    radius = max(1.0, min(radius, distance_to_contour(polygon, stroke[0])))
    for start, end in pairwise(stroke):
        pushed = sculpt(polygon, start, end, radius, SPACING, outward=outward)
        if pushed is None:
            continue
        polygon = pushed
        assert area_of(polygon).is_valid
        for contour in (polygon.points, *polygon.holes):
            assert len(contour) >= 3 and LinearRing(contour).is_simple


@settings(max_examples=60, deadline=None)
@given(st.lists(whole_places, min_size=2, max_size=10), st.integers(1, 12))
def test_a_stroke_along_edges_and_through_vertices_is_no_harder(stroke: list[Point], radius: int) -> None:
    # All on whole pixels: edges run along the rim, vertices lie on it.
    polygon = Polygon([(20, 20), (80, 20), (80, 80), (20, 80)], [[(40, 40), (40, 60), (60, 60), (60, 40)]])
    outward = inside(polygon, stroke[0])
    for start, end in pairwise(stroke):
        pushed = sculpt(polygon, start, end, radius, SPACING, outward=outward)
        polygon = pushed or polygon
        assert area_of(polygon).is_valid


@settings(max_examples=100, deadline=None)
@given(st.data(), st.booleans(), whole_places, whole_places)
def test_contours_with_vertices_and_edges_on_the_rim_itself_are_pushed_too(
    data: st.DataObject, outward: bool, start: Point, end: Point
) -> None:
    radius = 10.0
    x, y = end
    # A polygon that is swallowed leaves the rim alone.
    swallowed = sculpt(Polygon([(x, y), (x + 1, y), (x, y + 1)]), start, end, radius, SPACING, outward=True)
    assert swallowed is not None
    rim = swallowed.points
    factors = data.draw(
        st.lists(st.sampled_from([0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 1.5]), min_size=len(rim), max_size=len(rim))
    )
    # Points on, inside and outside of the rim, in their order around its middle; 0 leaves one out.
    points = [(x + f * (px - x), y + f * (py - y)) for (px, py), f in zip(rim, factors, strict=True) if f > 0]
    assume(len(points) >= 3 and LinearRing(points).is_simple and Area(points).contains(Spot(end)))
    pushed = sculpt(Polygon(points), start, end, radius, SPACING, outward=outward)
    if pushed is None:
        assert not outward
        return
    after = area_of(pushed)
    assert after.is_valid
    if outward:
        differing = after.symmetric_difference(Area(points).union(Area(rim)))
        assert differing.difference(Area(rim).boundary.buffer(SPACING)).area < SPACING**2


def test_points_are_added_and_removed_so_that_they_lie_evenly() -> None:
    polygon = SQUARE
    # To and fro in small steps, as a hand would go.
    way = [(20 + 18 * math.sin(i / 15), 20 + 18 * math.cos(i / 22)) for i in range(300)]
    for start, end in pairwise(way):
        polygon = sculpt(polygon, start, end, 8, SPACING, outward=True) or polygon
    original = set(SQUARE.points)
    spaces = [
        math.dist(one, other)
        for one, other in pairwise([*polygon.points, polygon.points[0]])
        if not {one, other} & original
    ]
    assert len(spaces) > 40
    assert sum(space < SPACING / 3 for space in spaces) <= len(spaces) / 20  # where a corner is sharp
    assert max(lengths(polygon.points)) <= 40
    rounded = [
        math.dist(one, other)
        for one, other in pairwise([*polygon.points, polygon.points[0]])
        if max(one[0], other[0]) > 42 or max(one[1], other[1]) > 42
    ]
    assert max(rounded) <= 2 * SPACING


def test_pushed_again_and_again_the_number_of_points_stays_the_same() -> None:
    counts = []
    polygon = SQUARE
    for _ in range(6):
        for end in (45.0, 20.0):
            polygon = sculpt(polygon, (20, 20), (end, 20), 10, SPACING, outward=True) or polygon
        counts.append(len(polygon.points))
    assert max(counts[1:]) <= counts[0] + 2


def test_what_the_disc_does_not_touch_stays_the_very_same_polygon() -> None:
    assert sculpt(SQUARE, (20, 20), (25, 20), 10, SPACING, outward=True) is SQUARE
    assert sculpt(SQUARE, (60, 60), (80, 60), 10, SPACING, outward=False) is SQUARE


def test_the_untouched_part_keeps_its_points() -> None:
    pushed = sculpt(SQUARE, (60, 20), (45, 20), 10, SPACING, outward=False)
    assert pushed is not None
    assert set(SQUARE.points) <= set(pushed.points)


def test_a_gap_that_is_closed_becomes_a_hole() -> None:
    # A letter C, open to the right.
    letter = Polygon([(0, 0), (60, 0), (60, 15), (15, 15), (15, 45), (60, 45), (60, 60), (0, 60)])
    closed = sculpt(letter, (52, 7), (52, 55), 6, SPACING, outward=True)
    assert closed is not None and len(closed.holes) == 1
    expected = area_of(letter).union(LineString([(52, 7), (52, 55)]).buffer(6))
    assert area_of(closed).symmetric_difference(expected).area < 30


def test_of_a_polygon_cut_apart_the_largest_piece_stays() -> None:
    bar = Polygon([(0, 0), (100, 0), (100, 20), (0, 20)])
    cut = sculpt(bar, (70, -20), (70, 50), 5, SPACING, outward=False)
    assert cut is not None
    assert area_of(cut).area == pytest.approx(65 * 20, rel=0.02)


def test_holes_are_pushed_wider_swallowed_and_joined_with_the_outside() -> None:
    ring = Polygon([(0, 0), (60, 0), (60, 60), (0, 60)], [[(25, 25), (25, 35), (35, 35), (35, 25)]])
    wider = sculpt(ring, (30, 30), (40, 30), 5, SPACING, outward=False)
    assert wider is not None and len(wider.holes) == 1
    assert area_of(wider).area < area_of(ring).area - 60
    filled = sculpt(ring, (15, 30), (30, 30), 9, SPACING, outward=True)
    assert filled is not None
    assert Area(filled.points).area == 3600
    opened = sculpt(ring, (30, 30), (80, 30), 5, SPACING, outward=False)
    assert opened is not None and opened.holes == []


def test_when_nothing_would_be_left_nothing_is_returned() -> None:
    small = Polygon([(10, 10), (12, 10), (11, 12)])
    assert sculpt(small, (30, 11), (11, 11), 10, SPACING, outward=False) is None
