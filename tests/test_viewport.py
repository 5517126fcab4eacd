"""The camera: what stays where when the person zooms, pans and resizes the window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.py.workspace.viewport import CLOSEST, KEEP, MARGIN, Viewport

VIEW = Viewport(800, 600, 4000, 2000).fitted()


def test_a_fitted_image_touches_the_margin_on_its_longer_side_and_is_centred() -> None:
    left, top = VIEW.to_view(0, 0)
    right, bottom = VIEW.to_view(4000, 2000)
    assert (left, right) == pytest.approx((MARGIN, 800 - MARGIN))
    assert top == pytest.approx(600 - bottom)


@given(st.floats(0, 800), st.floats(0, 600), st.lists(st.floats(0.3, 3.0), min_size=1, max_size=8))
def test_zooming_holds_the_point_under_the_pointer(x: float, y: float, factors: list[float]) -> None:
    view = VIEW.zoomed(8)
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


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_the_image_can_never_be_dragged_out_of_sight(dx: float, dy: float) -> None:
    view = VIEW.zoomed(4).panned(dx, dy)
    left, top = view.to_view(0, 0)
    right, bottom = view.to_view(4000, 2000)
    assert right >= KEEP - 1e-6
    assert bottom >= KEEP - 1e-6
    assert left <= 800 - KEEP + 1e-6
    assert top <= 600 - KEEP + 1e-6


def test_image_and_view_coordinates_are_each_others_reverse() -> None:
    view = VIEW.zoomed(3, 100, 200).panned(17, -4)
    assert view.to_image(*view.to_view(123.25, 456.75)) == pytest.approx((123.25, 456.75))


def test_a_fitted_image_stays_fitted_when_the_window_changes_and_another_keeps_its_zoom() -> None:
    assert VIEW.resized(400, 400).zoom == pytest.approx(Viewport(400, 400, 4000, 2000).fit_zoom)
    closer = VIEW.zoomed(5)
    assert closer.resized(400, 400).zoom == closer.zoom


def test_actual_size_is_one_image_pixel_per_css_pixel() -> None:
    assert VIEW.actual_size().zoom == pytest.approx(1.0)
