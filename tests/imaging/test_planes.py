"""Where images lie in space: by hand for straight ones, by the standard's matrix for oblique ones."""

from __future__ import annotations

import doctest
import math
import random
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from webapp.py.imaging import planes, reslicing
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.planes import Plane, crossing, linked_index, nearest_slice, plane_of, same_space
from webapp.py.workspace import reference_lines as references

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


def header(place: tuple[float, ...], orientation: tuple[float, ...] = AXIAL, **fields: Any) -> Header:
    known = {"rows": 100, "columns": 80, "spacing": (2.0, 0.5), "frame_of_reference": "1.2.3"}
    return Header(**{**known, "position": place, "orientation": orientation, **fields})


def plane(position: tuple[float, ...], orientation: tuple[float, ...] = AXIAL, **fields: Any) -> Plane:
    found = plane_of(header(position, orientation, **fields))
    assert found is not None
    return found


def axial_stack(*heights: float) -> list[Plane | None]:
    return [plane((0, 0, height)) for height in heights]


def matrix_of(one: Header) -> NDArray[np.float64]:
    """Equation C.7.6.2.1-1 of the standard: (column, row, 0, 1) of the middle of a pixel to mm."""
    row_distance, column_distance = one.spacing
    matrix = np.eye(4)
    matrix[:3, 0] = np.array(one.orientation[:3]) * column_distance
    matrix[:3, 1] = np.array(one.orientation[3:]) * row_distance
    matrix[:3, 2] = np.cross(one.orientation[:3], one.orientation[3:])
    matrix[:3, 3] = one.position
    return matrix


def oblique(seed: int) -> Header:
    source = np.random.default_rng(seed)
    turned, _ = np.linalg.qr(source.normal(size=(3, 3)))
    return header(
        tuple(source.uniform(-60, 20, 3).tolist()),
        tuple(turned[:, :2].T.reshape(-1).tolist()),
        rows=int(source.integers(20, 90)),
        columns=int(source.integers(20, 90)),
        spacing=tuple(source.uniform(0.4, 3.0, 2).tolist()),
    )


@pytest.mark.parametrize("module", [planes, reslicing, references])
def test_the_examples_give_what_they_say(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


# --- pixels and points of space


def test_the_first_pixel_lies_where_the_file_says_and_the_next_ones_by_the_spacing() -> None:
    one = plane((-20.0, 30.0, 7.0))
    assert one.to_patient((0.5, 0.5)) == (-20.0, 30.0, 7.0)
    assert one.to_patient((10.5, 0.5)) == (-15.0, 30.0, 7.0)  # ten columns of 0.5 mm
    assert one.to_patient((0.5, 10.5)) == (-20.0, 50.0, 7.0)  # ten rows of 2 mm
    assert one.to_image((-15.0, 50.0, 7.0)) == (10.5, 10.5)
    # Half a pixel beyond the middle of the first and of the last one.
    assert one.to_patient((0.0, 0.0)) == (-20.25, 29.0, 7.0)
    assert one.center == (-20.25 + 40 * 0.5, 29.0 + 50 * 2.0, 7.0)


def test_a_sagittal_image_runs_to_the_back_and_to_the_feet() -> None:
    one = plane((4.0, -50.0, 90.0), SAGITTAL)
    assert one.to_patient((20.5, 30.5)) == (4.0, -40.0, 30.0)
    assert one.normal == (-1.0, 0.0, 0.0)
    assert one.distance((1.0, 7.0, 7.0)) == 3.0
    assert one.to_image((99.0, -40.0, 30.0)) == (20.5, 30.5)  # the foot of a point beside the plane


def test_oblique_images_lie_as_the_matrix_of_the_standard_says() -> None:
    for seed in range(50):
        one = oblique(seed)
        found, matrix = plane_of(one), matrix_of(one)
        assert found is not None
        dice = random.Random(seed)
        x, y = dice.uniform(-9, 99), dice.uniform(-9, 99)
        place = matrix @ (x - 0.5, y - 0.5, 0.0, 1.0)
        assert found.to_patient((x, y)) == pytest.approx(place[:3], abs=1e-9)
        beside = matrix @ (x - 0.5, y - 0.5, 12.5, 1.0)
        assert found.to_image(_vector(beside)) == pytest.approx((x, y), abs=1e-9)
        assert found.distance(_vector(beside)) == pytest.approx(12.5, abs=1e-9)


@pytest.mark.parametrize(
    "fields",
    [
        {"position": ()},
        {"orientation": ()},
        {"spacing": ()},
        {"spacing": (0.0, 1.0)},
        {"spacing": (math.nan, 1.0)},
        {"at_detector": True},
        {"position": (0.0, 0.0)},
        {"position": (0.0, math.inf, 0.0)},
        {"orientation": (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)},
        {"orientation": (1.0, 0.0, 0.0, 0.5, 0.8660254, 0.0)},
    ],
)
def test_a_file_that_does_not_say_where_it_lies_has_no_plane(fields: dict[str, Any]) -> None:
    assert plane_of(header((0, 0, 0), **fields)) is None


# --- stacks that scroll together


def test_places_can_be_compared_only_in_one_named_frame_of_reference() -> None:
    here, there = plane((0, 0, 0)), plane((0, 0, 9))
    nameless = plane((0, 0, 0), frame_of_reference="")
    assert same_space(here, there)
    assert not same_space(here, plane((0, 0, 9), frame_of_reference="1.2.4"))
    assert not same_space(nameless, nameless)
    assert not same_space(here, None)


def test_a_linked_stack_goes_to_the_slice_at_the_same_height() -> None:
    thick = axial_stack(-10.0, -5.0, 0.0, 5.0)
    assert linked_index(plane((99, 99, -4.0)), 0, 100, thick, True) == 1
    assert linked_index(plane((99, 99, 2.6)), 0, 100, thick, True) == 3
    # Beyond the stack its last slice stays.
    assert linked_index(plane((99, 99, 400.0)), 0, 100, thick, True) == 3


def test_a_linked_stack_of_another_direction_goes_to_the_middle_of_the_leading_slice() -> None:
    # Rows of 0.5 mm and 100 rows of 2 mm from z = 90 downwards: the middle lies at 90 + 1 - 100.
    leader = plane((4.0, -50.0, 90.0), SAGITTAL)
    assert leader.center[2] == -9.0
    assert linked_index(leader, 3, 9, axial_stack(-40.0, -20.0, -10.0, 0.0), True) == 2


def test_a_slice_that_stands_across_the_leading_one_and_meets_it_stays() -> None:
    # From z = 91 mm down to -109 mm, at x = 4 mm; axial slices from x = -20.25 to 19.75 mm.
    leader = plane((4.0, -50.0, 90.0), SAGITTAL)
    beside = [plane((-20.0, -20.0, z)) for z in (-200.0, -40.0, 0.0)]
    assert [linked_index(leader, 3, 9, beside, True, present) for present in (0, 1, 2)] == [2, 1, 2]
    # Tilted by 20 degrees they do not stand across: they go along.
    tilt = math.radians(20)
    tilted = plane((-20.0, -20.0, -1.0), (1.0, 0.0, 0.0, 0.0, math.cos(tilt), math.sin(tilt)))
    assert crossing(tilted, plane((-20.0, -20.0, 0.0))) is not None
    assert (
        linked_index(tilted, 0, 9, [plane((-20.0, -20.0, z)) for z in (0.0, 15.0, 30.0, 45.0)], True, 0) == 2
    )


def test_stacks_that_cannot_be_compared_are_linked_by_index() -> None:
    twenty = axial_stack(*range(20))
    assert [linked_index(plane((0, 0, 3)), at, 20, twenty, False) for at in (0, 7, 19)] == [0, 7, 19]
    assert [linked_index(None, at, 10, twenty, True) for at in (0, 9)] == [0, 19]
    nowhere: list[Plane | None] = [None] * 3
    assert [linked_index(plane((0, 0, 3)), at, 5, nowhere, True) for at in range(5)] == [0, 1, 1, 2, 2]
    assert linked_index(None, 0, 1, nowhere, False) == 0
    assert linked_index(None, 8, 9, [None], False) == 0


def test_slices_of_unknown_place_are_passed_over() -> None:
    some = [None, plane((0, 0, 10)), None, plane((0, 0, 30))]
    assert nearest_slice((0.0, 0.0, 29.0), some) == 3
    assert nearest_slice((0.0, 0.0, 29.0), [None, None]) is None


# --- reference lines


def test_a_coronal_image_is_a_line_from_left_to_right_in_an_axial_one() -> None:
    # x from -20.25 to 19.75 mm in both; y = 60 mm is 15 rows of 2 mm below the first one.
    axial, coronal = plane((-20.0, 30.0, 7.0)), plane((-20.0, 60.0, 50.0), CORONAL)
    assert crossing(axial, coronal) == ((0.0, 15.5), (80.0, 15.5))
    # And the axial one lies (50 - 7) / 2 rows below the coronal one's first row.
    assert crossing(coronal, axial) == ((0.0, 22.0), (80.0, 22.0))


def test_a_reference_line_reaches_no_further_than_the_other_image() -> None:
    axial = plane((-20.0, 30.0, 7.0))
    narrow = plane((-10.0, 60.0, 50.0), CORONAL, columns=20)  # x from -10.25 to -0.25 mm
    assert crossing(axial, narrow) == ((20.0, 15.5), (40.0, 15.5))


@pytest.mark.parametrize(
    ("position", "orientation", "fields"),
    [
        ((-20.0, 30.0, 9.0), AXIAL, {}),  # parallel
        ((-20.0, 30.0, 7.0), AXIAL, {}),  # the same
        ((-20.0, 30.0, 7.0), (1.0, 0.0, 0.0, 0.0, 1.0, 2e-4), {}),  # parallel but for rounding
        ((-20.0, 300.0, 50.0), CORONAL, {}),  # behind the image
        ((100.0, 60.0, 50.0), CORONAL, {}),  # beside it
        ((-20.0, 60.0, 500.0), CORONAL, {}),  # above it
        ((-20.0, 60.0, 50.0), CORONAL, {"frame_of_reference": "9"}),
        ((-20.0, 60.0, 50.0), CORONAL, {"frame_of_reference": ""}),
    ],
)
def test_images_that_do_not_cross_have_no_reference_line(
    position: tuple[float, ...], orientation: tuple[float, ...], fields: dict[str, Any]
) -> None:
    axial = plane((-20.0, 30.0, 7.0))
    other = plane(position, orientation, **fields)
    assert crossing(axial, other) is None
    assert crossing(other, axial) is None


def test_oblique_reference_lines_lie_in_both_images_and_end_at_an_edge() -> None:
    found = 0
    for seed in range(0, 400, 2):
        one, other = oblique(seed), oblique(seed + 1)
        line = crossing(_known(one), _known(other))
        back = crossing(_known(other), _known(one))
        assert (line is None) == (back is None)
        if line is None:
            assert not _meets(one, other)
            continue
        found += 1
        ends = []
        for x, y in line:
            place = matrix_of(one) @ (x - 0.5, y - 0.5, 0.0, 1.0)
            across, down, away, _ = np.linalg.inv(matrix_of(other)) @ place
            assert away == pytest.approx(0.0, abs=1e-6)
            ways = [x, one.columns - x, y, one.rows - y]
            ways += [across + 0.5, other.columns - across - 0.5, down + 0.5, other.rows - down - 0.5]
            assert min(ways) == pytest.approx(0.0, abs=1e-6)  # inside of both, at an edge of one
            ends.append((across + 0.5, down + 0.5))
        assert back is not None
        assert np.array(sorted(back)) == pytest.approx(np.array(sorted(ends)), abs=1e-6)
    assert found > 30


def _vector(place: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = place[:3].tolist()
    return x, y, z


def _known(one: Header) -> Plane:
    found = plane_of(one)
    assert found is not None
    return found


def _meets(one: Header, other: Header) -> bool:
    """Tell by trying whether an image has points well inside the other one, on both sides of its plane."""
    x, y = np.meshgrid(np.linspace(0, one.columns, 301), np.linspace(0, one.rows, 301))
    places = matrix_of(one) @ np.stack([x.ravel() - 0.5, y.ravel() - 0.5, 0 * x.ravel(), 1 + 0 * x.ravel()])
    across, down, away, _ = np.linalg.inv(matrix_of(other)) @ places
    near = np.abs(away) < 0.02
    inside = (across > 1) & (across < other.columns - 2) & (down > 1) & (down < other.rows - 2)
    return bool(np.any(near & inside))


def test_a_reference_line_does_not_depend_on_the_way_in_which_an_image_is_turned() -> None:
    axial, coronal = plane((-20.0, 30.0, 7.0)), plane((-20.0, 60.0, 50.0), CORONAL)
    # The same pixels, first row below: origin at the other end, down the other way.
    lowest = coronal.to_patient((0.5, 99.5))
    turned = replace(coronal, origin=lowest, down=(0.0, 0.0, 1.0))
    assert crossing(axial, turned) == crossing(axial, coronal)
