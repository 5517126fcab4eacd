"""Kinds of files, as Pillow writes them, and the messages for files that are not images."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from webapp.py.imaging.files import HEAD, check_file, dimensions, ends_well, sniff
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


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM"])
)
def test_no_bytes_at_all_break_the_looking(rest: bytes, start: bytes) -> None:
    data = start + rest
    dimensions(data)
    ends_well(data, sniff(data))
    try:
        check_file(data, "", len(data))
    except ImageProblem as problem:
        assert problem.message
