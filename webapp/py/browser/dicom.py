"""DICOM images on the page: read in the compute worker, shown through a window."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import js
import msgspec
import numpy as np
from numpy.typing import NDArray
from pyodide.ffi import to_js

from webapp.py.compute.protocol import ComputeProblem
from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.imaging.sources import ImageProblem
from webapp.py.imaging.windows import shades

Compute = Callable[[str, Mapping[str, Any]], Awaitable[Any]]


@dataclass(frozen=True)
class DicomImage:
    """A frame: what its header says, a picture of 8 bits a channel, and the values of a gray one.

    One with values has a picture only where somebody asked for one. ``overlay`` is what the file has drawn
    over it, above 0 where something is, of shape (rows, columns).
    """

    header: Header
    bitmap: Any | None
    scalars: ScalarImage | None
    overlay: NDArray[np.uint8] | None


async def ask_for_frame(compute: Compute, url: str, blob: Any, frame: int, keep: str = "") -> dict[str, Any]:
    """Return what the worker says of a frame; ``keep`` is its name as a slice of a stack, where it is one.

    Raises
    ------
    ImageProblem
        When it shows no image; says why.
    """
    question: dict[str, Any] = {"address": url, "frame": frame, "keep": keep}
    try:
        # The file of a slice mostly holds that slice alone and was never handed over before.
        answer: Any = {"code": "not_found"} if keep and not frame else await compute("dicom_image", question)
        if answer.get("code") == "not_found":
            question["content"] = np.frombuffer((await blob.arrayBuffer()).to_bytes(), np.uint8)
            answer = await compute("dicom_image", question)
        if answer.get("code") == "codecs":
            await compute("load_codecs", {})
            answer = await compute("dicom_image", question)
    except ComputeProblem as problem:
        raise ImageProblem("unsupported", str(problem)) from None
    if "problem" in answer:
        raise ImageProblem(answer["code"], answer["problem"])
    return {**answer, "frame": frame}


async def image_of(answer: Mapping[str, Any], *, pictured: bool) -> DicomImage:
    """Return a frame as the worker described it; ``pictured`` says whether gray ones get a picture, too."""
    header = msgspec.convert(answer["header"], Header)
    values = answer["values"]
    if header.color:
        return DicomImage(header, await bitmap_of(values), None, answer["overlay"])
    scalars = ScalarImage(values, msgspec.convert(answer["window"], Window), header.inverted, header.unit)
    bitmap = await bitmap_of(shades(values, scalars.window, scalars.inverted)) if pictured else None
    return DicomImage(header, bitmap, scalars, answer["overlay"])


def picture_of(scalars: ScalarImage, window: Window, inverted: bool) -> Any:
    """Return an ``ImageData`` of a gray image as it is seen through a window."""
    return _image_data(shades(scalars.values, window, inverted))


async def bitmap_of(pixels: NDArray[np.uint8]) -> Any:
    """Return an ``ImageBitmap`` of gray or RGB pixels, shape (rows, columns) or (rows, columns, 3)."""
    return await js.createImageBitmap(_image_data(pixels))


def _image_data(pixels: NDArray[np.uint8]) -> Any:
    rows, columns = pixels.shape[:2]
    colors = np.full((rows, columns, 4), 255, np.uint8)
    colors[..., :3] = pixels if pixels.ndim == 3 else pixels[..., None]
    data = js.Uint8ClampedArray.new(to_js(colors.reshape(-1)))
    return js.ImageData.new(data, columns, rows)
