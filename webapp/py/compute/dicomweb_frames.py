"""Frames that a DICOMweb server sends by themselves, as DICOM files."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from webapp.py.compute.frame_answers import FileAnswer, FrameFile, Unreadable
from webapp.py.imaging.dicomweb_frame import frame_file
from webapp.py.imaging.sources import ImageProblem


def dicom_frame_file(
    metadata: str,
    frame: int,
    pixels: NDArray[np.uint8],
    media_type: str,
    bulk: Mapping[str, NDArray[np.uint8]],
) -> FileAnswer:
    """Return a DICOM file with one frame.

    Parameters
    ----------
    metadata
        One entry of the DICOM JSON model, as text.
    frame, pixels, media_type, bulk
        As in `imaging.dicomweb_frame.frame_file`.
    """
    try:
        parts = {tag: content.tobytes() for tag, content in bulk.items()}
        content = frame_file(json.loads(metadata), frame, pixels.tobytes(), media_type, parts)
    except ImageProblem as problem:
        return Unreadable(problem.code, problem.message)
    return FrameFile(np.frombuffer(content, np.uint8))
