"""Overlay planes of DICOM images (PS3.3 C.9.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from webapp.py.imaging.dicom_elements import whole
from webapp.py.imaging.dicom_problems import reasons

OVERLAY_GROUPS = range(0x6000, 0x6020, 2)


@reasons()
def read_overlays(data: Dataset, index: int = 0) -> list[NDArray[np.bool_]]:
    """Return the overlay planes (PS3.3 C.9.2) of a frame, each of shape (rows, columns).

    Damaged planes are left out, and so are planes in unused bits of the pixels, which the standard retired.

    Parameters
    ----------
    data
        From `read_file`.
    index
        Which frame, counted from 0.

    Examples
    --------
    >>> data = Dataset()
    >>> data.Rows, data.Columns = 1, 8
    >>> for element, kind, value in ((0x0010, "US", 1), (0x0011, "US", 8), (0x0050, "SS", [1, 1])):
    ...     data.add_new(0x60000000 | element, kind, value)
    >>> data.add_new(0x60000100, "US", 1)
    >>> data.add_new(0x60003000, "OB", bytes([5, 0]))
    >>> [plane.astype(int).tolist() for plane in read_overlays(data)]
    [[[1, 0, 1, 0, 0, 0, 0, 0]]]
    """
    planes = []
    shape = whole(data, "Rows"), whole(data, "Columns")
    for group in OVERLAY_GROUPS:
        if (group, 0x3000) not in data:
            continue
        try:
            plane = overlay(data, group, index, shape)
        except Exception:
            continue  # the image can be shown without an overlay
        planes += [plane] if plane is not None else []
    return planes


def overlay(data: Dataset, group: int, index: int, shape: tuple[int, int]) -> NDArray[np.bool_] | None:
    """Return one overlay plane, placed on the image by its origin; None if it belongs to other frames.

    Parameters
    ----------
    data, index
        As in `read_overlays`.
    group
        Its group, one of `OVERLAY_GROUPS`.
    shape
        Rows and columns of the image.

    Raises
    ------
    Exception
        If it is damaged.
    """

    def element(number: int) -> Any:
        return data[group, number].value if (group, number) in data else None

    stored = np.asarray(data.overlay_array(group), bool)
    frames = stored.reshape(-1, *stored.shape[-2:])
    first = element(0x0051)
    place = 0 if first is None and len(frames) == 1 else index - (int(first or 1) - 1)
    if not 0 <= place < len(frames):
        return None
    top, left = (int(one) - 1 for one in element(0x0050) or (1, 1))
    placed = np.zeros(shape, bool)
    plane = frames[place][max(-top, 0) :, max(-left, 0) :]
    part = placed[max(top, 0) :, max(left, 0) :]
    high, wide = min(part.shape[0], plane.shape[0]), min(part.shape[1], plane.shape[1])
    part[:high, :wide] = plane[:high, :wide]
    return placed
