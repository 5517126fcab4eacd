"""How a DICOM file wants its image to be shown: pixel spacing, directions, windows and tables."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
from pydicom import Dataset

from webapp.py.imaging.dicom_elements import from_groups, number, numbers, several, text
from webapp.py.imaging.dicom_header import Function, Table, Window

MOST_UNEVEN = 50.0
"""Largest ratio of the sides of a pixel. A larger one is an error in the file."""
MOST_ENTRIES = 1 << 16
_AT_DETECTOR = ("ImagerPixelSpacing", "NominalScannedPixelSpacing")


def spacing(data: Dataset) -> tuple[float, ...]:
    """Return the distances from row to row and from column to column in mm; empty if the file has none.

    Examples
    --------
    >>> data = Dataset()
    >>> data.PixelSpacing = [0.5, 0.25]
    >>> spacing(data)
    (0.5, 0.25)
    """
    return _in_patient(data) or _at_detector(data)


def at_detector(data: Dataset) -> bool:
    """Return whether `spacing` is measured at the detector or on a scanned film (PS3.3 10.7.1.3).

    Examples
    --------
    >>> data = Dataset()
    >>> data.ImagerPixelSpacing = [0.5, 0.25]
    >>> at_detector(data)
    True
    """
    return not _in_patient(data) and bool(_at_detector(data))


def aspect(data: Dataset) -> float:
    """Return the height of a pixel relative to its width.

    Examples
    --------
    >>> data = Dataset()
    >>> data.PixelAspectRatio = [2, 1]
    >>> aspect(data)
    2.0
    """
    down, across = spacing(data) or _positive(data.get("PixelAspectRatio")) or (1.0, 1.0)
    found = down / across
    return found if 1 / MOST_UNEVEN <= found <= MOST_UNEVEN else 1.0


def directions(data: Dataset) -> tuple[str, ...]:
    """Return which way rows and columns run in the patient, as letters (PS3.3 C.7.6.1.1.1).

    Examples
    --------
    >>> data = Dataset()
    >>> data.PatientOrientation = ["L", "F"]
    >>> directions(data)
    ('L', 'F')
    """
    found = tuple(str(one).strip().upper() for one in several(data.get("PatientOrientation")))
    return found if len(found) == 2 and all(one.isalpha() for one in found) else ()


def windows(data: Dataset) -> list[Window]:
    """Return the VOI LUTs of a file, then its windows, without damaged ones (PS3.3 C.11.2).

    Examples
    --------
    >>> data = Dataset()
    >>> data.WindowCenter, data.WindowWidth, data.WindowCenterWidthExplanation = 40, 400, "Soft tissue"
    >>> windows(data)
    [Window(center=40.0, width=400.0, name='Soft tissue', function='LINEAR', table=None)]
    """
    return [*_tables(data), *_ranges(data)]


def _in_patient(data: Dataset) -> tuple[float, ...]:
    return _positive(from_groups(data, 0, "PixelMeasuresSequence", "PixelSpacing"))


def _at_detector(data: Dataset) -> tuple[float, ...]:
    return next((found for name in _AT_DETECTOR if (found := _positive(data.get(name)))), ())


def _positive(value: Any) -> tuple[float, ...]:
    found = numbers(value, 2)
    return found if found and min(found) > 0 else ()


def _ranges(data: Dataset) -> list[Window]:
    def of_frame(name: str) -> Any:
        return from_groups(data, 0, "FrameVOILUTSequence", name)

    names = several(of_frame("WindowCenterWidthExplanation"))
    asked = str(of_frame("VOILUTFunction") or "").strip().upper()
    function: Function = asked if asked in get_args(Function) else "LINEAR"  # type: ignore[assignment]
    pairs = zip(several(of_frame("WindowCenter")), several(of_frame("WindowWidth")), strict=False)
    found = []
    for place, (center, width) in enumerate(pairs):
        middle, extent = number(center), number(width)
        if middle is None or extent is None or extent <= 0 or (function == "LINEAR" and extent < 1):
            continue
        name = str(names[place]) if place < len(names) else ""
        found.append(Window(center=middle, width=extent, name=name, function=function))
    return found


def _tables(data: Dataset) -> list[Window]:
    found = []
    for item in data.get("VOILUTSequence") or ():
        try:
            found.append(_table(item, "<" if data.original_encoding[1] in (True, None) else ">"))
        except Exception:
            continue  # the image can be shown without this table
    return found


def _table(item: Dataset, order: str) -> Window:
    count, first, bits = (int(value) for value in item.LUTDescriptor)
    count = count or MOST_ENTRIES
    if not (0 < count <= MOST_ENTRIES and 8 <= bits <= 16):
        raise ValueError("the standard has no table of this size")
    shades = _entries(item.LUTData, count, order)
    table = Table(first=first, brightest=(1 << bits) - 1, shades=shades.astype("<u2").tobytes())
    return Window(
        center=first + count / 2, width=float(count), name=text(item, "LUTExplanation"), table=table
    )


def _entries(value: Any, count: int, order: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the entries of a table. Some writers store them as bytes, others two in one number."""
    found = np.frombuffer(value, order + "u2") if isinstance(value, bytes) else np.asarray(several(value))
    if found.size * 2 == count:
        found = found.astype("<u2").view(np.uint8)
    if found.size != count:
        raise ValueError("the table is longer or shorter than it says")
    return found.astype(np.int64)
