"""An object between the slices in which it is labeled."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from webapp.py.compute.interpolation import interpolate, signed_distance
from webapp.py.compute.mask_operations import pack_region, unpack_region
from webapp.py.compute.protocol import ComputeProblem
from webapp.py.domain.shapes import Mask, Polygon
from webapp.py.geometry.masks import decode_into, encode

SIZE = (80, 60)
ROWS, COLUMNS = np.mgrid[: SIZE[1], : SIZE[0]] + 0.5


def disk(x: float, y: float, radius: float) -> Mask:
    mask = encode((COLUMNS - x) ** 2 + (ROWS - y) ** 2 <= radius**2)
    assert mask is not None
    return mask


def done(steps: Generator[Any, None, Any]) -> list[Any]:
    shares = []
    while True:
        try:
            shares.append(next(steps).share)
        except StopIteration as stop:
            assert shares == sorted(shares)
            return [None if one is None else unpack_region(one) for one in stop.value]


def between(first: Any, last: Any, *places: float) -> list[Any]:
    packed = [pack_region(first), pack_region(last)]
    return done(interpolate(packed, [0.0, 10.0], places, SIZE))


def dice(one: Mask, other: Mask) -> float:
    a, b = decode_into(one, *SIZE) > 0, decode_into(other, *SIZE) > 0
    return float(2 * (a & b).sum() / (a.sum() + b.sum()))


def test_a_cone_is_as_wide_between_its_slices_as_a_cone_is() -> None:
    found = between(disk(40, 30, 8), disk(40, 30, 24), 2.5, 5.0, 7.5)
    for mask, radius in zip(found, (12, 16, 20), strict=True):
        assert dice(mask, disk(40, 30, radius)) > 0.97


def test_the_same_shape_twice_stays_the_same_between() -> None:
    (found,) = between(disk(20, 20, 10), disk(20, 20, 10), 5.0)
    assert found == disk(20, 20, 10)


def test_polygons_are_interpolated_by_the_pixels_inside() -> None:
    square = Polygon([(10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0)])
    (found,) = between(square, square, 4.0)
    assert (found.x, found.y, found.width, found.height, found.runs) == (10, 10, 20, 20, [0, 400])


def test_nothing_is_made_outside_of_the_labeled_slices() -> None:
    assert between(disk(40, 30, 8), disk(40, 30, 8), -1.0, 11.0) == [None, None]


def test_several_labeled_slices_are_followed_one_pair_after_the_other() -> None:
    packed = [pack_region(disk(20, 30, 9)), pack_region(disk(40, 30, 9)), pack_region(disk(40, 50, 9))]
    steps = interpolate(packed, [0.0, 1.0, 5.0], [0.001, 1.001, 4.999], SIZE)
    for mask, expected in zip(done(steps), ((20, 30), (40, 30), (40, 50)), strict=True):
        assert dice(mask, disk(*expected, 9)) > 0.97


def test_distances_are_those_to_the_edge_between_pixels() -> None:
    pixels = decode_into(disk(40, 30, 13), *SIZE) > 0
    found = signed_distance(pixels)
    assert np.allclose(found[pixels], distance_transform_edt(pixels)[pixels] - 0.5)
    assert np.allclose(found[~pixels], 0.5 - distance_transform_edt(~pixels)[~pixels])


@pytest.mark.parametrize("places", [[0.0], [1.0, 1.0], [2.0, 1.0]])
def test_slices_that_do_not_follow_each_other_are_refused(places: list[float]) -> None:
    shapes = [pack_region(disk(20, 20, 5))] * len(places)
    with pytest.raises(ComputeProblem, match="one after the other"):
        done(interpolate(shapes, places, [0.5], SIZE))
