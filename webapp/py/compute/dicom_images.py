"""DICOM files in the compute worker: opened once, then read frame by frame.

The page sends a file with the first call about it. The files used last stay open, up to a limit, so that
scrolling through frames neither sends nor parses anything twice.
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
from webapp.py.imaging import texts
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
"""Most bytes of open files. The one used last stays open, however large it is."""


class OpenFiles:
    """DICOM files by address: those used last.

    Parameters
    ----------
    most_bytes
        Largest sum of their sizes.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._files: OrderedDict[str, tuple[Dataset, int]] = OrderedDict()

    def close(self, address: str) -> None:
        """Close a file."""
        self._files.pop(address, None)

    def open(self, address: str, content: NDArray[np.uint8] | None) -> Dataset:
        """Return the data set of a file, from ``content`` or from an earlier call.

        Raises
        ------
        ImageProblem
            If it is not an image, or it is not open and there is no content (code ``not_found``).
        """
        if content is not None:
            self._files[address] = (read_file(content.tobytes()), content.nbytes)
        if address not in self._files:
            raise ImageProblem("not_found", texts.FILE_NOT_OPEN)
        self._files.move_to_end(address)
        while len(self._files) > 1 and sum(size for _, size in self._files.values()) > self._most:
            self._files.popitem(last=False)
        return self._files[address][0]


_open_files = OpenFiles()


def dicom_image(
    address: str, content: NDArray[np.uint8] | None = None, frame: int = 0, keep: str = ""
) -> dict[str, Any]:
    """Return a frame of a DICOM file, ready to show.

    Parameters
    ----------
    address
        The address of the file, which also names it in later calls.
    content : array of uint8, shape (bytes,), optional
        The file. Leave it out if an earlier call sent it.
    frame
        Which frame, counted from 0.
    keep
        The name under which its values stay in memory as a slice of a volume; empty to drop them. A file with
        one frame is closed then.

    Returns
    -------
    dict
        ``header``: the fields of `Header`. ``values``: as from `imaging.dicom.read_frame`. ``window``: the
        window to start with, for images with values. ``overlay``: uint8 of shape (rows, columns), 1 where an
        overlay plane is set; None if there is none. Without an image only ``problem`` and ``code``: after
        ``not_found``, call again with the content; after ``codecs``, call `load_codecs` first.

    Raises
    ------
    ComputeProblem
        If there is not enough memory.

    Examples
    --------
    >>> dicom_image("http://pacs/1.dcm")["code"]
    'not_found'
    """
    try:
        data = _open_files.open(address, content)
        header = read_header(data)
        if needs_codecs(data):
            raise ImageProblem("codecs", texts.CODECS_NOT_LOADED)
        values = read_frame(data, frame)
        planes = read_overlays(data, frame)
        window = None if header.color else _window(data, values)
    except ImageProblem as problem:
        return {"problem": problem.message, "code": problem.code}
    except MemoryError as error:
        raise ComputeProblem(texts.NO_MEMORY) from error
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
    """Let pydicom use the decoders of compressed images. Their packages are loaded before this call."""
    take_up_pillow()


def dicom_header(address: str, content: NDArray[np.uint8] | None = None) -> dict[str, Any]:
    """Return only the ``header`` of a DICOM file, or ``problem`` and ``code``, as `dicom_image` does.

    ``content`` is the file as an array of uint8 of shape (bytes,), if it is not open yet.

    Examples
    --------
    >>> dicom_header("http://pacs/1.dcm")["code"]
    'not_found'
    """
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
