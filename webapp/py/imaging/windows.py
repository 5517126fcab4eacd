"""Windows: which range of values is shown from black to white (DICOM PS3.3 C.11.2.1.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.py.imaging.dicom_header import Function, Header, Table, Window

NARROWEST = 1.0
"""Smallest width of a window with the function LINEAR, as the standard requires."""
NARROWEST_EXACT = 1e-6
"""Smallest width of any other window. The standard requires more than 0."""
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
"""The percentiles that the window of a file without windows spans."""


def first_window(header: Header, values: NDArray[Any], empty: tuple[float, float] | None = None) -> Window:
    """Return the window to start with: the first of the file, or else one that spans the values.

    Parameters
    ----------
    header
        The header of the image.
    values : array, shape (rows, columns)
        Values of a frame.
    empty
        Lowest and highest value that mean "no pixel" and are ignored.

    Examples
    --------
    >>> window = first_window(Header(rows=1, columns=2), np.array([[0, 100]]))
    >>> window.center, window.width, window.function
    (50.0, 100.0, 'LINEAR')
    """
    if header.windows:
        return header.windows[0]
    # Fractions may all be within less than 1, which is too narrow for the usual function.
    function: Function = "LINEAR" if values.dtype.kind in "iu" else "LINEAR_EXACT"
    counted = values[np.isfinite(values)]
    if empty is not None:
        counted = counted[(counted < empty[0]) | (counted > empty[1])]
    if counted.size == 0:
        return Window(center=0.5, width=1.0, function=function)
    low, high = np.percentile(counted, [_LEAST, _MOST], method="nearest").astype(float).tolist()
    if low == high:
        low, high = float(counted.min()), float(counted.max())
    narrowest = NARROWEST if function == "LINEAR" or low == high else NARROWEST_EXACT
    return Window(center=(low + high) / 2, width=max(high - low, narrowest), function=function)


def linear(window: Window, center: float, width: float) -> Window:
    """Return a window with another level and width, and without table or name.

    Parameters
    ----------
    window
        The window before. A sigmoid stays a sigmoid.
    center, width
        The level and width, in the unit of the values. The result is never narrower than its function allows.

    Examples
    --------
    >>> linear(Window(40.0, 400.0, "Liver"), 50.0, 0.5).width
    1.0
    """
    narrowest = NARROWEST if window.function == "LINEAR" else NARROWEST_EXACT
    return Window(center=center, width=max(width, narrowest), function=window.function)


def shades(values: NDArray[Any], window: Window, inverted: bool = False) -> NDArray[np.uint8]:
    """Return the shades of gray in which a window shows values (PS3.3 C.11.2).

    Parameters
    ----------
    values : array of any shape
        Values.
    window
        Its width is at least 1 if its function is LINEAR, else above 0.
    inverted
        Whether low values are white, as in MONOCHROME1.

    Returns
    -------
    array of uint8
        Shades of the same shape; 0 is black.

    Examples
    --------
    >>> shades(np.array([-161, -160, 40, 240, 241]), Window(40.5, 401.0)).tolist()
    [0, 0, 128, 255, 255]
    >>> shades(np.array([40.0, 140.0]), Window(40.0, 400.0, function="SIGMOID")).tolist()
    [128, 186]
    """
    shade: NDArray[np.uint8] = np.rint(np.clip(_share(values, window), 0.0, 1.0) * 255.0).astype(np.uint8)
    return np.uint8(255) - shade if inverted else shade


def table_shades(table: Table) -> NDArray[np.float32]:
    """Return the shades of a table, 0 for black and 1 for white, of shape (entries,).

    Examples
    --------
    >>> table_shades(Table(first=0, brightest=255, shades=bytes([0, 0, 255, 0])))
    array([0., 1.], dtype=float32)
    """
    entries = np.frombuffer(table.shades, "<u2").astype(np.float32)
    shown: NDArray[np.float32] = np.minimum(entries / np.float32(table.brightest), np.float32(1.0))
    return shown


def _share(values: NDArray[Any], window: Window) -> NDArray[np.floating[Any]]:
    """Return the brightness of values from 0 to 1, and beyond where the function continues."""
    if window.table is not None:
        shown = table_shades(window.table)
        place = np.rint(np.clip(values.astype(np.float64) - window.table.first, 0, shown.size - 1))
        return shown[place.astype(np.intp)]
    away = values.astype(np.float64) - window.center
    if window.function == "SIGMOID":
        return np.asarray(1.0 / (1.0 + np.exp(np.clip(-4.0 * away / window.width, -700.0, 700.0))))
    if window.function == "LINEAR_EXACT":
        return away / window.width + 0.5
    return (away + 0.5) / max(window.width - 1.0, 1e-6) + 0.5
