"""The camera: what stays where when the person zooms, pans and resizes the window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.py.workspace.brightness_contrast import BrightnessContrast
from webapp.py.workspace.camera import CLOSEST, KEEP, MARGIN, Camera

VIEW = Camera(800, 600, 4000, 2000).fitted()
TURNS = st.lists(st.sampled_from(["right", "left", "horizontal", "vertical"]), max_size=6)
ASPECTS = st.sampled_from([1.0, 2.0, 0.4])


def stand(view: Camera, turns: list[str]) -> Camera:
    """Turn and flip a view, one after the other."""
    for turn in turns:
        if turn in ("right", "left"):
            view = view.turned(1 if turn == "right" else -1)
        else:
            view = view.flipped("horizontal" if turn == "horizontal" else "vertical")
    return view


def test_a_fitted_image_touches_the_margin_on_its_longer_side_and_is_centerd() -> None:
    left, top = VIEW.to_view(0, 0)
    right, bottom = VIEW.to_view(4000, 2000)
    assert (left, right) == pytest.approx((MARGIN, 800 - MARGIN))
    assert top == pytest.approx(600 - bottom)


@given(st.floats(0, 800), st.floats(0, 600), st.lists(st.floats(0.3, 3.0), min_size=1, max_size=8), TURNS)
def test_zooming_holds_the_point_under_the_pointer(
    x: float, y: float, factors: list[float], turns: list[str]
) -> None:
    view = stand(VIEW.zoomed(8), turns)
    for factor in factors:
        before = view.to_image(x, y)
        after = view.zoomed(factor, x, y)
        inside = 0 <= before[0] <= 4000 and 0 <= before[1] <= 2000
        if inside:
            assert after.to_image(x, y) == pytest.approx(before, abs=1e-6)
        view = after


def test_zoom_stays_between_half_the_fit_and_the_closest() -> None:
    assert VIEW.zoomed(1e-9).zoom == pytest.approx(VIEW.fit_zoom / 2)
    assert VIEW.zoomed(1e9).zoom == CLOSEST


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), TURNS, ASPECTS)
def test_the_image_can_never_be_dragged_out_of_sight(
    dx: float, dy: float, turns: list[str], aspect: float
) -> None:
    view = stand(replace(VIEW, aspect=aspect).fitted().zoomed(4), turns).panned(dx, dy)
    corners = view.to_view(0, 0), view.to_view(4000, 2000)
    (left, right), (top, bottom) = (sorted(axis) for axis in zip(*corners, strict=True))
    assert right >= KEEP - 1e-6
    assert bottom >= KEEP - 1e-6
    assert left <= 800 - KEEP + 1e-6
    assert top <= 600 - KEEP + 1e-6


@given(st.floats(-500, 4500), st.floats(-500, 2500), TURNS, ASPECTS)
def test_image_and_view_coordinates_are_each_others_reverse(
    x: float, y: float, turns: list[str], aspect: float
) -> None:
    view = stand(replace(VIEW, aspect=aspect).fitted().zoomed(3, 100, 200).panned(17, -4), turns)
    there = view.to_view(x, y)
    assert view.to_image(*there) == pytest.approx((x, y))
    a, b, c, d, e, f = view.matrix
    assert there == pytest.approx((a * x + c * y + e, b * x + d * y + f), abs=1e-6)
    a, b, c, d, e, f = view.even_matrix
    assert there == pytest.approx((a * x + c * y * aspect + e, b * x + d * y * aspect + f), abs=1e-6)


def test_pixels_twice_as_high_as_wide_are_shown_so_however_the_view_stands() -> None:
    tall = replace(VIEW, aspect=2.0).fitted()
    assert tall.fit_zoom == pytest.approx((600 - 2 * MARGIN) / 4000)  # 2000 rows, each as high as two columns
    for turns, mirrored in ((0, False), (1, False), (2, True), (3, True)):
        view = replace(tall.turned(turns), mirrored=mirrored)
        (x, y), (right, beside), (below, down) = (
            view.to_view(*at) for at in ((700, 700), (710, 700), (700, 710))
        )
        wide, high = abs(right - x) + abs(beside - y), abs(below - x) + abs(down - y)
        assert (wide, high) == pytest.approx((10 * view.zoom, 20 * view.zoom))
        assert (abs(right - x) > 0) == (turns % 2 == 0)
    sideways = tall.turned(1)
    assert sideways.fit_zoom == pytest.approx(min((800 - 2 * MARGIN) / 4000, (600 - 2 * MARGIN) / 4000))


def test_the_scale_of_a_view_lies_between_those_of_both_axes() -> None:
    assert VIEW.scale == VIEW.zoom
    assert replace(VIEW, aspect=4.0).scale == pytest.approx(2 * VIEW.zoom)


@given(TURNS, ASPECTS)
def test_a_view_that_is_linked_shows_the_same_place_of_an_image_of_other_pixels(
    turns: list[str], aspect: float
) -> None:
    other = stand(VIEW.zoomed(3, 100, 200), turns)
    linked = replace(VIEW, aspect=aspect).like(other)
    assert linked.to_view(other.x, other.y) == pytest.approx((400, 300))
    assert linked.aspect == aspect


def test_a_fitted_image_stays_fitted_when_the_window_changes_and_another_keeps_its_zoom() -> None:
    assert VIEW.resized(400, 400).zoom == pytest.approx(Camera(400, 400, 4000, 2000).fit_zoom)
    closer = VIEW.zoomed(5)
    assert closer.resized(400, 400).zoom == closer.zoom


def test_actual_size_is_one_image_pixel_per_css_pixel() -> None:
    assert VIEW.actual_size().zoom == pytest.approx(1.0)


def test_a_quarter_to_the_right_brings_the_left_edge_to_the_top() -> None:
    view = VIEW.turned(1)
    left, top = view.to_view(0, 2000)
    right, bottom = view.to_view(4000, 0)
    assert (top, bottom) == pytest.approx((MARGIN, 600 - MARGIN))
    assert left < right
    assert view.to_view(0, 1000)[1] == pytest.approx(MARGIN)


def test_a_view_flipped_horizontally_exchanges_left_and_right_of_what_is_seen_however_it_stands() -> None:
    for turns in range(4):
        view = VIEW.turned(turns)
        flipped = view.flipped("horizontal")
        x, y = view.to_view(100, 300)
        assert flipped.to_view(100, 300) == pytest.approx((800 - x, y))
        assert view.flipped("vertical").to_view(100, 300) == pytest.approx((x, 600 - y))


@given(TURNS)
def test_turning_back_and_flipping_twice_changes_nothing(turns: list[str]) -> None:
    view = stand(VIEW.zoomed(3, 100, 200), turns)
    assert stand(view, ["right"] * 4) == stand(view, ["left", "right"]) == view
    for way in ("horizontal", "vertical"):
        assert stand(view, [way, way]) == view
    assert stand(view, ["horizontal", "vertical"]) == stand(view, ["right", "right"])


@given(st.floats(-300, 300), st.floats(-300, 300), TURNS, ASPECTS)
def test_panning_moves_every_point_as_far_as_the_pointer(
    dx: float, dy: float, turns: list[str], aspect: float
) -> None:
    view = stand(replace(VIEW, aspect=aspect).zoomed(8), turns)
    x, y = view.to_view(2000, 1000)
    assert view.panned(dx, dy).to_view(2000, 1000) == pytest.approx((x + dx, y + dy))


@given(
    st.tuples(st.floats(100, 700), st.floats(100, 500)),
    st.tuples(st.floats(100, 700), st.floats(100, 500)),
    st.floats(0.5, 2),
    TURNS,
)
def test_a_pinch_keeps_the_image_under_both_fingers(
    middle: tuple[float, float], after: tuple[float, float], grown: float, turns: list[str]
) -> None:
    view = stand(VIEW.zoomed(16), turns)
    start = ((middle[0] - 40, middle[1]), (middle[0] + 40, middle[1]))
    end = ((after[0] - 40 * grown, after[1]), (after[0] + 40 * grown, after[1]))
    pinched = view.pinched(start, end)
    assert pinched.zoom == pytest.approx(view.zoom * grown)
    for before, now in zip(start, end, strict=True):
        assert pinched.to_image(*now) == pytest.approx(view.to_image(*before), abs=1e-6)


@given(TURNS, ASPECTS)
def test_a_rectangle_of_the_image_fills_the_view(turns: list[str], aspect: float) -> None:
    view = stand(replace(VIEW, aspect=aspect), turns).shown(1400, 700, 1000, 500)
    corners = view.to_view(1000, 500), view.to_view(1400, 700)
    (left, right), (top, bottom) = (sorted(axis) for axis in zip(*corners, strict=True))
    assert left >= -1e-6 and right <= 800 + 1e-6 and top >= -1e-6 and bottom <= 600 + 1e-6
    assert right - left == pytest.approx(800) or bottom - top == pytest.approx(600)


def test_a_linked_view_takes_the_camera_and_keeps_its_own_size_and_image() -> None:
    other = Camera(300, 900, 1000, 3000).fitted().turned(1).zoomed(4).panned(30, 20)
    linked = VIEW.like(other)
    assert (linked.zoom, linked.x, linked.y, linked.turns) == (other.zoom, other.x, other.y, 1)
    assert (linked.width, linked.height, linked.image_width) == (800, 600, 4000)


def test_light_brightens_and_steepens_within_its_ends() -> None:
    assert (BrightnessContrast().factor, BrightnessContrast().offset) == (1.0, 0.0)
    assert BrightnessContrast(contrast=-100).factor == 1 / 8
    assert BrightnessContrast(90, 0).changed(brightness=50) == BrightnessContrast(100, 0)
    assert BrightnessContrast(0, 10).changed(contrast=-500) == BrightnessContrast(0, -100)
