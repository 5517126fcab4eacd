"""What stored values mean: how they become values of a unit, and which of them mean "no pixel"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from webapp.py.imaging.dicom_description import is_signed, stored_range
from webapp.py.imaging.dicom_elements import element, from_groups, number, text
from webapp.py.imaging.dicom_tables import LookupTable, read_table

_GROUP = "PixelValueTransformationSequence"
_UNITS = {"US": "", "OD": "mOD"}
"""Rescale types that are not called by their own name: unspecified, and thousandths of optical density."""
_PET_UNITS = {"BQML": "Bq/ml", "CNTS": "counts", "GML": "g/ml", "PROPCPS": "", "PROPCNTS": "", "NONE": ""}


@dataclass(frozen=True)
class Rescale:
    """The line that turns stored values into values."""

    slope: float = 1.0
    intercept: float = 0.0


def value_range(data: Dataset, index: int = 0) -> tuple[float, float]:
    """Return the lowest and highest value that a frame can have after the modality LUT or rescale.

    Examples
    --------
    >>> data = Dataset()
    >>> data.BitsStored, data.RescaleIntercept, data.RescaleSlope = 12, -1024, 1
    >>> value_range(data)
    (-1024.0, 3071.0)
    """
    ends = rescaled(np.array(stored_range(data)), data, index)
    table = modality_table(data)
    if table is not None:
        ends = table.entries
    return float(ends.min()), float(ends.max())


def modality_table(data: Dataset) -> LookupTable | None:
    """Return the modality LUT (PS3.3 C.11.1), if the file has one. An empty item is none.

    Raises
    ------
    ValueError
        If it is damaged. Values without it would be wrong.

    Examples
    --------
    >>> modality_table(Dataset()) is None
    True
    """
    for item in data.get("ModalityLUTSequence") or ():
        descriptor, content = element(item, "LUTDescriptor"), element(item, "LUTData")
        if descriptor or content:
            return read_table(descriptor, content, stored_range(data), data.original_encoding[1] is False)
    return None


def rescale_of(data: Dataset, index: int = 0) -> Rescale | None:
    """Return the line for the values of a frame; None if the file has none, or one that cannot be read.

    Doses have a scaling of their own (PS3.3 C.8.8.3).

    Examples
    --------
    >>> data = Dataset()
    >>> data.DoseGridScaling = 0.01
    >>> rescale_of(data)
    Rescale(slope=0.01, intercept=0.0)
    """
    found = [from_groups(data, index, _GROUP, name) for name in ("RescaleSlope", "RescaleIntercept")]
    if all(one is None for one in found):
        dose = number(element(data, "DoseGridScaling"))
        return Rescale(dose) if dose else None
    slope, intercept = (
        default if one is None else number(one) for one, default in zip(found, (1.0, 0.0), strict=True)
    )
    return Rescale(slope, intercept) if slope and intercept is not None else None


def rescale_is_unreadable(data: Dataset, index: int = 0) -> bool:
    """Return whether a file has a slope or intercept of which nobody knows what it means.

    Examples
    --------
    >>> data = Dataset()
    >>> data.RescaleSlope, data.RescaleIntercept = 0, 5
    >>> rescale_is_unreadable(data), rescale_is_unreadable(Dataset())
    (True, False)
    """
    names = ("RescaleSlope", "RescaleIntercept", "DoseGridScaling")
    there = any(from_groups(data, index, _GROUP, name) is not None for name in names)
    return there and rescale_of(data, index) is None


def rescaled(stored: NDArray[Any], data: Dataset, index: int = 0) -> NDArray[Any]:
    """Return the values of stored values, by modality LUT or rescale (PS3.3 C.11.1).

    Parameters
    ----------
    stored : array of any shape
    data
        The data set.
    index
        Which frame, counted from 0.

    Returns
    -------
    array of the same shape
        The stored values themselves if the file has neither.

    Examples
    --------
    >>> data = Dataset()
    >>> data.RescaleSlope, data.RescaleIntercept = 1, -1024
    >>> rescaled(np.array([0, 1024], np.uint16), data)
    array([-1024.,     0.])
    """
    table = modality_table(data)
    if table is not None:
        return table.entries[table.places(stored)]
    line = rescale_of(data, index)
    if line is None or line == Rescale():
        return stored
    return stored.astype(np.float64) * line.slope + line.intercept


def unit(data: Dataset, index: int = 0) -> str:
    """Return the unit of the values of a frame, empty if the file does not say.

    CT values are in HU if the file has the numbers that make them so and names no other unit (PS3.3 C.8.2.1).

    Examples
    --------
    >>> data = Dataset()
    >>> data.Modality, data.RescaleSlope, data.RescaleIntercept = "CT", 1, -1024
    >>> unit(data)
    'HU'
    >>> data.RescaleType = "US"
    >>> unit(data)
    ''
    """
    for item in data.get("ModalityLUTSequence") or ():
        if element(item, "LUTData"):
            kind = text(item, "ModalityLUTType").upper()
            return _UNITS.get(kind, kind)
    if rescale_of(data, index) is None:
        return ""
    kind = str(from_groups(data, index, _GROUP, "RescaleType") or "").strip()
    if kind:
        return _UNITS.get(kind.upper(), kind)
    modality = text(data, "Modality")
    if modality == "PT":
        return _PET_UNITS.get(text(data, "Units"), "")
    if modality == "RTDOSE":
        return "Gy" if text(data, "DoseUnits") == "GY" else ""
    return "HU" if modality == "CT" else ""


def padding(data: Dataset) -> tuple[int, int] | None:
    """Return the lowest and highest stored value that mean "no pixel" (PS3.3 C.7.5.1.1.2), if any.

    The pixel representation decides about their sign, whatever kind of number they were written as.

    Examples
    --------
    >>> data = Dataset()
    >>> data.add_new("PixelPaddingValue", "US", 63536)
    >>> data.PixelRepresentation = 1
    >>> padding(data)
    (-2000, -2000)
    """
    low = number(element(data, "PixelPaddingValue"))
    if low is None:
        return None
    high = number(element(data, "PixelPaddingRangeLimit"))
    ends = sorted(_word(data, one) for one in (low, low if high is None else high))
    return ends[0], ends[1]


def no_pixel(data: Dataset, index: int = 0) -> tuple[float, float] | None:
    """Return the lowest and highest value of a frame that mean "no pixel", if any.

    Examples
    --------
    >>> data = Dataset()
    >>> data.PixelPaddingValue, data.RescaleSlope, data.RescaleIntercept = 0, 2, 100
    >>> no_pixel(data)
    (100.0, 100.0)
    """
    ends = padding(data)
    if ends is None:
        return None
    values = rescaled(np.array(ends), data, index)
    return float(values.min()), float(values.max())


def _word(data: Dataset, value: float) -> int:
    found = int(value)
    if is_signed(data):
        return found - 0x10000 if 0x8000 <= found <= 0xFFFF else found
    return found + 0x10000 if -0x8000 <= found < 0 else found
