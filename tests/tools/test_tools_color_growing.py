"""The growing tool, played as a person would use it, on a photo labeled by scipy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage
from skimage import data
from skimage.color import deltaE_cie76, rgb2lab

from tests.support.tool_player import TOOLS, click
from webapp.py.compute.color_growing import grow
from webapp.py.domain.shapes import Mask
from webapp.py.geometry.image_parts import ImagePart
from webapp.py.geometry.masks import decode_into, encode
from webapp.py.workspace.settings import values
from webapp.py.workspace.tool import (
    AnnotationView,
    Context,
    Create,
    Event,
    MaskPatch,
    Notice,
    Pointer,
    SetValue,
    Update,
    drag,
    play,
)

TOOL = TOOLS.tool("growing")
PHOTO: NDArray[np.uint8] = data.astronaut()[100:200, 150:280]  # type: ignore[no-untyped-call]
HEIGHT, WIDTH = PHOTO.shape[:2]


def image(*masks: NDArray[Any], selected: Sequence[str] = (), **settings: Any) -> Context:
    """The photo with masks "a", "b", … of class "cell"."""
    shapes = [encode(mask) for mask in masks]
    views = [AnnotationView("abc"[i], shape, "cell") for i, shape in enumerate(shapes) if shape]
    return Context(WIDTH, HEIGHT, views, selected, "cell", values(TOOL.settings, settings), image="photo.png")


def worker(image: ImagePart, **arguments: Any) -> Any:
    assert image == ImagePart("photo.png", 0, 0, WIDTH, HEIGHT, WIDTH, HEIGHT)
    return grow(PHOTO, **arguments)


def played(events: Sequence[Event], ctx: Context) -> tuple[list[Any], list[Any]]:
    return play(TOOL, events, ctx, {"grow": worker})


def region(column: int, row: int, tolerance: float, connectivity: int = 1) -> NDArray[np.bool_]:
    lab = rgb2lab(PHOTO)
    like = deltaE_cie76(lab, lab[row, column]) <= tolerance
    parts, _ = ndimage.label(like, ndimage.generate_binary_structure(2, connectivity))
    return np.asarray(parts == parts[row, column])


def pixels(shape: Any) -> NDArray[np.bool_]:
    assert isinstance(shape, Mask)
    return decode_into(shape, WIDTH, HEIGHT).astype(bool)


@pytest.mark.parametrize(("column", "row"), [(5, 5), (64, 20), (129, 99)])
def test_a_click_makes_a_mask_of_the_connected_pixels_of_like_color(column: int, row: int) -> None:
    _, (created,) = played(click(column + 0.4, row + 0.9), image(tolerance=14))
    assert isinstance(created, Create)
    assert np.array_equal(pixels(created.shape), region(column, row, 14))


def test_neighbors_by_their_corners_count_when_asked() -> None:
    _, (created,) = played(click(64.5, 20.5), image(tolerance=6, neighbors="8"))
    assert isinstance(created, Create)
    assert np.array_equal(pixels(created.shape), region(64, 20, 6, 2))


def test_a_distance_ends_the_growth() -> None:
    _, (created,) = played(click(64.5, 50.5), image(tolerance=100, distance=20))
    rows, columns = np.indices((HEIGHT, WIDTH))
    assert isinstance(created, Create)
    assert np.array_equal(pixels(created.shape), np.hypot(rows - 50, columns - 64) <= 20)


def test_it_adds_to_the_selected_mask_of_the_active_class() -> None:
    start = np.zeros((HEIGHT, WIDTH), bool)
    start[80:, :9] = True
    _, (update,) = played(click(64.5, 20.5), image(start, selected=["a"], tolerance=14))
    assert isinstance(update, Update) and update.id == "a"
    assert np.array_equal(pixels(update.fields["shape"]), start | region(64, 20, 14))


def test_erasing_takes_the_region_from_the_mask_under_the_pointer() -> None:
    full = np.ones((HEIGHT, WIDTH), bool)
    _, (update,) = played(click(64.5, 20.5), image(full, tolerance=14, mode="erase"))
    assert isinstance(update, Update)
    assert np.array_equal(pixels(update.fields["shape"]), ~region(64, 20, 14))


def test_erasing_where_no_mask_is_says_so() -> None:
    drafts, edits = played(click(64.5, 20.5), image(mode="erase"))
    assert edits == [] and any(isinstance(draft, Notice) for draft in drafts)


def test_a_press_beside_the_image_is_nothing() -> None:
    for point in ((-1, 5), (WIDTH, 5), (5, HEIGHT + 3)):
        assert played(click(*point), image())[1] == []


def test_dragging_changes_the_tolerance_both_ways_and_shows_each_region() -> None:
    way = drag((64.5, 20.5), (164.5, 20.5), (14.5, 90), (84.5, 20.5))
    drafts, (created,) = played(way, image(tolerance=12))
    assert [draft.value for draft in drafts if isinstance(draft, SetValue)] == [12, 22, 7, 14]
    seen = np.zeros((HEIGHT, WIDTH), np.uint8)
    shown = []
    for patch in drafts:
        if isinstance(patch, MaskPatch):
            high, wide = patch.pixels.shape
            seen[patch.y : patch.y + high, patch.x : patch.x + wide] = patch.pixels
            shown.append(seen.astype(bool))
    for one, tolerance in zip(shown, (12, 22, 7, 14), strict=True):
        assert np.array_equal(one, region(64, 20, tolerance))
    assert isinstance(created, Create)
    assert np.array_equal(pixels(created.shape), region(64, 20, 14))


def test_the_tolerance_stays_within_its_range() -> None:
    drafts, _ = played(drag((64.5, 20.5), (-5000, 20), (5000, 20)), image(tolerance=12))
    assert [draft.value for draft in drafts if isinstance(draft, SetValue)] == [12, 0, 100]


def test_zoomed_out_the_same_way_on_screen_means_the_same() -> None:
    events = [
        Pointer("press", 64.5, 20.5, scale=0.5),
        Pointer("move", 104.5, 20.5, scale=0.5),
        Pointer("release", 104.5, 20.5, scale=0.5),
    ]
    drafts, _ = played(events, image(tolerance=12))
    assert [draft.value for draft in drafts if isinstance(draft, SetValue)] == [12, 14]


def test_a_release_that_got_lost_ends_the_growth_where_it_was() -> None:
    events = [*drag((64.5, 20.5), (84.5, 20.5))[:-1], Pointer("hover", 5, 90)]
    drafts, (created,) = played(events, image(tolerance=12))
    assert [draft.value for draft in drafts if isinstance(draft, SetValue)] == [12, 14]
    assert isinstance(created, Create)
    assert np.array_equal(pixels(created.shape), region(64, 20, 14))


def test_of_a_huge_image_a_window_around_the_click_is_looked_at_and_an_end_there_is_told() -> None:
    seen: list[ImagePart] = []

    def far(image: ImagePart, seed: list[int], **_: Any) -> Any:
        seen.append(image)
        assert (image.x + seed[0], image.y + seed[1]) == (7000, 300)
        return {"x": 0, "y": seed[1], "pixels": np.ones((1, 9), bool)}

    ctx = Context(12_000, 9_000, settings=values(TOOL.settings), image="big", class_id="cell")
    drafts, (created,) = play(TOOL, click(7000.5, 300.5), ctx, {"grow": far})
    assert seen[0].rect == (7000 - 2048, 0, 4096, 300 + 2048) and seen[0].scale == 1
    assert isinstance(created, Create) and isinstance(created.shape, Mask)
    assert (created.shape.x, created.shape.y) == (7000 - 2048, 300)
    assert sum(isinstance(draft, Notice) for draft in drafts) == 1
