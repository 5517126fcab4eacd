"""Numbers as devices write them, elements that they leave out, and units only where the file says so.

The right values are those of PS3.3 and PS3.5, by hand.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.dataelem import RawDataElement
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from tests.imaging.test_dicom_images import asked
from tests.imaging.test_dicom_reading import ct, written
from webapp.py.imaging.dicom import read_file, read_header
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.dicom_pixels import read_frame
from webapp.py.imaging.dicom_values import padding

STORED = np.array([[0, 512], [1024, 4000]], np.uint16)


def with_text(data: Dataset, **texts: bytes) -> Dataset:
    """Return an image whose decimal elements are these bytes."""
    for name, text in texts.items():
        padded = text + b" " * (len(text) % 2)
        tag = Tag(name)
        data._dict[tag] = RawDataElement(tag, "DS", len(padded), padded, 0, False, True)
    return read_file(written(data))


def without(data: Dataset, *names: str) -> Dataset:
    for name in names:
        del data[name]
    return dcmread(BytesIO(written(data)))


def test_a_decimal_comma_is_read_as_a_point_and_the_page_says_so() -> None:
    data = with_text(
        ct(STORED),
        RescaleIntercept=b"-1024,0",
        RescaleSlope=b"0,5",
        PixelSpacing=b"0,25\\0,5",
        WindowCenter=b"40,5",
        WindowWidth=b"400",
    )
    header = read_header(data)
    assert read_frame(data).tolist() == [[-1024, -768], [-512, 976]]
    assert (header.unit, header.spacing) == ("HU", (0.25, 0.5))
    assert (header.windows[0].center, header.windows[0].width) == (40.5, 400)
    assert header.notes == ("Decimal commas read as points",)


@pytest.mark.parametrize("intercept", [b"minus 1024", b"1.024,5", b"1,024,5"])
def test_a_rescale_that_cannot_be_read_gives_no_unit_and_a_note(intercept: bytes) -> None:
    data = with_text(ct(STORED), RescaleIntercept=intercept, RescaleSlope=b"1")
    header = read_header(data)
    assert np.array_equal(read_frame(data), STORED)
    assert header.unit == ""
    assert header.notes == ("Rescale unreadable: values as stored",)


def test_a_slope_of_zero_is_not_applied() -> None:
    data = ct(STORED, RescaleSlope=0, RescaleIntercept=5)
    assert np.array_equal(read_frame(data), STORED)
    assert read_header(data).unit == ""


@pytest.mark.parametrize(
    ("kind", "value", "signed", "expected"),
    [
        ("US", 63536, 1, -2000),
        ("SS", -2000, 1, -2000),
        ("SS", -2000, 0, 63536),
        ("US", 63536, 0, 63536),
        ("US", 100, 1, 100),
    ],
)
async def test_padding_has_the_sign_of_the_pixels(kind: str, value: int, signed: int, expected: int) -> None:
    """PS3.3 C.7.5.1.1.2: the kind of number follows the pixel representation."""
    values = np.full((10, 10), expected % 65536, np.uint16)
    values[2:8, 2:8] = np.arange(36).reshape(6, 6)
    data = ct(values, PixelRepresentation=signed, RescaleSlope=1, RescaleIntercept=0)
    data.add_new("PixelPaddingValue", kind, value)
    read = read_file(written(data))
    assert padding(read) == (expected, expected)
    window = (await asked("padded", written(data))).window
    assert window is not None
    assert (window.center, window.width) == (17.5, 35)


def test_pixels_without_representation_are_unsigned_and_the_page_says_so() -> None:
    data = without(ct(np.array([[0, 65535]], np.uint16)), "PixelRepresentation")
    assert read_frame(data).tolist() == [[0, 65535]]
    assert "unsigned" in read_header(data).notes[0]


def test_other_elements_that_follow_from_the_rest_may_be_missing() -> None:
    data = without(ct(STORED), "BitsStored", "HighBit", "SamplesPerPixel")
    assert np.array_equal(read_frame(data), STORED)
    assert len(read_header(data).notes) == 2
    assert read_header(ct(STORED)).notes == ()


@pytest.mark.parametrize(
    ("fields", "unit"),
    [
        ({"RescaleSlope": 1, "RescaleIntercept": -1024}, "HU"),
        ({"RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "HU"}, "HU"),
        ({"RescaleSlope": 1, "RescaleIntercept": 0, "RescaleType": "US"}, ""),
        ({"RescaleSlope": 1, "RescaleIntercept": 0, "RescaleType": "MGML"}, "MGML"),
        ({}, ""),  # a CT image has both (C.8.2.1); one without them is something else
        ({"Modality": "MR", "RescaleSlope": 2, "RescaleIntercept": 0}, ""),
        ({"Modality": "PT", "Units": "BQML", "RescaleSlope": 2, "RescaleIntercept": 0}, "Bq/ml"),
        ({"Modality": "RTDOSE", "DoseUnits": "GY", "DoseGridScaling": 0.1}, "Gy"),
    ],
)
def test_values_have_a_unit_only_if_the_file_says_so(fields: dict[str, Any], unit: str) -> None:
    """PS3.3 C.8.2.1 and C.11.1.1.2 (CT), C.8.9.1 (PET), C.8.8.3 (dose)."""
    assert read_header(ct(STORED, **fields)).unit == unit


def spacing_of(**fields: Any) -> Header:
    return read_header(ct(STORED, **fields))


def test_equal_spacings_are_those_at_the_detector() -> None:
    """PS3.3 10.7.1.1: equal values mean that nothing was corrected, unless a calibration is named."""
    both = {"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.2, 0.2]}
    assert spacing_of(**both).at_detector
    assert not spacing_of(**both, PixelSpacingCalibrationType="GEOMETRY").at_detector
    assert not spacing_of(**{**both, "PixelSpacing": [0.15, 0.15]}).at_detector


def region(kind: int = 1, units: int = 3, across: float = 0.01, down: float = 0.02) -> Dataset:
    found = Dataset()
    found.RegionSpatialFormat = kind
    found.PhysicalUnitsXDirection = found.PhysicalUnitsYDirection = units
    found.PhysicalDeltaX, found.PhysicalDeltaY = across, down
    return found


@pytest.mark.parametrize(
    ("regions", "spacing"),
    [
        ([region()], (0.2, 0.1)),  # cm to mm, rows first
        ([region(), region(across=-0.01)], (0.2, 0.1)),
        ([region(), region(across=0.03)], ()),  # two scales
        ([region(), region(kind=3, units=4)], ()),  # a spectrum beside the image
        ([region(units=0)], ()),
        ([], ()),
    ],
)
def test_ultrasound_regions_give_the_spacing_if_they_agree(
    regions: list[Dataset], spacing: tuple[float, ...]
) -> None:
    """PS3.3 C.8.5.5.1: deltas in the units of the region, of which 3 is cm."""
    header = spacing_of(Modality="US", SequenceOfUltrasoundRegions=Sequence(regions))
    assert header.spacing == pytest.approx(spacing)
    assert not header.at_detector
