"""Masks for training: one indexed PNG for each labeled image, in a ZIP."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from webapp.py.compute import texts
from webapp.py.compute.archive_names import Names
from webapp.py.compute.protocol import ComputeProblem, Progress
from webapp.py.domain.shapes import Box, Mask, Polygon, Shape
from webapp.py.geometry.filling import fill
from webapp.py.geometry.masks import Pixels, Rect, clip_rect, decode
from webapp.py.geometry.shapes import bounds

FORMAT = "limner-masks"
VERSION = 1
MOST_CLASSES = 255
"""An 8-bit index has 256 values, of which 0 is the background."""
MOST_PIXELS = 2**28
"""Largest image or mask that is drawn, in pixels."""


class Undrawable(Exception):
    """An image that gets no mask. The text says why."""


def paint(shapes: Sequence[tuple[int, Shape]], width: int, height: int) -> Pixels:
    """Draw shapes into an index image. Later shapes cover earlier ones.

    A pixel belongs to a box or polygon if its center is inside. A mask has its own pixels. Other shapes are
    not drawn.

    Parameters
    ----------
    shapes : sequence of (index, shape)
        From bottom to top, with indices from 1 to 255.
    width, height : int
        Size of the image, in pixels.

    Returns
    -------
    array of shape (height, width), uint8
        The index of each pixel; 0 is the background.

    Raises
    ------
    Undrawable
        If the image or a mask has more than `MOST_PIXELS` pixels.

    Examples
    --------
    >>> paint([(1, Box(0, 0, 3, 1)), (2, Box(1.4, 0, 1, 2))], 3, 2)
    array([[1, 2, 1],
           [0, 2, 0]], dtype=uint8)
    """
    if width * height > MOST_PIXELS:
        raise Undrawable(texts.image_too_large(width, height))
    pixels = np.zeros((height, width), dtype=np.uint8)
    for index, shape in shapes:
        drawn = _pixels_of(shape, width, height)
        if drawn is not None:
            (left, top, wide, high), inside = drawn
            pixels[top : top + high, left : left + wide][inside.astype(bool)] = index
    return pixels


def _pixels_of(shape: Shape, width: int, height: int) -> tuple[Rect, Pixels] | None:
    """Return the pixels of a shape and their rectangle in the image, or None if it has none there."""
    match shape:
        case Box():
            left, right = _first_center(shape.x), _first_center(shape.x + shape.width)
            top, bottom = _first_center(shape.y), _first_center(shape.y + shape.height)
            rect = clip_rect((left, top, right - left, bottom - top), width, height)
            return None if rect is None else (rect, np.ones((rect[3], rect[2]), dtype=np.uint8))
        case Polygon():
            edges = bounds(shape)
            assert edges is not None
            left, top = math.floor(edges[0]), math.floor(edges[1])
            around = (left, top, math.ceil(edges[2]) - left, math.ceil(edges[3]) - top)
            rect = clip_rect(around, width, height)
            return None if rect is None else (rect, fill(shape, rect))
        case Mask():
            if shape.width * shape.height > MOST_PIXELS:
                raise Undrawable(texts.mask_too_large(shape.width, shape.height))
            rect = clip_rect((shape.x, shape.y, shape.width, shape.height), width, height)
            if rect is None:
                return None
            left, top = rect[0] - shape.x, rect[1] - shape.y
            return rect, decode(shape)[top : top + rect[3], left : left + rect[2]]
        case _:
            return None


def _first_center(edge: float) -> int:
    """Return the first column (or row) whose center is at or after an edge."""
    return math.ceil(edge - 0.5)


def mask_archive(
    classes: Sequence[Mapping[str, str]], images: Sequence[Mapping[str, Any]]
) -> Generator[Progress, None, dict[str, Any]]:
    """Make a ZIP of indexed PNG masks, with a ``classes.json`` that explains the indices.

    Parameters
    ----------
    classes : sequence of {"id", "name", "color"}
        In the order of the instruction. Index i is the i-th class, and 0 is the background. ``color`` is
        ``"#rrggbb"``.
    images : sequence of {"name", "folder", "width", "height", "annotations", "skip"?}
        Labeled images, with sizes in pixels as displayed. ``annotations`` are (class id, shape as plain
        fields, order). The highest order is on top; of equal orders, the later one. ``skip`` says why an
        image gets no mask.

    Yields
    ------
    Progress
        After each image.

    Returns
    -------
    dict
        ``archive`` (the ZIP as an array of uint8 of shape (bytes,)), ``made`` (the number of masks),
        ``left_out`` (the number of annotations, by reason) and ``skipped`` (images with the reason).

    Raises
    ------
    ComputeProblem
        If there are more than 255 classes, a color is invalid, or a shape cannot be read.

    References
    ----------
    docs/export-format.md; W3C, Portable Network Graphics, section 11.2 (PLTE and tRNS).

    Examples
    --------
    >>> cat = {"id": "cat", "name": "Cat", "color": "#ff0000"}
    >>> image = {"name": "a.png", "folder": "", "width": 8, "height": 6, "annotations": []}
    >>> steps = mask_archive([cat], [image | {"skip": "its size is not known"}])
    >>> next(steps).share
    1.0
    >>> try: next(steps)
    ... except StopIteration as stop: stop.value["made"], stop.value["skipped"][0]["reason"]
    (0, 'its size is not known')
    """
    _check_classes(classes)
    index_of = {one["id"]: index for index, one in enumerate(classes, start=1)}
    palette = _palette(classes)
    left_out = {"polyline": 0, "points": 0, "other": 0, "no_class": 0}
    made: list[dict[str, Any]] = []
    skipped: list[dict[str, str]] = []
    names = Names()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number, image in enumerate(images, start=1):
            try:
                pixels = _draw(image, index_of, left_out)
            except Undrawable as reason:
                skipped.append({"name": image["name"], "folder": image["folder"], "reason": str(reason)})
            else:
                path = "masks/" + names.take(image["folder"], image["name"], "png")
                _add(archive, path, _png(pixels, palette), zipfile.ZIP_STORED)
                facts = {name: image[name] for name in ("name", "folder", "width", "height")}
                made.append({"path": path, **facts})
            yield Progress(number / len(images), str(image["name"]))
        summary = _summary(classes, made, left_out, skipped)
        _add(archive, "classes.json", summary, zipfile.ZIP_DEFLATED)
    content = np.frombuffer(target.getvalue(), dtype=np.uint8)
    return {"archive": content, "made": len(made), "left_out": left_out, "skipped": skipped}


def _check_classes(classes: Sequence[Mapping[str, str]]) -> None:
    if len(classes) > MOST_CLASSES:
        raise ComputeProblem(texts.too_many_classes(len(classes), MOST_CLASSES))
    for one in classes:
        if not re.fullmatch("#[0-9a-fA-F]{6}", one["color"]):
            raise ComputeProblem(texts.class_without_color(one["name"]))


def _palette(classes: Sequence[Mapping[str, str]]) -> bytes:
    colors = b"\0\0\0" + b"".join(bytes.fromhex(one["color"][1:]) for one in classes)
    return colors.ljust(256 * 3, b"\0")


def _png(pixels: Pixels, palette: bytes) -> bytes:
    # Imported here, so that the table of functions works without this large package.
    from PIL import Image

    picture = Image.fromarray(pixels)
    picture.putpalette(palette)
    content = io.BytesIO()
    picture.save(content, "PNG", transparency=0)
    return content.getvalue()


def _draw(image: Mapping[str, Any], index_of: Mapping[str, int], left_out: dict[str, int]) -> Pixels:
    if image.get("skip"):
        raise Undrawable(image["skip"])
    shapes: list[tuple[int, Shape]] = []
    for class_id, plain, _ in sorted(image["annotations"], key=lambda one: int(one[2])):
        try:
            shape = msgspec.convert(plain, Shape)
        except msgspec.ValidationError as error:
            raise ComputeProblem(texts.shape_unreadable(image["name"], error)) from None
        kind = str(shape.__struct_config__.tag)
        if kind in left_out:
            left_out[kind] += 1
        elif class_id not in index_of:
            left_out["no_class"] += 1
        else:
            shapes.append((index_of[class_id], shape))
    return paint(shapes, int(image["width"]), int(image["height"]))


def _summary(
    classes: Sequence[Mapping[str, str]],
    made: Sequence[Mapping[str, Any]],
    left_out: Mapping[str, int],
    skipped: Sequence[Mapping[str, str]],
) -> bytes:
    background = {"index": 0, "id": None, "name": "background", "color": "#000000"}
    listed = [
        {"index": index, "id": one["id"], "name": one["name"], "color": one["color"]}
        for index, one in enumerate(classes, start=1)
    ]
    summary = {
        "format": FORMAT,
        "version": VERSION,
        "classes": [background, *listed],
        "images": made,
        "left_out": left_out,
        "skipped": skipped,
    }
    return msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"


def _add(archive: zipfile.ZipFile, path: str, content: bytes, compression: int) -> None:
    # Without a time, every entry is dated 1980-01-01, so the same labels give the same bytes.
    entry = zipfile.ZipInfo(path)
    entry.compress_type = compression
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)
