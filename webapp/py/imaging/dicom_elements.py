"""Single elements of a DICOM data set. A damaged or invalid one counts as missing.

Some devices write decimal numbers with a comma. The standard has points only (PS3.5 6.2), and a comma has no
other meaning in a number, so it is read as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag

_PER_FRAME, _SHARED = "PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"


def element(data: Dataset, name: str) -> Any:
    """Return the value of an element, by keyword. None if it is missing or damaged.

    Decimal numbers that pydicom cannot read are returned as text, for `number` and `numbers`.

    Examples
    --------
    >>> data = Dataset()
    >>> data.Rows = 512
    >>> element(data, "Rows"), element(data, "Columns")
    (512, None)
    """
    # By its tag, because looking for keywords takes ten times as long, and many elements are looked for.
    tag = _tag(name)
    if tag not in data:
        return None
    try:
        return data[tag].value
    except Exception:
        return _unread(data, name)


@cache
def _tag(name: str) -> BaseTag:
    return Tag(name)


def _unread(data: Dataset, name: str) -> Any:
    try:
        raw = data.get_item(_tag(name))
        if not isinstance(raw, RawDataElement) or (raw.VR or dictionary_VR(name)) != "DS":
            return None
        found = [one.strip(" \0") for one in (raw.value or b"").decode("ascii", "replace").split("\\")]
    except Exception:
        return None
    return found if len(found) > 1 else found[0]


def text(data: Dataset, name: str) -> str:
    """Return an element as text, empty if it is missing.

    Examples
    --------
    >>> data = Dataset()
    >>> data.Modality = "CT"
    >>> text(data, "Modality"), text(data, "PatientID")
    ('CT', '')
    """
    found = element(data, name)
    return "" if found is None else str(found).strip()


def number(value: Any) -> float | None:
    """Return a value as a number, or None if it is not a finite number.

    Examples
    --------
    >>> number("2.5"), number("-1024,0"), number("nan"), number(None)
    (2.5, -1024.0, None, None)
    """
    try:
        found = float(value.replace(",", ".") if isinstance(value, str) else value)
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
    found = number(element(data, name))
    return default if found is None else int(found)


def several(value: Any) -> list[Any]:
    """Return the values of an element with one, many or no values.

    Examples
    --------
    >>> several(MultiValue(int, [1, 2])), several(3), several(None)
    ([1, 2], [3], [])
    """
    return list(value) if isinstance(value, MultiValue | list) else [] if value is None else [value]


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
        for groups, place in ((element(data, _PER_FRAME), index), (element(data, _SHARED), 0)):
            items = element(groups[place], sequence) if groups and place < len(groups) and sequence else None
            found = element(items[0], name) if items else None
            if found is not None:
                return found
    except Exception:
        pass  # damaged groups count as missing
    return element(data, name)
