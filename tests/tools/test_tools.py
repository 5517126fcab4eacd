"""The tools in general, and select, bounding box and pan, played as a person would use them."""

from __future__ import annotations

import pytest

from tests.support.tool_player import (
    HEIGHT,
    HIGH_BOX,
    LOW_BOX,
    SQUARE,
    TOOLS,
    WIDTH,
    click,
    edits_of,
    image,
    rectangle,
)
from webapp.py.domain.shapes import Box, Polygon
from webapp.py.geometry.boxes import box_handles
from webapp.py.workspace.tool import (
    AnnotationView,
    Band,
    Context,
    Create,
    Cursor,
    Delete,
    Handles,
    KeyPress,
    MoveCamera,
    Pointer,
    Preview,
    Select,
    Update,
    drag,
    play,
)

BY_A_CLICK = ("brush", "points")
"""Tools of which a click alone makes something."""
ASKING = ("enclosed", "growing", "magnetic", "superpixels")
"""Tools that ask the compute worker at the press; they are played where it answers."""
AT_ONCE = [tool.id for tool in TOOLS.tools if tool.id not in ASKING]

# --- all of them


def test_the_tools_are_found_and_none_is_broken() -> None:
    drawing = [tool.id for tool in TOOLS.tools if tool.order < 50]
    assert drawing == [
        *("select", "box", "polygon", "magnetic", "freehand", "enclosed"),
        *("sculptor", "polyline", "points", "brush"),
    ]
    assert TOOLS.broken == ()


@pytest.mark.parametrize("tool", [tool for tool in AT_ONCE if tool not in BY_A_CLICK])
def test_a_mere_click_on_an_empty_image_makes_no_annotation(tool: str) -> None:
    edits = edits_of(tool, [*click(50, 40), KeyPress("Escape")], image(tool=tool))
    assert not [edit for edit in edits if isinstance(edit, Create | Update | Delete)]


@pytest.mark.parametrize("tool", AT_ONCE)
def test_a_gesture_that_is_cancelled_leaves_nothing(tool: str) -> None:
    events = [Pointer("press", 20, 20), Pointer("move", 30, 30), KeyPress("Escape")]
    assert edits_of(tool, events, image(SQUARE, rectangle(15, 15, 9, 9), selected=["a"], tool=tool)) == []


@pytest.mark.parametrize("tool", AT_ONCE)
def test_a_key_that_means_nothing_to_a_tool_does_nothing(tool: str) -> None:
    whole = drag((20, 20), (30, 30), (60, 50))
    disturbed = [whole[0], KeyPress("F5"), whole[1], KeyPress("q", ctrl=True), *whole[2:]]
    ctx = image(SQUARE, selected=["a"], tool=tool)
    assert edits_of(tool, disturbed, ctx) == edits_of(tool, whole, ctx)
    assert edits_of(tool, [KeyPress("F5")], ctx) == []


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
    assert edits_of("select", [KeyPress("Delete")], ctx) == []


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
    assert edits_of("select", [KeyPress("Delete")], ctx) == [Delete("b")]
    assert edits_of("select", [KeyPress("Backspace")], ctx) == [Delete("b")]
    assert edits_of("select", [KeyPress("a", ctrl=True)], ctx) == [Select(["a", "b"])]


def test_the_pointer_says_what_a_press_would_do() -> None:
    select, ctx = TOOLS.tool("select"), image(LOW_BOX, selected=["a"])
    shown = select.cursor(ctx, Pointer("hover", 30, 20))
    assert shown == [Cursor("ew-resize"), Handles(box_handles(LOW_BOX), hot=3)]
    assert select.cursor(ctx, Pointer("hover", 20, 20)) == [Cursor("move")]
    assert select.cursor(ctx, Pointer("hover", 80, 70)) == [Cursor("arrow")]
    vertex = select.cursor(image(SQUARE, selected=["a"]), Pointer("hover", 40, 40))
    assert vertex == [Cursor("grab"), Handles(SQUARE.points, hot=2)]


# --- select: keys


def test_arrow_keys_move_the_selection_by_a_pixel_and_with_shift_by_ten() -> None:
    ctx = image(LOW_BOX, SQUARE, selected=["a", "b"])
    assert edits_of("select", [KeyPress("ArrowRight")], ctx) == [
        Update("a", {"shape": Box(x=11, y=10, width=20, height=20)}),
        Update("b", {"shape": Polygon([(11, 10), (41, 10), (41, 40), (11, 40)])}),
    ]
    mask = image(rectangle(10, 10, 5, 5), selected=["a"])
    assert edits_of("select", [KeyPress("ArrowUp", shift=True)], mask) == [
        Update("a", {"shape": rectangle(10, 0, 5, 5)})
    ]
    assert edits_of("select", [KeyPress("ArrowDown", ctrl=True)], ctx) == []


def test_arrow_keys_stop_at_the_edge_of_the_image() -> None:
    ctx = image(Box(x=0, y=75, width=5, height=5), LOW_BOX, selected=["a", "b"])
    assert edits_of("select", [KeyPress("ArrowDown")], ctx) == []
    assert edits_of("select", [KeyPress("ArrowLeft", shift=True)], ctx) == []
    near = image(Box(x=0, y=71, width=5, height=5), selected=["a"])
    assert edits_of("select", [KeyPress("ArrowDown", shift=True)], near) == [
        Update("a", {"shape": Box(x=0, y=75, width=5, height=5)})
    ]


def test_a_duplicate_is_of_the_same_class_and_lies_a_little_aside_in_the_image() -> None:
    ctx = image(LOW_BOX, selected=["a"], class_id="other")
    assert edits_of("select", [KeyPress("d", ctrl=True)], ctx) == [
        Create(Box(x=20, y=20, width=20, height=20), "cell", "a")
    ]
    zoomed_in = image(LOW_BOX, selected=["a"], scale=5)
    assert edits_of("select", [KeyPress("d", ctrl=True)], zoomed_in) == [
        Create(Box(x=12, y=12, width=20, height=20), "cell", "a")
    ]
    corner = image(Box(x=80, y=60, width=20, height=20), selected=["a"])
    assert edits_of("select", [KeyPress("d", ctrl=True)], corner) == [
        Create(Box(x=70, y=50, width=20, height=20), "cell", "a")
    ]


def test_select_deletes_and_inserts_vertices_with_ctrl() -> None:
    ctx = image(SQUARE, selected=["a"])
    assert edits_of("select", click(40, 40, ctrl=True), ctx) == [
        Update("a", {"shape": Polygon([(10, 10), (40, 10), (10, 40)])})
    ]
    assert edits_of("select", click(25, 12, ctrl=True), ctx) == [
        Update("a", {"shape": Polygon([(10, 10), (25, 10), (40, 10), (40, 40), (10, 40)])})
    ]
    assert edits_of("select", click(25, 25, ctrl=True), ctx) == [Select(["a"])]


# --- pan


def test_panning_keeps_the_point_that_was_pressed_under_the_pointer() -> None:
    drafts, edits = play(TOOLS.tool("pan"), drag((10, 10), (15, 8)), image(tool="pan"))
    assert [draft for draft in drafts if isinstance(draft, MoveCamera)] == [MoveCamera(5, -2)]
    assert edits == []
