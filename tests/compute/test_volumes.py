"""Slices in the compute worker: decoded once, held once, and a volume when a calculation wants one."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest

from tests.imaging.test_dicom_reading import CORPUS
from webapp.py.compute.dicom_images import dicom_image
from webapp.py.compute.frame_answers import Frame, FrameAnswer, NeedsFile
from webapp.py.compute.protocol import ComputeProblem, pack, unpack
from webapp.py.compute.volumes import Slices, kept_slices
from webapp.py.geometry.image_parts import VolumePart


def plane(value: int, kind: type = np.int16) -> np.ndarray:
    return np.full((4, 6), value, kind)


def test_a_volume_has_the_slices_in_the_order_asked_for_and_is_made_once() -> None:
    slices = Slices()
    for name in (3, 1, 2):
        slices.keep(str(name), plane(name))
    volume = slices.volume(["1", "2", "3"])
    assert volume[:, 0, 0].tolist() == [1, 2, 3]
    assert slices.volume(["1", "2", "3"]) is volume
    assert slices.volume(["3", "2"])[:, 0, 0].tolist() == [3, 2]


def test_a_slice_asked_for_by_itself_leaves_the_volume_as_it_is() -> None:
    slices = Slices()
    for name in (1, 2):
        slices.keep(str(name), plane(name))
    volume = slices.volume(["1", "2"])
    assert slices.volume(["2"]).shape == (1, 4, 6)
    assert slices.volume(["2"])[0, 0, 0] == 2
    assert slices.volume(["1", "2"]) is volume


def test_a_slice_that_comes_anew_is_in_the_next_volume() -> None:
    slices = Slices()
    slices.keep("1", plane(1))
    slices.keep("2", plane(2))
    slices.volume(["1", "2"])
    slices.keep("2", plane(7))
    assert slices.volume(["1", "2"])[1, 0, 0] == 7


def test_whole_numbers_and_fractions_share_a_volume_without_loss() -> None:
    slices = Slices()
    slices.keep("1", plane(-1000))
    slices.keep("2", np.full((4, 6), 0.25, np.float32))
    assert slices.volume(["1", "2"])[:, 0, 0].tolist() == [-1000, 0.25]


def test_beyond_the_bound_the_slices_used_longest_ago_are_dropped_and_reported_as_missing() -> None:
    slices = Slices(most_bytes=3 * plane(0).nbytes)
    for name in range(5):
        slices.keep(str(name), plane(name))
    assert slices.missing([str(name) for name in range(5)]) == [0, 1]
    with pytest.raises(ComputeProblem, match="no longer loaded"):
        slices.volume(["1", "2"])


def test_slices_of_different_sizes_make_no_volume() -> None:
    slices = Slices()
    slices.keep("1", plane(1))
    slices.keep("2", np.zeros((5, 6), np.int16))
    with pytest.raises(ComputeProblem, match="do not have the same size"):
        slices.volume(["1", "2"])


def frame_of(answer: FrameAnswer) -> Frame:
    assert isinstance(answer, Frame)
    return answer


def test_what_is_decoded_for_a_stack_stays_as_a_slice_and_its_file_does_not() -> None:
    content = np.frombuffer((CORPUS / "CT_small.dcm").read_bytes(), np.uint8)
    assert frame_of(dicom_image("ct", content, keep="ct-slice")).header.rows == 128
    native = pydicom.dcmread(CORPUS / "CT_small.dcm")
    hu = native.pixel_array * native.RescaleSlope + native.RescaleIntercept
    assert np.array_equal(kept_slices.volume(["ct-slice"])[0], hu)
    assert isinstance(dicom_image("ct"), NeedsFile)
    kept_slices.forget(["ct-slice"])
    assert kept_slices.missing(["ct-slice"]) == [0]


def test_a_volume_among_the_arguments_crosses_by_name() -> None:
    text, arrays = pack({"values": VolumePart(("a", "b"))})
    assert not arrays
    found = unpack(text, arrays, lambda part: part)
    assert found == {"values": VolumePart(("a", "b"))}
