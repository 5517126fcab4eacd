"""Masks grown, shrunk, filled, cleaned, smoothed and split, against native scipy and scikit-image."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage
from skimage import data, morphology

from webapp.py.domain.shapes import Mask
from webapp.py.geometry.contours import mask_polygons
from webapp.py.geometry.filling import polygon_mask
from webapp.py.geometry.masks import area, decode_into, encode, intersect, subtract, union
from webapp.py.geometry.morphology import fill_holes, grow, remove_specks, shrink, smooth, split

WIDTH, HEIGHT = 24, 20
images = arrays(np.uint8, (HEIGHT, WIDTH), elements=st.integers(0, 1))
corners = st.tuples(st.integers(0, WIDTH), st.integers(0, HEIGHT), st.integers(1, 12), st.integers(1, 12))


@st.composite
def blots(draw: st.DrawFn) -> np.ndarray:
    """Images of a few rectangles, some of them cut out again: shapes as people draw them."""
    image = np.zeros((HEIGHT, WIDTH), np.uint8)
    for number, (x, y, width, height) in enumerate(draw(st.lists(corners, min_size=1, max_size=6))):
        image[y : y + height, x : x + width] = number % 3 != 2
    return image


pictures = images | blots()
distances = st.integers(1, 5)


def mask_of(image: np.ndarray) -> Mask:
    return encode(image) or Mask(x=0, y=0, width=1, height=1, runs=[0, 1])


def pixels(mask: Mask | None) -> np.ndarray:
    return np.zeros((HEIGHT, WIDTH), bool) if mask is None else decode_into(mask, WIDTH, HEIGHT).astype(bool)


@given(pictures)
def test_holes_are_filled_as_by_scipy(image: np.ndarray) -> None:
    mask = mask_of(image)
    filled = fill_holes(mask)
    assert (pixels(filled) == ndimage.binary_fill_holes(pixels(mask))).all()
    assert fill_holes(filled) == filled


@given(pictures, st.integers(1, 30))
def test_specks_are_removed_as_by_scikit_image(image: np.ndarray, size: int) -> None:
    mask = mask_of(image)
    expected = morphology.remove_small_objects(pixels(mask), size)  # type: ignore[no-untyped-call]
    assert (pixels(remove_specks(mask, size)) == expected).all()


@given(pictures, distances)
def test_a_mask_grows_by_the_distance(image: np.ndarray, distance: int) -> None:
    mask = mask_of(image)
    grown = grow(mask, distance, WIDTH, HEIGHT)
    assert (pixels(grown) == (ndimage.distance_transform_edt(~pixels(mask)) <= distance)).all()
    assert subtract(mask, grown) is None


@given(pictures, distances)
def test_a_mask_shrinks_by_the_distance(image: np.ndarray, distance: int) -> None:
    mask = mask_of(image)
    around = np.pad(pixels(mask), 8, mode="edge")[8:-8, 8:-8]
    expected = around if around.all() else ndimage.distance_transform_edt(around) > distance
    assert (pixels(shrink(mask, distance, WIDTH, HEIGHT)) == expected).all()


@given(pictures, distances)
def test_a_mask_is_smoothed_as_by_the_median_filter_of_scipy(image: np.ndarray, radius: int) -> None:
    mask = mask_of(image)
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disk = x * x + y * y <= radius * radius
    expected = ndimage.median_filter(pixels(mask).astype(np.uint8), footprint=disk, mode="nearest")
    assert (pixels(smooth(mask, radius, WIDTH, HEIGHT)) == expected.astype(bool)).all()


def test_smoothing_strip_by_strip_is_smoothing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = encode(data.horse() == 0, x=3, y=5)  # type: ignore[no-untyped-call]
    assert mask is not None
    at_once = smooth(mask, 4, 500, 400)
    monkeypatch.setattr("webapp.py.geometry.morphology._AT_ONCE", 3000)
    assert smooth(mask, 4, 500, 400) == at_once
    assert at_once != mask


def test_growing_in_parts_is_growing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = encode(data.horse() == 0, x=3, y=5)  # type: ignore[no-untyped-call]
    assert mask is not None
    at_once = grow(mask, 9, 410, 350), shrink(mask, 3, 410, 350)
    monkeypatch.setattr("webapp.py.geometry.morphology._AT_ONCE", 3000)
    assert (grow(mask, 9, 410, 350), shrink(mask, 3, 410, 350)) == at_once


@given(pictures)
def test_pieces_are_those_of_scipy_and_make_the_mask_again(image: np.ndarray) -> None:
    mask = mask_of(image)
    labels, count = ndimage.label(pixels(mask))
    parts = split(mask)
    assert len(parts) == count
    assert [int(labels[pixels(part)][0]) for part in parts] == list(range(1, count + 1))
    together = parts[0]
    for number, part in enumerate(parts):
        assert (pixels(part) == (labels == number + 1)).all()
        together = union(together, part)
    assert together == mask


@given(pictures)
def test_a_mask_with_itself_stays_or_goes(image: np.ndarray) -> None:
    mask = mask_of(image)
    assert union(mask, mask) == mask and intersect(mask, mask) == mask
    assert subtract(mask, mask) is None


@given(pictures, pictures)
def test_two_masks_share_the_pixels_that_both_have(one: np.ndarray, other: np.ndarray) -> None:
    first, second = mask_of(one), mask_of(other)
    assert (pixels(intersect(first, second)) == (pixels(first) & pixels(second))).all()


def test_a_snail_is_one_piece() -> None:
    y, x = np.mgrid[-60:61, -60:61]
    angle, far = np.arctan2(y, x), np.hypot(x, y)
    snail = ((far - angle * 4 / np.pi) % 8 < 4).astype(np.uint8)
    expected = ndimage.label(snail)[1]
    mask = encode(snail)
    assert mask is not None and len(split(mask)) == expected


def test_what_is_outside_the_image_does_not_come_back() -> None:
    mask = Mask(x=-3, y=-2, width=6, height=4, runs=[0, 24])
    grown = grow(mask, 2, WIDTH, HEIGHT)
    assert (grown.x, grown.y) == (0, 0)
    smoothed = smooth(mask, 1, WIDTH, HEIGHT)
    assert smoothed is not None and (smoothed.x, smoothed.y) == (0, 0)
    gone = Mask(x=-30, y=-20, width=2, height=2, runs=[0, 4])
    assert smooth(gone, 1, WIDTH, HEIGHT) is None and shrink(gone, 1, WIDTH, HEIGHT) is None
    assert grow(gone, 1, WIDTH, HEIGHT) == gone


def test_a_mask_as_large_as_a_large_image_needs_little_memory() -> None:
    wide, high = 12_000, 9_000
    sides = [wide - 2, 2] * (high - 3)
    outline = Mask(x=0, y=0, width=wide, height=high, runs=[0, wide + 1, *sides, wide - 2, wide + 1])
    tracemalloc.start()
    filled = fill_holes(outline)
    smaller = shrink(filled, 5, wide + 5, high + 5)
    parts = split(outline)
    (polygon,) = mask_polygons(outline)
    again = polygon_mask(polygon, wide, high)
    thicker = grow(outline, 5, wide, high)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert filled == Mask(x=0, y=0, width=wide, height=high, runs=[0, wide * high])
    assert smaller == Mask(x=0, y=0, width=wide - 5, height=high - 5, runs=[0, (wide - 5) * (high - 5)])
    assert parts == [outline] and again == outline
    assert len(polygon.points) == 4 and [len(hole) for hole in polygon.holes] == [4]
    assert area(thicker) == wide * high - (wide - 12) * (high - 12)
    assert peak < wide * high / 4
