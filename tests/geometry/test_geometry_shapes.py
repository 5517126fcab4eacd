"""Boxes, polygons, hits and handles, against scikit-image, brute force and hand computation."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from skimage.measure import points_in_poly

from webapp.py.domain.shapes import Box, Mask, Other, Point, Points, Polygon, Polyline, Shape
from webapp.py.geometry.boxes import box_between, box_handles, resize_box
from webapp.py.geometry.crossings import crosses_at, is_simple
from webapp.py.geometry.handles import (
    delete_vertex,
    drag_handle_to,
    handle_at,
    handle_points,
    insert_vertex,
)
from webapp.py.geometry.hits import distance_to_bounds, distance_to_contour, hit, inside, within
from webapp.py.geometry.polygons import contains, nearest_edge, nearest_point, signed_area
from webapp.py.geometry.shapes import area, bounds, clamp, limit_move, translate

small = st.integers(-4, 4)
grid_points = st.tuples(small, small)
numbers = st.floats(-1000, 1000)
free_points = st.tuples(numbers, numbers)

SQUARE: list[Point] = [(0, 0), (4, 0), (4, 4), (0, 4)]
RING = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
PLUS = Mask(x=10, y=20, width=3, height=3, runs=[1, 1, 1, 3, 1, 1, 1])


# --- areas, bounds, moving


def test_the_area_of_an_outline_is_positive_clockwise_on_screen() -> None:
    assert signed_area(SQUARE) == 16
    assert signed_area(SQUARE[::-1]) == -16


@pytest.mark.parametrize(
    ("shape", "expected_area", "expected_bounds"),
    [
        (Box(x=1.5, y=2, width=3, height=4), 12, (1.5, 2, 4.5, 6)),
        (RING, 72, (0, 0, 9, 9)),
        (PLUS, 5, (10, 20, 13, 23)),
        (Polyline([(1, 5), (3, 2)]), 0, (1, 2, 3, 5)),
        (Points([(7, 8)]), 0, (7, 8, 7, 8)),
        (Other(tool="ellipse", data={}), 0, None),
    ],
)
def test_area_and_bounds_of_every_kind(
    shape: Shape, expected_area: float, expected_bounds: tuple[float, ...] | None
) -> None:
    assert area(shape) == expected_area
    assert bounds(shape) == expected_bounds


def test_everything_moves_masks_by_whole_pixels() -> None:
    assert translate(Box(x=0, y=0, width=1, height=2), 1.25, -1) == Box(x=1.25, y=-1, width=1, height=2)
    assert translate(PLUS, 1.4, -0.5) == Mask(x=11, y=20, width=3, height=3, runs=PLUS.runs)
    moved = translate(RING, 1, 2)
    assert isinstance(moved, Polygon)
    assert moved.points[0] == (1, 2) and moved.holes[0][0] == (4, 5)
    assert translate(Points([(1, 1)]), 1, 1) == Points([(2, 2)])
    assert translate(Other(tool="x", data={}), 1, 1) == Other(tool="x", data={})


def test_a_move_stops_at_the_edge_of_the_image() -> None:
    assert limit_move((10, 10, 20, 20), 100, -100, width=50, height=50) == (30, -10)
    assert limit_move((10, 10, 20, 20), -4, 5, width=50, height=50) == (-4, 5)


def test_what_hangs_over_the_edge_may_stay_there_but_goes_no_further() -> None:
    assert limit_move((-5, 10, 20, 20), -3, 0, width=50, height=50) == (0, 0)
    assert limit_move((-5, 10, 20, 20), 3, 0, width=50, height=50) == (3, 0)


def test_shapes_are_cut_to_the_image() -> None:
    assert clamp(Box(x=-2, y=1, width=5, height=20), 10, 10) == Box(x=0, y=1, width=3, height=9)
    assert clamp(Box(x=12, y=1, width=5, height=2), 10, 10) is None
    assert clamp(Mask(x=-1, y=0, width=2, height=1, runs=[0, 2]), 5, 5) == Mask(
        x=0, y=0, width=1, height=1, runs=[0, 1]
    )
    assert clamp(Polygon([(-2, -2), (4, -2), (4, 4)]), 10, 10) == Polygon([(0, 0), (4, 0), (4, 4)])
    assert clamp(Polygon([(-2, -2), (-4, -2), (-4, 4)]), 10, 10) is None
    assert clamp(Polyline([(-2, 1), (3, 1)]), 10, 10) == Polyline([(0, 1), (3, 1)])
    assert clamp(Polyline([(-2, 1), (-3, 1)]), 10, 10) is None
    assert clamp(Points([(1, 1), (30, 1)]), 10, 10) == Points([(1, 1)])
    assert clamp(Points([(30, 1)]), 10, 10) is None


# --- inside and near


@given(st.lists(free_points, min_size=3, max_size=7), free_points)
def test_inside_an_outline_agrees_with_scikit_image(points: list[Point], point: Point) -> None:
    assume(nearest_edge(points, point)[1] > 1e-6)  # on the edge every library has its own rule
    assert contains(points, point) == bool(points_in_poly([point], points)[0])


@given(st.lists(free_points, min_size=2, max_size=6), free_points)
def test_the_nearest_edge_is_the_nearest_of_many_points_along_it(points: list[Point], point: Point) -> None:
    edge, distance, foot = nearest_edge(points, point)
    start, end = points[edge], points[(edge + 1) % len(points)]
    assert math.isclose(math.dist(foot, point), distance, abs_tol=1e-6)
    assert math.isclose(math.dist(start, foot) + math.dist(foot, end), math.dist(start, end), abs_tol=1e-6)
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        for share in (0, 0.25, 0.5, 0.75, 1):
            assert math.dist((ax + share * (bx - ax), ay + share * (by - ay)), point) >= distance - 1e-6


def test_an_open_line_has_no_edge_back_to_its_start() -> None:
    assert nearest_edge([(0, 0), (4, 0), (4, 4)], (0, 3), closed=False)[:2] == (0, 3.0)
    assert nearest_edge([(0, 0), (4, 0), (4, 4)], (1, 3))[0] == 2


def test_of_two_points_at_one_place_the_later_one_is_taken() -> None:
    assert nearest_point([(1, 1), (1, 1), (5, 5)], (0, 1)) == (1, 1.0)


@pytest.mark.parametrize(
    ("shape", "point", "tolerance", "expected"),
    [
        (Box(x=0, y=0, width=4, height=4), (2, 2), 0, True),
        (Box(x=0, y=0, width=4, height=4), (5, 5), 1, False),
        (Box(x=0, y=0, width=4, height=4), (5, 5), 1.5, True),
        (RING, (1, 1), 0, True),
        (RING, (4.5, 4.5), 1, False),
        (RING, (4.5, 4.5), 1.5, True),
        (Polygon([(0, 0), (9, 0), (0, 9)]), (8, 8), 1, False),
        (PLUS, (11.9, 20.5), 0, True),
        (PLUS, (12.1, 20.5), 0.5, False),
        (Polyline([(0, 0), (10, 0)]), (5, 2), 2, True),
        (Polyline([(0, 0), (10, 0), (10, 10)]), (5, 5), 2, False),
        (Points([(1, 1), (5, 5)]), (5, 6), 1, True),
        (Points([(1, 1), (5, 5)]), (3, 3), 1, False),
        (Other(tool="x", data={}), (0, 0), 9, False),
    ],
)
def test_the_pointer_hits_a_shape_in_it_or_near_its_outline(
    shape: Shape, point: Point, tolerance: float, expected: bool
) -> None:
    assert hit(shape, point, tolerance) is expected


def test_a_hole_is_not_inside() -> None:
    assert inside(RING, (2, 5)) and not inside(RING, (4, 5))


def test_distances() -> None:
    assert distance_to_contour(RING, (4, 5)) == 1
    assert distance_to_contour(Box(x=0, y=0, width=10, height=4), (5, 1)) == 1
    assert distance_to_contour(Polyline([(0, 0), (3, 4)]), (6, 8)) == 5
    assert distance_to_bounds((0, 0, 2, 2), (5, 6)) == 5


def test_only_what_is_wholly_inside_a_rubber_band_counts() -> None:
    assert within(PLUS, (10, 20, 13, 23))
    assert not within(PLUS, (10, 20, 12.9, 23))
    assert not within(Other(tool="x", data={}), (0, 0, 99, 99))


# --- crossing itself


def simple_by_definition(points: list[tuple[int, int]]) -> bool:
    """No two edges share a point, but for the joint of neighbors; by rational intersection of all pairs."""
    count = len(points)
    edges = [(points[i], points[(i + 1) % count]) for i in range(count)]
    for (i, first), (j, second) in itertools.combinations(enumerate(edges), 2):
        shared = intersection(first, second)
        neighbors = {j - i, count - j + i} & {1}
        if shared == "line" or (shared is not None and not neighbors):
            return False
        if shared is not None and count > 3:
            joint = points[j] if j - i == 1 else points[i]
            if shared != joint:
                return False
    return True


def intersection(
    first: tuple[tuple[int, int], tuple[int, int]], second: tuple[tuple[int, int], tuple[int, int]]
) -> tuple[Fraction, Fraction] | str | None:
    """The one point that two segments share, "line" for more than one, None for none."""
    ((ax, ay), (bx, by)), ((cx, cy), (dx, dy)) = first, second
    ux, uy, vx, vy = bx - ax, by - ay, dx - cx, dy - cy
    cross = ux * vy - uy * vx
    if cross:
        t = Fraction((cx - ax) * vy - (cy - ay) * vx, cross)
        s = Fraction((cx - ax) * uy - (cy - ay) * ux, cross)
        return (ax + t * ux, ay + t * uy) if 0 <= t <= 1 and 0 <= s <= 1 else None
    if (cx - ax) * uy != (cy - ay) * ux:
        return None
    places = sorted(Fraction((x - ax) * ux + (y - ay) * uy, ux * ux + uy * uy) for x, y in second)
    low, high = max(places[0], Fraction(0)), min(places[1], Fraction(1))
    if low > high:
        return None
    return "line" if low < high else (ax + low * ux, ay + low * uy)


@settings(max_examples=400)
@given(st.lists(grid_points, min_size=3, max_size=7))
def test_an_outline_is_simple_when_no_two_of_its_edges_meet(points: list[tuple[int, int]]) -> None:
    assume(all(a != b for a, b in zip(points, points[1:] + points[:1], strict=True)))
    expected = simple_by_definition(points)
    assert is_simple(points) is expected
    if expected:
        assert not any(crosses_at(points, index) for index in range(len(points)))
    else:
        assert any(crosses_at(points, index) for index in range(len(points)))


def test_a_bow_tie_crosses_itself_and_a_star_drawn_around_does_not() -> None:
    assert not is_simple([(0, 0), (4, 4), (4, 0), (0, 4)])
    star = [
        (10 * (1 + i % 2) * math.cos(i * math.pi / 5), 10 * (1 + i % 2) * math.sin(i * math.pi / 5))
        for i in range(10)
    ]
    assert is_simple(star)


def test_the_test_is_exact_where_floating_point_is_not() -> None:
    # In floats the turn (12, 12), (24, 24), (0.5, 0.5 + n ulp) is famously wrong; a point that far
    # above the diagonal does not lie on it.
    just_above = 0.5 + 2**-53 * 2
    assert is_simple([(12, 12), (24, 24), (0.5, just_above)])
    assert not is_simple([(12, 12), (24, 24), (0.5, 0.5)])


def test_a_point_given_twice_in_a_row_does_not_make_an_outline_cross() -> None:
    assert is_simple([(0, 0), (0, 0), (4, 0), (4, 4), (4, 4), (0, 0)])
    assert not is_simple([(0, 0), (0, 0), (4, 0)])


def test_long_outlines_are_tested_too() -> None:
    around = [
        (100 + 90 * math.cos(i / 1000 * math.tau), 100 + 90 * math.sin(i / 1000 * math.tau))
        for i in range(1000)
    ]
    assert is_simple(around)
    around[500], around[510] = around[510], around[500]
    assert not is_simple(around)


def test_a_long_zigzag_whose_edges_all_lie_side_by_side_is_simple_until_one_crosses() -> None:
    zigzag: list[Point] = [(100 * (i % 2), i) for i in range(600)]
    around: list[Point] = [*zigzag, (200, 700), (200, -5), (0, -5)]
    assert is_simple(around)
    around[550] = (0, 552.5)
    assert not is_simple(around)


# --- boxes and handles


@given(free_points, free_points)
def test_a_box_is_the_same_from_whichever_corner(first: Point, second: Point) -> None:
    box = box_between(first, second)
    assert box == box_between(second, first) == box_between((first[0], second[1]), (second[0], first[1]))
    if box is None:
        assert first[0] == second[0] or first[1] == second[1]
    else:
        assert (box.x, box.y) == (min(first[0], second[0]), min(first[1], second[1]))


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        (0, Box(x=3, y=4, width=7, height=16)),
        (1, Box(x=0, y=4, width=10, height=16)),
        (2, Box(x=0, y=4, width=3, height=16)),
        (3, Box(x=0, y=0, width=3, height=20)),
        (4, Box(x=0, y=0, width=3, height=4)),
        (5, Box(x=0, y=0, width=10, height=4)),
        (6, Box(x=3, y=0, width=7, height=4)),
        (7, Box(x=3, y=0, width=7, height=20)),
    ],
)
def test_each_handle_moves_its_own_sides(handle: int, expected: Box) -> None:
    assert resize_box(Box(x=0, y=0, width=10, height=20), handle, (3, 4)) == expected


def test_a_box_dragged_over_itself_turns_over_and_never_becomes_a_line() -> None:
    box = Box(x=0, y=0, width=10, height=20)
    assert resize_box(box, 4, (-5, -6)) == Box(x=-5, y=-6, width=5, height=6)
    assert resize_box(box, 3, (0, 50)) is None


def test_the_handles_of_a_box_run_clockwise_from_the_top_left() -> None:
    assert box_handles(Box(x=0, y=0, width=10, height=20)) == [
        (0, 0), (5, 0), (10, 0), (10, 10), (10, 20), (5, 20), (0, 20), (0, 10),
    ]  # fmt: skip


def test_handles_are_found_near_the_pointer() -> None:
    assert handle_at(RING, (6.2, 3.1), tolerance=1) == 5
    assert handle_at(RING, (4.5, 4.5), tolerance=1) is None
    assert handle_at(PLUS, (11, 21), tolerance=9) is None
    assert handle_points(PLUS) == []


def test_a_vertex_of_a_hole_can_be_dragged() -> None:
    dragged = drag_handle_to(RING, 5, (7, 2))
    assert dragged == Polygon(RING.points, [[(3, 3), (7, 2), (6, 6), (3, 6)]])


def test_a_vertex_dragged_over_an_edge_is_refused() -> None:
    assert drag_handle_to(Polygon(SQUARE), 0, (6, 2)) is None
    assert drag_handle_to(Polygon(SQUARE), 0, (1, 2)) == Polygon([(1, 2), *SQUARE[1:]])


def test_a_polygon_that_crosses_itself_already_can_still_be_mended() -> None:
    bow_tie = Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])
    assert drag_handle_to(bow_tie, 3, (0, 5)) == Polygon([(0, 0), (4, 4), (4, 0), (0, 5)])


def test_a_triangle_keeps_its_three_points() -> None:
    assert delete_vertex(Polygon(SQUARE), 1) == Polygon([(0, 0), (4, 4), (0, 4)])
    assert delete_vertex(Polygon(SQUARE[:3]), 1) is None
    with pytest.raises(IndexError):
        delete_vertex(Polygon(SQUARE), 4)


def test_a_vertex_is_inserted_into_the_nearest_edge() -> None:
    assert insert_vertex(Polygon(SQUARE), (-0.5, 1), tolerance=1) == (Polygon([*SQUARE, (0, 1)]), 4)
    assert insert_vertex(Polygon(SQUARE), (2, 2), tolerance=1) is None
    assert insert_vertex(RING, (4, 5.5), 1) == (
        Polygon(RING.points, [[(3, 3), (6, 3), (6, 6), (4, 6), (3, 6)]]),
        7,
    )
    line = Polyline([(0, 0), (4, 0), (4, 4)])
    assert insert_vertex(line, (4.5, 2), 1) == (Polyline([(0, 0), (4, 0), (4, 2), (4, 4)]), 2)
    assert insert_vertex(line, (1, 2), 1) is None  # no edge leads back to the start


def test_the_vertices_of_lines_and_points_can_be_dragged_and_deleted() -> None:
    line = Polyline([(0, 0), (4, 0), (4, 4)])
    assert handle_points(line) == line.points
    assert drag_handle_to(line, 1, (2, 2)) == Polyline([(0, 0), (2, 2), (4, 4)])
    assert drag_handle_to(Polyline([(0, 0), (4, 0)]), 1, (0, 0)) is None
    assert delete_vertex(line, 0) == Polyline([(4, 0), (4, 4)])
    assert delete_vertex(Polyline([(0, 0), (4, 0)]), 0) is None
    assert drag_handle_to(Points([(1, 1), (2, 2)]), 1, (5, 5)) == Points([(1, 1), (5, 5)])
    assert delete_vertex(Points([(1, 1), (2, 2)]), 0) == Points([(2, 2)])
    assert delete_vertex(Points([(1, 1)]), 0) is None


def test_no_vertex_is_deleted_whose_outline_would_cross_itself_then() -> None:
    # A house with a notch from below that reaches over the line between its eaves: the ridge has to stay.
    house: list[Point] = [(0, 0), (5, -6), (10, 0), (10, 10), (5, -3), (0, 10)]
    assert is_simple(house)
    assert delete_vertex(Polygon(house), 1) is None
    assert delete_vertex(Polygon(house), 4) == Polygon([*house[:4], house[5]])


def test_holes_stay_inside_the_outline_and_apart() -> None:
    assert drag_handle_to(RING, 4, (10, 3)) is None  # a vertex of the hole, out of the outline
    assert drag_handle_to(RING, 0, (5, 5)) is None  # a vertex of the outline, into the hole
    assert drag_handle_to(RING, 0, (8, 8)) is None  # ... and over it
    two = Polygon(RING.points, [[(1, 1), (2, 1), (2, 2)], [(4, 4), (5, 4), (5, 5)]])
    assert drag_handle_to(two, 6, (4.5, 4.2)) is None  # a vertex of one hole, into the other
    assert drag_handle_to(two, 6, (3, 3)) is not None


def test_a_hole_of_three_points_goes_with_one_of_them() -> None:
    two = Polygon(SQUARE, [[(1, 1), (2, 1), (2, 2)]])
    assert delete_vertex(two, 5) == Polygon(SQUARE)
