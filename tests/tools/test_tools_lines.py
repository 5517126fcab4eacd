"""Freehand outlines, lines and points, played as a person would draw them."""

from __future__ import annotations

import math

import pytest
from shapely import LinearRing, LineString
from shapely.geometry import Polygon as Area
from shapely.ops import polygonize, unary_union

from tests.support.tool_player import SQUARE, TOOLS, click, clicks, edits_of, image
from webapp.py.domain.shapes import Point, Points, Polygon, Polyline, Shape
from webapp.py.workspace import texts
from webapp.py.workspace.tool import (
    Context,
    Create,
    Cursor,
    Delete,
    Edit,
    Event,
    Handles,
    KeyPress,
    Notice,
    Pointer,
    Update,
    drag,
    play,
)


def circle(x: float, y: float, radius: float, count: int, turns: float = 1.0) -> list[Point]:
    """Points along a circle, as a hand would draw it: not quite back to the first one."""
    return [
        (
            x + radius * math.cos(i / count * math.tau * turns),
            y + radius * math.sin(i / count * math.tau * turns),
        )
        for i in range(count)
    ]


def created(edits: list[Edit]) -> Shape:
    (edit,) = edits
    assert isinstance(edit, Create)
    return edit.shape


def drawn(points: list[Point], ctx: Context) -> Polygon:
    shape = created(edits_of("freehand", drag(*points, scale=ctx.scale), ctx))
    assert isinstance(shape, Polygon)
    return shape


def loops_of(crossing: list[Point]) -> list[list[Point]]:
    """The areas that a closed line goes around, by shapely."""
    around = unary_union(LineString([*crossing, crossing[0]]))
    return [list(area.exterior.coords) for area in polygonize(around)]


# --- freehand


def test_an_outline_drawn_by_hand_closes_when_the_pointer_is_let_go() -> None:
    outline = circle(50, 40, 30, 300)
    shape = drawn(outline, image(tool="freehand"))
    assert len(shape.points) < 100
    assert Area(shape.points).symmetric_difference(Area(outline)).area < 0.01 * Area(outline).area


@pytest.mark.parametrize("scale", [0.25, 1.0, 8.0])
def test_what_is_drawn_changes_by_less_than_half_a_screen_pixel(scale: float) -> None:
    wave: list[Point] = [
        (
            50 + (30 + 6 * math.sin(i / 9)) * math.cos(i / 700 * math.tau),
            40 + 30 * math.sin(i / 700 * math.tau),
        )
        for i in range(700)
    ]
    shape = drawn(wave, image(tool="freehand", scale=scale))
    assert len(shape.points) < len(wave) / 2
    assert LinearRing(shape.points).hausdorff_distance(LinearRing(wave)) * scale < 0.5


def test_an_overlap_of_end_and_beginning_is_cut_off() -> None:
    outline = circle(50, 40, 30, 300, turns=1.05)
    outline = [(x + i / 100, y) for i, (x, y) in enumerate(outline)]  # drawn a little aside
    drafts, edits = play(TOOLS.tool("freehand"), drag(*outline), image(tool="freehand"))
    shape = created(edits)
    assert isinstance(shape, Polygon) and LinearRing(shape.points).is_simple
    assert Area(shape.points).area == pytest.approx(math.pi * 30**2, rel=0.05)
    assert not [draft for draft in drafts if isinstance(draft, Notice)]


def test_of_a_figure_of_eight_the_larger_loop_is_kept_and_the_page_says_so() -> None:
    eight: list[Point] = [(30, 30), (90, 70), (90, 10), (30, 55)]
    drafts, edits = play(TOOLS.tool("freehand"), drag(*eight), image(tool="freehand"))
    shape = created(edits)
    assert isinstance(shape, Polygon) and LinearRing(shape.points).is_simple
    assert Area(shape.points).area == pytest.approx(max(Area(one).area for one in loops_of(eight)))
    assert [draft.text for draft in drafts if isinstance(draft, Notice)] == [texts.LOOPS_LEFT_OUT]


def test_a_line_to_and_fro_is_no_outline_and_is_refused_with_a_word() -> None:
    for there_and_back in ([(10, 10), (60, 10), (30, 10)], [(10, 10), (60, 60)]):
        drafts, edits = play(TOOLS.tool("freehand"), drag(*there_and_back), image(tool="freehand"))
        assert edits == []
        assert len([draft for draft in drafts if isinstance(draft, Notice)]) == 1


def test_straight_and_curved_pieces_make_one_outline() -> None:
    arc = circle(50, 40, 20, 60, turns=0.5)
    events: list[Event] = [*clicks((90, 40)), *drag(*arc), *clicks((30, 75)), KeyPress("Enter")]
    shape = created(edits_of("freehand", events, image(tool="freehand")))
    assert isinstance(shape, Polygon)
    expected = LinearRing([(90, 40), *arc, (30, 75)])
    assert expected.is_simple
    assert LinearRing(shape.points).hausdorff_distance(expected) < 0.5


def test_a_stroke_goes_on_from_the_last_point_and_a_click_there_ends_the_outline() -> None:
    events: list[Event] = [*clicks((20, 20), (80, 20), (80, 40)), *drag((80, 40), (90, 60), (50, 70))]
    shape = created(edits_of("freehand", [*events, *clicks((50, 70))], image(tool="freehand")))
    assert shape == Polygon([(20, 20), (80, 20), (80, 40), (90, 60), (50, 70)])


def test_backspace_takes_a_whole_stroke_back() -> None:
    events: list[Event] = [
        *clicks((10, 10), (90, 10)),
        *drag((90, 12), (80, 40), (20, 60)),
        KeyPress("Backspace"),
    ]
    shape = created(
        edits_of("freehand", [*events, *clicks((50, 70)), KeyPress("Enter")], image(tool="freehand"))
    )
    assert shape == Polygon([(10, 10), (90, 10), (50, 70)])


def test_a_stroke_that_leaves_the_image_follows_its_edge() -> None:
    outline = drawn([(50, 40), (150, 40), (150, 120), (50, 120)], image(tool="freehand"))
    assert Area(outline.points).equals(Area([(50, 40), (100, 40), (100, 80), (50, 80)]))


def test_a_release_that_was_lost_outside_the_window_ends_the_stroke() -> None:
    lost = [*drag((10, 10), (60, 10), (60, 60))[:-1], Pointer("hover", 20, 70)]
    assert created(edits_of("freehand", lost, image(tool="freehand"))) == Polygon(
        [(10, 10), (60, 10), (60, 60)]
    )


def test_a_hole_is_drawn_by_hand_with_alt() -> None:
    hole: list[Point] = [(20, 20), (30, 20), (30, 30)]
    assert edits_of("freehand", drag(*hole, alt=True), image(SQUARE, tool="freehand")) == [
        Update("a", {"shape": Polygon(SQUARE.points, [hole])})
    ]


# --- lines


def test_a_line_goes_from_click_to_click_and_ends_by_enter_or_double_click() -> None:
    corners: list[Point] = [(10, 10), (50, 10), (50, 60), (20, 5)]
    line = [Create(Polyline(corners))]
    assert edits_of("polyline", [*clicks(*corners), KeyPress("Enter")], image(tool="polyline")) == line
    assert edits_of("polyline", clicks(*corners, corners[-1]), image(tool="polyline")) == line


def test_a_line_is_drawn_by_dragging_and_ends_at_the_release() -> None:
    way = circle(50, 40, 30, 200, turns=0.6)
    shape = created(edits_of("polyline", drag(*way), image(tool="polyline")))
    assert isinstance(shape, Polyline)
    assert (shape.points[0], shape.points[-1]) == (way[0], way[-1])
    assert len(shape.points) < 60


def test_one_point_is_no_line() -> None:
    drafts, edits = play(
        TOOLS.tool("polyline"), [*clicks((10, 10)), KeyPress("Enter")], image(tool="polyline")
    )
    assert edits == []
    assert Notice("A line needs two different points.") in drafts


def test_a_line_may_cross_itself_and_touch_its_beginning() -> None:
    knot: list[Point] = [(10, 10), (60, 60), (60, 10), (10, 60), (10, 10), (5, 30)]
    assert edits_of("polyline", [*clicks(*knot), KeyPress("Enter")], image(tool="polyline")) == [
        Create(Polyline(knot))
    ]


LINE = Polyline([(10, 10), (50, 10), (50, 60)])


def test_the_selected_line_is_edited_like_a_polygon() -> None:
    ctx = image(LINE, selected=["a"], tool="polyline")
    assert edits_of("polyline", drag((50, 60), (60, 70)), ctx) == [
        Update("a", {"shape": Polyline([(10, 10), (50, 10), (60, 70)])})
    ]
    assert edits_of("polyline", click(50, 10, ctrl=True), ctx) == [
        Update("a", {"shape": Polyline([(10, 10), (50, 60)])})
    ]
    assert edits_of("polyline", click(30, 10, ctrl=True), ctx) == [
        Update("a", {"shape": Polyline([(10, 10), (30, 10), (50, 10), (50, 60)])})
    ]
    assert edits_of("polyline", drag((20, 11), (25, 21)), ctx) == [
        Update("a", {"shape": Polyline([(15, 20), (55, 20), (55, 70)])})
    ]
    assert edits_of("polyline", click(30, 10), ctx) == []


def test_a_line_keeps_two_points() -> None:
    ctx = image(Polyline([(10, 10), (50, 10)]), selected=["a"], tool="polyline")
    drafts, edits = play(TOOLS.tool("polyline"), click(10, 10, ctrl=True), ctx)
    assert edits == []
    assert [draft for draft in drafts if isinstance(draft, Notice)]


# --- points


def test_each_click_is_a_point_annotation() -> None:
    assert edits_of("points", clicks((10, 20), (30, 40)), image(tool="points")) == [
        Create(Points([(10, 20)])),
        Create(Points([(30, 40)])),
    ]


def test_a_point_is_set_where_the_pointer_is_let_go_and_within_the_image() -> None:
    assert edits_of("points", drag((10, 20), (14, 25)), image(tool="points")) == [Create(Points([(14, 25)]))]
    assert edits_of("points", click(-20, 300), image(tool="points")) == [Create(Points([(0, 80)]))]


def test_shift_adds_a_point_to_the_selected_annotation() -> None:
    ctx = image(Points([(10, 20)]), selected=["a"], tool="points")
    assert edits_of("points", click(50, 50, shift=True), ctx) == [
        Update("a", {"shape": Points([(10, 20), (50, 50)])})
    ]
    assert edits_of("points", click(50, 50), ctx) == [Create(Points([(50, 50)]))]
    assert edits_of("points", click(50, 50, shift=True), image(tool="points")) == [Create(Points([(50, 50)]))]


def test_a_point_is_dragged_whether_selected_or_not() -> None:
    for selected in ([], ["a"]):
        ctx = image(Points([(10, 20), (40, 40)]), selected=selected, tool="points")
        assert edits_of("points", drag((41, 40), (51, 45)), ctx) == [
            Update("a", {"shape": Points([(10, 20), (50, 45)])})
        ]
        assert edits_of("points", click(41, 40), ctx) == []


def test_ctrl_deletes_a_point_and_with_the_last_the_annotation() -> None:
    two = image(Points([(10, 20), (40, 40)]), selected=["a"], tool="points")
    assert edits_of("points", click(10, 20, ctrl=True), two) == [Update("a", {"shape": Points([(40, 40)])})]
    one = image(Points([(10, 20)]), selected=["a"], tool="points")
    assert edits_of("points", click(10, 20, ctrl=True), one) == [Delete("a")]


def test_the_pointer_over_a_point_says_that_it_can_be_grabbed() -> None:
    tool, ctx = TOOLS.tool("points"), image(Points([(10, 20)]), tool="points")
    assert tool.cursor(ctx, Pointer("hover", 11, 21)) == [Cursor("grab"), Handles([(10, 20)], 0)]
    assert tool.cursor(ctx, Pointer("hover", 31, 21)) == [Cursor("cross")]
