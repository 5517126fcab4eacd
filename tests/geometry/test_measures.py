"""Lengths, angles, areas and values of regions, against hand computation, numpy and pydicom's own reading."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from skimage.draw import polygon2mask

from tests.imaging.test_dicom_reading import CORPUS
from webapp.py.domain.shapes import Box, Mask, Polygon, Polyline, Shape
from webapp.py.geometry.masks import encode
from webapp.py.geometry.measures import (
    PixelSize,
    Statistics,
    angle,
    angle_in_words,
    area,
    length,
    length_in_words,
    region_in_words,
    statistics,
    values_in,
)
from webapp.py.imaging.dicom import read_file
from webapp.py.imaging.dicom_pixels import read_frame

MILLIMETERS = PixelSize(0.5, 2.0, "mm")


def test_a_length_counts_the_width_and_the_height_of_pixels() -> None:
    assert length([(10, 10), (14, 10)], MILLIMETERS) == 2.0
    assert length([(10, 10), (10, 14)], MILLIMETERS) == 8.0
    assert length([(0, 0), (6, 2), (6, 3)], MILLIMETERS) == pytest.approx(5.0 + 2.0)  # 3 by 4 mm, then 2 mm
    assert length([(0, 0), (3, 4)], PixelSize()) == 5.0


@pytest.mark.parametrize(
    ("second", "size", "degrees"),
    [
        ((10, 0), PixelSize(), 0),
        ((10, 10), PixelSize(), 45),
        ((0, -10), PixelSize(), 90),
        ((-10, 10), PixelSize(), 135),
        ((-3, 0), PixelSize(), 180),
        ((4, 1), MILLIMETERS, 45),  # 2 mm right and 2 mm down
    ],
)
def test_an_angle_is_that_of_the_body_and_not_of_the_pixels(
    second: tuple[float, float], size: PixelSize, degrees: float
) -> None:
    moved = (second[0] + 7, second[1] + 9)
    assert angle((12, 9), (7, 9), moved, size) == pytest.approx(degrees)
    assert angle(moved, (7, 9), (12, 9), size) == pytest.approx(degrees)


def test_an_arm_without_length_makes_no_angle() -> None:
    assert angle((1, 1), (1, 1), (5, 5), PixelSize()) is None
    assert angle_in_words([(1, 1), (1, 1), (5, 5)], PixelSize()) == ""


def test_an_area_is_that_of_the_shape_in_square_millimetres() -> None:
    assert area(Box(0, 0, 10, 10), MILLIMETERS) == 100.0
    ring = Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(2, 2), (4, 2), (4, 4), (2, 4)]])
    assert area(ring, MILLIMETERS) == 96.0
    assert area(Polyline([(0, 0), (9, 9)]), MILLIMETERS) == 0.0


def mr() -> np.ndarray[Any, Any]:
    values = read_frame(read_file((CORPUS / "MR_small.dcm").read_bytes()))
    assert np.array_equal(values, dcmread(Path(CORPUS / "MR_small.dcm")).pixel_array)
    return np.asarray(values)


def disc(rows: int, columns: int) -> np.ndarray[Any, Any]:
    y, x = np.mgrid[:rows, :columns]
    return (y - 30) ** 2 + (x - 25) ** 2 < 15**2


def shapes() -> list[tuple[Shape, np.ndarray[Any, Any]]]:
    """Return shapes, and which pixels of 64 x 64 they cover by another library or by hand."""
    inside = np.zeros((64, 64), bool)
    inside[11:21, 6:31] = True  # from 5.6 on: the center of column 5 is at 5.5
    corners = [(3.3, 4.1), (50.2, 9.7), (40.6, 60.2), (9.9, 41.3)]
    outline = polygon2mask(  # type: ignore[no-untyped-call]
        (64, 64), [(y - 0.5, x - 0.5) for x, y in corners]
    )
    on = disc(64, 64)
    mask = encode(on.astype(np.uint8))
    assert isinstance(mask, Mask)
    cut = np.zeros((64, 64), bool)
    cut[60:, :3] = True
    return [
        (Box(5.6, 10.6, 25.0, 10.0), inside),
        (Polygon(corners), outline),
        (mask, on),
        (Box(-10, 60, 13, 40), cut),  # reaches beyond the image
    ]


@pytest.mark.parametrize(("shape", "inside"), shapes())
def test_the_values_of_a_region_are_those_of_the_pixels_inside(
    shape: Shape, inside: np.ndarray[Any, Any]
) -> None:
    values = mr()
    expected = values[inside].astype(float)
    found = statistics(values_in(values, shape))
    assert found is not None
    assert found.count == inside.sum()
    assert (found.lowest, found.highest) == (expected.min(), expected.max())
    assert found.mean == pytest.approx(expected.mean())
    assert found.deviation == pytest.approx(np.std(expected))


def test_a_region_beside_the_image_or_without_area_has_no_values() -> None:
    values = mr()
    for shape in (Box(100, 100, 5, 5), Box(3.6, 3.6, 0.3, 0.3), Polyline([(1, 1), (30, 30)])):
        assert statistics(values_in(values, shape)) is None


def test_what_is_no_number_does_not_count() -> None:
    assert statistics(np.array([1.0, math.nan, 3.0, math.inf])) == Statistics(2, 2.0, 1.0, 1.0, 3.0)


def test_measures_are_said_in_words() -> None:
    assert (
        length_in_words([(0, 0), (0, 10)], PixelSize(0.2, 0.2, "mm", "at the detector"))
        == "2.0 mm at the detector"
    )
    assert length_in_words([(0, 0), (0, 10)], PixelSize()) == "10.0 px"
    found = Statistics(4, -41.04, 0.034, -44.0, 38.0)
    assert region_in_words(Box(0, 0, 2, 2), MILLIMETERS, found, "HU").splitlines() == [
        *("Area 4.0 mm²", "Mean −41.0 HU · SD 0.034", "Min −44 · Max 38"),
    ]
    assert region_in_words(Box(0, 0, 2, 2), PixelSize(), None, "HU") == "Area 4.0 px²"
