"""Region growing on a real photo, against regions labeled by scipy over scikit-image's color differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import ndimage
from skimage import data
from skimage.color import deltaE_cie76, rgb2lab

from webapp.py.compute.color_growing import FIRST_REACH, connected, grow
from webapp.py.compute.protocol import ComputeProblem

PHOTO: NDArray[np.uint8] = data.astronaut()  # type: ignore[no-untyped-call]
CROSS, SQUARE = ndimage.generate_binary_structure(2, 1), np.ones((3, 3))


def expected(
    image: NDArray[np.uint8], seed: tuple[int, int], tolerance: float, distance: float, structure: NDArray
) -> NDArray[np.bool_]:
    lab = rgb2lab(image[..., :3])
    column, row = seed
    like = deltaE_cie76(lab, lab[row, column]) <= tolerance
    if distance:
        rows, columns = np.indices(like.shape)
        like &= np.hypot(rows - row, columns - column) <= distance
    parts, _ = ndimage.label(like, structure)
    return parts == parts[row, column]


def whole(grown: dict, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    pixels = np.zeros(shape[:2], bool)
    high, wide = grown["pixels"].shape
    pixels[grown["y"] : grown["y"] + high, grown["x"] : grown["x"] + wide] = grown["pixels"]
    return pixels


@pytest.mark.parametrize("seed", [(20, 30), (450, 100), (225, 120), (511, 511)])
@pytest.mark.parametrize("tolerance", [0, 6, 15, 40])
@pytest.mark.parametrize(("distance", "diagonal"), [(0, False), (60, True), (33.5, False)])
def test_it_takes_the_connected_pixels_of_like_color(
    seed: tuple[int, int], tolerance: float, distance: float, diagonal: bool
) -> None:
    grown = grow(PHOTO, seed, tolerance, distance, diagonal)
    wanted = expected(PHOTO, seed, tolerance, distance, SQUARE if diagonal else CROSS)
    assert np.array_equal(whole(grown, PHOTO.shape), wanted)
    assert grown["pixels"].any(axis=0).all() or grown["pixels"].any(axis=1).all()


def test_a_region_may_fill_an_image_far_larger_than_what_is_looked_at_first() -> None:
    image = np.full((5, 9 * FIRST_REACH, 3), 77, np.uint8)
    image[:, -3] = 200
    grown = grow(image, (2, 2), tolerance=1)
    assert (grown["x"], grown["y"], grown["pixels"].shape) == (0, 0, (5, 9 * FIRST_REACH - 3))
    assert grown["pixels"].all()


def test_a_way_back_to_the_seed_from_far_away_is_found() -> None:
    image = np.zeros((3, 1000), np.uint8)
    image[1] = 255
    image[1, 999] = 0
    assert grow(image, (0, 0), tolerance=1)["pixels"].sum() == 2001


def test_gray_is_compared_as_gray_of_a_color_image() -> None:
    scalars = PHOTO[..., 1]
    one, other = grow(scalars, (100, 100), 8), grow(np.dstack([scalars] * 3), (100, 100), 8)
    assert np.array_equal(one["pixels"], other["pixels"])


def test_alpha_makes_no_difference() -> None:
    alpha = np.random.default_rng(1).integers(0, 255, PHOTO.shape[:2]).astype(np.uint8)
    one, other = grow(PHOTO, (225, 120), 12), grow(np.dstack([PHOTO, alpha]), (225, 120), 12)
    assert np.array_equal(one["pixels"], other["pixels"])


def test_holes_are_filled_when_asked() -> None:
    image = np.zeros((7, 7), np.uint8)
    image[1:6, 1:6] = 255
    image[3, 3] = 0
    assert grow(image, (1, 1), 1)["pixels"].sum() == 24
    assert grow(image, (1, 1), 1, fill_holes=True)["pixels"].all()


@settings(deadline=None)
@given(
    arrays(bool, st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6))),
    st.data(),
    st.sampled_from([1, 2, 3]),
)
def test_connected_parts_are_found_in_space_too(
    allowed: NDArray[np.bool_], draw: st.DataObject, connectivity: int
) -> None:
    seed = tuple(draw.draw(st.integers(0, size - 1)) for size in allowed.shape)
    begun = allowed.copy()
    begun[seed] = True
    parts, _ = ndimage.label(begun, ndimage.generate_binary_structure(3, connectivity))
    assert np.array_equal(connected(allowed, seed, connectivity), parts == parts[seed])


@pytest.mark.parametrize(
    ("image", "seed", "words"),
    [
        (np.zeros((4, 4, 2), np.uint8), (0, 0), "8 bits"),
        (np.zeros((4, 4), np.float32), (0, 0), "8 bits"),
        (np.zeros((4, 4), np.uint8), (4, 0), "inside"),
        (np.zeros((4, 4), np.uint8), (0, -1), "inside"),
    ],
)
def test_what_cannot_be_grown_is_refused(image: NDArray, seed: tuple[int, int], words: str) -> None:
    with pytest.raises(ComputeProblem, match=words):
        grow(image, seed, 10)
