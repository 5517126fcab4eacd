"""Through which windows and tables a DICOM file wants its values to be shown."""

from __future__ import annotations

from typing import Any, get_args

from pydicom import Dataset

from webapp.py.imaging.dicom_elements import element, from_groups, number, several, text
from webapp.py.imaging.dicom_header import Function, Table, Window
from webapp.py.imaging.dicom_tables import read_table
from webapp.py.imaging.dicom_values import value_range


def windows(data: Dataset, index: int = 0) -> list[Window]:
    """Return the VOI LUTs of a frame, then its windows, without damaged ones (PS3.3 C.11.2, C.7.6.16.2.10).

    Examples
    --------
    >>> data = Dataset()
    >>> data.WindowCenter, data.WindowWidth, data.WindowCenterWidthExplanation = 40, 400, "Soft tissue"
    >>> windows(data)
    [Window(center=40.0, width=400.0, name='Soft tissue', function='LINEAR', table=None)]
    """
    return [*_tables(data, index), *_ranges(data, index)]


def _ranges(data: Dataset, index: int) -> list[Window]:
    def of_frame(name: str) -> Any:
        return from_groups(data, index, "FrameVOILUTSequence", name)

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


def _tables(data: Dataset, index: int) -> list[Window]:
    found = []
    for item in from_groups(data, index, "FrameVOILUTSequence", "VOILUTSequence") or ():
        try:
            found.append(_window(item, data, index))
        except Exception:
            continue  # the image can be shown without this table
    return found


def _window(item: Dataset, data: Dataset, index: int) -> Window:
    table = read_table(
        element(item, "LUTDescriptor"),
        element(item, "LUTData"),
        value_range(data, index),
        big_endian=data.original_encoding[1] is False,
    )
    count = table.entries.size
    shades = table.entries.astype("<u2").tobytes()
    return Window(
        center=table.first + count / 2,
        width=float(count),
        name=text(item, "LUTExplanation"),
        table=Table(first=table.first, brightest=table.brightest, shades=shades),
    )
