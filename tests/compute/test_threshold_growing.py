"""Growing over Hounsfield units: the example of the reference, distances in mm, known organs."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import label

from datasets_server.demo.phantom import ORGANS, SPACING, hu_volume, organ_mask
from webapp.py.compute.mask_operations import unpack_region
from webapp.py.compute.protocol import ComputeProblem, Progress
from webapp.py.compute.threshold_growing import GrownBox, GrownMasks, grow_values, grow_volume
from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import decode_into

Grown = TypeVar("Grown")


def done(steps: Generator[Progress, None, Grown]) -> Grown:
    try:
        while True:
            assert 0 <= next(steps).share <= 1
    except StopIteration as stop:
        found: Grown = stop.value
        return found


def masked(grown: GrownMasks, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    found = np.zeros(shape, bool)
    for place, packed in enumerate(grown["masks"], grown["first"]):
        mask = unpack_region(packed)
        assert isinstance(mask, Mask)
        found[place] = decode_into(mask, shape[2], shape[1])
    return found


def whole(grown: GrownBox, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    found = np.zeros(shape, bool)
    box = tuple(slice(at, at + size) for at, size in zip(grown["start"], grown["pixels"].shape, strict=True))
    found[box] = grown["pixels"]
    return found


def test_a_range_of_thirty_around_450_takes_in_420_to_480_within_ten_pixels() -> None:
    values = np.full((1, 40), 450, np.int16)
    values[0, 5], values[0, 6], values[0, 24] = 420, 480, 419
    grown = done(grow_values(values, (0, 15), -30, 30, distance=10))
    assert np.flatnonzero(whole(grown, values.shape)).tolist() == list(range(5, 24))


def test_a_distance_in_millimetres_honours_the_spacing_of_slices() -> None:
    grown = done(grow_values(np.zeros((9, 9, 9), np.int16), (4, 4, 4), 0, 0, distance=5, spacing=(2.5, 1, 1)))
    found = whole(grown, (9, 9, 9))
    # A ball of 5 mm: two slices of 2.5 mm up and down, of which the outer ones touch at a point.
    assert found.any(axis=(1, 2)).tolist() == [False, False, True, True, True, True, True, False, False]
    assert found[2].sum() == found[6].sum() == 1
    expected = sum(x * x + y * y <= 25 for x in range(-4, 5) for y in range(-4, 5))
    assert found[4].sum() == expected


@settings(max_examples=60)
@given(
    values=arrays(np.int16, st.tuples(*[st.integers(1, 6)] * 3), elements=st.integers(-40, 40)),
    low=st.integers(-30, 0),
    high=st.integers(0, 30),
    where=st.tuples(*[st.floats(0, 0.999)] * 3),
)
def test_what_grows_is_the_component_that_scipy_labels(
    values: np.ndarray[Any, Any], low: int, high: int, where: tuple[float, ...]
) -> None:
    seed = tuple(int(share * size) for share, size in zip(where, values.shape, strict=True))
    allowed = (values >= int(values[seed]) + low) & (values <= int(values[seed]) + high)
    labels, _ = label(allowed)
    grown = done(grow_values(values, seed, low, high))
    assert np.array_equal(whole(grown, values.shape), labels == labels[seed])


def test_the_whole_of_a_long_region_is_found_beyond_the_first_look() -> None:
    values = np.full((3, 1000), 7, np.float32)
    values[1, 400] = np.nan
    assert whole(done(grow_values(values, (0, 3), 0, 0)), values.shape).sum() == 2999


def test_holes_are_filled_slice_by_slice() -> None:
    values = np.zeros((2, 5, 5), np.int16)
    values[0, 2, 2] = 500
    grown = done(grow_volume(values, (1, 0, 0), 0, 0, fill_holes=True))
    assert masked(grown, values.shape).all()


@pytest.mark.parametrize(
    ("seed", "low", "high"),
    [((9, 0), -1, 1), ((-1, 0), -1, 1), ((0, 0), 1, 5), ((0,), -1, 1), ((1, 1), -1, 1)],
)
def test_a_seed_or_range_that_makes_no_sense_is_refused(seed: tuple[int, ...], low: int, high: int) -> None:
    values = np.array([[1, 2], [3, np.nan]])
    with pytest.raises(ComputeProblem):
        done(grow_values(values, seed, low, high))


@pytest.mark.parametrize(
    ("name", "reach", "fill_holes"),
    [
        ("liver", 28, True),
        ("spleen", 28, True),
        ("left kidney", 40, True),
        ("right kidney", 40, True),
        ("aorta", 32, True),
        ("spine", 60, False),  # it encloses the spinal canal
    ],
)
def test_the_organs_of_the_computed_series_are_recovered(name: str, reach: int, fill_holes: bool) -> None:
    mask, values = organ_mask(name), hu_volume()
    hu = next(organ.hu for organ in ORGANS if organ.name == name)
    # A person clicks inside, on a value that is typical for the organ.
    inside = np.argwhere(mask & (np.abs(values - hu) <= 1))
    seed = tuple(int(at) for at in inside[len(inside) // 2])
    # The noise has a standard deviation of 8; what lies around each organ is further away than its reach.
    grown = done(grow_volume(values, seed, -reach, reach, spacing=SPACING, fill_holes=fill_holes))
    found = masked(grown, values.shape)
    dice = 2 * (found & mask).sum() / (found.sum() + mask.sum())
    assert dice >= 0.98
