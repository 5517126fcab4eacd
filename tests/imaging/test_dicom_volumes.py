"""Several images at one place: one stack for each echo, time, b-value, and so on, and none out of reach.

What distinguishes images is in PS3.3: C.8.3 (MR), C.8.13 (enhanced MR), C.8.15 (enhanced CT), C.7.6.17
(dimensions).
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from tests.imaging.test_dicom_frames import FLAT, dataset, enhanced, groups, headers
from tests.imaging.test_dicom_reading import ct
from webapp.py.imaging.dicom import read_header
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.series import Stack, stacks_of

PLACES = (0.0, 2.5, 5.0, 7.5)


def slice_at(height: float, **fields: Any) -> Header:
    known = {"rows": 4, "columns": 4, "spacing": (1.0, 1.0), "orientation": tuple(FLAT)}
    return Header(**{**known, "position": (0.0, 0.0, height), **fields})


def series(*volumes: dict[str, float | str], **fields: Any) -> list[Header]:
    """Return volumes of slices whose files are in no order."""
    found = [
        slice_at(height, traits=traits, instance_number=number, **fields)
        for number, (traits, height) in enumerate((traits, height) for traits in volumes for height in PLACES)
    ]
    random.Random(3).shuffle(found)
    return found


def told(found: list[Header]) -> list[tuple[str, list[float]]]:
    return [(stack.name, [one.place for one in stack.slices]) for stack in stacks_of(found)]


WHOLE = list(PLACES)


def test_echoes_are_stacks_of_their_own_in_the_order_of_their_times() -> None:
    found = series({"echo_time": 9.2}, {"echo_time": 4.6})
    assert told(found) == [("Echo time 4.6 ms", WHOLE), ("Echo time 9.2 ms", WHOLE)]


def test_images_are_named_by_as_little_as_tells_them_apart() -> None:
    volumes = [
        {"b_value": 0.0, "image_type": "DIFFUSION"},
        *({"b_value": 1000.0, "direction": one, "image_type": "DIFFUSION"} for one in ("1, 0, 0", "0, 1, 0")),
    ]
    assert [name for name, _ in told(series(*volumes))] == [
        "b-value 0 s/mm²",
        "b-value 1000 s/mm² · Direction 1, 0, 0",
        "b-value 1000 s/mm² · Direction 0, 1, 0",
    ]


def test_what_differs_from_slice_to_slice_makes_no_stacks() -> None:
    """Each slice has its own trigger time, so phases are told by their order."""
    found = [
        slice_at(height, traits={"trigger_time": 100.0 * phase + 7 * at}, instance_number=10 * at + phase)
        for phase in range(2)
        for at, height in enumerate(PLACES)
    ]
    assert told(found) == [("Volume 1", WHOLE), ("Volume 2", WHOLE)]
    first, second = stacks_of(found)
    assert [one.item for one in first.slices] == [0, 1, 2, 3]
    assert [one.item for one in second.slices] == [4, 5, 6, 7]


def test_a_few_repeated_slices_are_still_reported_as_such() -> None:
    found = [slice_at(height) for height in (*PLACES, 2.5)]
    (stack,) = stacks_of(found)
    assert len(stack.repeated) == 1
    assert stack.name == ""


def test_two_doubled_slices_of_one_series_are_reported_with_no_second_stack() -> None:
    found = [slice_at(2.5 * at) for at in range(20)] + [slice_at(2.5), slice_at(5.0)]
    (stack,) = stacks_of(found)
    assert len(stack.repeated) == 2


def test_a_movie_at_one_place_is_a_stack_in_the_order_of_time() -> None:
    found = [slice_at(3.0, instance_number=number) for number in (3, 1, 2)]
    (stack,) = stacks_of(found)
    assert [one.item for one in stack.slices] == [1, 2, 0]
    assert (stack.distance, stack.repeated) == (0.0, ())


def test_an_incomplete_volume_is_a_shorter_stack() -> None:
    found = series({"time": 1.0}, {"time": 2.0})
    cut = [one for one in found if one.traits["time"] == 1.0 or one.position[2] < 5]
    assert told(cut) == [("Time 1", WHOLE), ("Time 2", [0.0, 2.5])]


@pytest.mark.parametrize("distance", [0.005, 0.01, 0.0005])
def test_slices_closer_than_a_hundredth_of_a_millimeter_are_slices(distance: float) -> None:
    (stack,) = stacks_of([slice_at(distance * at) for at in range(12)])
    assert (len(stack.slices), stack.repeated) == (12, ())
    assert stack.distance == pytest.approx(distance)


def test_positions_that_differ_by_rounding_are_one_place() -> None:
    found = [
        slice_at(height + 0.004 * echo, traits={"echo_time": float(echo)})
        for echo in range(2)
        for height in PLACES
    ]
    assert [name for name, _ in told(found)] == ["Echo time 0 ms", "Echo time 1 ms"]


def test_pixels_of_different_sizes_are_never_in_one_stack() -> None:
    found = [slice_at(2.0 * at, spacing=(1.0, 1.0) if at % 2 else (0.5, 0.5)) for at in range(6)]
    assert told(found) == [
        ("Pixels of 0.5 × 0.5 mm", [0.0, 4.0, 8.0]),
        ("Pixels of 1 × 1 mm", [2.0, 6.0, 10.0]),
    ]
    assert [
        stack.name for stack in stacks_of([slice_at(at, spacing=(1, 1 + at * 1e-5)) for at in range(3)])
    ] == [""]


# --- from files


def frame(height: float, dimensions: list[int], **more: dict[str, Any]) -> Dataset:
    return groups(
        PlanePositionSequence={"ImagePositionPatient": [0, 0, height]},
        PlaneOrientationSequence={"ImageOrientationPatient": FLAT},
        FrameContentSequence={"DimensionIndexValues": dimensions},
        **more,
    )


def dimension(group: str, name: str) -> Dataset:
    return dataset(FunctionalGroupPointer=Tag(group), DimensionIndexPointer=Tag(name))


def stacks(data: Dataset) -> list[Stack]:
    return stacks_of(headers(data))


def test_volumes_of_an_enhanced_file_come_in_the_order_of_the_dimension_index() -> None:
    """PS3.3 C.7.6.17: the second index is the echo, whatever the order of frames is."""
    organization = Sequence(
        [
            dimension("FrameContentSequence", "InStackPositionNumber"),
            dimension("MREchoSequence", "EffectiveEchoTime"),
        ]
    )
    frames = [
        frame(10.0 * (1 + at), [at + 1, echo], MREchoSequence={"EffectiveEchoTime": 20.0 / echo})
        for at in range(3)
        for echo in (2, 1)
    ]
    found = stacks(enhanced(*frames, DimensionIndexSequence=organization))
    assert [(stack.name, [one.item for one in stack.slices]) for stack in found] == [
        ("Echo time 20 ms", [1, 3, 5]),
        ("Echo time 10 ms", [0, 2, 4]),
    ]


def test_segments_that_overlap_are_stacks_of_their_own() -> None:
    frames = [
        frame(height, [1], SegmentIdentificationSequence={"ReferencedSegmentNumber": number})
        for number in (1, 2)
        for height in (0.0, 5.0)
    ]
    segments = Sequence([dataset(SegmentNumber=2, SegmentLabel="Liver")])
    found = stacks(enhanced(*frames, SegmentSequence=segments))
    assert [stack.name for stack in found] == ["Segment 1", "Segment 2 Liver"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"EchoTime": 5}, "Echo time 5 ms"),
        ({"InversionTime": 900}, "Inversion time 900 ms"),
        ({"DiffusionBValue": 800.0}, "b-value 800 s/mm²"),
        ({"TemporalPositionIdentifier": 4}, "Time 4"),
        ({"FrameReferenceTime": 5000}, "Time 5000 ms"),
        ({"TriggerTime": 120}, "Trigger time 120 ms"),
        ({"AcquisitionNumber": 3}, "Acquisition 3"),
        ({"AcquisitionTime": "101500"}, "Acquired at 101500"),
        ({"ImageType": ["DERIVED", "PRIMARY", "WATER"]}, "Image type WATER"),
    ],
)
def test_files_at_the_same_places_are_named_by_what_they_say(fields: dict[str, Any], name: str) -> None:
    place = {"ImageOrientationPatient": FLAT, "PixelSpacing": [1, 1], "SeriesInstanceUID": "1.2"}
    files = [
        ct(np.zeros((2, 2), np.uint16), ImagePositionPatient=[0, 0, height], **place, **own)
        for own in ({}, fields)
        for height in (0, 3)
    ]
    found = stacks_of([read_header(file) for file in files])
    assert sorted(stack.name for stack in found) == ["", name]


def test_the_phases_of_gated_nuclear_medicine_are_volumes() -> None:
    """PS3.3 C.8.4.8: slices and time slots each have a vector."""
    data = ct(
        np.zeros((4, 2, 2), np.uint16),
        DetectorInformationSequence=Sequence(
            [dataset(ImagePositionPatient=[0, 0, 0], ImageOrientationPatient=FLAT)]
        ),
        SliceVector=[1, 2, 1, 2],
        TimeSlotVector=[1, 1, 2, 2],
        SpacingBetweenSlices=4,
    )
    assert [(stack.name, len(stack.slices), stack.distance) for stack in stacks(data)] == [
        ("Time slot 1", 2, 4.0),
        ("Time slot 2", 2, 4.0),
    ]
