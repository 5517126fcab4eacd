"""Reduces a data set to one of its frames, with everything that the file gives for that frame."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydicom import Dataset

from webapp.py.imaging.dicom_elements import element, several, whole
from webapp.py.imaging.dicom_geometry import orientation, position
from webapp.py.imaging.dicom_overlays import OVERLAY_GROUPS, overlay

_VECTORS = (
    "AngularViewVector",
    "DetectorVector",
    "EnergyWindowVector",
    "PhaseVector",
    "RRIntervalVector",
    "RotationVector",
    "SliceVector",
    "TimeSliceVector",
    "TimeSlotVector",
)
"""Vectors with a number for each frame (PS3.3 C.8.4.8)."""


def keep_frame(data: Dataset, index: int) -> None:
    """Reduce a data set to one frame, which reads as it did among the others.

    Parameters
    ----------
    data
        The data set, without pixels. It is changed.
    index
        Which frame, counted from 0.

    Examples
    --------
    >>> data = Dataset()
    >>> data.NumberOfFrames, data.GridFrameOffsetVector = 2, [0, 2.5]
    >>> data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, 10], [1, 0, 0, 0, 1, 0]
    >>> keep_frame(data, 1)
    >>> position(data)
    (0.0, 0.0, 12.5)
    """
    if whole(data, "NumberOfFrames", 1) > 1:
        _keep_place(data, index)
        for name in _VECTORS:
            values = several(element(data, name))
            if index < len(values):
                setattr(data, name, [values[index]])
    groups = element(data, "PerFrameFunctionalGroupsSequence")
    if groups:
        data.PerFrameFunctionalGroupsSequence = [groups[min(index, len(groups) - 1)]]
    shape = whole(data, "Rows"), whole(data, "Columns")
    for group in OVERLAY_GROUPS:
        if (group, 0x0015) in data or (group, 0x0051) in data:
            _keep_overlay(data, group, index, shape)
    data.NumberOfFrames = 1


def _keep_place(data: Dataset, index: int) -> None:
    """Write where the frame is in place of what it follows from."""
    place, directions = position(data, index), orientation(data, index)
    for name in ("GridFrameOffsetVector", "FrameIncrementPointer", "DetectorInformationSequence"):
        _set(data, name, None)
    _set(data, "ImagePositionPatient", list(place) or None)
    _set(data, "ImageOrientationPatient", list(directions) or None)


def _keep_overlay(data: Dataset, group: int, index: int, shape: tuple[int, int]) -> None:
    try:
        plane = overlay(data, group, index, shape)
    except Exception:
        plane = None  # the image can be shown without an overlay
    for number in (0x0015, 0x0051) if plane is not None else (0x0015, 0x0051, 0x3000):
        if (group, number) in data:
            del data[group, number]
    if plane is not None:
        bits = np.packbits(plane.ravel(), bitorder="little").tobytes()
        data.add_new((group, 0x0010), "US", shape[0])
        data.add_new((group, 0x0011), "US", shape[1])
        data.add_new((group, 0x0050), "SS", [1, 1])
        data.add_new((group, 0x3000), "OB", bits + b"\0" * (len(bits) % 2))


def _set(data: Dataset, name: str, value: Any) -> None:
    if value is not None:
        setattr(data, name, value)
    elif name in data:
        delattr(data, name)
