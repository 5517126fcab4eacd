"""The built-in tools, played as a person would use them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from webapp.py.domain.shapes import Box, Mask, Point, Polygon, Polyline, Shape
from webapp.py.geometry.masks import decode_into, encode
from webapp.py.workspace.registry import find_tools
from webapp.py.workspace.settings import values
from webapp.py.workspace.tool import (
    AnnotationView,
    Band,
    Camera,
    Context,
    Create,
    Cursor,
    Delete,
    Edit,
    Event,
    Handles,
    Key,
    MaskPatch,
    Notice,
    Pointer,
    Preview,
    Run,
    Select,
    Update,
    drag,
    play,
)

TOOLS = find_tools()
WIDTH, HEIGHT = 100, 80
LOW_BOX = Box(x=10, y=10, width=20, height=20)
HIGH_BOX = Box(x=20, y=20, width=40, height=30)
SQUARE = Polygon([(10, 10), (40, 10), (40, 40), (10, 40)])


def image(*shapes: Shape, selected: Sequence[str] = (), tool: str = "select", **more: Any) -> Context:
    """An image with annotations "a", "b", … of class "cell", bottom to top."""
    views = [AnnotationView("abcdef"[i], shape, "cell") for i, shape in enumerate(shapes)]
    settings = values(TOOLS.tool(tool).settings, more.pop("settings", None))
    return Context(WIDTH, HEIGHT, views, selected, more.pop("class_id", "cell"), settings, **more)


def edits_of(tool: str, events: Sequence[Event], ctx: Context) -> list[Edit]:
    return play(TOOLS.tool(tool), events, ctx)[1]


def click(x: float, y: float, **held: Any) -> list[Event]:
    return [Pointer("press", x, y, **held), Pointer("release", x, y, **held)]


def clicks(*points: Point) -> list[Event]:
    """Click at each of the points, moving there without a button down."""
    return [event for x, y in points for event in (Pointer("hover", x, y), *click(x, y))]


def pixels_of(shape: Shape) -> set[tuple[int, int]]:
    assert isinstance(shape, Mask)
    return {(int(c), int(r)) for r, c in np.argwhere(decode_into(shape, WIDTH, HEIGHT))}


def rectangle(x: int, y: int, width: int, height: int) -> Mask:
    return Mask(x=x, y=y, width=width, height=height, runs=[0, width * height])


def block(x: int, y: int, width: int, height: int) -> set[tuple[int, int]]:
    return {(c, r) for c in range(x, x + width) for r in range(y, y + height)}


# --- all of them


def test_the_tools_are_found_and_none_is_broken() -> None:
    assert [tool.id for tool in TOOLS.tools] == ["select", "box", "polygon", "brush", "eraser", "pan"]
    assert TOOLS.broken == ()


@pytest.mark.parametrize("tool", [tool.id for tool in TOOLS.tools if tool.id != "brush"])
def test_a_mere_click_on_an_empty_image_makes_no_annotation(tool: str) -> None:
    edits = edits_of(tool, [*click(50, 40), Key("Escape")], image(tool=tool))
    assert not [edit for edit in edits if isinstance(edit, Create | Update | Delete)]


@pytest.mark.parametrize("tool", [tool.id for tool in TOOLS.tools])
def test_a_gesture_that_is_cancelled_leaves_nothing(tool: str) -> None:
    events = [Pointer("press", 20, 20), Pointer("move", 30, 30), Key("Escape")]
    assert edits_of(tool, events, image(SQUARE, rectangle(15, 15, 9, 9), selected=["a"], tool=tool)) == []


@pytest.mark.parametrize("tool", [tool.id for tool in TOOLS.tools])
def test_a_key_that_means_nothing_to_a_tool_does_nothing(tool: str) -> None:
    whole = drag((20, 20), (30, 30), (60, 50))
    disturbed = [whole[0], Key("F5"), whole[1], Key("q", ctrl=True), *whole[2:]]
    ctx = image(SQUARE, selected=["a"], tool=tool)
    assert edits_of(tool, disturbed, ctx) == edits_of(tool, whole, ctx)
    assert edits_of(tool, [Key("F5")], ctx) == []


# --- bounding box


def test_a_box_goes_from_corner_to_corner() -> None:
    drafts, edits = play(TOOLS.tool("box"), drag((10, 20), (30, 35), (40, 60)), image(tool="box"))
    assert drafts == [Box(x=10, y=20, width=20, height=15), Box(x=10, y=20, width=30, height=40)]
    assert edits == [Create(Box(x=10, y=20, width=30, height=40))]


def test_a_box_drawn_from_the_bottom_right_to_the_top_left_is_the_same_box() -> None:
    ctx = image(tool="box")
    assert edits_of("box", drag((40, 60), (10, 20)), ctx) == edits_of("box", drag((10, 20), (40, 60)), ctx)


def test_a_box_without_area_is_no_annotation() -> None:
    for end in ((10, 20), (50, 20), (10, 60)):
        assert edits_of("box", drag((10, 20), end), image(tool="box")) == []


def test_a_slip_of_the_hand_is_no_box_but_a_small_box_zoomed_in_is() -> None:
    assert edits_of("box", drag((10, 20), (12, 22)), image(tool="box")) == []
    near = edits_of("box", drag((10, 20), (12, 22), scale=4), image(tool="box", scale=4))
    assert near == [Create(Box(x=10, y=20, width=2, height=2))]


def test_a_box_drawn_over_the_edge_ends_at_the_edge() -> None:
    assert edits_of("box", drag((90, 70), (300, 300)), image(tool="box")) == [
        Create(Box(x=90, y=70, width=10, height=10))
    ]
    assert edits_of("box", drag((-50, -50), (5, 6)), image(tool="box")) == [
        Create(Box(x=0, y=0, width=5, height=6))
    ]


def test_the_selected_box_is_resized_by_its_handles_and_no_new_one_begins() -> None:
    ctx = image(LOW_BOX, selected=["a"], tool="box")
    drafts, edits = play(TOOLS.tool("box"), drag((30, 20), (45, 70)), ctx)
    assert edits == [Update("a", {"shape": Box(x=10, y=10, width=35, height=20)})]
    assert Preview("a", Box(x=10, y=10, width=35, height=20)) in drafts


def test_grabbing_a_handle_beside_its_middle_does_not_make_the_box_jump() -> None:
    ctx = image(LOW_BOX, selected=["a"], tool="box")
    assert edits_of("box", click(32, 31), ctx) == []
    moved = edits_of("box", drag((32, 31), (42, 31)), ctx)
    assert moved == [Update("a", {"shape": Box(x=10, y=10, width=30, height=20)})]


def test_the_selected_box_shows_eight_handles_and_says_which_way_they_pull() -> None:
    tool, ctx = TOOLS.tool("box"), image(LOW_BOX, selected=["a"], tool="box")
    shown = tool.handles(ctx)
    assert shown is not None and len(shown.points) == 8
    assert tool.cursor(ctx, Pointer("hover", 30, 30)) == Cursor("nwse-resize")
    assert tool.cursor(ctx, Pointer("hover", 20, 10)) == Cursor("ns-resize")
    assert tool.cursor(ctx, Pointer("hover", 70, 70)) == Cursor("cross")
    assert tool.handles(image(LOW_BOX, tool="box")) is None


def test_inside_a_selected_box_another_one_can_be_drawn() -> None:
    ctx = image(HIGH_BOX, selected=["a"], tool="box")
    assert edits_of("box", drag((30, 30), (45, 40)), ctx) == [Create(Box(x=30, y=30, width=15, height=10))]


# --- select


def test_a_click_selects_what_is_on_top() -> None:
    ctx = image(LOW_BOX, HIGH_BOX)
    assert edits_of("select", click(25, 25), ctx) == [Select(["b"])]
    assert edits_of("select", click(12, 12), ctx) == [Select(["a"])]


def test_a_click_on_nothing_selects_nothing() -> None:
    assert edits_of("select", click(90, 70), image(LOW_BOX, selected=["a"])) == [Select([])]


def test_a_click_with_shift_adds_and_takes_away() -> None:
    ctx = image(LOW_BOX, HIGH_BOX, selected=["a"])
    assert edits_of("select", click(50, 40, shift=True), ctx) == [Select(["a", "b"])]
    assert edits_of("select", click(12, 12, shift=True), ctx) == [Select([])]


def test_a_rubber_band_selects_what_lies_inside() -> None:
    ctx = image(LOW_BOX, HIGH_BOX, SQUARE)
    drafts, edits = play(TOOLS.tool("select"), drag((70, 60), (5, 5), (65, 5), (5, 5)), ctx)
    assert Band(70, 60, 5, 5) in drafts
    assert edits == [Select(["a", "b", "c"])]
    assert edits_of("select", drag((5, 5), (45, 45)), ctx) == [Select(["a", "c"])]


def test_a_rubber_band_with_shift_adds() -> None:
    ctx = image(LOW_BOX, Box(x=70, y=60, width=5, height=5), selected=["b"])
    assert edits_of("select", drag((5, 5), (40, 40), shift=True), ctx) == [Select(["b", "a"])]


def test_hidden_annotations_are_not_selected() -> None:
    ctx = Context(WIDTH, HEIGHT, [AnnotationView("a", LOW_BOX, "cell", hidden=True)])
    assert edits_of("select", click(20, 20), ctx) == [Select([])]
    assert edits_of("select", drag((5, 5), (60, 60)), ctx) == [Select([])]


def test_all_that_is_selected_moves_together_and_stops_at_the_edge() -> None:
    ctx = image(LOW_BOX, HIGH_BOX, selected=["a", "b"])
    assert edits_of("select", drag((50, 40), (55, 47)), ctx) == [
        Update("a", {"shape": Box(x=15, y=17, width=20, height=20)}),
        Update("b", {"shape": Box(x=25, y=27, width=40, height=30)}),
    ]
    assert edits_of("select", drag((50, 40), (0, 0)), ctx) == [
        Update("a", {"shape": Box(x=0, y=0, width=20, height=20)}),
        Update("b", {"shape": Box(x=10, y=10, width=40, height=30)}),
    ]


def test_what_is_dragged_without_being_selected_is_selected_too() -> None:
    assert edits_of("select", drag((50, 40), (60, 40)), image(LOW_BOX, HIGH_BOX)) == [
        Update("b", {"shape": Box(x=30, y=20, width=40, height=30)}),
        Select(["b"]),
    ]


def test_a_trembling_click_moves_nothing() -> None:
    assert edits_of("select", drag((50, 40), (51, 41)), image(LOW_BOX, HIGH_BOX)) == [Select(["b"])]


def test_a_locked_annotation_is_selected_but_not_moved() -> None:
    ctx = Context(WIDTH, HEIGHT, [AnnotationView("a", LOW_BOX, "cell", locked=True)], ["a"])
    assert edits_of("select", drag((20, 20), (60, 60)), ctx) == [Select(["a"])]
    assert edits_of("select", drag((10, 10), (60, 60)), ctx) == [Select(["a"])]
    assert edits_of("select", [Key("Delete")], ctx) == []


def test_select_reshapes_boxes_and_polygons_by_their_handles() -> None:
    box = image(LOW_BOX, selected=["a"])
    assert edits_of("select", drag((10, 10), (5, 0)), box) == [
        Update("a", {"shape": Box(x=5, y=0, width=25, height=30)})
    ]
    polygon = image(SQUARE, selected=["a"])
    assert edits_of("select", drag((40, 40), (50, 45)), polygon) == [
        Update("a", {"shape": Polygon([(10, 10), (40, 10), (50, 45), (10, 40)])})
    ]


def test_handles_show_only_when_one_annotation_is_selected() -> None:
    select = TOOLS.tool("select")
    assert select.handles(image(SQUARE, selected=["a"])) == Handles(SQUARE.points)
    assert select.handles(image(SQUARE, LOW_BOX, selected=["a", "b"])) is None


def test_delete_and_select_all_by_keys() -> None:
    ctx = image(LOW_BOX, HIGH_BOX, selected=["b"])
    assert edits_of("select", [Key("Delete")], ctx) == [Delete("b")]
    assert edits_of("select", [Key("Backspace")], ctx) == [Delete("b")]
    assert edits_of("select", [Key("a", ctrl=True)], ctx) == [Select(["a", "b"])]


def test_the_pointer_says_what_a_press_would_do() -> None:
    select, ctx = TOOLS.tool("select"), image(LOW_BOX, selected=["a"])
    assert select.cursor(ctx, Pointer("hover", 30, 20)) == Cursor("ew-resize")
    assert select.cursor(ctx, Pointer("hover", 20, 20)) == Cursor("move")
    assert select.cursor(ctx, Pointer("hover", 80, 70)) == Cursor("arrow")
    assert select.cursor(image(SQUARE, selected=["a"]), Pointer("hover", 40, 40)) == Cursor("grab")


# --- polygon

TRIANGLE: list[Point] = [(10, 10), (50, 10), (50, 60)]


def test_a_polygon_closes_at_its_first_point() -> None:
    drafts, edits = play(TOOLS.tool("polygon"), clicks(*TRIANGLE, (11, 9)), image(tool="polygon"))
    assert edits == [Create(Polygon(TRIANGLE))]
    assert Polyline([(10, 10), (50, 10), (50, 60)]) in drafts
    assert Handles(tuple(TRIANGLE), 0) in drafts


def test_a_polygon_closes_by_enter_and_by_double_click() -> None:
    ctx = image(tool="polygon")
    assert edits_of("polygon", [*clicks(*TRIANGLE), Key("Enter")], ctx) == [Create(Polygon(TRIANGLE))]
    assert edits_of("polygon", clicks(*TRIANGLE, (50, 60)), ctx) == [Create(Polygon(TRIANGLE))]


def test_backspace_takes_the_last_point_back() -> None:
    events = [*clicks((10, 10), (50, 10), (90, 70)), Key("Backspace"), *clicks((50, 60)), Key("Enter")]
    assert edits_of("polygon", events, image(tool="polygon")) == [Create(Polygon(TRIANGLE))]


def test_with_its_only_point_taken_back_the_polygon_is_over() -> None:
    run = Run(TOOLS.tool("polygon"), Pointer("press", 10, 10), image(tool="polygon"))
    run.send(Key("Backspace"))
    assert run.edits == []


def test_escape_drops_the_polygon() -> None:
    assert edits_of("polygon", [*clicks(*TRIANGLE), Key("Escape"), Key("Enter")], image(tool="polygon")) == []


def test_two_points_never_become_a_polygon() -> None:
    drafts, edits = play(
        TOOLS.tool("polygon"), [*clicks((10, 10), (50, 10)), Key("Enter")], image(tool="polygon")
    )
    assert edits == []
    assert [draft for draft in drafts if isinstance(draft, Notice)] == [
        Notice("A polygon needs at least three points.")
    ]


def test_a_click_on_the_first_of_two_points_just_goes_on() -> None:
    events = [*clicks((10, 10), (50, 10), (10, 10), (50, 60)), Key("Enter")]
    drafts, edits = play(TOOLS.tool("polygon"), events, image(tool="polygon"))
    assert not [draft for draft in drafts if isinstance(draft, Notice)]
    assert edits == [Create(Polygon(TRIANGLE))]


def test_closing_a_bow_tie_is_refused_and_drawing_goes_on() -> None:
    bow_tie: list[Point] = [(10, 10), (60, 60), (60, 10), (10, 60)]
    drafts, edits = play(TOOLS.tool("polygon"), [*clicks(*bow_tie), Key("Enter")], image(tool="polygon"))
    assert edits == []
    assert len([draft for draft in drafts if isinstance(draft, Notice)]) == 1
    mended = [*clicks(*bow_tie), Key("Enter"), Key("Backspace"), Key("Enter")]
    assert edits_of("polygon", mended, image(tool="polygon")) == [Create(Polygon(bow_tie[:3]))]


def test_three_points_in_a_row_are_no_polygon() -> None:
    events = [*clicks((10, 10), (30, 10), (60, 10)), Key("Enter")]
    assert edits_of("polygon", events, image(tool="polygon")) == []


def test_points_outside_the_image_go_to_its_edge() -> None:
    events = [*clicks((-30, -5), (200, 10), (50, 300)), Key("Enter")]
    assert edits_of("polygon", events, image(tool="polygon")) == [
        Create(Polygon([(0, 0), (100, 10), (50, 80)]))
    ]


def test_zoomed_in_points_close_to_each_other_are_kept_apart() -> None:
    points: list[Point] = [(10, 10), (12, 10), (12, 12), (10, 12)]
    events: list[Event] = [event for x, y in points for event in click(x, y, scale=10)]
    assert edits_of("polygon", [*events, Key("Enter")], image(tool="polygon", scale=10)) == [
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
    assert edits_of("polygon", [*clicks(*inner), Key("Enter")], ctx) == [Create(Polygon(inner))]


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


# --- brush

SQUARE_TIP = {"radius": 2, "tip": "square"}


def test_one_click_paints_a_stamp() -> None:
    ctx = image(tool="brush", settings=SQUARE_TIP)
    drafts, edits = play(TOOLS.tool("brush"), click(50, 40), ctx)
    (created,) = edits
    assert isinstance(created, Create) and pixels_of(created.shape) == block(48, 38, 4, 4)
    (patch,) = [draft for draft in drafts if isinstance(draft, MaskPatch)]
    assert (patch.x, patch.y, patch.pixels.tolist(), patch.annotation) == (48, 38, [[1] * 4] * 4, None)


def test_a_fast_stroke_has_no_gaps() -> None:
    ctx = image(tool="brush", settings=SQUARE_TIP)
    (created,) = edits_of("brush", drag((10, 40), (90, 40)), ctx)
    assert isinstance(created, Create) and pixels_of(created.shape) == block(8, 38, 84, 4)


def test_a_stroke_follows_the_pointer_around_a_corner() -> None:
    ctx = image(tool="brush", settings=SQUARE_TIP)
    (created,) = edits_of("brush", drag((10, 10), (60, 10), (60, 60)), ctx)
    assert isinstance(created, Create)
    assert pixels_of(created.shape) == block(8, 8, 54, 4) | block(58, 8, 4, 54)


def test_a_round_brush_paints_exactly_the_pixels_in_its_circle() -> None:
    ctx = image(tool="brush", settings={"radius": 3, "tip": "round"})
    (created,) = edits_of("brush", click(50, 40), ctx)
    circle = {
        (c, r) for c in range(40, 60) for r in range(30, 50) if (c + 0.5 - 50) ** 2 + (r + 0.5 - 40) ** 2 <= 9
    }
    assert isinstance(created, Create) and pixels_of(created.shape) == circle


def test_a_stroke_over_the_edge_is_cut_there() -> None:
    ctx = image(tool="brush", settings=SQUARE_TIP)
    drafts, edits = play(TOOLS.tool("brush"), drag((95, 40), (300, 40)), ctx)
    (created,) = edits
    assert isinstance(created, Create) and pixels_of(created.shape) == block(93, 38, 7, 4)
    for patch in drafts:
        if isinstance(patch, MaskPatch):
            assert patch.x + patch.pixels.shape[1] <= WIDTH and patch.y + patch.pixels.shape[0] <= HEIGHT


def test_a_stroke_beside_the_image_is_nothing() -> None:
    assert edits_of("brush", drag((-50, -50), (-40, -50)), image(tool="brush")) == []


def test_painting_goes_on_with_the_selected_mask_of_the_active_class() -> None:
    ctx = image(rectangle(10, 10, 5, 5), selected=["a"], tool="brush", settings=SQUARE_TIP)
    drafts, edits = play(TOOLS.tool("brush"), click(16, 12), ctx)
    assert edits == [Update("a", {"shape": encode(painted(block(10, 10, 5, 5) | block(14, 10, 4, 4)))})]
    assert [draft.annotation for draft in drafts if isinstance(draft, MaskPatch)] == ["a"]


def painted(pixels: set[tuple[int, int]]) -> np.ndarray:
    bitmap = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    for column, row in pixels:
        bitmap[row, column] = 1
    return bitmap


def test_with_another_class_active_painting_makes_a_new_mask() -> None:
    mask = rectangle(10, 10, 5, 5)
    for ctx in (
        image(mask, selected=["a"], tool="brush", settings=SQUARE_TIP, class_id="sky"),
        image(mask, tool="brush", settings=SQUARE_TIP),
    ):
        (created,) = edits_of("brush", click(16, 12), ctx)
        assert isinstance(created, Create) and pixels_of(created.shape) == block(14, 10, 4, 4)


def test_painting_over_what_is_painted_changes_nothing() -> None:
    ctx = image(rectangle(10, 10, 20, 20), selected=["a"], tool="brush", settings=SQUARE_TIP)
    assert edits_of("brush", drag((15, 15), (20, 20)), ctx) == []


def test_the_next_stroke_begins_where_the_last_one_ended() -> None:
    first = image(tool="brush", settings=SQUARE_TIP)
    (created,) = edits_of("brush", click(20, 20), first)
    assert isinstance(created, Create)
    second = image(created.shape, selected=["a"], tool="brush", settings=SQUARE_TIP, rasters=first.rasters)
    (updated,) = edits_of("brush", click(30, 20), second)
    assert isinstance(updated, Update)
    assert pixels_of(updated.fields["shape"]) == block(18, 18, 4, 4) | block(28, 18, 4, 4)
    (again,) = edits_of("brush", click(40, 20), second)
    assert isinstance(again, Update)
    assert pixels_of(again.fields["shape"]) == block(18, 18, 4, 4) | block(38, 18, 4, 4)


def test_the_brush_shows_its_size_at_the_pointer() -> None:
    brush = TOOLS.tool("brush")
    ctx = image(tool="brush", settings={"radius": 7, "tip": "round"})
    assert brush.cursor(ctx, Pointer("hover", 5, 5)) == Cursor("circle", 7)
    ctx = image(tool="brush", settings=SQUARE_TIP)
    assert brush.cursor(ctx, Pointer("hover", 5, 5)) == Cursor("square", 2)


# --- eraser


def test_erasing_takes_pixels_from_the_selected_mask() -> None:
    ctx = image(
        rectangle(10, 10, 20, 4), rectangle(10, 10, 20, 4), selected=["a"], tool="eraser", settings=SQUARE_TIP
    )
    drafts, edits = play(TOOLS.tool("eraser"), click(20, 12), ctx)
    (updated,) = edits
    assert isinstance(updated, Update) and updated.id == "a"
    assert pixels_of(updated.fields["shape"]) == block(10, 10, 8, 4) | block(22, 10, 8, 4)
    (patch,) = [draft for draft in drafts if isinstance(draft, MaskPatch)]
    assert patch.annotation == "a" and not patch.pixels.any()


def test_with_nothing_selected_the_topmost_mask_under_the_pointer_is_erased() -> None:
    ctx = image(rectangle(10, 10, 20, 4), rectangle(10, 10, 20, 4), tool="eraser", settings=SQUARE_TIP)
    (updated,) = edits_of("eraser", click(20, 12), ctx)
    assert isinstance(updated, Update) and updated.id == "b"


def test_erasing_everything_deletes_the_annotation() -> None:
    ctx = image(rectangle(10, 10, 20, 4), tool="eraser", settings=SQUARE_TIP)
    assert edits_of("eraser", drag((10, 12), (30, 12)), ctx) == [Delete("a")]


def test_erasing_where_nothing_is_says_so_or_changes_nothing() -> None:
    ctx = image(rectangle(10, 10, 5, 5), tool="eraser", settings=SQUARE_TIP)
    drafts, edits = play(TOOLS.tool("eraser"), drag((60, 60), (12, 12)), ctx)
    assert edits == [] and Notice("There is no mask here to erase from.") in drafts
    selected = image(rectangle(10, 10, 5, 5), selected=["a"], tool="eraser", settings=SQUARE_TIP)
    assert edits_of("eraser", click(60, 60), selected) == []


def test_a_locked_mask_is_not_erased() -> None:
    view = AnnotationView("a", rectangle(10, 10, 20, 4), "cell", locked=True)
    ctx = Context(WIDTH, HEIGHT, [view], ["a"], "cell", {"radius": 5.0, "tip": "round"})
    assert edits_of("eraser", click(20, 12), ctx) == []


# --- pan


def test_panning_keeps_the_point_that_was_pressed_under_the_pointer() -> None:
    drafts, edits = play(TOOLS.tool("pan"), drag((10, 10), (15, 8)), image(tool="pan"))
    assert [draft for draft in drafts if isinstance(draft, Camera)] == [Camera(5, -2)]
    assert edits == []
