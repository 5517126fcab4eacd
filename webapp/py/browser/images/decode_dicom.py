"""DICOM images: decoded in the compute worker, shown through a window setting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import js
import numpy as np
from numpy.typing import NDArray
from pyodide.ffi import to_js

from webapp.py.browser import texts
from webapp.py.browser.images.picture import LoadedPicture
from webapp.py.compute.frame_answers import (
    Frame,
    FrameAnswer,
    NeedsCodecs,
    NeedsFile,
    Unreadable,
    read_frame_answer,
)
from webapp.py.compute.protocol import ComputeProblem, OutOfMemory
from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.imaging.sources import ImageProblem
from webapp.py.imaging.windows import shades

Compute = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
MOST_QUESTIONS = 16
"""Most answers to what the worker needs for one frame. A new worker needs all of it again."""


async def decode_frame(compute: Compute, url: str, file: Any, number: int, keep: str) -> Frame:
    """Return a frame of a DICOM file.

    Parameters
    ----------
    compute
        Calls the compute worker.
    url, file
        The address of the file, by which the worker knows it, and the file.
    number
        Which frame, from 0.
    keep
        Name under which the worker keeps the values for volumes.

    Raises
    ------
    ImageProblem
        When the file has no image that can be shown.
    """

    async def ask(**more: Any) -> FrameAnswer:
        question = {"address": url, "frame": number, "keep": keep, **more}
        return read_frame_answer(await compute("dicom_image", question))

    try:
        # The worker rarely has a file before its first frame is asked for, so that one is sent at once.
        answer = await ask() if number else NeedsFile()
        for _ in range(MOST_QUESTIONS):
            if isinstance(answer, NeedsFile):
                answer = await ask(content=await _content(file))
            elif isinstance(answer, NeedsCodecs):
                await compute("load_codecs", {})
                answer = await ask()
    except OutOfMemory as problem:
        raise ImageProblem("too_large", str(problem)) from None
    except ComputeProblem as problem:
        raise ImageProblem("unsupported", str(problem)) from None
    if isinstance(answer, Unreadable):
        raise answer.problem()
    if not isinstance(answer, Frame):
        raise ImageProblem("unsupported", texts.WORKER_CRASHED)
    return answer


async def _content(file: Any) -> NDArray[np.uint8]:
    return np.frombuffer((await file.arrayBuffer()).to_bytes(), np.uint8)


async def picture_of(frame: Frame) -> LoadedPicture:
    """Return the picture of a frame: the values of a gray one, the bitmap of a color one."""
    header = frame.header
    bitmap = await bitmap_of(frame.values) if header.color else None
    scalars = None
    if not header.color:
        assert frame.window is not None
        scalars = ScalarImage(frame.values, frame.window, header.inverted, header.unit)
    return LoadedPicture(
        bitmap,
        header.columns,
        header.rows,
        header=header,
        scalars=scalars,
        overlay=frame.overlay,
        frame=frame.number,
        file=bitmap,
    )


def image_data(scalars: ScalarImage, window: Window, inverted: bool) -> Any:
    """Return an ``ImageData`` of a gray image as shown through a window setting."""
    return _image_data(shades(scalars.values, window, inverted))


async def bitmap_of(pixels: NDArray[np.uint8]) -> Any:
    """Return an ``ImageBitmap`` of gray or RGB pixels, of shape (rows, columns) or (rows, columns, 3)."""
    return await js.createImageBitmap(_image_data(pixels))


def _image_data(pixels: NDArray[np.uint8]) -> Any:
    rows, columns = pixels.shape[:2]
    colors = np.full((rows, columns, 4), 255, np.uint8)
    colors[..., :3] = pixels if pixels.ndim == 3 else pixels[..., None]
    data = js.Uint8ClampedArray.new(to_js(colors.reshape(-1)))
    return js.ImageData.new(data, columns, rows)
