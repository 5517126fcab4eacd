"""Exported masks, opened with Pillow; which pixels they have to hold is worked out another way."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage import draw

from webapp.py.compute import protocol
from webapp.py.compute.archive_names import Names, safe_name
from webapp.py.compute.protocol import ComputeProblem, Progress

CLASSES = [
    {"id": "cat", "name": "Cat", "color": "#ff8000"},
    {"id": "sky", "name": "Sky", "color": "#0000FF"},
]
BOX = {"kind": "box", "x": 1, "y": 1, "width": 2, "height": 2}


def image(*annotations: Any, name: str = "a.png", folder: str = "", **facts: Any) -> dict[str, Any]:
    sized = {"name": name, "folder": folder, "width": 8, "height": 6, **facts}
    return {**sized, "annotations": list(annotations)}


def export(*images: Any, classes: Any = None, reports: list[Progress] | None = None) -> dict[str, Any]:
    arguments = {"classes": CLASSES if classes is None else classes, "images": list(images)}
    text, arrays = protocol.pack(arguments)
    heard = reports if reports is not None else []
    answer = asyncio.run(protocol.run("mask_archive", protocol.unpack(text, arrays), heard.append))
    text, arrays = protocol.pack(answer)
    result: dict[str, Any] = protocol.unpack(text, arrays)
    return result


def opened(answer: dict[str, Any]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(answer["archive"].tobytes()))


def picture(answer: dict[str, Any], path: str = "masks/a.png") -> Image.Image:
    return Image.open(io.BytesIO(opened(answer).read(path)))


def pixels(answer: dict[str, Any], path: str = "masks/a.png") -> NDArray[np.uint8]:
    return np.asarray(picture(answer, path))


def summary(answer: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(opened(answer).read("classes.json"))
    return read


def test_a_mask_is_an_eight_bit_indexed_png_in_the_colors_of_the_classes() -> None:
    answer = export(image(["sky", BOX, 0]))
    png = picture(answer)
    assert (png.format, png.mode, png.size) == ("PNG", "P", (8, 6))
    # Byte 24 of a PNG is its bit depth, byte 25 its color type: 3 is indexed (PNG specification, 11.2.2).
    assert list(opened(answer).read("masks/a.png")[24:26]) == [8, 3]
    assert png.convert("RGBA").getpixel((1, 1)) == (0, 0, 255, 255)
    assert png.convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)
    palette = png.getpalette()
    assert palette is not None
    assert palette[:9] == [0, 0, 0, 255, 128, 0, 0, 0, 255]


def test_classes_json_says_what_the_indices_mean() -> None:
    assert summary(export(image(["sky", BOX, 0])))["classes"] == [
        {"index": 0, "id": None, "name": "background", "color": "#000000"},
        {"index": 1, "id": "cat", "name": "Cat", "color": "#ff8000"},
        {"index": 2, "id": "sky", "name": "Sky", "color": "#0000FF"},
    ]


def test_a_pixel_is_in_a_box_when_its_center_is() -> None:
    expected = np.zeros((6, 8), np.uint8)
    for row in range(6):
        for column in range(8):
            inside = 0.6 <= column + 0.5 < 0.6 + 3.9 and 1.5 <= row + 0.5 < 1.5 + 2
            expected[row, column] = 1 if inside else 0
    box = {"kind": "box", "x": 0.6, "y": 1.5, "width": 3.9, "height": 2}
    assert expected.any()
    np.testing.assert_array_equal(pixels(export(image(["cat", box, 0]))), expected)


def test_a_pixel_is_in_a_polygon_when_its_center_is_and_holes_are_empty() -> None:
    outer = [(2.2, 1.1), (55.3, 8.9), (47.7, 44.2), (20.4, 30.6), (5.1, 47.3)]
    hole = [(20.3, 12.2), (35.6, 14.1), (30.2, 25.7)]
    polygon = {"kind": "polygon", "points": outer, "holes": [hole]}
    # skimage tests points (row, column); pixel centers lie at + 0.5.
    swapped, swapped_hole = (np.array([(y - 0.5, x - 0.5) for x, y in line]) for line in (outer, hole))
    polygon2mask: Any = draw.polygon2mask
    expected = polygon2mask((48, 60), swapped) & ~polygon2mask((48, 60), swapped_hole)
    got = pixels(export(image(["sky", polygon, 0], width=60, height=48)))
    np.testing.assert_array_equal(got, np.where(expected, 2, 0))


def test_a_mask_keeps_its_very_pixels() -> None:
    mask = {"kind": "mask", "x": 2, "y": 1, "width": 3, "height": 2, "runs": [1, 2, 1, 1, 1]}
    expected = np.zeros((6, 8), np.uint8)
    expected[1, 3:5] = expected[2, 3] = 1
    np.testing.assert_array_equal(pixels(export(image(["cat", mask, 0]))), expected)


def test_what_lies_outside_of_the_image_is_cut_off() -> None:
    mask = {"kind": "mask", "x": -1, "y": -1, "width": 2, "height": 2, "runs": [0, 4]}
    box = {"kind": "box", "x": 6, "y": 4, "width": 100, "height": 100}
    away = {"kind": "polygon", "points": [(90, 90), (99, 90), (90, 99)]}
    got = pixels(export(image(["cat", mask, 0], ["sky", box, 1], ["sky", away, 2])))
    expected = np.zeros((6, 8), np.uint8)
    expected[0, 0], expected[4:, 6:] = 1, 2
    np.testing.assert_array_equal(got, expected)


def test_the_higher_order_lies_on_top_however_they_come() -> None:
    above = {"kind": "box", "x": 2, "y": 2, "width": 2, "height": 2}
    got = pixels(export(image(["sky", above, 7], ["cat", BOX, 3])))
    assert (got[1, 1], got[2, 2], got[3, 3]) == (1, 2, 2)


def test_lines_points_and_unknown_classes_are_counted_and_not_drawn() -> None:
    line = {"kind": "polyline", "points": [(0, 0), (5, 5)]}
    point = {"kind": "points", "points": [(1, 1)]}
    other = {"kind": "other", "tool": "ruler", "data": {}}
    answer = export(image(["cat", line, 0], ["cat", point, 1], ["cat", other, 2], ["dog", BOX, 3]))
    assert not pixels(answer).any()
    expected = {"polyline": 1, "points": 1, "other": 1, "no_class": 1}
    assert answer["left_out"] == summary(answer)["left_out"] == expected


def test_an_image_of_unknown_size_is_skipped_and_listed_with_the_reason() -> None:
    answer = export(image(["cat", BOX, 0], skip="its size is not known"), image(name="b.png", folder="f"))
    assert [name for name in opened(answer).namelist() if name.startswith("masks/")] == ["masks/f/b.png"]
    skipped = [{"name": "a.png", "folder": "", "reason": "its size is not known"}]
    assert summary(answer)["skipped"] == answer["skipped"] == skipped
    assert answer["made"] == 1


@pytest.mark.parametrize(
    "huge",
    [
        image(["cat", BOX, 0], width=2**31, height=2**31),
        image(["cat", {"kind": "mask", "x": 0, "y": 0, "width": 999_999, "height": 999_999,
                       "runs": [999_999**2]}, 0]),
    ],
)  # fmt: skip
def test_an_image_too_large_for_memory_is_skipped_not_tried(huge: dict[str, Any]) -> None:
    answer = export(huge, image(["cat", BOX, 0], name="b.png"))
    assert answer["made"] == 1
    assert "pixels" in answer["skipped"][0]["reason"]


def test_more_classes_than_an_index_can_tell_apart_are_refused() -> None:
    many = [{"id": f"c{number}", "name": f"C {number}", "color": "#010203"} for number in range(256)]
    with pytest.raises(ComputeProblem, match="256 classes"):
        export(image(), classes=many)
    last = export(image(["c254", BOX, 0]), classes=many[:255])
    assert pixels(last)[1, 1] == 255


def test_a_class_without_a_color_is_refused() -> None:
    with pytest.raises(ComputeProblem, match="“Cat” has no color"):
        export(image(), classes=[{"id": "cat", "name": "Cat", "color": "red"}])


def test_a_shape_that_cannot_be_read_is_told_with_its_image() -> None:
    with pytest.raises(ComputeProblem, match=r"“a\.png”"):
        export(image(["cat", {"kind": "box", "x": 0}, 0]))


def test_the_same_labels_give_the_same_archive() -> None:
    first, second = (export(image(["cat", BOX, 0]), image(name="b.png"))["archive"] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_progress_is_told_image_by_image() -> None:
    reports: list[Progress] = []
    export(image(), image(name="b.png"), reports=reports)
    assert [(one.share, one.note) for one in reports] == [(0.5, "a.png"), (1.0, "b.png")]


def test_masks_lie_in_the_folders_of_their_images() -> None:
    names = opened(export(image(name="scan.nii.gz", folder="ct/day 1"), image(name="b"))).namelist()
    assert names == ["masks/ct/day 1/scan.nii.png", "masks/b.png", "classes.json"]


def test_images_that_differ_only_in_extension_or_case_do_not_overwrite_each_other() -> None:
    answer = export(image(name="cat.jpg"), image(["cat", BOX, 0], name="CAT.png"), image(name="cat-2.png"))
    paths = [one["path"] for one in summary(answer)["images"]]
    assert paths == ["masks/cat.png", "masks/CAT-2.png", "masks/cat-2-2.png"]
    assert pixels(answer, "masks/CAT-2.png").any()


@pytest.mark.parametrize(
    ("images", "files"),
    [
        (["1.2.840.99.1", "1.2.840.99.2"], ["1.2.840.99.1.png", "1.2.840.99.2.png"]),
        (["scan.v1", "scan.v2.dcm", "IM.0001"], ["scan.v1.png", "scan.v2.png", "IM.0001.png"]),
        (["slice 1.5", "slice 1.25"], ["slice 1.5.png", "slice 1.25.png"]),
        (["a.JPEG", "b.Dcm", ".png"], ["a.png", "b.png", ".png.png"]),
    ],
)
def test_only_the_extension_of_an_image_is_replaced(images: list[str], files: list[str]) -> None:
    names = Names()
    assert [names.take("", one, "png") for one in images] == files


def test_names_that_differ_only_in_how_accents_are_written_are_the_same_name() -> None:
    """Unicode annex 15: one character or two, which some file systems keep apart and others do not."""
    names = Names()
    single, double = "caf\u00e9.png", "cafe\u0301.png"
    assert names.take("", single, "png") == "caf\u00e9.png"
    assert names.take("", double, "png") == "caf\u00e9-2.png"


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("../../etc", "passwd"),
        ("/etc", "/passwd"),
        ("C:\\Windows", "..\\x.png"),
        ("a/./../b", ".."),
        ("", "nul.png"),
        ("x" * 5000, "é" * 5000),
        ("a\0b", "c\nd\u202egnp.exe"),
        ("dots...", "trailing. "),
        ("", "\ud800.png"),
    ],
)
def test_no_name_leads_out_of_the_archive_or_is_refused_by_a_file_system(folder: str, name: str) -> None:
    path = Names().take(folder, name, "png")
    for part in path.split("/"):
        assert part not in ("", ".", "..")
        assert len(part.encode()) <= 255
        assert part == part.rstrip(". ")
        assert not set(part) & set('\\:*?"<>|\0\n\u202e')
        assert part.split(".")[0].upper() not in ("NUL", "CON", "AUX", "PRN")
    assert safe_name(name) not in ("", ".", "..")
