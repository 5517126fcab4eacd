"""JPEG colors, whatever the transfer syntax, the markers and the missing elements are.

The right colors are those that Pillow encoded; JPEG with full color resolution moves them by a few steps.
"""

from __future__ import annotations

from io import BytesIO

import imagecodecs
import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEGBaseline8Bit, JPEGExtended12Bit

from tests.imaging.test_dicom_bits import packed
from tests.imaging.test_dicom_reading import ct
from webapp.py.imaging.dicom import read_header
from webapp.py.imaging.dicom_pixels import read_frame

ACROSS, DOWN = np.meshgrid(np.arange(64, dtype=np.uint8) * 4, np.arange(64, dtype=np.uint8) * 4)
COLORS = np.stack([ACROSS, DOWN, np.full_like(DOWN, 128)], axis=-1)
"""Red to the right, green downward."""
CLOSE = 4


def color(photometric: str, planar: int | None = 0) -> Dataset:
    data = ct(COLORS[..., 0])
    data.SamplesPerPixel, data.PhotometricInterpretation = 3, photometric
    if planar is not None:
        data.PlanarConfiguration = planar
    data.PixelData = COLORS.tobytes()
    return data


def jpeg(mode: str, strip: bytes = b"", **options: object) -> bytes:
    """Return a stream with components of this mode, without the segment of a marker."""
    out = BytesIO()
    Image.fromarray(COLORS).convert(mode).save(out, "JPEG", quality=98, subsampling=0, **options)
    content = out.getvalue()
    at = content.find(strip) if strip else -1
    if at >= 0:
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        content = content[:at] + content[at + 2 + length :]
    return content


JFIF, ADOBE = b"\xff\xe0", b"\xff\xee"


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEGExtended12Bit])
@pytest.mark.parametrize(
    ("photometric", "strip"),
    # Without a marker, only the file says that colors are luminance and chrominance.
    [("RGB", b""), ("YBR_FULL", b""), ("YBR_FULL", JFIF), ("YBR_FULL_422", b""), ("YBR_FULL_422", JFIF)],
)
def test_colors_of_8_bits_are_converted_once(syntax: UID, photometric: str, strip: bytes) -> None:
    found = read_frame(packed(color(photometric), syntax, jpeg("RGB", strip)))
    assert np.abs(found.astype(int) - COLORS).max() <= CLOSE


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEGExtended12Bit])
def test_the_decoder_for_12_bits_never_gets_8(syntax: UID, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 8 bits it can end the whole worker in a browser."""
    monkeypatch.delattr(imagecodecs, "jpeg8_decode")
    data = ct(ACROSS)
    out = BytesIO()
    Image.fromarray(ACROSS).save(out, "JPEG", quality=98)
    assert np.abs(read_frame(packed(data, syntax, out.getvalue())).astype(int) - ACROSS).max() <= CLOSE


def test_components_that_are_called_r_g_b_are_that() -> None:
    """Java writes these without a marker. Pillow's own keeps RGB if asked to, with an Adobe marker."""
    stream = bytearray(jpeg("RGB", ADOBE, keep_rgb=True))
    assert b"RGB" not in stream[:20]
    data = packed(color("RGB"), JPEGBaseline8Bit, bytes(stream))
    assert np.abs(read_frame(data).astype(int) - COLORS).max() <= CLOSE


def test_colors_without_planar_configuration_are_read_by_pixel_and_the_page_says_so() -> None:
    for data in (
        color("RGB", None),
        packed(color("YBR_FULL", None), JPEGBaseline8Bit, jpeg("RGB")),
    ):
        assert np.abs(read_frame(data).astype(int) - COLORS).max() <= CLOSE
        assert "Planar configuration" in read_header(data).notes[0]
    assert read_header(color("RGB")).notes == ()
    assert color("RGB").file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
