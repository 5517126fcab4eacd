"""Look-up tables as the standard has them, and as devices write them.

The right values are those of PS3.3 C.11.1.1 (modality), C.11.2.1.1 (VOI) and C.7.6.3.1.5 (palettes), by
hand, and of pydicom where it reads a table.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmwrite
from pydicom.pixels.processing import apply_color_lut
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian

from tests.imaging.test_dicom_reading import ct
from webapp.py.imaging.dicom import read_file, read_header
from webapp.py.imaging.dicom_pixels import read_frame
from webapp.py.imaging.dicom_tables import read_palette
from webapp.py.imaging.windows import shades

RAMP = np.arange(64, dtype=np.uint8).reshape(8, 8)
COLORS = ("Red", "Green", "Blue")


def item(descriptor: list[int], entries: np.ndarray[Any, Any], kind: str = "US") -> Dataset:
    found = Dataset()
    found.add_new("LUTDescriptor", kind, descriptor)
    found.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return found


def palette(descriptor: list[int], tables: dict[str, bytes], kind: str = "US") -> Dataset:
    data = ct(RAMP, PhotometricInterpretation="PALETTE COLOR")
    for color in COLORS:
        data.add_new(f"{color}PaletteColorLookupTableDescriptor", kind, descriptor)
        data.add_new(f"{color}PaletteColorLookupTableData", "OW", tables[color])
    return data


def red_up_green_down(scale: int, kind: str) -> dict[str, bytes]:
    up = np.arange(64) * 4 * scale
    return {
        "Red": up.astype(kind).tobytes(),
        "Green": (255 * scale - up).astype(kind).tobytes(),
        "Blue": np.zeros(64, kind).tobytes(),
    }


def big_endian(data: Dataset) -> Dataset:
    """Return an image as read from a big-endian file. Bytes are written as they are."""
    plain = Dataset()
    plain.update(data)
    plain.file_meta = data.file_meta
    plain.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    stream = BytesIO()
    dcmwrite(stream, plain, enforce_file_format=True)
    read = read_file(stream.getvalue())
    assert read.original_encoding == (False, False)
    return read


WANTED = np.stack([RAMP * 4, 255 - RAMP * 4, RAMP * 0], axis=-1)


@pytest.mark.parametrize(
    ("bits", "scale", "kind"),
    [
        (16, 256, "<u2"),  # as the standard has it
        (16, 1, "<u2"),  # 8 bits in words that are declared as 16
        (8, 1, "<u2"),  # one entry to a word
        (8, 257, "<u2"),  # 16 bits that are declared as 8
        (8, 1, "u1"),  # two entries to a word, as the standard has it
    ],
)
def test_a_palette_has_its_colors_however_deep_it_says_to_be(bits: int, scale: int, kind: str) -> None:
    data = palette([64, 0, bits], red_up_green_down(scale, kind))
    assert np.abs(read_frame(data).astype(int) - WANTED).max() <= (1 if scale == 256 else 0)


@pytest.mark.parametrize(("bits", "kind"), [(16, "u2"), (8, "u1")])
def test_a_big_endian_palette_is_the_same_as_the_little_endian_one(bits: int, kind: str) -> None:
    """Words have their upper byte first, so that pairs of bytes change places (PS3.5 7.3, annex A.3)."""
    tables = red_up_green_down(257 if bits == 16 else 1, kind if kind == "u1" else f"<{kind}")
    swapped = {color: np.frombuffer(table, "<u2").astype(">u2").tobytes() for color, table in tables.items()}
    data = palette([64, 0, bits], swapped)
    data["PixelData"].VR = "OB"
    data = big_endian(data)
    assert np.abs(read_frame(data).astype(int) - WANTED).max() <= (1 if bits == 16 else 0)


def test_a_palette_begins_at_its_first_value() -> None:
    data = palette([32, 16, 16], {color: (np.arange(32) * 2048).astype("<u2").tobytes() for color in COLORS})
    expected = apply_color_lut(RAMP, data) >> 8
    assert np.array_equal(read_frame(data), expected)


@pytest.mark.parametrize("order", ["<", ">"])
def test_segments_of_a_palette_are_expanded(order: str) -> None:
    """PS3.3 C.7.9.2: one discrete entry of 0, then a line of 63 entries up to 252 in the upper byte."""
    data = ct(RAMP, PhotometricInterpretation="PALETTE COLOR")
    words = np.array([0, 1, 0, 1, 63, 252 * 256], f"{order}u2")
    for color in COLORS:
        data.add_new(f"{color}PaletteColorLookupTableDescriptor", "US", [64, 0, 16])
        data.add_new(f"Segmented{color}PaletteColorLookupTableData", "OW", words.tobytes())
    data.set_original_encoding(False, order == "<")
    table, colors = read_palette(data, (0, 63))
    assert table.first == 0
    assert np.array_equal(colors[:, 0], np.arange(64) * 4)


@pytest.mark.parametrize(
    ("kind", "first", "signed", "intercept", "start"),
    [
        ("US", 64512, 0, -1024, -1024),  # rescaled values are below 0, so it is a number with sign
        ("SS", -1024, 0, -1024, -1024),
        ("US", 63536, 1, 0, -2000),  # pixels have a sign
        ("US", 40_000, 0, 0, 40_000),
        ("SS", -25_536, 0, 0, 40_000),  # written with a sign that no value has
    ],
)
def test_the_first_value_of_a_voi_table_has_the_sign_that_values_have(
    kind: str, first: int, signed: int, intercept: int, start: int
) -> None:
    """C.11.2.1.1: SS if the output of the modality LUT may be negative."""
    table = item([3, first, 16], np.array([0, 128, 255]) * 257, kind)
    data = ct(
        np.zeros((2, 2), np.uint16),
        PixelRepresentation=signed,
        RescaleIntercept=intercept,
        RescaleSlope=1,
        VOILUTSequence=Sequence([table]),
    )
    (window,) = read_header(data).windows
    assert window.table is not None
    assert window.table.first == start
    assert shades(np.array([start - 5, start, start + 1, start + 9]), window).tolist() == [0, 0, 128, 255]


@pytest.mark.parametrize(
    ("declared", "largest", "white"),
    [
        (16, 4095, 4095),  # 12 bits in 16
        (16, 255, 255),
        (12, 65_535, 65_535),  # more than declared
        (16, 40_000, 65_535),  # dark, but of 16 bits
        (12, 2_000, 4095),
    ],
)
def test_white_is_what_the_entries_of_a_voi_table_can_be(declared: int, largest: int, white: int) -> None:
    table = item([256, 0, declared], np.linspace(0, largest, 256).astype(int))
    (window,) = read_header(ct(RAMP, VOILUTSequence=Sequence([table]))).windows
    assert shades(np.array([255]), window).tolist() == [round(largest / white * 255)]


@pytest.mark.parametrize(("kind", "first"), [("SS", -3), ("US", 65_533)])
def test_a_modality_table_may_begin_below_zero(kind: str, first: int) -> None:
    table = item([3, first, 16], np.array([100, 200, 300]), kind)
    data = ct(np.array([[-4, -3], [-2, 0]], np.int16), ModalityLUTSequence=Sequence([table]))
    assert read_frame(data).tolist() == [[100, 100], [200, 300]]


def test_a_big_endian_modality_table_has_its_bytes_in_order() -> None:
    table = item([3, 0, 16], np.array([100, 200, 300]).astype("<u2").byteswap())
    data = ct(np.array([[0, 1], [2, 3]], np.uint16), ModalityLUTSequence=Sequence([table]))
    data.PixelData = np.array([[0, 1], [2, 3]], ">u2").tobytes()
    assert read_frame(big_endian(data)).tolist() == [[100, 200], [300, 300]]


def test_an_empty_modality_table_is_none() -> None:
    empty = Dataset()
    empty.add_new("LUTDescriptor", "US", None)
    empty.add_new("LUTData", "OW", None)
    for sequence in ([Dataset()], [empty], []):
        data = ct(RAMP, ModalityLUTSequence=Sequence(sequence))
        assert np.array_equal(read_frame(data), RAMP)


def test_a_modality_table_names_its_unit() -> None:
    table = item([64, 0, 16], np.arange(64))
    table.ModalityLUTType = "HU"
    assert read_header(ct(RAMP, ModalityLUTSequence=Sequence([table]))).unit == "HU"
    table.ModalityLUTType = "US"
    assert read_header(ct(RAMP, ModalityLUTSequence=Sequence([table]))).unit == ""


def test_files_of_pydicom_with_palettes_are_still_those_of_pydicom() -> None:
    import pydicom

    path = Path(pydicom.__file__).parent / "data" / "test_files" / "examples_palette.dcm"
    data = read_file(path.read_bytes())
    expected = apply_color_lut(data.pixel_array, data)
    assert np.array_equal(read_frame(data), expected >> (expected.dtype.itemsize * 8 - 8))
