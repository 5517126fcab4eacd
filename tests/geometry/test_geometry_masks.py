"""Masks as run lengths and rasters, against brute force and hand computation."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.support.mask_pixels import bitmaps, on_pixels, pixels_of, places
from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import (
    area,
    clip_rect,
    decode,
    decode_into,
    decode_rect,
    decode_rows,
    encode,
    is_on,
    join_rects,
    subtract,
    union,
)
from webapp.py.geometry.rasters import Raster
from webapp.py.geometry.strokes import stroke


def test_a_mask_is_encoded_as_in_the_definition() -> None:
    bitmap = np.array([[0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 1, 0]])
    assert encode(bitmap, x=10, y=20) == Mask(x=11, y=21, width=3, height=2, runs=[1, 4, 1])


def test_a_mask_that_begins_on_has_an_empty_first_run() -> None:
    assert encode(np.ones((2, 2), dtype=bool)) == Mask(x=0, y=0, width=2, height=2, runs=[0, 4])


def test_nothing_painted_is_no_mask() -> None:
    assert encode(np.zeros((3, 3), dtype=np.uint8)) is None
    assert encode(np.zeros((0, 3), dtype=np.uint8)) is None


@given(bitmaps, places, places)
def test_what_is_encoded_is_what_was_painted(bitmap: np.ndarray, x: int, y: int) -> None:
    mask = encode(bitmap, x, y)
    assert on_pixels(mask) == pixels_of(bitmap, x, y)
    if mask is not None:
        tight = decode(mask)
        assert tight.any(axis=0)[[0, -1]].all() and tight.any(axis=1)[[0, -1]].all()
        assert pixels_of(tight, mask.x, mask.y) == on_pixels(mask)
        assert area(mask) == int(bitmap.sum())


@given(bitmaps, places, places)
def test_a_pixel_is_on_in_the_mask_where_it_was_painted(bitmap: np.ndarray, x: int, y: int) -> None:
    mask = encode(bitmap, x, y)
    if mask is not None:
        around = {(c, r) for c in range(x - 2, x + 12) for r in range(y - 2, y + 12)}
        assert {place for place in around if is_on(mask, *place)} == on_pixels(mask)


@given(bitmaps, places, places)
def test_pixels_outside_the_image_are_left_out(bitmap: np.ndarray, x: int, y: int) -> None:
    mask = encode(bitmap, x, y)
    if mask is not None:
        image = decode_into(mask, width=6, height=4)
        assert image.shape == (4, 6)
        assert pixels_of(image) == {(c, r) for c, r in on_pixels(mask) if 0 <= c < 6 and 0 <= r < 4}


@given(bitmaps, bitmaps, places, places)
def test_union_and_difference_are_those_of_the_pixels(
    first: np.ndarray, second: np.ndarray, x: int, y: int
) -> None:
    one, other = encode(first), encode(second, x, y)
    if one is not None and other is not None:
        assert on_pixels(union(one, other)) == on_pixels(one) | on_pixels(other)
        assert on_pixels(subtract(one, other)) == on_pixels(one) - on_pixels(other)


def test_rectangles_are_cut_and_joined() -> None:
    assert clip_rect((-3, 8, 10, 10), 5, 12) == (0, 8, 5, 4)
    assert clip_rect((5, 0, 3, 3), 5, 12) is None
    assert join_rects((1, 1, 2, 2), (0, 2, 1, 5)) == (0, 1, 3, 6)
    assert join_rects(None, None) is None


@given(bitmaps, st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 9), st.integers(1, 9)))
def test_a_part_of_a_mask_is_decoded_as_the_whole_is(
    bitmap: np.ndarray, rect: tuple[int, int, int, int]
) -> None:
    mask = encode(bitmap)
    if mask is not None:
        x, y = min(rect[0], mask.width - 1), min(rect[1], mask.height - 1)
        width, height = min(rect[2], mask.width - x), min(rect[3], mask.height - y)
        assert decode_rows(mask, y, y + height).tolist() == decode(mask)[y : y + height].tolist()
        part = decode_rect(mask, (x, y, width, height))
        assert part.tolist() == decode(mask)[y : y + height, x : x + width].tolist()


@given(arrays(np.uint8, (1, 90), elements=st.sampled_from([0, 0, 0, 1, 1, 1, 7, 255])), st.integers(1, 90))
def test_long_rows_of_any_length_are_encoded(line: np.ndarray, width: int) -> None:
    long = np.repeat(line, 3, axis=1)[:, : 270 // width * width].reshape(-1, width)
    mask = encode(long)
    assert on_pixels(mask) == pixels_of(long)
    if mask is not None:
        assert set(decode(mask, 255).flat) <= {0, 255}
        assert pixels_of(decode(mask, 255), mask.x, mask.y) == pixels_of(long)


WIDE, HIGH = 23, 17


whole = arrays(np.uint8, (HIGH, WIDE), elements=st.integers(0, 1))


ways = st.tuples(st.floats(-9, 30), st.floats(-9, 30), st.floats(-9, 30), st.floats(-9, 30))


brushes = st.tuples(
    ways, st.sampled_from([0.5, 1, 2.5, 6]), st.sampled_from(["round", "square"]), st.booleans()
)


@settings(max_examples=200)
@given(whole, st.lists(brushes, max_size=4), st.integers(2, 30))
def test_strokes_on_tiles_are_those_on_the_whole_image(
    picture: np.ndarray, strokes: list[Any], tile: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("webapp.py.geometry.rasters.TILE", tile)
        raster, shown = Raster(encode(picture), WIDE, HIGH), picture.copy()
        for (ax, ay, bx, by), radius, tip, paints in strokes:
            stroke(picture, (ax, ay), (bx, by), radius, tip, int(paints))
            for x, y, pixels in raster.stroke((ax, ay), (bx, by), radius, tip, int(paints)):
                shown[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
        assert raster.mask() == encode(picture)
        assert (raster.read((2, 3, 20, 11)) == picture[3:14, 2:22]).all()
    assert (shown == picture).all()


@given(whole, whole, st.integers(0, WIDE - 1), st.integers(0, HIGH - 1), st.integers(2, 30))
def test_a_rectangle_is_written_and_the_rest_stays(
    picture: np.ndarray, other: np.ndarray, x: int, y: int, tile: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("webapp.py.geometry.rasters.TILE", tile)
        raster = Raster(encode(picture), WIDE, HIGH)
        raster.write((x, y, WIDE - x, HIGH - y), other[y:, x:])
        picture[y:, x:] = other[y:, x:]
        assert raster.mask() == encode(picture)


def test_looking_at_pixels_changes_nothing_even_outside_the_image() -> None:
    mask = Mask(x=-2, y=15, width=40, height=5, runs=[0, 200])
    raster = Raster(mask, WIDE, HIGH)
    assert raster.read((0, 14, WIDE, 3)).tolist() == [[0] * WIDE, [1] * WIDE, [1] * WIDE]
    assert raster.mask() is mask
    raster.write((0, 0, 1, 1), np.ones((1, 1), np.uint8))
    assert on_pixels(raster.mask()) == {(0, 0)} | {(c, r) for c in range(WIDE) for r in (15, 16)}


def test_erasing_everything_leaves_no_mask() -> None:
    raster = Raster(Mask(x=3, y=3, width=5, height=5, runs=[0, 25]), WIDE, HIGH)
    raster.stroke((5, 5), (6, 6), 9, value=0)
    assert raster.mask() is None


def test_a_stroke_on_a_large_mask_needs_little_memory() -> None:
    mask = Mask(x=0, y=0, width=12_000, height=9_000, runs=[0, 108_000_000])
    tracemalloc.start()
    raster = Raster(mask, 12_000, 9_000)
    raster.stroke((1000, 1000), (3000, 1500), 50, value=0)
    cut = raster.mask()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert cut is not None and peak < 12_000_000
    # A disk that moves leaves a strip with two half disks at its ends.
    expected = 12_000 * 9_000 - (np.pi * 50**2 + 100 * np.hypot(2000, 500))
    assert abs(area(cut) - expected) < 200
