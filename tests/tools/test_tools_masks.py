"""Brush and eraser, played as a person would use them."""

from __future__ import annotations

import numpy as np

from tests.support.tool_player import (
    HEIGHT,
    TOOLS,
    WIDTH,
    block,
    click,
    edits_of,
    image,
    painted,
    pixels_of,
    rectangle,
)
from webapp.py.geometry.masks import area, encode
from webapp.py.workspace.tool import (
    AnnotationView,
    Context,
    Create,
    Cursor,
    Delete,
    MaskPatch,
    Notice,
    Pointer,
    Update,
    drag,
    play,
)

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


def test_a_stroke_that_leaves_the_image_and_comes_back_paints_only_where_it_was_inside() -> None:
    ctx = image(tool="brush", settings=SQUARE_TIP)
    around = drag((95, 10), (140, 10), (140, 60), (95, 60), (-1e6, 60), (-1e6, -1e6), (50, 20))
    drafts, edits = play(TOOLS.tool("brush"), around, ctx)
    (created,) = edits
    assert isinstance(created, Create)
    found = pixels_of(created.shape)
    assert block(93, 8, 7, 4) | block(0, 58, 97, 4) <= found and not block(97, 20, 3, 30) & found
    for patch in drafts:
        if isinstance(patch, MaskPatch):
            assert patch.x >= 0 and patch.x + patch.pixels.shape[1] <= WIDTH
            assert patch.y >= 0 and patch.y + patch.pixels.shape[0] <= HEIGHT


def test_a_brush_larger_than_the_image_fills_it() -> None:
    (created,) = edits_of(
        "brush", click(50, 40), image(tool="brush", settings={"radius": 200, "tip": "round"})
    )
    assert isinstance(created, Create) and created.shape == rectangle(0, 0, WIDTH, HEIGHT)


def test_a_release_that_was_lost_outside_the_window_ends_the_stroke() -> None:
    lost = [*drag((10, 40), (90, 40))[:-1], Pointer("hover", 20, 70)]
    (created,) = edits_of("brush", lost, image(tool="brush", settings=SQUARE_TIP))
    assert isinstance(created, Create) and pixels_of(created.shape) == block(8, 38, 84, 4)
    erased = image(rectangle(0, 30, 100, 50), selected=["a"], tool="eraser", settings=SQUARE_TIP)
    (updated,) = edits_of("eraser", lost, erased)
    assert isinstance(updated, Update)
    assert pixels_of(updated.fields["shape"]) == block(0, 30, 100, 50) - block(8, 38, 84, 4)
    unselected = image(rectangle(0, 70, 100, 10), tool="eraser", settings=SQUARE_TIP)
    assert edits_of("eraser", lost, unselected) == []


def test_painting_goes_on_with_the_selected_mask_of_the_active_class() -> None:
    ctx = image(rectangle(10, 10, 5, 5), selected=["a"], tool="brush", settings=SQUARE_TIP)
    drafts, edits = play(TOOLS.tool("brush"), click(16, 12), ctx)
    assert edits == [Update("a", {"shape": encode(painted(block(10, 10, 5, 5) | block(14, 10, 4, 4)))})]
    assert [draft.annotation for draft in drafts if isinstance(draft, MaskPatch)] == ["a"]


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
    second = image(created.shape, selected=["a"], tool="brush", settings=SQUARE_TIP, adding=True)
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


def test_a_stroke_apart_from_the_selected_mask_is_a_new_object() -> None:
    ctx = image(rectangle(10, 10, 5, 5), selected=["a"], tool="brush", settings=SQUARE_TIP)
    (created,) = edits_of("brush", drag((60, 60), (70, 60)), ctx)
    assert isinstance(created, Create) and pixels_of(created.shape) == block(58, 58, 14, 4)
    # One pixel between the stroke and the mask, which ends at column 14.
    (created,) = edits_of("brush", click(18, 12), ctx)
    assert isinstance(created, Create) and pixels_of(created.shape) == block(16, 10, 4, 4)


def test_a_stroke_beside_or_into_the_selected_mask_adds_to_it_from_its_beginning() -> None:
    ctx = image(rectangle(10, 10, 5, 5), selected=["a"], tool="brush", settings=SQUARE_TIP)
    (beside,) = edits_of("brush", click(17, 12), ctx)
    assert isinstance(beside, Update) and pixels_of(beside.fields["shape"]) == block(10, 10, 5, 5) | block(
        15, 10, 4, 4
    )
    drafts, (into,) = play(TOOLS.tool("brush"), drag((60, 12), (40, 12), (20, 12), (12, 12)), ctx)
    assert isinstance(into, Update)
    assert pixels_of(into.fields["shape"]) == block(10, 10, 5, 5) | block(10, 10, 52, 4)
    # What is shown is complete as well: all patches of the mask together are the stroke.
    shown = {
        (patch.x + int(column), patch.y + int(row))
        for patch in drafts
        if isinstance(patch, MaskPatch) and patch.annotation == "a"
        for row, column in np.argwhere(patch.pixels)
    }
    assert shown | block(10, 10, 5, 5) == pixels_of(into.fields["shape"])


def test_a_stroke_apart_adds_to_the_selected_mask_if_the_person_chose_that() -> None:
    ctx = image(rectangle(10, 10, 5, 5), selected=["a"], tool="brush", settings=SQUARE_TIP, adding=True)
    (updated,) = edits_of("brush", click(60, 60), ctx)
    assert isinstance(updated, Update)
    assert pixels_of(updated.fields["shape"]) == block(10, 10, 5, 5) | block(58, 58, 4, 4)


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


def test_erasing_begins_at_the_first_mask_that_the_tip_touches() -> None:
    ctx = image(rectangle(10, 10, 5, 5), tool="eraser", settings=SQUARE_TIP)
    (updated,) = edits_of("eraser", drag((60, 60), (12, 12)), ctx)
    # The tip of radius 2 at (12, 12) covers columns and rows 10 to 13: 9 of 25 pixels are left.
    assert isinstance(updated, Update) and area(updated.fields["shape"]) == 9


def test_erasing_where_nothing_is_says_so_or_changes_nothing() -> None:
    drafts, edits = play(TOOLS.tool("eraser"), drag((60, 60), (12, 12)), image(tool="eraser"))
    assert edits == [] and Notice("There is no mask on this image to erase.") in drafts
    untouched = image(rectangle(10, 10, 5, 5), tool="eraser", settings=SQUARE_TIP)
    assert edits_of("eraser", drag((60, 60), (40, 40)), untouched) == []
    selected = image(rectangle(10, 10, 5, 5), selected=["a"], tool="eraser", settings=SQUARE_TIP)
    assert edits_of("eraser", click(60, 60), selected) == []


def test_what_a_mask_has_outside_the_image_goes_when_the_rest_is_painted() -> None:
    outside = rectangle(-10, 10, 20, 5)
    ctx = image(outside, selected=["a"], tool="eraser", settings=SQUARE_TIP)
    (updated,) = edits_of("eraser", drag((-30, 12), (4, 12)), ctx)
    assert isinstance(updated, Update)
    assert updated.fields["shape"] == encode(painted(block(0, 10, 10, 5) - block(0, 10, 6, 4)))
    assert edits_of("eraser", drag((-30, 12), (-20, 12)), ctx) == []


def test_that_there_is_nothing_to_erase_is_said_once() -> None:
    drafts, _ = play(TOOLS.tool("eraser"), drag((60, 60), (50, 50), (12, 12)), image(tool="eraser"))
    assert len([draft for draft in drafts if isinstance(draft, Notice)]) == 1


def test_a_locked_mask_is_not_erased() -> None:
    view = AnnotationView("a", rectangle(10, 10, 20, 4), "cell", locked=True)
    ctx = Context(WIDTH, HEIGHT, [view], ["a"], "cell", {"radius": 5.0, "tip": "round"})
    assert edits_of("eraser", click(20, 12), ctx) == []
