"""The area that lines enclose around a point, against shapely's polygonize."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from webapp.py.domain.shapes import Point
from webapp.py.geometry.enclosed import enclosed_area, segments_of

Line = tuple[list[Point], bool]


def face_of(lines: list[Line], point: Point) -> shapely.Polygon | None:
    """The face around a point, by shapely: all lines cut where they meet, and their faces."""
    drawn = [shapely.LinearRing(points) if closed else shapely.LineString(points) for points, closed in lines]
    faces = shapely.polygonize([shapely.union_all(drawn)]).geoms
    return next((face for face in faces if face.contains(shapely.Point(point))), None)


def check(lines: list[Line], point: Point, slack: float = 1e-9) -> None:
    expected, found = face_of(lines, point), enclosed_area(segments_of(lines), point)
    if expected is None:
        assert found is None
        return
    assert found is not None
    made = shapely.Polygon(found.points, found.holes)
    if not made.is_valid:  # the face touches itself at a point, which shapely takes for a hole
        made = shapely.make_valid(made)
    assert made.symmetric_difference(expected).area < slack


def whole(low: int, high: int) -> st.SearchStrategy[float]:
    return st.integers(low, high).map(float)


PLACE = st.tuples(whole(0, 9), whole(0, 9))
LINES = st.lists(
    st.tuples(st.lists(PLACE, min_size=3, max_size=5, unique=True), st.booleans()), min_size=1, max_size=6
)
BOXES = st.lists(st.tuples(whole(0, 9), whole(0, 9), whole(1, 9), whole(1, 9)), min_size=1, max_size=8)
CLICK = st.tuples(st.floats(0.01, 11.99), st.floats(0.01, 11.99))


@given(LINES, CLICK)
@settings(max_examples=300, deadline=None)
def test_crossing_lines_enclose_what_shapely_says(lines: list[Line], point: Point) -> None:
    drawn = shapely.union_all([shapely.LineString([*points, points[0]]) for points, _ in lines])
    assume(drawn.distance(shapely.Point(point)) > 1e-4)
    # Coordinates are rounded to a millionth of a pixel.
    check(lines, point, slack=1e-3)


@given(BOXES, CLICK)
@settings(max_examples=200, deadline=None)
def test_boxes_that_share_borders_enclose_exactly_what_shapely_says(
    boxes: list[tuple[float, float, float, float]], point: Point
) -> None:
    lines: list[Line] = [
        ([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)], True) for x, y, wide, high in boxes
    ]
    assume(all(abs(part - round(part)) > 1e-4 for part in point))
    check(lines, point)


def ring(x: float, y: float, half: float) -> Line:
    return [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)], True


def test_what_is_inside_becomes_a_hole_and_what_is_in_that_does_not() -> None:
    lines = [ring(50, 50, 40), ring(30, 50, 10), ring(30, 50, 5), ring(70, 50, 10), ring(75, 50, 10)]
    found = enclosed_area(segments_of(lines), (50, 15))
    assert found is not None and len(found.holes) == 2
    check(lines, (50, 15))
    check(lines, (30, 43))
    check(lines, (30, 50))


def test_loose_ends_and_bridges_do_not_matter() -> None:
    lines: list[Line] = [ring(50, 50, 40), ring(50, 50, 10), ([(0, 45), (60, 45)], False)]
    lines.append(([(60, 50), (70, 55), (75, 70)], False))
    found = enclosed_area(segments_of(lines), (80, 80))
    assert found is not None and len(found.holes) == 1
    check(lines, (80, 80))


def test_lines_that_leave_a_gap_enclose_nothing() -> None:
    open_box: Line = ([(0, 0), (9, 0), (9, 9), (0, 9), (0, 1)], False)
    assert enclosed_area(segments_of([open_box]), (5, 5)) is None
    assert enclosed_area(segments_of([]), (5, 5)) is None


@pytest.mark.parametrize("count", [1000])
def test_many_outlines_take_no_time_to_speak_of(count: int) -> None:
    random = np.random.default_rng(5)
    lines = [ring(x, y, half) for x, y, half in random.uniform(0, 1, (count, 3)) * (4000, 4000, 30)]
    frame: Line = ([(-50, -50), (4100, -50), (4100, 4100), (-50, 4100)], True)
    found = enclosed_area(segments_of([*lines, frame]), (-20, -20))
    assert found is not None
    expected = 4150 * 4150 - shapely.union_all([shapely.Polygon(points) for points, _ in lines]).area
    # Islands of free ground within the outlines are not part of it.
    area = shapely.Polygon(found.points, found.holes).area
    assert expected - 20_000 < area <= expected + 1
