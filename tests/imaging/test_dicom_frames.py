"""Each frame of a file has the values of that frame: in functional groups, vectors and overlays.

The right values are those of DICOM PS3.3: C.7.6.16 (functional groups), C.8.8.3 (dose), C.8.4 (nuclear
medicine).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from tests.imaging.test_dicom_images import asked
from tests.imaging.test_dicom_reading import ct, written
from webapp.py.imaging.dicom import read_header
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.dicom_pixels import read_frame
from webapp.py.imaging.series import stacks_of

FLAT = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
ON_FACE = [1.0, 0.0, 0.0, 0.0, -1.0, 0.0]
"""Rows to the left, columns to the front: the normal is toward the feet."""


def dataset(**attributes: Any) -> Dataset:
    data = Dataset()
    for name, value in attributes.items():
        setattr(data, name, value)
    return data


def groups(**sequences: dict[str, Any]) -> Dataset:
    """Return the functional groups of a frame."""
    return dataset(**{name: Sequence([dataset(**fields)]) for name, fields in sequences.items()})


def enhanced(*frames: Dataset, shared: Dataset | None = None, **attributes: Any) -> Dataset:
    values = np.arange(len(frames) * 4, dtype=np.uint16).reshape(-1, 2, 2)
    more = {"SharedFunctionalGroupsSequence": Sequence([shared])} if shared is not None else {}
    return ct(values, PerFrameFunctionalGroupsSequence=Sequence(frames), **more, **attributes)


def headers(data: Dataset) -> list[Header]:
    return [read_header(data, index) for index in range(int(data.NumberOfFrames))]


def test_spacing_orientation_thickness_and_unit_are_those_of_the_frame() -> None:
    def frame(spacing: float, orientation: list[float], kind: str) -> Dataset:
        return groups(
            PixelMeasuresSequence={"PixelSpacing": [spacing, spacing], "SliceThickness": 4 * spacing},
            PlaneOrientationSequence={"ImageOrientationPatient": orientation},
            PixelValueTransformationSequence={
                "RescaleSlope": 1,
                "RescaleIntercept": 0,
                "RescaleType": kind,
            },
        )

    first, second = headers(enhanced(frame(0.5, FLAT, "HU"), frame(1.0, ON_FACE, "US")))
    assert (first.spacing, second.spacing) == ((0.5, 0.5), (1.0, 1.0))
    assert (first.thickness, second.thickness) == (2.0, 4.0)
    assert (first.orientation, second.orientation) == (tuple(FLAT), tuple(ON_FACE))
    assert (first.unit, second.unit) == ("HU", "")


async def test_each_frame_is_shown_through_its_own_window() -> None:
    """PS3.3 C.7.6.16.2.10: the Frame VOI LUT belongs to its frame."""
    frames = [
        groups(FrameVOILUTSequence={"WindowCenter": center, "WindowWidth": 2 * center})
        for center in (96, 4800)
    ]
    content = written(enhanced(*frames))
    answers = [await asked("windows", content, frame=index) for index in range(2)]
    assert [(one.window.center, one.window.width) for one in answers if one.window] == [
        (96, 192),
        (4800, 9600),
    ]


async def test_padding_is_rescaled_as_its_frame_is() -> None:
    """The second frame has a slope of its own, after which padding is at 200, not at 20."""
    frames = [
        groups(PixelValueTransformationSequence={"RescaleSlope": slope, "RescaleIntercept": 0})
        for slope in (1, 10)
    ]
    data = enhanced(*frames, PixelPaddingValue=20)
    data.PixelData = np.array([[[20, 1], [2, 3]], [[20, 1], [2, 3]]], np.uint16).tobytes()
    window = (await asked("padding", written(data), frame=1)).window
    assert window is not None
    assert (window.center, window.width) == (20, 20)


def dose(**attributes: Any) -> Dataset:
    values = np.arange(12, dtype=np.uint16).reshape(3, 2, 2)
    fields = {"Modality": "RTDOSE", "DoseUnits": "GY", "DoseGridScaling": "0.01"}
    return ct(values, **{**fields, "ImagePositionPatient": [0, 0, 10], **attributes})


@pytest.mark.parametrize(
    ("orientation", "offsets", "heights"),
    [
        (FLAT, [0, 2.5, 5], [10, 12.5, 15]),
        (FLAT, [10, 12.5, 15], [10, 12.5, 15]),
        (ON_FACE, [0, 2.5, 5], [10, 7.5, 5]),
        (ON_FACE, [10, 12.5, 15], [10, 12.5, 15]),
    ],
)
def test_frames_of_a_dose_are_where_the_grid_offsets_say(
    orientation: list[float], offsets: list[float], heights: list[float]
) -> None:
    """PS3.3 C.8.8.3.2: offsets along the normal if they begin with 0, else heights in the patient."""
    data = dose(ImageOrientationPatient=orientation, GridFrameOffsetVector=offsets, PixelSpacing=[2, 2])
    found = headers(data)
    assert [header.position[2] for header in found] == heights
    (stack,) = stacks_of(found)
    assert (len(stack.slices), stack.distance) == (3, 2.5)


def test_a_dose_is_in_gray_by_its_scaling() -> None:
    """PS3.3 C.8.8.3: Dose Grid Scaling times the stored value is the dose."""
    data = dose()
    assert read_frame(data, 2) == pytest.approx(np.array([[0.08, 0.09], [0.1, 0.11]]))
    assert read_header(data).unit == "Gy"
    assert read_header(dose(DoseUnits="RELATIVE")).unit == ""


def test_slices_of_nuclear_medicine_are_where_the_slice_vector_says() -> None:
    """PS3.3 C.8.4.15: a negative spacing stacks them in front of the first."""
    detector = dataset(ImagePositionPatient=[1, 2, 30], ImageOrientationPatient=FLAT)
    data = ct(
        np.zeros((3, 2, 2), np.uint16),
        DetectorInformationSequence=Sequence([detector]),
        SliceVector=[1, 2, 3],
        SpacingBetweenSlices=-4,
    )
    assert [header.position for header in headers(data)] == [(1, 2, 30), (1, 2, 26), (1, 2, 22)]


def test_frames_of_a_movie_are_all_at_the_place_of_the_file() -> None:
    place = {"ImagePositionPatient": [0, 0, 7], "ImageOrientationPatient": FLAT}
    data = ct(np.zeros((3, 2, 2), np.uint16), FrameIncrementPointer=Tag("FrameTime"), FrameTime=40, **place)
    found = headers(data)
    assert [header.position for header in found] == [(0, 0, 7)] * 3
    (stack,) = stacks_of(found)
    assert [one.item for one in stack.slices] == [0, 1, 2]


def test_the_place_of_the_first_frame_is_not_taken_for_that_of_others() -> None:
    place = {"ImagePositionPatient": [0, 0, 7], "ImageOrientationPatient": FLAT}
    found = headers(ct(np.zeros((3, 2, 2), np.uint16), **place))
    assert [header.position for header in found] == [()] * 3
    assert [len(stack.slices) for stack in stacks_of(found)] == [3]


def test_a_table_for_one_frame_is_not_used_for_others() -> None:
    """PS3.3 C.7.6.16, Frame VOI LUT With LUT macro."""
    item = dataset(LUTDescriptor=[2, 0, 8], LUTData=np.array([0, 255], np.uint16).tobytes())
    first = groups(FrameVOILUTSequence={"VOILUTSequence": Sequence([item])})
    second = groups(FrameVOILUTSequence={"WindowCenter": 5, "WindowWidth": 10})
    shown = [header.windows[0] for header in headers(enhanced(first, second))]
    assert [one.table is None for one in shown] == [False, True]
