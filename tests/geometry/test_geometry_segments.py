"""Label maps: the pixels of segments and the segments on a way, checked with exact fractions."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import floor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from webapp.py.geometry.image_parts import part_of
from webapp.py.geometry.segments import Segments, pixels_along

HALVES = st.integers(-12, 40).map(lambda n: n / 4)


def cut(labels: NDArray[np.int32], rect: tuple[int, int, int, int]) -> Segments:
    boxes = [(x.start, y.start, x.stop, y.stop) for y, x in find_objects(labels)]
    return Segments(labels, np.array(boxes, np.int32), rect)


@st.composite
def maps(draw: st.DrawFn) -> tuple[NDArray[np.int32], tuple[int, int, int, int]]:
    """A map with gapless labels, over a rectangle that has at least as many pixels each way."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    count = draw(st.integers(1, rows * columns))
    cells = draw(st.lists(st.integers(1, count), min_size=rows * columns, max_size=rows * columns))
    labels = np.unique(cells, return_inverse=True)[1].reshape(rows, columns).astype(np.int32) + 1
    width, height = draw(st.integers(columns, 15)), draw(st.integers(rows, 15))
    return labels, (draw(st.integers(0, 9)), draw(st.integers(0, 9)), width, height)


def label_of(labels: NDArray[np.int32], rect: tuple[int, int, int, int], column: int, row: int) -> int:
    x, y, width, height = rect
    high, wide = labels.shape
    across = floor((column - x + Fraction(1, 2)) * wide / width)
    return int(labels[floor((row - y + Fraction(1, 2)) * high / height), across])


@settings(deadline=None)
@given(maps())
def test_every_pixel_belongs_to_the_segment_that_its_center_lies_in(
    made: tuple[NDArray[np.int32], tuple[int, int, int, int]],
) -> None:
    labels, rect = made
    segments = cut(labels, rect)
    found = np.zeros((25, 25), np.int32)
    for segment in range(1, labels.max() + 1):
        (x, y, width, height), on = segments.pixels(segment)
        assert on.shape == (height, width)
        assert not (found[y : y + height, x : x + width] * on).any()
        found[y : y + height, x : x + width] += on * np.int32(segment)
    for row in range(25):
        for column in range(25):
            inside = rect[0] <= column < rect[0] + rect[2] and rect[1] <= row < rect[1] + rect[3]
            expected = label_of(labels, rect, column, row) if inside else 0
            assert found[row, column] == expected
            assert segments.at((column + 0.5, row + 0.5)) == (expected or None)


@settings(deadline=None)
@given(HALVES, HALVES, HALVES, HALVES)
def test_a_way_crosses_exactly_the_pixels_whose_inside_it_meets(
    x0: float, y0: float, x1: float, y1: float
) -> None:
    columns, rows = pixels_along((x0, y0), (x1, y1))
    crossed = list(zip(columns.tolist(), rows.tolist(), strict=True))
    expected = {
        (column, row)
        for column in range(-5, 12)
        for row in range(-5, 12)
        if meets_inside((x0, y0), (x1, y1), column, row)
    }
    # A way along a line between pixels meets no pixel's inside; it then takes those right of it or below.
    assert expected <= set(crossed)
    for column, row in set(crossed) - expected:
        on_line = (x0 == x1 == column) or (y0 == y1 == row) or (x0, y0) == (x1, y1)
        assert on_line
    for (column, row), (next_column, next_row) in itertools.pairwise(crossed):
        assert max(abs(column - next_column), abs(row - next_row)) == 1


def meets_inside(start: tuple[float, float], end: tuple[float, float], column: int, row: int) -> bool:
    """Whether a way goes through the open square of a pixel, by the times at which it enters and leaves."""
    enters, leaves = Fraction(0), Fraction(1)
    for low, a, b in ((column, start[0], end[0]), (row, start[1], end[1])):
        if a == b:
            if not low < a < low + 1:
                return False
            continue
        times = sorted((low + side - Fraction(a)) / (Fraction(b) - Fraction(a)) for side in (0, 1))
        enters, leaves = max(enters, times[0]), min(leaves, times[1])
    return enters < leaves or (start == end and enters <= leaves)


def test_a_way_from_far_outside_meets_the_segments_in_its_order() -> None:
    labels = np.array([[1, 2, 3]], np.int32)
    segments = cut(labels, (100, 50, 9, 3))
    assert segments.along((500, 51), (-500, 51)) == [3, 2, 1]
    assert segments.along((0, 0), (500, 20)) == []


def test_a_part_is_never_larger_than_asked_nor_empty() -> None:
    for rect in ((0, 0, 12_000, 9_000), (5, 5, 1, 50_000), (0, 0, 3, 2), (0, 0, 70_000, 1)):
        part = part_of("big", rect, 1000)
        assert 1 <= part.columns <= rect[2] and 1 <= part.rows <= rect[3]
        assert part.columns * part.rows <= max(1000, part.columns, part.rows)
