"""How DICOM files say that their images are shown: tables and windows, the shape of pixels, overlays.

What the shades should be comes from pydicom's own processing of the same data set.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.pixels.processing import apply_voi, apply_windowing
from pydicom.sequence import Sequence

from tests.imaging.test_dicom_reading import ct
from webapp.py.imaging.dicom import read_header
from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.imaging.dicom_overlays import read_overlays
from webapp.py.imaging.dicom_pixels import read_frame
from webapp.py.imaging.windows import first_window, linear, shades
from webapp.py.workspace.brightness_contrast import BrightnessContrast, adjust_window

RAMP = np.arange(-1200, 3000, 7, dtype=np.int16).reshape(6, 100)


def table(entries: list[int], first: int, bits: int, name: str = "") -> Dataset:
    item = Dataset()
    item.LUTDescriptor = [len(entries), first, bits]
    item.LUTData = np.array(entries, np.uint16).tobytes()
    if name:
        item.LUTExplanation = name
    return item


def curve(count: int, bits: int) -> list[int]:
    """Return a table that is no straight line."""
    return [round(((at / (count - 1)) ** 2) * (2**bits - 1)) for at in range(count)]


@pytest.mark.parametrize(("first", "bits", "count"), [(-500, 12, 1500), (0, 16, 300), (100, 10, 2)])
def test_a_table_gives_the_shades_that_pydicom_finds(first: int, bits: int, count: int) -> None:
    data = ct(RAMP, VOILUTSequence=Sequence([table(curve(count, bits), first, bits)]))
    (window,) = read_header(data).windows
    values = read_frame(data).astype(np.int32)  # its own arithmetic overflows on narrower ones
    expected = np.rint(apply_voi(values, data) / (2**bits - 1) * 255)
    assert np.array_equal(shades(values, window), expected)
    assert np.array_equal(shades(values, window, inverted=True), 255 - expected)


@pytest.mark.parametrize("entries", [[0, 51, 255], np.array([0, 51, 255, 0], np.uint8).view("<u2").tolist()])
def test_a_table_of_bytes_is_read_however_it_is_written(entries: list[int]) -> None:
    # One to a number, or two, which leaves one over where there is an odd number of them. By hand: pydicom's
    # arithmetic overflows on tables of 8 bits.
    item = table(entries, 7, 8)
    item.LUTDescriptor = [4 if len(entries) == 2 else 3, 7, 8]
    (window,) = read_header(ct(RAMP, VOILUTSequence=Sequence([item]))).windows
    assert shades(np.array([-9, 7, 8, 9]), window).tolist() == [0, 0, 51, 255]


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize(("center", "width"), [(40, 400), (-600, 1500), (40.5, 10)])
def test_a_function_gives_the_shades_that_pydicom_finds(function: str, center: float, width: float) -> None:
    data = ct(RAMP, WindowCenter=center, WindowWidth=width, VOILUTFunction=function)
    (window,) = read_header(data).windows
    assert window.function == function
    low, high = -(2**15), 2**15 - 1
    expected = (apply_windowing(RAMP, data) - low) / (high - low) * 255
    assert np.abs(shades(RAMP, window) - expected).max() <= 0.5 + 1e-6


def test_tables_come_before_windows_and_have_their_names() -> None:
    items = [table(curve(64, 12), 0, 12, "BREAST"), table(curve(64, 12), 10, 12)]
    data = ct(RAMP, VOILUTSequence=Sequence(items), WindowCenter=40, WindowWidth=400)
    windows = read_header(data).windows
    assert [one.name for one in windows] == ["BREAST", "", ""]
    assert [one.table is not None for one in windows] == [True, True, False]
    assert first_window(read_header(data), RAMP) == windows[0]
    assert (windows[1].center, windows[1].width) == (42.0, 64.0)  # it covers 10 to 73


def test_the_range_of_a_table_is_what_it_becomes_when_somebody_changes_it() -> None:
    (window,) = read_header(ct(RAMP, VOILUTSequence=Sequence([table(curve(101, 12), 0, 12)]))).windows
    changed = adjust_window(window, BrightnessContrast(contrast=1e-9))
    assert changed.table is None
    assert shades(np.array([-1, 0, 50, 100, 101]), changed).tolist() == [0, 0, 128, 255, 255]
    assert adjust_window(window, BrightnessContrast()) == window
    assert linear(window, 5.0, 0.1) == Window(center=5.0, width=1.0)


def test_a_sigmoid_stays_one_when_it_is_moved() -> None:
    assert (
        adjust_window(Window(40.0, 400.0, function="SIGMOID"), BrightnessContrast(contrast=100)).function
        == "SIGMOID"
    )


@pytest.mark.parametrize(
    "broken", [{"LUTDescriptor": [9, 0, 12]}, {"LUTDescriptor": [3, 0, 99]}, {"LUTData": b""}]
)
def test_a_damaged_table_is_left_out(broken: dict[str, Any]) -> None:
    item = table([1, 2, 3], 0, 12)
    for name, value in broken.items():
        setattr(item, name, value)
    data = ct(RAMP, VOILUTSequence=Sequence([item]), WindowCenter=40, WindowWidth=400)
    assert [one.table for one in read_header(data).windows] == [None]


def test_windows_that_a_function_does_not_allow_are_left_out() -> None:
    assert read_header(ct(RAMP, WindowCenter=40, WindowWidth=0.5)).windows == []
    exact = read_header(ct(RAMP, WindowCenter=40, WindowWidth=0.5, VOILUTFunction="LINEAR_EXACT")).windows
    assert [one.width for one in exact] == [0.5]


def test_fractions_have_a_window_of_their_own_range() -> None:
    values = np.linspace(0.0, 0.2, 101, dtype=np.float32)[None]
    window = first_window(Header(rows=1, columns=101), values)
    assert (shades(values, window)[0, [0, 50, 100]]).tolist() == pytest.approx([0, 128, 255], abs=2)


@pytest.mark.parametrize(
    ("attributes", "spacing", "at_detector", "aspect"),
    [
        ({"PixelSpacing": [2.0, 1.0]}, (2.0, 1.0), False, 2.0),
        ({"PixelSpacing": [0.5, 0.5], "ImagerPixelSpacing": [0.7, 0.7]}, (0.5, 0.5), False, 1.0),
        ({"ImagerPixelSpacing": [0.2, 0.1]}, (0.2, 0.1), True, 2.0),
        ({"PixelAspectRatio": [3, 4]}, (), False, 0.75),  # rows to columns; not in mm
        ({"PixelSpacing": [0.0, 1.0], "PixelAspectRatio": [1, 2]}, (), False, 0.5),
        ({"PixelSpacing": [1000.0, 0.001]}, (1000.0, 0.001), False, 1.0),
        ({}, (), False, 1.0),
    ],
)
def test_pixels_have_the_shape_and_size_that_the_file_says(
    attributes: dict[str, Any], spacing: tuple[float, ...], at_detector: bool, aspect: float
) -> None:
    header = read_header(ct(RAMP, **attributes))
    assert (header.spacing, header.at_detector) == (spacing, at_detector)
    assert header.aspect == pytest.approx(aspect)


def test_directions_in_letters_are_told_where_they_are_two() -> None:
    assert read_header(ct(RAMP, PatientOrientation=["L", "FP"])).directions == ("L", "FP")
    assert read_header(ct(RAMP, PatientOrientation=["", ""])).directions == ()
    assert read_header(ct(RAMP)).directions == ()


def overlaid(rows: int, columns: int, bits: list[int], frames: int = 1, **more: Any) -> Dataset:
    data = ct(np.zeros((3, 4, 5) if frames > 1 else (4, 5), np.int16))
    packed = np.packbits(np.array(bits, np.uint8), bitorder="little").tobytes()
    packed += b"\0" * (len(packed) % 2)
    for element, vr, value in (
        (0x0010, "US", rows),
        (0x0011, "US", columns),
        (0x0040, "CS", "G"),
        (0x0050, "SS", more.get("origin", [1, 1])),
        (0x0100, "US", 1),
        (0x0102, "US", 0),
        (0x3000, "OB", packed),
    ):
        data.add_new((0x6000, element), vr, value)
    if frames > 1:
        data.add_new((0x6000, 0x0015), "IS", frames)
        data.add_new((0x6000, 0x0051), "US", more["first"])
    return data


def test_an_overlay_lies_where_its_origin_says() -> None:
    (plane,) = read_overlays(overlaid(2, 2, [1, 1, 0, 1], origin=[3, 2]))
    assert np.argwhere(plane).tolist() == [[2, 1], [2, 2], [3, 2]]
    (plane,) = read_overlays(overlaid(2, 2, [1, 1, 0, 1], origin=[0, 1]))  # its first row is cut off
    assert np.argwhere(plane).tolist() == [[0, 1]]


def test_an_overlay_of_single_frames_lies_over_these_alone() -> None:
    data = overlaid(1, 2, [1, 0, 0, 1], frames=2, first=2)
    found = [[np.argwhere(plane).tolist() for plane in read_overlays(data, frame)] for frame in range(3)]
    assert found == [[], [[[0, 0]]], [[[0, 1]]]]
