"""Cuts through stacks: the same values and masks as numpy has at the same places of the whole volume."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from datasets_server.demo.phantom import encode_slices, hu_volume, organ_mask
from webapp.py.domain.shapes import Box, Points, Polygon
from webapp.py.geometry.mask_reformats import Area, area_of, solid_of
from webapp.py.geometry.masks import encode
from webapp.py.imaging.dicom import read_file, read_header
from webapp.py.imaging.planes import Plane, crossing, plane_of
from webapp.py.imaging.reslicing import Kind, Reformat, reformat_plane, reformats_of, reslice, steps_of

KINDS: tuple[Kind, ...] = ("axial", "sagittal", "coronal")


@pytest.fixture(scope="module")
def demo() -> Plane:
    """Where the first slice of the demo series lies."""
    plane = plane_of(read_header(read_file(next(encode_slices())[1])))
    assert plane is not None
    return plane


# --- values


def test_cuts_of_the_demo_series_are_those_of_the_volume(demo: Plane) -> None:
    volume = hu_volume()
    reformats, slices = reformats_of(demo, 60, 2.5), list(volume)
    # The head is above, the patient's left at the right, the front at the left of a sagittal view.
    assert np.array_equal(reslice(slices, reformats["coronal"], 200), volume[::-1, 200, :])
    assert np.array_equal(reslice(slices, reformats["sagittal"], 300), volume[::-1, :, 300])
    assert np.array_equal(reslice(slices, reformats["axial"], 30), volume[30])
    assert reslice(slices, reformats["coronal"], 200).dtype == np.int16
    assert (reformats["coronal"].width, reformats["coronal"].height) == (512, 60)
    assert reformats["coronal"].aspect == pytest.approx(2.5 / 0.8)
    assert [reformats[kind].count for kind in KINDS] == [60, 512, 512]


def directions() -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """All ways in which rows and columns can lie along the axes of the patient."""
    ways = [sign * np.eye(3, dtype=np.intp)[axis] for axis in range(3) for sign in (1, -1)]
    return [(across, down) for across, down in product(ways, ways) if not across @ down]


@pytest.mark.parametrize("way", range(24))
def test_a_patient_looks_the_same_however_the_stack_was_taken(way: int) -> None:
    across, down = directions()[way]
    normal = np.cross(across, down)
    # Voxel (x, y, z) of a patient of 4 x 5 x 6 mm lies at x, y, z mm.
    patient = np.arange(120).reshape(4, 5, 6)
    size = [int(abs(axis) @ patient.shape) for axis in (normal, down, across)]
    # The stack begins at the far end of each axis of the patient that it runs against.
    corner = np.where(across + down + normal < 0, np.array(patient.shape) - 1, 0)
    stack = np.empty(size, np.intp)
    for s, r, c in product(*map(range, size)):
        stack[s, r, c] = patient[tuple(corner + s * normal + r * down + c * across)]
    plane = Plane(
        tuple(map(float, corner)),  # type: ignore[arg-type]
        tuple(map(float, across)),  # type: ignore[arg-type]
        tuple(map(float, down)),  # type: ignore[arg-type]
        (1.0, 1.0),
        size[2],
        size[1],
        "1.2",
    )
    reformats = reformats_of(plane, size[0], 1.0)
    seen: dict[Kind, list[NDArray[np.intp]]] = {
        "axial": [patient[:, :, z].T for z in range(6)],  # x to the right, y down
        "coronal": [patient[:, y, ::-1].T for y in range(5)],  # x to the right, z up
        "sagittal": [patient[x, :, ::-1].T for x in range(4)],  # y to the right, z up
    }
    for kind, expected in seen.items():
        found = [reslice(list(stack), reformats[kind], index) for index in range(reformats[kind].count)]
        runs_against = (normal, down, across)[reformats[kind].along].sum() < 0
        assert np.array_equal(found, expected[::-1] if runs_against else expected), kind


def test_points_of_a_cut_are_the_points_of_the_stack_and_back(demo: Plane) -> None:
    for kind, reformat in reformats_of(demo, 60, 2.5).items():
        volume = hu_volume()
        view = reslice(list(volume), reformat, 40)
        for x, y in ((0, 0), (59, 33), (17, 58)):
            voxel = reformat.to_voxel((x + 0.5, y + 0.5), 40)
            s, r, c = (int(part) for part in voxel)
            assert volume[s, r, c] == view[y, x], kind
            assert reformat.to_image(voxel) == (x + 0.5, y + 0.5)
            assert voxel[reformat.along] == 40.5


def test_a_cut_lies_where_its_pixels_lie() -> None:
    tilt = np.radians(20)
    plane = Plane(
        (10.0, -30.0, 5.0),
        (1.0, 0.0, 0.0),
        (0.0, float(np.cos(tilt)), float(np.sin(tilt))),
        (0.7, 1.1),
        30,
        20,
    )
    reformats = reformats_of(plane, 12, 3.0)
    assert {kind: reformat.along for kind, reformat in reformats.items()} == {
        "axial": 0,
        "coronal": 1,
        "sagittal": 2,
    }
    normal = np.cross(plane.across, plane.down)
    for reformat in reformats.values():
        lies = reformat_plane(plane, reformat, 4)
        for point in ((0.5, 0.5), (7.25, 3.5)):
            s, r, c = reformat.to_voxel(point, 4)
            slice_place = np.array(plane.to_patient((c, r))) + normal * 3.0 * (s - 0.5)
            assert lies.to_patient(point) == pytest.approx(slice_place, abs=1e-9)
        assert (lies.columns, lies.rows) == (reformat.width, reformat.height)


def test_the_other_cuts_are_lines_through_the_cross(demo: Plane) -> None:
    reformats = reformats_of(demo, 60, 2.5)
    coronal = reformat_plane(demo, reformats["coronal"], 200)
    sagittal = reformat_plane(demo, reformats["sagittal"], 300)
    axial = reformat_plane(demo, reformats["axial"], 20)

    def line(one: Plane, other: Plane) -> Any:
        return np.array(crossing(one, other))

    assert line(axial, coronal) == pytest.approx(np.array([(0, 200.5), (512, 200.5)]))
    assert line(axial, sagittal) == pytest.approx(np.array([(300.5, 0), (300.5, 512)]))
    # Slice 20 is the 40th of 60 from above.
    assert line(coronal, axial) == pytest.approx(np.array([(0, 39.5), (512, 39.5)]))
    assert line(coronal, sagittal) == pytest.approx(np.array([(300.5, 0), (300.5, 60)]))


# --- gaps


def test_missing_slices_leave_an_empty_row_and_uneven_ones_are_shown_by_position() -> None:
    assert steps_of([-5.0, -2.5, 2.5, 5.0], 2.5) == [0, 1, None, 2, 3]
    assert steps_of([0.0, 1.1, 1.9, 3.0], 1.0) == [0, 1, 2, 3]
    assert steps_of([0.0, 10.0], 1.0) == [0, *[None] * 9, 1]
    assert steps_of([4.0], 1.0) == [0]
    one, other = np.full((2, 3), 7, np.int16), np.full((2, 3), 9, np.int16)
    reformat = Reformat("coronal", 1, 2, 0, (False, False), (3, 2, 3), (1.0, 1.0, 1.0))
    assert reslice([one, None, other], reformat, 0, -1000).tolist() == [[7] * 3, [-1000] * 3, [9] * 3]
    assert reslice([None] * 3, reformat, 0, -1000).tolist() == [[-1000] * 3] * 3


def test_slices_of_several_types_keep_their_values() -> None:
    reformat = Reformat("coronal", 1, 2, 0, (False, False), (2, 1, 2), (1.0, 1.0, 1.0))
    found = reslice([np.array([[-5, 300]], np.int16), np.array([[0.5, 2.0]], np.float32)], reformat, 0)
    assert found.tolist() == [[-5.0, 300.0], [0.5, 2.0]]


# --- masks


def test_cuts_through_masks_are_those_of_the_decoded_volume() -> None:
    liver = organ_mask("liver")
    masks = {place: encode(plane) for place, plane in enumerate(liver) if plane.any()}
    areas = {place: area_of(mask, 512, 512) for place, mask in masks.items() if mask is not None}
    solid = solid_of({place: [area] for place, area in areas.items() if area is not None})
    for row in (0, 180, 236, 511):
        assert np.array_equal(solid.across_row(row, 60, 512), liver[:, row, :])
    for column in (0, 140, 160, 511):
        assert np.array_equal(solid.across_column(column, 60, 512), liver[:, :, column])


def test_cuts_through_random_areas_that_lie_on_each_other() -> None:
    dice = np.random.default_rng(5)
    for _ in range(40):
        layers = (dice.random((2, 5, 7, 9)) < 0.4).astype(np.uint8)
        areas: dict[int, list[Area]] = {}
        for layer, place in product(range(2), range(5)):
            mask = encode(layers[layer, place])
            area = area_of(mask, 9, 7) if mask is not None else None
            areas.setdefault(place, []).extend([] if area is None else [area])
        solid, volume = solid_of(areas), layers.max(axis=0)
        assert np.array_equal([solid.across_row(row, 5, 9) for row in range(7)], volume.swapaxes(0, 1))
        columns = [solid.across_column(column, 5, 7) for column in range(9)]
        assert np.array_equal(columns, np.moveaxis(volume, 2, 0))


def test_polygons_and_boxes_are_cut_by_the_rule_of_the_middle_and_clipped_to_the_image() -> None:
    square = area_of(Polygon([(-3, 1.5), (2.5, 1.5), (2.5, 9), (-3, 9)]), 4, 5)
    box = area_of(Box(-3, 1.5, 5.5, 7.5), 4, 5)
    assert square is not None
    assert box is not None
    for area in (square, box):
        solid = solid_of({1: [area]})
        found = [solid.across_row(row, 2, 4).tolist() for row in range(5)]
        assert found == [[[0] * 4, [0] * 4], *[[[0] * 4, [1, 1, 0, 0]]] * 4]
        assert solid.across_column(1, 2, 5).tolist() == [[0] * 5, [0, 1, 1, 1, 1]]
    assert area_of(Points([(1, 1)]), 4, 5) is None
    assert area_of(Box(8, 8, 2, 2), 4, 5) is None
    assert not solid_of({}).across_row(0, 2, 3).any()
