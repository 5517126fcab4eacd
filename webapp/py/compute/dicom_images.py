"""DICOM files in the compute worker: opened once, then frame by frame.

The page hands a file over with the first question about it; the files asked for last stay open within a
bound, so that scrolling through frames neither sends nor parses anything twice.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from webapp.py.compute.protocol import ComputeProblem
from webapp.py.compute.volumes import kept_slices
from webapp.py.imaging.dicom import (
    needs_codecs,
    padding,
    read_file,
    read_frame,
    read_header,
    read_overlays,
)
from webapp.py.imaging.dicom_codecs import take_up_pillow
from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.sources import ImageProblem
from webapp.py.imaging.windows import first_window

MOST_BYTES = 256 * 1024 * 1024
"""Bytes of files that stay open; the one asked for last stays, however large."""


class OpenFiles:
    """DICOM files by address, the ones asked for last.

    Parameters
    ----------
    most_bytes
        Sum of the sizes of files that stay.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._files: OrderedDict[str, tuple[Dataset, int]] = OrderedDict()

    def close(self, address: str) -> None:
        """Let go of a file."""
        self._files.pop(address, None)

    def open(self, address: str, content: NDArray[np.uint8] | None) -> Dataset:
        """Return the data set of a file, from ``content`` or as it was opened before.

        Raises
        ------
        ImageProblem
            When it is no image, or is not open and no content is given (code ``not_found``).
        """
        if content is not None:
            self._files[address] = (read_file(content.tobytes()), content.nbytes)
        if address not in self._files:
            raise ImageProblem("not_found", "This file is not open any more.")
        self._files.move_to_end(address)
        while len(self._files) > 1 and sum(size for _, size in self._files.values()) > self._most:
            self._files.popitem(last=False)
        return self._files[address][0]


_open_files = OpenFiles()


def dicom_image(
    address: str, content: NDArray[np.uint8] | None = None, frame: int = 0, keep: str = ""
) -> dict[str, Any]:
    """Return a frame of a DICOM file, ready to be shown.

    Parameters
    ----------
    address
        Which file, for later questions about it.
    content : array of uint8, optional
        The file; left out when it was handed over before.
    frame
        Which frame, from 0.
    keep
        What its values are called as a slice of a volume, where they are to stay for that; a file of one
        frame does not stay open then.

    Returns
    -------
    dict
        ``header``: the fields of `Header`. ``values``: as of `imaging.dicom.read_frame`. ``window``: the one
        to begin with, for gray images. ``overlay``: uint8 of shape (rows, columns), 1 where an overlay plane
        is set; None without any. Or ``problem``, ``code`` alone: why there is no picture; the code
        ``not_found`` asks for the content again, ``codecs`` for `load_codecs` before the next try.
    """
    try:
        data = _open_files.open(address, content)
        header = read_header(data)
        if needs_codecs(data):
            raise ImageProblem("codecs", "The decoders of compressed images are not loaded.")
        values = read_frame(data, frame)
        planes = read_overlays(data, frame)
        window = None if header.color else _window(data, values)
    except ImageProblem as problem:
        return {"problem": problem.message, "code": problem.code}
    except MemoryError as error:
        raise ComputeProblem("There is too little memory for this image.") from error
    if keep and not header.color:
        kept_slices.keep(keep, values)
    if keep and header.frames == 1:
        _open_files.close(address)
    return {
        "header": msgspec.to_builtins(header),
        "values": values,
        "window": msgspec.to_builtins(window),
        "overlay": np.logical_or.reduce(planes).astype(np.uint8) if planes else None,
    }


def load_codecs() -> None:
    """Take up the decoders of compressed images, whose packages are loaded with this function."""
    take_up_pillow()


def dicom_header(address: str, content: NDArray[np.uint8] | None = None) -> dict[str, Any]:
    """Return the ``header`` of a DICOM file alone, or ``problem`` and ``code``, as `dicom_image` does."""
    try:
        return {"header": msgspec.to_builtins(read_header(_open_files.open(address, content)))}
    except ImageProblem as problem:
        return {"problem": problem.message, "code": problem.code}


def _window(data: Dataset, values: NDArray[Any]) -> Window:
    empty = padding(data)
    if empty is None:
        return first_window(read_header(data), values)
    slope, intercept = float(data.get("RescaleSlope") or 1), float(data.get("RescaleIntercept") or 0)
    ends = sorted(end * slope + intercept for end in empty)
    return first_window(read_header(data), values, (ends[0], ends[1]))
