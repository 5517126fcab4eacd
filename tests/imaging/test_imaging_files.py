"""Kinds of files, as Pillow writes them, and the messages for files that are not images."""

from __future__ import annotations

import io
import struct
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydicom import Dataset, dcmwrite

from tests.imaging.test_dicom_reading import ct, written
from webapp.py.compute.photos import jpeg_is_whole
from webapp.py.imaging.bare_dicom import is_bare_dicom
from webapp.py.imaging.dicom import read_file
from webapp.py.imaging.dicom_pixels import read_frame
from webapp.py.imaging.files import HEAD, check_file, dimensions, ends_well, sniff
from webapp.py.imaging.jpeg import segments
from webapp.py.imaging.sources import ImageProblem


def file(kind: str, width: int = 37, height: int = 21, **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_mandelbrot((width, height), (-2, -1, 1, 1), 50).convert("RGB").save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "JPEG2000"])
def test_a_file_is_known_by_its_first_bytes(kind: str) -> None:
    assert sniff(file(kind)[:200]) == {"JPEG2000": "jp2"}.get(kind, kind.lower())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP"])
def test_the_size_of_an_image_is_read_before_it_is_decoded(kind: str) -> None:
    assert dimensions(file(kind, 300, 200)[:HEAD]) == (300, 200)


def test_the_size_of_a_jpeg_behind_a_thumbnail_and_a_profile() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = file("JPEG", 300, 200, exif=exif, icc_profile=file("JPEG", 16, 16), progressive=True)
    assert dimensions(data) == (300, 200)
    assert ends_well(data, "jpeg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_file_that_was_cut_off_is_noticed(kind: str) -> None:
    data = file(kind, 400, 300, **({"icc_profile": file("JPEG", 16, 16)} if kind == "JPEG" else {}))
    name = sniff(data)
    assert ends_well(data, name)
    assert ends_well(data + b"\0" * 5000, name), "what a camera adds at the end does not matter"
    for part in (0.02, 0.5, 0.99):
        assert not ends_well(data[: int(len(data) * part)], name)


@pytest.mark.parametrize(
    ("head", "code", "word"),
    [
        (b"", "truncated", "incomplete"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><title>Sign in</title>", "not_an_image", "sign-in page"),
        (b"<html>", "not_an_image", "web page"),
        (b'{"error": "no"}', "not_an_image", "text/plain"),
        (b"\x00\x01\x02", "not_an_image", "text/plain"),
        (b"II*\0" + b"\0" * 20, "unsupported", "TIFF"),
        (b"\0\0\0\x1cftypheic", "unsupported", "HEIC"),
        (b"<?xml version='1.0'?><svg>", "unsupported", "SVG"),
    ],
)
def test_what_is_not_an_image_is_named(head: bytes, code: str, word: str) -> None:
    with pytest.raises(ImageProblem) as caught:
        check_file(head, "text/plain", len(head))
    assert caught.value.code == code
    assert word in caught.value.message


def test_a_small_file_that_claims_a_huge_image_is_refused_before_it_is_decoded() -> None:
    data = bytearray(file("PNG"))
    struct.pack_into(">II", data, 16, 60_000, 60_000)
    with pytest.raises(ImageProblem, match=r"60,000 × 60,000 pixels") as caught:
        check_file(bytes(data), "image/png", len(data))
    assert caught.value.code == "too_large"


def test_good_images_pass_whatever_the_server_calls_them() -> None:
    for kind in ("JPEG", "PNG", "GIF", "BMP", "WEBP"):
        data = file(kind)
        assert check_file(data[:HEAD], "application/octet-stream", len(data)) == kind.lower()


def core_bitmap(width: int, height: int) -> bytes:
    """A BMP of OS/2, whose header has 12 bytes: sides of 16 bits, one plane, 24 bits a pixel."""
    core = struct.pack("<IHHHH", 12, width, height, 1, 24)
    row = (3 * width + 3) // 4 * 4
    return b"BM" + struct.pack("<IHHI", 26 + row * height, 0, 0, 26) + core + bytes(row * height)


def test_the_oldest_header_of_a_bitmap_is_read() -> None:
    data = core_bitmap(64, 48)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (64, 48)
    assert dimensions(data) == (64, 48)
    assert check_file(data, "image/bmp", len(data)) == "bmp"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (bytes(imagecodecs.jpeg8_encode(np.zeros((16, 16), np.uint16), bitspersample=12)), "a 12-bit JPEG"),
        (bytes(imagecodecs.ljpeg_encode(np.zeros((16, 16), np.uint8))), "a lossless JPEG"),
        (b"\xff\xd8\xff\xc9\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00", "an arithmetic-coded JPEG"),
        (file("PPM"), "a PPM"),
        (file("TGA"), "a TGA"),
        (file("TGA", compression="tga_rle"), "a TGA"),
        (file("ICO"), "an icon (ICO)"),
        (file("DDS"), "a DDS"),
        (b"8BPS\0\x01" + bytes(20), "a Photoshop (PSD)"),
        (b"%PDF-1.7\n", "a PDF"),
    ],
)
def test_a_sound_file_of_a_kind_that_browsers_do_not_show_is_called_that(data: bytes, name: str) -> None:
    with pytest.raises(ImageProblem) as caught:
        check_file(data, "application/octet-stream", len(data))
    assert caught.value.code == "unsupported"
    assert caught.value.message.startswith(f"This is {name}")


def test_stray_bytes_between_the_segments_of_a_jpeg_do_not_matter() -> None:
    """libjpeg skips them, and so do browsers."""
    whole = file("JPEG", 60, 40)
    for at in [start - 2 for _, start in segments(whole)][1:]:
        data = whole[:at] + b"\x00\x12\x00" + whole[at:]
        with Image.open(io.BytesIO(data)) as image:
            image.load()
        assert dimensions(data) == (60, 40)
        assert ends_well(data, "jpeg")
        assert not ends_well(data[:-40], "jpeg")


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}, {"quality": 30}]
)
def test_a_jpeg_without_its_end_is_whole_if_no_pixel_is_missing(options: dict[str, Any]) -> None:
    """What is cut off is known here, because the test cuts it off."""
    whole = file("JPEG", 200, 150, **options)
    assert whole.endswith(b"\xff\xd9")
    for missing in (2, 4, 5, 12, 100, 1000):
        content = np.frombuffer(whole[:-missing], np.uint8)
        assert jpeg_is_whole(content) == (missing == 2), missing


def bare(data: Dataset, **how: bool) -> bytes:
    """Return the data set of an image alone, without preamble and meta header."""
    plain = Dataset()
    plain.update(data)
    stream = io.BytesIO()
    dcmwrite(stream, plain, **how)
    return stream.getvalue()


@pytest.mark.parametrize(
    "how",
    [
        {"implicit_vr": True, "little_endian": True},
        {"implicit_vr": False, "little_endian": True},
        {"implicit_vr": False, "little_endian": False},
    ],
)
def test_dicom_without_preamble_is_known_by_its_elements(how: dict[str, bool]) -> None:
    values = np.arange(12, dtype=np.uint16).reshape(3, 4)
    content = bare(ct(values if how["little_endian"] else values.byteswap()), **how)
    assert content[:2] in (b"\x08\x00", b"\x00\x08")
    assert sniff(content[:300]) == "dicom"
    assert check_file(content, "", len(content)) == "dicom"
    assert np.array_equal(read_frame(read_file(content)), values)


def test_dicom_with_a_meta_header_and_no_preamble_is_known() -> None:
    content = written(ct(np.zeros((2, 2), np.uint16)))[132:]
    assert content.startswith(b"\x02\x00")
    assert sniff(content[:300]) == "dicom"
    assert read_frame(read_file(content)).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    "kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "JPEG2000", "ICO", "TGA", "PPM"]
)
def test_no_photo_is_taken_for_dicom(kind: str) -> None:
    assert not is_bare_dicom(file(kind))


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"\x08\x00"]),
)
def test_no_bytes_at_all_break_the_looking(rest: bytes, start: bytes) -> None:
    data = start + rest
    dimensions(data)
    ends_well(data, sniff(data))
    try:
        check_file(data, "", len(data))
    except ImageProblem as problem:
        assert problem.message
