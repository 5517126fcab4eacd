"""DICOM files in the compute worker: each is parsed once and then read frame by frame.

The page sends a file with its first question. The files used most recently stay open within a limit, so
scrolling through frames neither sends nor parses a file again.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from webapp.py.compute.frame_answers import (
    Frame,
    FrameAnswer,
    NeedsCodecs,
    NeedsFile,
    Unreadable,
)
from webapp.py.compute.protocol import OutOfMemory
from webapp.py.compute.volumes import kept_slices
from webapp.py.imaging import texts
from webapp.py.imaging.dicom import read_file, read_header
from webapp.py.imaging.dicom_overlays import read_overlays
from webapp.py.imaging.dicom_pixels import needs_codecs, read_frame
from webapp.py.imaging.dicom_values import no_pixel
from webapp.py.imaging.sources import ImageProblem
from webapp.py.imaging.windows import first_window

MOST_BYTES = 256 * 1024 * 1024
"""Total size of files that stay open. The most recent file stays whatever its size."""


class OpenFiles:
    """DICOM files by address, most recently used last.

    Parameters
    ----------
    most_bytes
        Total size of files that stay open.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._files: OrderedDict[str, tuple[Dataset, int]] = OrderedDict()

    def close(self, address: str) -> None:
        """Close a file."""
        self._files.pop(address, None)

    def open(self, address: str, content: NDArray[np.uint8] | None) -> Dataset | None:
        """Return the data set of a file, from ``content`` or as it was opened before; None without either.

        Raises
        ------
        ImageProblem
            When the content is not a DICOM image.
        """
        if content is not None:
            self._files[address] = (read_file(content.tobytes()), content.nbytes)
        if address not in self._files:
            return None
        self._files.move_to_end(address)
        while len(self._files) > 1 and sum(size for _, size in self._files.values()) > self._most:
            self._files.popitem(last=False)
        return self._files[address][0]


_open_files = OpenFiles()


def dicom_image(
    address: str, content: NDArray[np.uint8] | None = None, frame: int = 0, keep: str = ""
) -> FrameAnswer:
    """Return a frame of a DICOM file.

    Parameters
    ----------
    address
        Name of the file in later questions.
    content : array of uint8, optional
        The file. Leave it out if the worker may still have it.
    frame
        Which frame, counted from 0.
    keep
        Name under which the values of a gray frame stay as a slice of a volume. A file with a single frame is
        closed then.
    """
    try:
        data = _open_files.open(address, content)
        if data is None:
            return NeedsFile()
        header = read_header(data, frame)
        if needs_codecs(data):
            return NeedsCodecs()
        values = read_frame(data, frame)
        planes = read_overlays(data, frame)
        window = None if header.color else first_window(header, values, no_pixel(data, frame))
    except ImageProblem as problem:
        if isinstance(problem.__cause__, MemoryError):
            raise OutOfMemory(problem.message) from problem
        return Unreadable(problem.code, problem.message)
    except MemoryError as error:
        raise OutOfMemory(texts.NO_MEMORY) from error
    if keep and not header.color:
        kept_slices.keep(keep, values)
    if keep and header.frames == 1:
        _open_files.close(address)
    overlay = np.logical_or.reduce(planes).astype(np.uint8) if planes else None
    return Frame(header, values, window, overlay, frame)


def load_codecs() -> None:
    """Do nothing: the packages of the decoders of compressed images are loaded with this function."""
