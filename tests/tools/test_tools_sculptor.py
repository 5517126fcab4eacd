"""The sculptor, played as a person would use it."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString
from shapely.geometry import Polygon as Area

from tests.support.tool_player import HEIGHT, SQUARE, TOOLS, WIDTH, edits_of, image, rectangle
from webapp.py.domain.shapes import Point, Polygon
from webapp.py.workspace.tool import (
    AnnotationView,
    Context,
    Create,
    Cursor,
    Draft,
    Edit,
    KeyPress,
    Notice,
    Pointer,
    Preview,
    Select,
    Update,
    drag,
    play,
)


def steps(*corners: Point, count: int = 12) -> list[Point]:
    """Points on the way through the corners, as a mouse would report them."""
    way = [corners[0]]
    for (x0, y0), (x1, y1) in pairwise(corners):
        way += [(x0 + (x1 - x0) * i / count, y0 + (y1 - y0) * i / count) for i in range(1, count + 1)]
    return way


def sculpted(edits: list[Edit]) -> Polygon:
    (edit,) = edits
    assert isinstance(edit, Update)
    shape = edit.fields["shape"]
    assert isinstance(shape, Polygon)
    return shape


def area_of(polygon: Polygon) -> Area:
    area = Area(polygon.points, polygon.holes)
    assert area.is_valid
    return area


def radius_at(x: float, y: float, ctx: Context) -> float:
    shown = TOOLS.tool("sculptor").cursor(ctx, Pointer("hover", x, y, scale=ctx.scale))
    assert isinstance(shown, Cursor) and shown.kind == "circle"
    return shown.radius


def test_the_circle_shrinks_as_the_pointer_nears_the_outline_from_both_sides() -> None:
    ctx = image(SQUARE, selected=["a"], tool="sculptor")
    assert radius_at(25, 25, ctx) == 15
    assert radius_at(35, 25, ctx) == 5
    assert radius_at(39, 25, ctx) == 3  # no smaller than can be seen
    assert radius_at(45, 25, ctx) == 5
    assert radius_at(60, 25, ctx) == 20
    near = image(SQUARE, selected=["a"], tool="sculptor", settings={"largest": 10})
    assert radius_at(60, 25, near) == 10
    zoomed_in = image(SQUARE, selected=["a"], tool="sculptor", scale=6)
    assert radius_at(39.9, 25, zoomed_in) == 0.5


def test_from_inside_the_outline_is_pushed_out() -> None:
    ctx = image(SQUARE, selected=["a"], tool="sculptor")
    shape = sculpted(edits_of("sculptor", drag(*steps((30, 25), (45, 25))), ctx))
    expected = Area(SQUARE.points).union(LineString([(30, 25), (45, 25)]).buffer(10, 32))
    assert area_of(shape).symmetric_difference(expected).area < 0.02 * expected.area
    assert max(x for x, _ in shape.points) == pytest.approx(55, abs=0.3)


def test_from_outside_the_outline_is_pushed_in() -> None:
    ctx = image(SQUARE, selected=["a"], tool="sculptor")
    shape = sculpted(edits_of("sculptor", drag(*steps((48, 25), (35, 25))), ctx))
    expected = Area(SQUARE.points).difference(LineString([(48, 25), (35, 25)]).buffer(8, 32))
    assert area_of(shape).symmetric_difference(expected).area < 0.02 * expected.area


def test_a_fast_hand_pushes_like_a_slow_one() -> None:
    ctx = image(SQUARE, selected=["a"], tool="sculptor")
    slow = sculpted(edits_of("sculptor", drag(*steps((30, 25), (75, 40), count=60)), ctx))
    fast = sculpted(edits_of("sculptor", drag((30, 25), (75, 40)), ctx))
    assert area_of(slow).symmetric_difference(area_of(fast)).area < 0.02 * area_of(slow).area


def test_what_is_sculpted_is_the_polygon_selected_else_the_nearest_which_is_then_selected() -> None:
    left, right = SQUARE, Polygon([(60, 10), (90, 10), (90, 40), (60, 40)])
    way = drag(*steps((75, 25), (75, 35)))
    edits = edits_of("sculptor", way, image(left, right, tool="sculptor"))
    assert [type(edit) for edit in edits] == [Update, Select]
    assert edits[1] == Select(["b"])
    assert isinstance(edits[0], Update) and edits[0].id == "b"
    # The selected one is far away: the circle does not reach it, and nothing happens to the other one.
    assert edits_of("sculptor", way, image(left, right, selected=["a"], tool="sculptor")) == []


def test_locked_and_hidden_polygons_and_other_shapes_are_left_alone() -> None:
    views = [
        AnnotationView("a", SQUARE, "cell", locked=True),
        AnnotationView("b", SQUARE, "cell", hidden=True),
        AnnotationView("c", rectangle(10, 10, 30, 30), "cell"),
    ]
    drafts, edits = play(TOOLS.tool("sculptor"), drag((25, 25), (45, 25)), Context(WIDTH, HEIGHT, views))
    assert edits == []
    assert drafts == [Notice("There is no outline to push. Draw a polygon or a freehand outline first.")]


def test_a_click_changes_nothing_even_on_the_outline() -> None:
    ctx = image(SQUARE, selected=["a"], tool="sculptor")
    for x in (25, 39, 40, 41):
        assert edits_of("sculptor", drag((x, 25), (x + 1, 25)), ctx) == []


def test_escape_leaves_the_outline_as_it_was() -> None:
    ctx = image(SQUARE, selected=["a"], tool="sculptor")
    drafts, edits = play(TOOLS.tool("sculptor"), [*drag((30, 25), (45, 25))[:-1], KeyPress("Escape")], ctx)
    assert edits == []
    assert any(isinstance(draft, Preview) and draft.shape != SQUARE for draft in drafts)


def test_an_outline_is_never_pushed_out_of_the_image() -> None:
    ctx = image(Polygon([(60, 20), (95, 20), (95, 60), (60, 60)]), selected=["a"], tool="sculptor")
    shape = sculpted(edits_of("sculptor", drag(*steps((85, 40), (99, 40), (140, 55), (95, 100))), ctx))
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in shape.points)
    assert max(x for x, _ in shape.points) == WIDTH
    area_of(shape)


def test_pushed_along_the_edge_of_the_image_again_and_again_it_stays_an_outline() -> None:
    polygon = Polygon([(60, 20), (95, 20), (95, 60), (60, 60)])
    for round_number in range(4):
        ctx = image(polygon, selected=["a"], tool="sculptor")
        way = steps((85, 40), (100, 30 + round_number), (100, 50), (96, 70), (100, 80), (70, 80))
        polygon = sculpted(edits_of("sculptor", drag(*way), ctx))
        area_of(polygon)
    assert area_of(polygon).contains(Area([(70, 30), (99, 30), (99, 50), (70, 50)]))


def test_an_outline_that_would_vanish_stays_and_the_page_says_so() -> None:
    small = Polygon([(30, 30), (33, 30), (33, 33), (30, 33)])
    ctx = image(small, selected=["a"], tool="sculptor")
    drafts, edits = play(TOOLS.tool("sculptor"), drag((15, 31.5), (31, 31.5), (32, 32)), ctx)
    assert edits == []
    assert len([draft for draft in drafts if isinstance(draft, Notice)]) == 1


def test_a_release_that_was_lost_outside_the_window_ends_the_push() -> None:
    ctx = image(SQUARE, selected=["a"], tool="sculptor")
    pushed = edits_of("sculptor", drag(*steps((30, 25), (45, 25))), ctx)
    lost = [*drag(*steps((30, 25), (45, 25)))[:-1], Pointer("hover", 90, 70)]
    assert edits_of("sculptor", lost, ctx) == pushed


spots = st.tuples(st.integers(-20, 120), st.integers(-20, 100))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(spots, min_size=2, max_size=6), min_size=1, max_size=3))
def test_whatever_the_strokes_the_outline_never_crosses_itself(strokes: list[list[Point]]) -> None:
    polygon = Polygon(
        [(50 + 25 * math.cos(i / 30 * math.tau), 40 + 25 * math.sin(i / 30 * math.tau)) for i in range(30)]
    )
    for stroke in strokes:
        drafts: list[Draft]
        drafts, edits = play(
            TOOLS.tool("sculptor"),
            drag(*steps(*stroke, count=4)),
            image(polygon, selected=["a"], tool="sculptor"),
        )
        for draft in drafts:
            if isinstance(draft, Preview) and isinstance(draft.shape, Polygon):
                area_of(draft.shape)
        assert not [edit for edit in edits if isinstance(edit, Create)]
        for edit in edits:
            if isinstance(edit, Update):
                polygon = sculpted([edit])
                assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in polygon.points)
