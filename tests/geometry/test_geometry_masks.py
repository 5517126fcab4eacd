"""Masks: run lengths, strokes, filling, contours, against brute force, scikit-image and hand computation."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.draw import disk
from skimage.measure import label

from webapp.py.domain.shapes import Mask, Polygon
from webapp.py.geometry.contours import mask_polygons
from webapp.py.geometry.filling import fill, polygon_mask
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
from webapp.py.geometry.polygons import signed_area
from webapp.py.geometry.rasters import Raster
from webapp.py.geometry.strokes import stamp, stroke

settings.register_profile("limner", deadline=None)
settings.load_profile("limner")

bitmaps = arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 1))
places = st.integers(-5, 5)


def on_pixels(mask: Mask | None) -> set[tuple[int, int]]:
    """The pixels that are on, read run by run."""
    found: set[tuple[int, int]] = set()
    if mask is None:
        return found
    position, value = 0, 0
    for run in mask.runs:
        for index in range(position, position + run):
            if value:
                found.add((mask.x + index % mask.width, mask.y + index // mask.width))
        position, value = position + run, 1 - value
    return found


def pixels_of(bitmap: np.ndarray, x: int = 0, y: int = 0) -> set[tuple[int, int]]:
    return {(x + int(column), y + int(row)) for row, column in np.argwhere(bitmap)}


# --- run lengths


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


# --- pixels to be changed

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


# --- strokes


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


quarters = st.integers(-12, 60).map(lambda value: value / 4)
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


# --- filling


def center_inside(contours: list[list[tuple[float, float]]], column: int, row: int) -> bool:
    """Even-odd rule in rational numbers, edge by edge; upper and left edges belong to the polygon."""
    x, y = Fraction(2 * column + 1, 2), Fraction(2 * row + 1, 2)
    inside = False
    for contour in contours:
        for i, (ax, ay) in enumerate(contour):
            bx, by = contour[(i + 1) % len(contour)]
            x0, y0, x1, y1 = Fraction(ax), Fraction(ay), Fraction(bx), Fraction(by)
            if (y0 <= y) != (y1 <= y) and x0 + (y - y0) * (x1 - x0) / (y1 - y0) <= x:
                inside = not inside
    return inside


outlines = st.lists(st.tuples(quarters, quarters), min_size=3, max_size=8)
rough = st.floats(-3, 15)
wild_outlines = st.lists(st.tuples(rough, rough), min_size=3, max_size=6)


@given(outlines | wild_outlines, st.lists(outlines, max_size=2))
def test_filling_takes_the_pixels_whose_centers_are_inside(
    contour: list[tuple[float, float]], holes: list[list[tuple[float, float]]]
) -> None:
    pixels = fill(Polygon(contour, holes), (1, 2, 9, 7))
    expected = {(c, r) for c in range(1, 10) for r in range(2, 9) if center_inside([contour, *holes], c, r)}
    assert pixels_of(pixels, 1, 2) == expected


def test_polygons_that_share_an_edge_share_no_pixel_and_leave_none_out() -> None:
    left = fill(Polygon([(0, 0), (2.5, 0), (5.5, 6), (0, 6)]), (0, 0, 8, 6))
    right = fill(Polygon([(2.5, 0), (8, 0), (8, 6), (5.5, 6)]), (0, 0, 8, 6))
    assert (left + right == 1).all()


def test_filling_is_exact_where_floating_point_is_not() -> None:
    # Half way down, the slanted edge is a hair to the right of the center (3.5, 4.5): these floats are a
    # little more than 1.3 and 5.7. Rounded, it would pass through the center.
    assert Fraction(1.3) + Fraction(5.7) > 7 and 1.3 + 5.7 == 7
    pixels = fill(Polygon([(1.3, 0), (5.7, 9), (20, 9), (20, 0)]), (0, 0, 9, 9))
    assert pixels[4].tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1]


def test_a_polygon_between_pixel_centers_is_no_mask() -> None:
    assert polygon_mask(Polygon([(0.6, 0.6), (1.4, 0.6), (1.4, 1.4)]), 10, 10) is None
    assert polygon_mask(Polygon([(20, 20), (30, 20), (30, 30)]), 10, 10) is None


def test_a_polygon_with_a_hole_becomes_a_ring() -> None:
    ring = Polygon([(0, 0), (3, 0), (3, 3), (0, 3)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    assert polygon_mask(ring, 10, 10) == Mask(x=0, y=0, width=3, height=3, runs=[0, 4, 1, 4])


# --- contours


def test_the_contour_of_one_pixel_is_its_square() -> None:
    (square,) = mask_polygons(Mask(x=3, y=4, width=1, height=1, runs=[0, 1]))
    assert square == Polygon([(3, 4), (4, 4), (4, 5), (3, 5)])


def test_a_mask_with_a_hole_and_an_island_in_it_is_two_polygons() -> None:
    bitmap = np.ones((5, 5), dtype=np.uint8)
    bitmap[1:4, 1:4] = 0
    bitmap[2, 2] = 1
    mask = encode(bitmap)
    assert mask is not None
    outer, island = mask_polygons(mask)
    assert outer.points == [(0, 0), (5, 0), (5, 5), (0, 5)]
    assert outer.holes == [[(1, 1), (1, 4), (4, 4), (4, 1)]]
    assert island == Polygon([(2, 2), (3, 2), (3, 3), (2, 3)])


def test_holes_side_by_side_belong_to_the_same_piece() -> None:
    mask = Mask(x=0, y=0, width=7, height=3, runs=[0, 8, 1, 1, 1, 1, 1, 8])
    (piece,) = mask_polygons(mask)
    assert [hole[0] for hole in piece.holes] == [(1, 1), (3, 1), (5, 1)]


def test_pixels_that_meet_at_a_corner_are_two_pieces() -> None:
    for bitmap in ([[1, 0], [0, 1]], [[0, 1], [1, 0]]):
        mask = encode(np.array(bitmap))
        assert mask is not None
        assert sorted(signed_area(piece.points) for piece in mask_polygons(mask)) == [1, 1]


@settings(max_examples=300)
@given(bitmaps)
def test_contours_filled_again_are_the_mask(bitmap: np.ndarray) -> None:
    mask = encode(bitmap)
    if mask is None:
        return
    pieces = mask_polygons(mask)
    height, width = bitmap.shape
    together = sum(fill(piece, (0, 0, width, height)).astype(int) for piece in pieces)
    assert (together == bitmap).all()
    assert len(pieces) == label(bitmap, connectivity=1, return_num=True)[1]
    background = label(np.pad(1 - bitmap, 1, constant_values=1), connectivity=2, return_num=True)[1]
    assert sum(len(piece.holes) for piece in pieces) == background - 1
    for piece in pieces:
        assert signed_area(piece.points) > 0
        assert all(signed_area(hole) < 0 for hole in piece.holes)
