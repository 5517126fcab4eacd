"""Crossings, loops and simplification, against shapely and scikit-image."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LinearRing, LineString
from shapely.geometry import Polygon as Area
from shapely.ops import polygonize, unary_union
from skimage.measure import approximate_polygon

from webapp.py.domain.shapes import Point, Polygon
from webapp.py.geometry.crossings import (
    are_nested,
    contours_meet,
    crossing_edges,
    is_simple,
    line_crosses,
)
from webapp.py.geometry.simplifying import simplify, simplify_outline
from webapp.py.geometry.untangling import largest_loop

unhurried = settings(deadline=None)  # a busy machine fails nothing
small = st.integers(-5, 5)
grid_points = st.tuples(small, small)
numbers = st.floats(-100, 100, allow_subnormal=False)
free_points = st.tuples(numbers, numbers)
grid_lines = st.lists(grid_points, min_size=3, max_size=9)
free_lines = st.lists(free_points, min_size=3, max_size=30)


def without_repetitions(points: list[Point]) -> list[Point]:
    return [point for i, point in enumerate(points) if point != points[i - 1]]


@unhurried
@given(grid_lines)
def test_a_contour_is_simple_when_shapely_says_so(points: list[Point]) -> None:
    points = without_repetitions(points)
    assume(len(points) >= 3)
    assert is_simple(points) is bool(LinearRing(points).is_simple and Area(points).area > 0)


@unhurried
@given(grid_lines)
def test_the_edges_that_cross_are_those_that_share_more_than_a_joint(points: list[Point]) -> None:
    points = without_repetitions(points)
    assume(len(points) >= 4)
    edges = [LineString([one, other]) for one, other in pairwise([*points, points[0]])]
    expected = []
    for (i, one), (j, other) in combinations(enumerate(edges), 2):
        neighbors = j - i in (1, len(edges) - 1)
        if one.intersection(other).length > 0 if neighbors else one.intersects(other):
            expected.append((i, j))
    assert crossing_edges(points) == expected


@unhurried
@given(grid_lines, grid_points)
def test_an_edge_is_refused_when_the_line_would_not_be_simple_with_it(
    points: list[Point], end: Point
) -> None:
    points = [points[0], *(b for a, b in pairwise(points) if a != b)]
    assume(len(points) >= 2 and end != points[-1] and LineString(points).is_simple)
    assume(points[0] != points[-1])
    # A line that ends at its own beginning is simple to shapely; here closing is another matter.
    expected = end == points[0] or not LineString([*points, end]).is_simple
    assert line_crosses(points, end) is expected


@unhurried
@given(grid_lines, grid_lines)
def test_contours_meet_when_their_lines_do(one: list[Point], other: list[Point]) -> None:
    assume(len(set(one)) > 1 and len(set(other)) > 1)
    assert contours_meet(one, other) is bool(
        LineString([*one, one[0]]).intersects(LineString([*other, other[0]]))
    )


@st.composite
def stars(draw: st.DrawFn) -> list[Point]:
    """Contours around a middle of their own, of whole pixels."""
    x, y = draw(grid_points)
    radii = draw(st.lists(st.integers(2, 9), min_size=3, max_size=6))
    turns = [i / len(radii) * math.tau for i in range(len(radii))]
    return [
        (x + round(r * math.cos(t)), y + round(r * math.sin(t))) for r, t in zip(radii, turns, strict=True)
    ]


@unhurried
@given(stars(), stars(), stars(), st.integers(1, 4))
def test_contours_are_nested_when_holes_are_inside_and_apart(
    outline: list[Point], first: list[Point], second: list[Point], factor: int
) -> None:
    outline = [(factor * x, factor * y) for x, y in outline]
    second = [(x + 6, y) for x, y in second]
    assume(all(is_simple(contour) for contour in (outline, first, second)))
    area, one, other = Area(outline), Area(first), Area(second)
    inside = area.contains_properly(one) and area.contains_properly(other)
    assert are_nested(Polygon(outline, [first, second])) is bool(inside and one.disjoint(other))


# --- loops


@unhurried
@given(free_lines)
def test_the_loop_that_is_kept_does_not_cross_itself_and_is_made_of_what_was_drawn(
    points: list[Point],
) -> None:
    found = largest_loop(points)
    if found is None:
        return
    loop, share = found
    assert LinearRing(loop).is_simple and 0 < share <= 1
    drawn = LineString([*points, points[0]])
    assert all(drawn.distance(LineString([a, b])) < 1e-6 for a, b in pairwise([*loop, loop[0]]))


@unhurried
@given(grid_lines)
def test_a_contour_that_is_simple_is_kept_as_it_is(points: list[Point]) -> None:
    assume(is_simple(points))
    found = largest_loop(points)
    assert found is not None
    assert found[1] == 1
    assert Area(found[0]).equals(Area(points))


def test_of_a_trefoil_the_loop_kept_is_one_of_those_that_shapely_finds() -> None:
    knot = [
        (
            50 + (20 + 15 * math.cos(3 * t)) * math.cos(2 * t),
            50 + (20 + 15 * math.cos(3 * t)) * math.sin(2 * t),
        )
        for t in (i / 200 * math.tau for i in range(200))
    ]
    found = largest_loop(knot)
    assert found is not None
    faces = list(polygonize(unary_union(LineString([*knot, knot[0]]))))
    kept = Area(found[0])
    assert kept.is_valid
    assert kept.area >= max(face.area for face in faces) * 0.999
    covered = unary_union([face for face in faces if kept.contains(face.representative_point())])
    assert covered.symmetric_difference(kept).area < 1e-6


# --- simplification


@pytest.mark.parametrize("tolerance", [0.05, 0.3, 1.0, 5.0, 40.0])
def test_a_line_is_simplified_as_scikit_image_does(tolerance: float) -> None:
    scrawl = [(i / 3 + 9 * math.sin(i / 7), 30 * math.sin(i / 25) + 4 * math.cos(i / 3)) for i in range(400)]
    expected = approximate_polygon(np.array(scrawl), tolerance)
    assert simplify(scrawl, tolerance) == [tuple(point) for point in expected.tolist()]


@unhurried
@given(free_lines, st.floats(0.001, 30))
def test_no_point_left_out_is_farther_than_the_tolerance(points: list[Point], tolerance: float) -> None:
    ours = LineString(simplify(points, tolerance))
    assert all(ours.distance(LineString([point, point])) <= tolerance + 1e-9 for point in points)
    assert (ours.coords[0], ours.coords[-1]) == (points[0], points[-1])


@unhurried
@given(st.lists(st.floats(5, 40), min_size=5, max_size=60), st.floats(0.01, 60))
def test_an_outline_stays_simple_however_coarse(radii: list[float], tolerance: float) -> None:
    outline = [
        (r * math.cos(i / len(radii) * math.tau), r * math.sin(i / len(radii) * math.tau))
        for i, r in enumerate(radii)
    ]
    ours = simplify_outline(outline, tolerance)
    assert len(ours) >= 3 and LinearRing(ours).is_simple
    assert LinearRing(ours).hausdorff_distance(LinearRing(outline)) <= tolerance + 1e-9
    assert set(ours) <= set(outline)
