"""Single elements of a DICOM data set. A damaged or invalid one counts as missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.multival import MultiValue


def text(data: Dataset, name: str) -> str:
    """Return an element as text, empty if it is missing.

    Examples
    --------
    >>> data = Dataset()
    >>> data.Modality = "CT"
    >>> text(data, "Modality"), text(data, "PatientID")
    ('CT', '')
    """
    try:
        value = data.get(name)
    except Exception:
        return ""
    return "" if value is None else str(value).strip()


def number(value: Any) -> float | None:
    """Return a value as a number, or None if it is not a finite number.

    Examples
    --------
    >>> number("2.5"), number("nan"), number(None)
    (2.5, None, None)
    """
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if np.isfinite(found) else None


def whole(data: Dataset, name: str, default: int = 0) -> int:
    """Return an element, by keyword, as a whole number, or ``default`` if it is missing.

    Examples
    --------
    >>> data = Dataset()
    >>> data.Rows = 512
    >>> whole(data, "Rows"), whole(data, "NumberOfFrames", 1)
    (512, 1)
    """
    try:
        found = number(data.get(name))
    except Exception:
        found = None
    return default if found is None else int(found)


def several(value: Any) -> list[Any]:
    """Return the values of an element with one, many or no values.

    Examples
    --------
    >>> several(MultiValue(int, [1, 2])), several(3), several(None)
    ([1, 2], [3], [])
    """
    return list(value) if isinstance(value, MultiValue) else [] if value is None else [value]


def numbers(value: Any, count: int) -> tuple[float, ...]:
    """Return exactly ``count`` numbers, or none if the value is anything else.

    Examples
    --------
    >>> numbers(["1", "2.5"], 2), numbers(["1"], 2)
    ((1.0, 2.5), ())
    """
    if not isinstance(value, MultiValue | Sequence) or isinstance(value, str) or len(value) != count:
        return ()
    found = [number(item) for item in value]
    return tuple(item for item in found if item is not None) if None not in found else ()


def from_groups(data: Dataset, index: int, sequence: str, name: str) -> Any:
    """Return an attribute of a frame (PS3.3 C.7.6.16): per frame, shared, or of the whole data set.

    Parameters
    ----------
    data
        The data set.
    index
        Which frame, counted from 0.
    sequence
        The functional group that contains the attribute, by keyword.
    name
        The attribute, by keyword.

    Examples
    --------
    >>> data = Dataset()
    >>> data.PixelSpacing = [1, 2]
    >>> [float(one) for one in from_groups(data, 0, "PixelMeasuresSequence", "PixelSpacing")]
    [1.0, 2.0]
    """
    try:
        for groups, place in (
            (data.get("PerFrameFunctionalGroupsSequence"), index),
            (data.get("SharedFunctionalGroupsSequence"), 0),
        ):
            if groups and place < len(groups) and groups[place].get(sequence):
                found = groups[place][sequence].value[0].get(name)
                if found is not None:
                    return found
        return data.get(name)
    except Exception:
        return None
