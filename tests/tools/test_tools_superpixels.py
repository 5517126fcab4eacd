"""The superpixel tool, played as a person would use it, on a photo cut by scikit-image itself."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data
from skimage.segmentation import slic

from tests.support.tool_player import TOOLS, click
from webapp.py.compute.superpixels import segments
from webapp.py.domain.shapes import Mask
from webapp.py.geometry.image_parts import ImagePart
from webapp.py.geometry.masks import decode_into, encode
from webapp.py.workspace.settings import values
from webapp.py.workspace.tool import (
    AnnotationView,
    Ask,
    Context,
    Create,
    Cursor,
    Delete,
    Edit,
    Event,
    MaskPatch,
    Outlines,
    Pointer,
    Prepared,
    Update,
    drag,
    play,
    shown_settings,
)

TOOL = TOOLS.tool("superpixels")
PHOTO: NDArray[np.uint8] = data.astronaut()[100:200, 150:280]  # type: ignore[no-untyped-call]
HEIGHT, WIDTH = PHOTO.shape[:2]
LABELS: NDArray[np.intp] = slic(
    PHOTO, n_segments=round(WIDTH * HEIGHT / 12**2), compactness=10, sigma=0, start_label=1
)


def ready(*masks: NDArray[Any], selected: Sequence[str] = (), cut: bool = True, **settings: Any) -> Context:
    """The photo with masks "a", "b", … of class "cell", and its segments at hand."""
    shapes = [encode(mask) for mask in masks]
    views = [AnnotationView("abc"[i], shape, "cell") for i, shape in enumerate(shapes) if shape]
    known = values(TOOL.settings, {"size": 12, **settings})
    asked = TOOL.prepare(Context(WIDTH, HEIGHT, settings={**known, "by": "segments"}, image="photo.png"))
    assert asked is not None
    answer = segments(PHOTO, asked.arguments["size"], asked.arguments["compactness"])
    prepared = Prepared(asked, answer) if cut else None
    return Context(
        WIDTH,
        HEIGHT,
        views,
        selected,
        "cell",
        known,
        image="photo.png",
        prepared=prepared,
    )


def pixels(shape: Any) -> NDArray[np.bool_]:
    assert isinstance(shape, Mask)
    return decode_into(shape, WIDTH, HEIGHT).astype(bool)


def crossed(*points: tuple[float, float]) -> NDArray[np.bool_]:
    """The pixels of all segments under a way, found by going it in tiny steps."""
    found: set[int] = set()
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        for share in np.linspace(0, 1, 5000):
            found.add(int(LABELS[int(y0 + share * (y1 - y0)), int(x0 + share * (x1 - x0))]))
    return np.isin(LABELS, list(found))


def edits_of(events: Sequence[Event], ctx: Context) -> list[Edit]:
    return play(TOOL, events, ctx)[1]


@pytest.mark.parametrize("at", [(3.5, 4.5), (64.2, 50.9), (129.99, 99.99)])
def test_a_click_fills_the_segment_of_scikit_image_under_it(at: tuple[float, float]) -> None:
    (created,) = edits_of(click(*at), ready())
    assert isinstance(created, Create)
    assert np.array_equal(pixels(created.shape), LABELS[int(at[1]), int(at[0])] == LABELS)


WAY = ((5.3, 5.1), (120.7, 60.2), (40.4, 90.9))


def test_a_drag_fills_every_segment_that_it_crosses_also_between_two_events() -> None:
    drafts, (created,) = play(TOOL, drag(*WAY), ready())
    assert isinstance(created, Create)
    assert np.array_equal(pixels(created.shape), crossed(*WAY))
    seen = np.zeros((HEIGHT, WIDTH), np.uint8)
    for patch in drafts:
        if isinstance(patch, MaskPatch):
            high, wide = patch.pixels.shape
            seen[patch.y : patch.y + high, patch.x : patch.x + wide] = patch.pixels
    assert np.array_equal(seen.astype(bool), crossed(*WAY))


def test_it_goes_on_with_the_selected_mask_of_the_active_class() -> None:
    start = LABELS[50, 60] == LABELS
    (update,) = edits_of(click(5, 5), ready(start, selected=["a"]))
    assert isinstance(update, Update) and update.id == "a"
    assert np.array_equal(pixels(update.fields["shape"]), start | (LABELS[5, 5] == LABELS))


def test_a_segment_that_is_full_already_changes_nothing() -> None:
    assert edits_of(click(60.5, 50.5), ready(LABELS[50, 60] == LABELS, selected=["a"])) == []


def test_erasing_clears_segments_from_the_mask_under_the_pointer() -> None:
    below, above = np.zeros((2, HEIGHT, WIDTH), np.uint8)
    below[:] = 1
    above[0:30, 0:60] = 1
    (update,) = edits_of(drag((3, 3), (50, 20)), ready(below, above, mode="erase"))
    assert isinstance(update, Update) and update.id == "b"
    assert np.array_equal(pixels(update.fields["shape"]), above.astype(bool) & ~crossed((3, 3), (50, 20)))


def test_erasing_takes_from_the_selected_mask_whatever_lies_above() -> None:
    full = np.ones((2, HEIGHT, WIDTH), np.uint8)
    (update,) = edits_of(click(3, 3), ready(*full, selected=["a"], mode="erase"))
    assert isinstance(update, Update) and update.id == "a"


def test_erasing_the_last_segment_deletes_the_mask() -> None:
    assert edits_of(click(60.5, 50.5), ready(LABELS[50, 60] == LABELS, mode="erase")) == [Delete("a")]


def test_erasing_begins_at_the_first_mask_that_a_drag_meets() -> None:
    right = np.zeros((HEIGHT, WIDTH), np.uint8)
    right[:, 70:] = 1
    (update,) = edits_of(drag((3.5, 50.5), (125.5, 50.5)), ready(right, mode="erase"))
    assert isinstance(update, Update)
    assert np.array_equal(
        pixels(update.fields["shape"]), right.astype(bool) & ~crossed((3.5, 50.5), (125.5, 50.5))
    )


def test_a_locked_or_hidden_mask_is_left_alone() -> None:
    full = encode(np.ones((HEIGHT, WIDTH), np.uint8))
    assert full is not None
    ctx = ready(mode="erase")
    for view in (
        AnnotationView("a", full, "cell", locked=True),
        AnnotationView("a", full, "cell", hidden=True),
    ):
        held = Context(WIDTH, HEIGHT, [view], settings=ctx.settings, prepared=ctx.prepared)
        assert edits_of(click(3, 3), held) == []


def test_a_drag_before_the_segments_are_there_fills_them_once_they_are() -> None:
    asked: list[dict[str, Any]] = []

    def cut(**arguments: Any) -> Any:
        asked.append(arguments)
        return segments(PHOTO, arguments["size"], arguments["compactness"])

    waiting, known = ready(cut=False), ready()
    assert known.prepared is not None
    _, (created,) = play(TOOL, drag(*WAY), waiting, {"segments": cut})
    assert isinstance(created, Create)
    assert np.array_equal(pixels(created.shape), crossed(*WAY))
    assert asked == [known.prepared.ask.arguments]


def test_a_stroke_that_leaves_the_image_and_comes_back_keeps_what_it_crossed() -> None:
    (created,) = edits_of(drag((3.5, 3.5), (-200, -100), (500, 3.5), (125.5, 3.5)), ready())
    assert isinstance(created, Create)
    on = pixels(created.shape)
    assert on[3, 3] and on[3, 125] and on.sum() < WIDTH * HEIGHT / 4


def test_a_release_that_got_lost_ends_the_drag_where_it_was() -> None:
    events = [*drag((3.5, 3.5), (50.5, 20.5))[:-1], Pointer("hover", 120, 90), Pointer("hover", 5, 90)]
    (created,) = edits_of(events, ready())
    assert isinstance(created, Create)
    assert np.array_equal(pixels(created.shape), crossed((3.5, 3.5), (50.5, 20.5)))


def test_by_brush_it_paints_and_erases_as_the_brush_does() -> None:
    ctx = ready(by="brush", radius=6, tip="square")
    (created,) = edits_of(click(40, 30), ctx)
    assert isinstance(created, Create)
    square = np.zeros((HEIGHT, WIDTH), bool)
    square[24:36, 34:46] = True
    assert np.array_equal(pixels(created.shape), square)
    (update,) = edits_of(click(34, 30), ready(square, by="brush", radius=6, tip="square", mode="erase"))
    assert isinstance(update, Update)
    square[24:36, 34:40] = False
    assert np.array_equal(pixels(update.fields["shape"]), square)
    assert TOOL.cursor(ctx, Pointer("hover", 5, 5)) == Cursor("square", 6)
    assert TOOL.prepare(ctx) is None and TOOL.outlines(ctx) is None


# --- what is asked of the worker


def asked(ctx: Context) -> tuple[Ask, ImagePart]:
    ask = TOOL.prepare(ctx)
    assert ask is not None
    part = ask.arguments["image"]
    assert isinstance(part, ImagePart)
    return ask, part


def large(visible: tuple[int, int, int, int], prepared: Prepared | None = None, **settings: Any) -> Context:
    known = values(TOOL.settings, settings)
    return Context(12_000, 9_000, settings=known, image="big.jpg", visible=visible, prepared=prepared)


def test_a_small_image_is_cut_whole_wherever_the_view_is() -> None:
    known = values(TOOL.settings)
    seen = [Context(1000, 1000, settings=known, image="a", visible=(x, 0, 50, 50)) for x in (0, 400)]
    (one, part), (other, _) = (asked(ctx) for ctx in seen)
    assert one == other and part == ImagePart("a", 0, 0, 1000, 1000, 1000, 1000)


def test_of_a_large_image_some_more_than_the_view_is_cut_and_stays_while_it_covers_the_view() -> None:
    ask, part = asked(large((4000, 4000, 800, 800)))
    assert part.rect == (3900, 3900, 1000, 1000) and part.scale == 1
    kept = Prepared(ask, {})
    assert asked(large((4090, 3910, 800, 800), kept))[0] == ask
    assert asked(large((4101, 3910, 800, 800), kept))[0] != ask
    assert asked(large((4090, 3910, 800, 800), kept, size=30))[1] == part


def test_a_view_on_all_of_a_large_image_is_scaled_down_and_cut_again_when_zoomed_in() -> None:
    ask, part = asked(large((0, 0, 12_000, 9_000), size=120))
    assert part.rect == (0, 0, 12_000, 9_000) and part.columns * part.rows <= 2**20
    assert ask.arguments["size"] == pytest.approx(120 * part.scale)
    near = asked(large((100, 100, 600, 600), Prepared(ask, {}), size=120))
    assert near[1].scale == 1 and near[0].arguments["size"] == 120


def test_segments_are_never_asked_for_smaller_than_they_can_be() -> None:
    assert asked(large((0, 0, 12_000, 9_000), size=6))[0].arguments["size"] == 8
    assert asked(large((0, 0, 500, 500), size=6))[0].arguments["size"] == 6


def test_the_whole_image_is_cut_when_that_is_chosen() -> None:
    one = asked(large((0, 0, 100, 100), region="image"))
    assert one[1].rect == (0, 0, 12_000, 9_000) and 2**20 < one[1].columns * one[1].rows <= 2**22
    assert one == asked(large((5000, 5000, 100, 100), region="image"))


def test_the_borders_shown_are_those_of_the_segments() -> None:
    ctx = ready()
    shown = TOOL.outlines(ctx)
    assert isinstance(shown, Outlines) and shown.rect == (0, 0, WIDTH, HEIGHT)
    assert np.array_equal(shown.levels[:, 1:] != shown.levels[:, :-1], LABELS[:, 1:] != LABELS[:, :-1])


def test_borders_too_close_to_be_told_apart_are_not_shown() -> None:
    ctx = ready()
    assert TOOL.outlines(replace(ctx, scale=0.34)) is not None
    assert TOOL.outlines(replace(ctx, scale=0.33)) is None


def test_the_panel_shows_what_matters() -> None:
    by_segments = {one.name for one in shown_settings(TOOL, values(TOOL.settings))}
    by_brush = {one.name for one in shown_settings(TOOL, values(TOOL.settings, {"by": "brush"}))}
    assert by_segments == {"mode", "by", "size", "compactness", "region"}
    assert by_brush == {"mode", "by", "radius", "tip"}
