"""Windows of grey values: which range of them is shown from black to white (DICOM PS3.3 C.11.2.1.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.imaging.dicom_header import Header, Window

NARROWEST = 1.0
"""Smallest width of a window, as the standard asks."""
PRESETS = (
    Window(center=50.0, width=400.0, name="Abdominal soft tissue"),
    Window(center=480.0, width=2500.0, name="Bone"),
    Window(center=40.0, width=80.0, name="Brain"),
    Window(center=40.0, width=150.0, name="Brain Marrow"),
    Window(center=60.0, width=160.0, name="Liver"),
    Window(center=-600.0, width=1500.0, name="Lung"),
    Window(center=75.0, width=215.0, name="Subdural Brain"),
)
"""Windows in HU that radiologists use for CT."""
_LEAST, _MOST = 0.5, 99.5
"""Percentiles that a window made of the values themselves spans."""


def first_window(header: Header, values: NDArray[Any], empty: tuple[float, float] | None = None) -> Window:
    """Return the window to begin with: the file's first one, else one that spans the values.

    Parameters
    ----------
    header
        Of the image.
    values : array, shape (rows, columns)
        Grey values of a frame.
    empty
        Lowest and highest value that mean "no pixel" and do not count.

    Examples
    --------
    >>> first_window(Header(rows=1, columns=2), np.array([[0, 100]]))
    Window(center=50.0, width=100.0, name='')
    """
    if header.windows:
        return header.windows[0]
    counted = values[np.isfinite(values)]
    if empty is not None:
        counted = counted[(counted < empty[0]) | (counted > empty[1])]
    if counted.size == 0:
        return Window(center=0.5, width=NARROWEST)
    low, high = np.percentile(counted, [_LEAST, _MOST], method="nearest").astype(float).tolist()
    if low == high:
        low, high = float(counted.min()), float(counted.max())
    return Window(center=(low + high) / 2, width=max(high - low, NARROWEST))


def dragged(window: Window, right: float, down: float, span: float) -> Window:
    """Return the window after a drag: to the right wider, downwards with a higher middle.

    Parameters
    ----------
    right, down
        The way of the pointer as a share of the view's size.
    span
        The range of values that a drag across the whole view goes through.

    Examples
    --------
    >>> dragged(Window(40.0, 400.0), 0.1, -0.05, 1000.0)
    Window(center=-10.0, width=500.0, name='')
    """
    return Window(center=window.center + down * span, width=max(window.width + right * span, NARROWEST))


def shades(values: NDArray[Any], window: Window, inverted: bool = False) -> NDArray[np.uint8]:
    """Return the shades of grey that a window shows values in (the linear function of C.11.2.1.2.1).

    Parameters
    ----------
    values : array of any shape
        Grey values.
    window
        Its width is at least 1.
    inverted
        Whether low values are white, as in MONOCHROME1.

    Returns
    -------
    array of uint8
        Of the same shape, 0 is black.

    Examples
    --------
    >>> shades(np.array([-161, -160, 40, 240, 241]), Window(40.5, 401.0)).tolist()
    [0, 0, 128, 255, 255]
    """
    reach = max(window.width - 1.0, 1e-6)
    share = (values.astype(np.float64) - (window.center - 0.5)) / reach + 0.5
    shade = np.rint(np.clip(share, 0.0, 1.0) * 255.0).astype(np.uint8)
    return np.uint8(255) - shade if inverted else shade
