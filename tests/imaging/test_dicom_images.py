"""DICOM files as the page gets them from the worker: values and windows, or a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from tests.imaging.test_dicom_display import overlaid
from tests.imaging.test_dicom_reading import CORPUS, ct, written
from webapp.py.compute.dicom_images import OpenFiles
from webapp.py.compute.frame_answers import (
    Frame,
    FrameAnswer,
    NeedsCodecs,
    NeedsFile,
    Unreadable,
    read_frame_answer,
)
from webapp.py.compute.protocol import pack, run, unpack
from webapp.py.imaging import dicom_codecs


async def answered(address: str, content: bytes | None = None, **more: Any) -> FrameAnswer:
    array = None if content is None else np.frombuffer(content, np.uint8)
    arguments = unpack(*pack({"address": address, "content": array, **more}))
    return read_frame_answer(unpack(*pack(await run("dicom_image", arguments))))


async def asked(address: str, content: bytes | None = None, **more: Any) -> Frame:
    answer = await answered(address, content, **more)
    assert isinstance(answer, Frame)
    return answer


async def test_a_file_is_handed_over_once_and_its_frames_come_one_by_one() -> None:
    content = (CORPUS / "rtdose.dcm").read_bytes()
    file = pydicom.dcmread(CORPUS / "rtdose.dcm")
    native = (file.pixel_array * float(file.DoseGridScaling)).astype(np.float32)
    assert np.array_equal((await asked("dose", content)).values, native[0])
    for frame in (7, 14):
        assert np.array_equal((await asked("dose", frame=frame)).values, native[frame])
    assert (await asked("dose")).header.frames == 15


async def test_a_file_that_is_not_open_any_more_is_asked_for_again() -> None:
    assert isinstance(await answered("never"), NeedsFile)


async def test_a_gray_image_comes_with_the_window_of_its_file_and_an_overlay_where_it_has_one() -> None:
    answer = await asked("overlay", (CORPUS / "examples_overlay.dcm").read_bytes())
    assert answer.window is not None
    assert (answer.window.center, answer.window.width, answer.window.name) == (450.0, 790.0, "WINDOW1")
    assert answer.overlay is not None
    assert answer.overlay.shape == answer.values.shape
    assert set(np.unique(answer.overlay)) == {0, 1}


async def test_a_color_image_comes_as_rgb_without_a_window() -> None:
    answer = await asked("rgb", (CORPUS / "examples_rgb_color.dcm").read_bytes())
    assert answer.values.shape == (240, 320, 3)
    assert answer.window is None
    assert answer.overlay is None


async def test_padding_in_stored_values_does_not_count_for_the_window() -> None:
    values = np.full((10, 10), -2000, np.int16)
    values[2:8, 2:8] = np.arange(36).reshape(6, 6)
    file = ct(values, PixelPaddingValue=-2000, RescaleSlope="2", RescaleIntercept="100")
    window = (await asked("padded", written(file))).window
    assert window is not None
    assert (window.center, window.width) == (135, 70)


async def test_a_file_that_is_no_image_says_why() -> None:
    answer = await answered("report", (CORPUS / "reportsi.dcm").read_bytes())
    assert answer == Unreadable("not_an_image", "This DICOM file contains a structured report, not an image.")


def test_files_stay_open_within_a_bound_of_bytes() -> None:
    content = np.frombuffer(Path(CORPUS / "CT_small.dcm").read_bytes(), np.uint8)
    files = OpenFiles(most_bytes=2 * content.nbytes)
    for name in ("a", "b", "c"):
        files.open(name, content)
    files.open("c", None)
    files.open("b", None)
    assert files.open("a", None) is None


async def test_decoders_are_loaded_before_the_first_compressed_image_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dicom_codecs, "find_spec", lambda name: None)
    assert await asked("plain", (CORPUS / "CT_small.dcm").read_bytes())
    packed = (CORPUS / "JPEG2000.dcm").read_bytes()
    assert isinstance(await answered("packed", packed), NeedsCodecs)
    monkeypatch.undo()
    await run("load_codecs", {})
    assert np.array_equal(
        (await asked("packed")).values, pydicom.dcmread(CORPUS / "JPEG2000.dcm").pixel_array
    )


async def test_the_overlay_of_a_single_frame_comes_with_that_frame_alone() -> None:
    content = written(overlaid(1, 2, [1, 0, 0, 1], frames=2, first=2))
    found = [(await asked("frames", content, frame=frame)).overlay for frame in range(3)]
    assert found[0] is None
    assert [np.argwhere(plane).tolist() for plane in found if plane is not None] == [[[0, 0]], [[0, 1]]]
