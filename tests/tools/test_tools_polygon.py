"""The polygon tool, played as a person would use it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from tests.support.tool_player import (
    SQUARE,
    TOOLS,
    click,
    clicks,
    edits_of,
    image,
)
from webapp.py.domain.shapes import Point, Polygon, Polyline
from webapp.py.workspace import texts
from webapp.py.workspace.tool import (
    Create,
    Draft,
    Event,
    Handles,
    KeyPress,
    Notice,
    Pointer,
    Run,
    Update,
    drag,
    play,
)

TRIANGLE: list[Point] = [(10, 10), (50, 10), (50, 60)]


def test_a_polygon_closes_at_its_first_point() -> None:
    drafts, edits = play(TOOLS.tool("polygon"), clicks(*TRIANGLE, (11, 9)), image(tool="polygon"))
    assert edits == [Create(Polygon(TRIANGLE))]
    assert Polyline([(10, 10), (50, 10), (50, 60)]) in drafts
    assert Handles(tuple(TRIANGLE), 0) in drafts


def test_a_polygon_closes_by_enter_and_by_double_click() -> None:
    ctx = image(tool="polygon")
    assert edits_of("polygon", [*clicks(*TRIANGLE), KeyPress("Enter")], ctx) == [Create(Polygon(TRIANGLE))]
    assert edits_of("polygon", clicks(*TRIANGLE, (50, 60)), ctx) == [Create(Polygon(TRIANGLE))]


def test_backspace_takes_the_last_point_back() -> None:
    events = [
        *clicks((10, 10), (50, 10), (90, 70)),
        KeyPress("Backspace"),
        *clicks((50, 60)),
        KeyPress("Enter"),
    ]
    assert edits_of("polygon", events, image(tool="polygon")) == [Create(Polygon(TRIANGLE))]


def test_with_its_only_point_taken_back_the_polygon_is_over() -> None:
    run = Run(TOOLS.tool("polygon"), Pointer("press", 10, 10), image(tool="polygon"))
    run.send(KeyPress("Backspace"))
    assert run.edits == []


def test_escape_drops_the_polygon() -> None:
    assert (
        edits_of(
            "polygon", [*clicks(*TRIANGLE), KeyPress("Escape"), KeyPress("Enter")], image(tool="polygon")
        )
        == []
    )


def test_two_points_never_become_a_polygon() -> None:
    drafts, edits = play(
        TOOLS.tool("polygon"), [*clicks((10, 10), (50, 10)), KeyPress("Enter")], image(tool="polygon")
    )
    assert edits == []
    assert [draft for draft in drafts if isinstance(draft, Notice)] == [
        Notice("A polygon needs at least three points.")
    ]


def test_a_click_on_the_first_of_two_points_just_goes_on() -> None:
    events = [*clicks((10, 10), (50, 10), (10, 10), (50, 60)), KeyPress("Enter")]
    drafts, edits = play(TOOLS.tool("polygon"), events, image(tool="polygon"))
    assert not [draft for draft in drafts if isinstance(draft, Notice)]
    assert edits == [Create(Polygon(TRIANGLE))]


def notices(drafts: Sequence[Draft]) -> list[str]:
    return [draft.text for draft in drafts if isinstance(draft, Notice)]


def test_a_click_whose_edge_would_cross_the_outline_is_refused_and_drawing_goes_on() -> None:
    bow_tie: list[Point] = [(10, 10), (60, 60), (60, 10), (10, 60)]
    drafts, edits = play(TOOLS.tool("polygon"), [*clicks(*bow_tie), KeyPress("Enter")], image(tool="polygon"))
    assert edits == [Create(Polygon(bow_tie[:3]))]
    assert notices(drafts) == [texts.EDGE_CROSSES]


def test_closing_across_the_outline_is_refused_and_drawing_goes_on() -> None:
    # Drawn like a spiral: from its inside the way back to the first point leads across an edge.
    spiral: list[Point] = [(40, 40), (60, 40), (60, 60), (20, 60), (20, 20), (80, 20)]
    drafts, edits = play(TOOLS.tool("polygon"), [*clicks(*spiral), KeyPress("Enter")], image(tool="polygon"))
    assert edits == [Create(Polygon(spiral))]
    crossed: list[Point] = [*spiral, (80, 70)]
    drafts, edits = play(TOOLS.tool("polygon"), [*clicks(*crossed), KeyPress("Enter")], image(tool="polygon"))
    assert edits == []
    assert notices(drafts) == [texts.OUTLINE_CROSSES]
    at_the_origin = [*clicks(*crossed, (40, 40)), KeyPress("Backspace"), KeyPress("Enter")]
    assert edits_of("polygon", at_the_origin, image(tool="polygon")) == [Create(Polygon(spiral))]


def test_three_points_in_a_row_are_no_polygon() -> None:
    events = [*clicks((10, 10), (30, 10), (60, 10)), KeyPress("Enter")]
    assert edits_of("polygon", events, image(tool="polygon")) == []


def test_points_outside_the_image_go_to_its_edge() -> None:
    events = [*clicks((-30, -5), (200, 10), (50, 300)), KeyPress("Enter")]
    assert edits_of("polygon", events, image(tool="polygon")) == [
        Create(Polygon([(0, 0), (100, 10), (50, 80)]))
    ]


def test_zoomed_in_points_close_to_each_other_are_kept_apart() -> None:
    points: list[Point] = [(10, 10), (12, 10), (12, 12), (10, 12)]
    events: list[Event] = [event for x, y in points for event in click(x, y, scale=10)]
    assert edits_of("polygon", [*events, KeyPress("Enter")], image(tool="polygon", scale=10)) == [
        Create(Polygon(points))
    ]


def test_a_vertex_of_the_selected_polygon_is_dragged() -> None:
    ctx = image(SQUARE, selected=["a"], tool="polygon")
    assert edits_of("polygon", drag((10, 10), (12, 5)), ctx) == [
        Update("a", {"shape": Polygon([(12, 5), (40, 10), (40, 40), (10, 40)])})
    ]


def test_a_vertex_dragged_across_the_outline_goes_back_with_a_word() -> None:
    ctx = image(SQUARE, selected=["a"], tool="polygon")
    drafts, edits = play(TOOLS.tool("polygon"), drag((10, 10), (60, 20), (61, 20), (62, 20)), ctx)
    assert edits == []
    assert len([draft for draft in drafts if isinstance(draft, Notice)]) == 1


def test_the_selected_polygon_is_moved_by_dragging_its_inside() -> None:
    ctx = image(SQUARE, selected=["a"], tool="polygon")
    assert edits_of("polygon", drag((25, 25), (35, 30)), ctx) == [
        Update("a", {"shape": Polygon([(20, 15), (50, 15), (50, 45), (20, 45)])})
    ]


def test_a_click_inside_the_selected_polygon_begins_another_one() -> None:
    inner: list[Point] = [(20, 20), (30, 20), (30, 30)]
    ctx = image(SQUARE, selected=["a"], tool="polygon")
    assert edits_of("polygon", [*clicks(*inner), KeyPress("Enter")], ctx) == [Create(Polygon(inner))]


def test_ctrl_click_deletes_a_vertex_but_never_one_of_the_last_three() -> None:
    ctx = image(SQUARE, selected=["a"], tool="polygon")
    assert edits_of("polygon", click(40, 40, ctrl=True), ctx) == [
        Update("a", {"shape": Polygon([(10, 10), (40, 10), (10, 40)])})
    ]
    triangle = image(Polygon(TRIANGLE), selected=["a"], tool="polygon")
    drafts, edits = play(TOOLS.tool("polygon"), click(10, 10, ctrl=True), triangle)
    assert edits == []
    assert isinstance(drafts[0], Notice)


def test_ctrl_click_on_an_edge_inserts_a_vertex() -> None:
    ctx = image(SQUARE, selected=["a"], tool="polygon")
    assert edits_of("polygon", click(25, 12, ctrl=True), ctx) == [
        Update("a", {"shape": Polygon([(10, 10), (25, 10), (40, 10), (40, 40), (10, 40)])})
    ]
    assert edits_of("polygon", click(25, 25, ctrl=True), ctx) == []


def test_a_vertex_inserted_can_be_dragged_on_at_once() -> None:
    ctx = image(SQUARE, selected=["a"], tool="polygon")
    assert edits_of("polygon", drag((25, 12), (25, 5), ctrl=True), ctx) == [
        Update("a", {"shape": Polygon([(10, 10), (25, 3), (40, 10), (40, 40), (10, 40)])})
    ]


# --- midpoints


@pytest.mark.parametrize("tool", ["polygon", "select"])
def test_a_midpoint_dragged_becomes_a_vertex(tool: str) -> None:
    ctx = image(SQUARE, selected=["a"], tool=tool, scale=2)
    handles = TOOLS.tool(tool).handles(ctx)
    assert handles is not None and handles.middles == ((25, 10), (40, 25), (25, 40), (10, 25))
    assert edits_of(tool, drag((25, 11), (27, 6), (30, 4), scale=2), ctx) == [
        Update("a", {"shape": Polygon([(10, 10), (30, 3), (40, 10), (40, 40), (10, 40)])})
    ]


@pytest.mark.parametrize("tool", ["polygon", "select"])
def test_a_midpoint_of_a_hole_dragged_becomes_a_vertex_of_the_hole(tool: str) -> None:
    holed = Polygon(SQUARE.points, [HOLE])
    assert edits_of(tool, drag((25, 20), (25, 15), scale=4), image(holed, selected=["a"], scale=4)) == [
        Update("a", {"shape": Polygon(SQUARE.points, [[(20, 20), (25, 15), (30, 20), (30, 30)]])})
    ]


def test_a_click_on_a_midpoint_changes_nothing_or_begins_another_polygon() -> None:
    ctx = image(SQUARE, selected=["a"], tool="select", scale=2)
    assert edits_of("select", click(25, 10, scale=2), ctx) == []
    beside: list[Point] = [(25, 10), (60, 10), (60, 60)]
    ctx = image(SQUARE, selected=["a"], tool="polygon", scale=2)
    events = [event for x, y in beside for event in click(x, y, scale=2)]
    assert edits_of("polygon", [*events, KeyPress("Enter")], ctx) == [Create(Polygon(beside))]


def test_an_edge_shorter_than_32_screen_pixels_has_no_midpoint() -> None:
    for scale, count in ((1.0, 0), (1.1, 4)):
        handles = TOOLS.tool("select").handles(image(SQUARE, selected=["a"], scale=scale))
        assert handles is not None and len(handles.middles) == count


# --- holes

HOLE: list[Point] = [(20, 20), (30, 20), (30, 30)]


def test_a_hole_is_drawn_with_alt_into_the_polygon_under_the_pointer() -> None:
    first, *rest = HOLE
    events = [*click(*first, alt=True), *clicks(*rest), KeyPress("Enter")]
    holed = [Update("a", {"shape": Polygon(SQUARE.points, [HOLE])})]
    assert edits_of("polygon", events, image(SQUARE, tool="polygon")) == holed
    assert edits_of("polygon", events, image(SQUARE, selected=["a"], tool="polygon")) == holed


def test_a_hole_is_drawn_without_a_keyboard_when_the_tool_is_set_so() -> None:
    ctx = image(SQUARE, selected=["a"], tool="polygon", settings={"mode": "hole"})
    assert edits_of("polygon", [*clicks(*HOLE), KeyPress("Enter")], ctx) == [
        Update("a", {"shape": Polygon(SQUARE.points, [HOLE])})
    ]


def test_a_hole_goes_into_the_selected_one_of_two_polygons() -> None:
    first, *rest = HOLE
    events = [*click(*first, alt=True), *clicks(*rest), KeyPress("Enter")]
    ctx = image(SQUARE, SQUARE, selected=["a"], tool="polygon")
    assert edits_of("polygon", events, ctx) == [Update("a", {"shape": Polygon(SQUARE.points, [HOLE])})]


def test_a_hole_that_leaves_its_polygon_or_meets_another_hole_is_refused_with_a_word() -> None:
    for there in ((60, 25), (25, 25)):
        holed = Polygon(SQUARE.points, [[(24, 24), (28, 24), (28, 28)]])
        events = [*click(15, 15, alt=True), *clicks((18, 34), there), KeyPress("Enter")]
        drafts, edits = play(TOOLS.tool("polygon"), events, image(holed, tool="polygon"))
        assert edits == []
        assert notices(drafts) == [texts.HOLE_CROSSES]


def test_a_hole_begun_outside_of_all_polygons_is_refused_with_a_word() -> None:
    drafts, edits = play(TOOLS.tool("polygon"), click(70, 70, alt=True), image(SQUARE, tool="polygon"))
    assert edits == []
    assert notices(drafts) == [texts.NO_POLYGON_FOR_HOLE]


# --- many vertices


def test_of_a_crowded_outline_only_the_vertices_around_the_pointer_are_shown() -> None:
    tool = TOOLS.tool("polygon")
    around: list[Point] = [
        (50 + 30 * math.cos(i / 200 * math.tau), 40 + 30 * math.sin(i / 200 * math.tau)) for i in range(200)
    ]
    ctx = image(Polygon(around), selected=["a"], tool="polygon")
    assert tool.handles(ctx) is None
    assert tool.handles(image(Polygon(around), selected=["a"], tool="polygon", scale=20)) == Handles(around)
    shown = tool.cursor(ctx, Pointer("hover", 110, 40))
    assert isinstance(shown, list)
    (handles,) = [draft for draft in shown if isinstance(draft, Handles)]
    assert 0 < len(handles.points) < 200
    assert all(math.dist(point, (110, 40)) <= 60 for point in handles.points)
