"""Strokes and stamps: the pixels whose centers they reach, against exact arithmetic and scikit-image."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.draw import disk
from skimage.measure import label

from tests.support.mask_pixels import pixels_of, quarters
from webapp.py.geometry.strokes import stamp, stroke


def covered(
    start: tuple[float, float], end: tuple[float, float], radius: float, tip: str
) -> set[tuple[int, int]]:
    """Every pixel of a 12 x 10 image that the brush covers, center by center."""
    found = set()
    (ax, ay), (bx, by) = ([Fraction(v) for v in point] for point in (start, end))
    for row in range(10):
        for column in range(12):
            x, y = Fraction(2 * column + 1, 2), Fraction(2 * row + 1, 2)
            if tip == "round":
                length = (bx - ax) ** 2 + (by - ay) ** 2
                along = (x - ax) * (bx - ax) + (y - ay) * (by - ay)
                share = min(max(along / length, Fraction(0)), Fraction(1)) if length else Fraction(0)
                right, down = x - ax - share * (bx - ax), y - ay - share * (by - ay)
                near = right * right + down * down <= Fraction(radius) ** 2
            else:
                near = square_reaches(x, y, start, end, radius)
            if near:
                found.add((column, row))
    return found


def square_reaches(
    x: Fraction, y: Fraction, start: tuple[float, float], end: tuple[float, float], radius: float
) -> bool:
    """Whether some point of the way is within radius in x and in y, by rational numbers."""
    (ax, ay), (bx, by) = ([Fraction(v) for v in point] for point in (start, end))
    r = Fraction(radius)
    low, high = Fraction(0), Fraction(1)
    for offset, way in ((x - ax, bx - ax), (y - ay, by - ay)):
        if way == 0:
            if abs(offset) > r:
                return False
            continue
        first, last = sorted(((offset - r) / way, (offset + r) / way))
        low, high = max(low, first), min(high, last)
    return low <= high


spots = st.tuples(quarters, quarters)


@given(spots, spots, st.sampled_from([1, 1.25, 2.5, 4]), st.sampled_from(["round", "square"]))
def test_a_stroke_covers_the_pixels_whose_centers_it_reaches(
    start: tuple[float, float], end: tuple[float, float], radius: float, tip: str
) -> None:
    pixels = np.zeros((10, 12), dtype=np.uint8)
    dirty = stroke(pixels, start, end, radius, tip)  # type: ignore[arg-type]
    assert pixels_of(pixels) == covered(start, end, radius, tip)
    outside = pixels.copy()
    if dirty is not None:
        x, y, width, height = dirty
        assert x >= 0 and y >= 0 and x + width <= 12 and y + height <= 10
        outside[y : y + height, x : x + width] = 0
    assert not outside.any()


eighths = st.integers(-160, 1400)


@given(st.tuples(eighths, eighths), st.tuples(eighths, eighths), st.sampled_from([4, 37, 100, 401]))
def test_a_wide_stroke_covers_the_pixels_whose_centers_it_reaches(
    start: tuple[int, int], end: tuple[int, int], radius: int
) -> None:
    # In eighths of a pixel all is whole numbers, and nothing is rounded.
    pixels = np.zeros((130, 150), dtype=np.uint8)
    stroke(pixels, (start[0] / 8, start[1] / 8), (end[0] / 8, end[1] / 8), radius / 8)
    x, y = (4 + 8 * np.arange(150) - start[0])[None, :], (4 + 8 * np.arange(130) - start[1])[:, None]
    dx, dy = end[0] - start[0], end[1] - start[1]
    along, length = x * dx + y * dy, dx * dx + dy * dy
    between = (along >= 0) & (along <= length) & ((x * dy - y * dx) ** 2 <= radius**2 * length)
    near = (x**2 + y**2 <= radius**2) | ((x - dx) ** 2 + (y - dy) ** 2 <= radius**2)
    expected = near | between if length else near
    assert (pixels == expected).all()


@given(spots, spots)
def test_erasing_a_stroke_takes_away_what_painting_it_covers(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    pixels = np.ones((10, 12), dtype=np.uint8)
    stroke(pixels, start, end, 2.5, value=0)
    assert pixels_of(1 - pixels) == covered(start, end, 2.5, "round")


@pytest.mark.parametrize("radius", [1.2, 5.3, 20.7])
def test_a_round_stamp_is_the_disk_of_scikit_image(radius: float) -> None:
    pixels = np.zeros((64, 64), dtype=np.uint8)
    stamp(pixels, (30.5, 31.5), radius)
    expected = np.zeros_like(pixels)
    expected[disk((31, 30), radius, shape=expected.shape)] = 1  # its pixel centers are whole numbers
    assert (pixels == expected).all()


def test_a_square_stamp_of_half_a_pixel_is_one_pixel() -> None:
    pixels = np.zeros((3, 3), dtype=np.uint8)
    assert stamp(pixels, (1.3, 1.8), 0.5, "square") is not None
    assert pixels_of(pixels) == {(1, 1)}


def test_a_stroke_beside_the_image_changes_nothing() -> None:
    pixels = np.zeros((3, 3), dtype=np.uint8)
    assert stroke(pixels, (-50, 1), (-5, 2), 2) is None
    assert not pixels.any()


def test_a_long_stroke_has_no_gaps() -> None:
    pixels = np.zeros((700, 700), dtype=np.uint8)
    assert stroke(pixels, (3.5, 3.5), (690.5, 690.5), 1) == (2, 2, 690, 690)
    assert pixels.diagonal()[3:691].all()
    assert label(pixels, connectivity=1, return_num=True)[1] == 1
