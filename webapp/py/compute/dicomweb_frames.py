"""Frames that a DICOMweb server sent one by one, made into files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.imaging.dicomweb_frame import frame_file
from webapp.py.imaging.sources import ImageProblem


def dicom_frame_file(
    metadata: str,
    frame: int,
    pixels: NDArray[np.uint8],
    media_type: str,
    bulk: Mapping[str, NDArray[np.uint8]],
) -> dict[str, Any]:
    """Return the ``content`` of a DICOM file with one frame, or ``problem`` and ``code``.

    Parameters
    ----------
    metadata
        One entry of the DICOM JSON model, as text.
    frame, pixels, media_type, bulk
        As for `imaging.dicomweb_frame.frame_file`, with bytes as arrays of uint8 of shape (bytes,).

    Examples
    --------
    >>> dicom_frame_file("{}", 1, np.zeros(2, np.uint8), "application/octet-stream", {})["code"]
    'damaged'
    """
    try:
        parts = {tag: content.tobytes() for tag, content in bulk.items()}
        content = frame_file(json.loads(metadata), frame, pixels.tobytes(), media_type, parts)
    except ImageProblem as problem:
        return {"problem": problem.message, "code": problem.code}
    return {"content": np.frombuffer(content, np.uint8)}
