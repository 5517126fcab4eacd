"""Which bits of a pixel are its value is read from the file for every way to encode it (PS3.5 8.1.1).

The right values are the ones that went in. Streams are made by imagecodecs and by pydicom.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.imaging.test_dicom_reading import ct, written
from webapp.py.imaging.dicom import read_file
from webapp.py.imaging.dicom_pixels import read_frame

Cells = np.ndarray[Any, np.dtype[np.uint16]]


def jpeg_2000(cells: Cells, **options: Any) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(cells, reversible=True, codecformat="j2k", **options))


LOSSLESS: dict[str, tuple[UID, Callable[[Cells], bytes]]] = {
    "JPEG-LS": (JPEGLSLossless, imagecodecs.jpegls_encode),
    "lossless JPEG": (JPEGLosslessSV1, imagecodecs.ljpeg_encode),
    "JPEG 2000": (JPEG2000Lossless, jpeg_2000),
    "HTJ2K": (HTJ2KLossless, imagecodecs.htj2k_encode),
}
CODINGS = ["little endian", "big endian", "RLE", *LOSSLESS]


def file(cells: Cells, coding: str, **attributes: Any) -> Dataset:
    """Return an image whose cells of 16 bits are encoded as they are."""
    data = ct(cells)
    for name, value in attributes.items():
        setattr(data, name, value)
    if coding == "RLE":
        data.compress(RLELossless, generate_instance_uid=False)
    elif coding == "big endian":
        data.PixelData = cells.astype(">u2").tobytes()
        data.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.2")
    elif coding != "little endian":
        syntax, encode = LOSSLESS[coding]
        packed(data, syntax, encode(cells))
        return read_file(written(data))
    return data


def packed(data: Dataset, syntax: UID, stream: bytes) -> Dataset:
    data.PixelData = encapsulate([bytes(stream)])
    data["PixelData"].VR = "OB"
    data["PixelData"].is_undefined_length = True
    data.file_meta.TransferSyntaxUID = syntax
    return data


VALUES = np.arange(64).reshape(8, 8) * 64


@pytest.mark.parametrize("coding", CODINGS)
def test_bits_that_are_not_used_do_not_count(coding: str) -> None:
    cells = (VALUES | 0x5000).astype(np.uint16)
    assert np.array_equal(read_frame(file(cells, coding, BitsStored=12, HighBit=11)), VALUES)


@pytest.mark.parametrize("coding", CODINGS)
def test_the_sign_is_the_highest_bit_that_is_used(coding: str) -> None:
    wanted = VALUES - 2048
    cells = (wanted & 0x0FFF).astype(np.uint16)
    data = file(cells, coding, BitsStored=12, HighBit=11, PixelRepresentation=1)
    assert np.array_equal(read_frame(data), wanted)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("signed", [False, True])
def test_values_lie_below_the_high_bit(coding: str, signed: bool) -> None:
    wanted = VALUES - 2048 * signed
    cells = ((wanted & 0x0FFF) << 4 | 0x7).astype(np.uint16)
    data = file(cells, coding, BitsStored=12, HighBit=15, PixelRepresentation=int(signed))
    assert np.array_equal(read_frame(data), wanted)


@pytest.mark.parametrize("signed", [False, True])
def test_a_stream_of_fewer_bits_has_its_sign_where_it_ends(signed: bool) -> None:
    wanted = VALUES // 16 - 128 * signed
    data = ct((wanted & 0xFF).astype(np.uint16))
    data.BitsStored, data.HighBit, data.PixelRepresentation = 12, 11, int(signed)
    stream = imagecodecs.jpegls_encode((wanted & 0xFF).astype(np.uint8))
    assert np.array_equal(read_frame(packed(data, JPEGLSLossless, stream)), wanted)


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (JPEG2000, jpeg_2000),
        (JPEGLSNearLossless, imagecodecs.jpegls_encode),
        (HTJ2K, imagecodecs.htj2k_encode),
    ],
)
def test_lossy_values_beyond_the_bits_are_the_brightest_not_black(
    syntax: UID, encode: Callable[[Cells], bytes]
) -> None:
    cells = np.array([[0, 4095], [4096, 5000]], np.uint16)
    data = ct(cells)
    data.BitsStored, data.HighBit = 12, 11
    assert read_frame(packed(data, syntax, encode(cells))).tolist() == [[0, 4095], [4095, 4095]]


def test_lossy_values_with_a_sign_end_at_both_ends() -> None:
    wanted = np.array([[-2100, -2048], [2047, 2100]])
    data = ct(wanted.astype(np.uint16))
    data.BitsStored, data.HighBit, data.PixelRepresentation = 12, 11, 1
    stream = jpeg_2000(wanted.astype(np.uint16))
    assert read_frame(packed(data, JPEG2000, stream)).tolist() == [[-2048, -2048], [2047, 2047]]


def test_jpeg_of_12_bits_ends_at_the_bits_stored() -> None:
    smooth = np.linspace(0, 4095, 256).reshape(16, 16).astype(np.uint16)
    data = ct(smooth)
    data.BitsStored, data.HighBit = 10, 9
    stream = imagecodecs.jpeg8_encode(smooth, level=95, bitspersample=12)
    found = read_frame(packed(data, JPEGExtended12Bit, stream))
    assert np.abs(found - np.minimum(smooth, 1023)).max() <= 12
    assert found.max() == 1023
