"""Single elements of a DICOM data set, read so that a damaged or odd one counts as missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.multival import MultiValue


def text(data: Dataset, name: str) -> str:
    """Return an element as text, empty where there is none."""
    try:
        value = data.get(name)
    except Exception:
        return ""
    return "" if value is None else str(value).strip()


def number(value: Any) -> float | None:
    """Return a value as a number; None where it is none, or not finite."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if np.isfinite(found) else None


def whole(data: Dataset, name: str, default: int = 0) -> int:
    """Return an element as a whole number, or ``default``."""
    try:
        found = number(data.get(name))
    except Exception:
        found = None
    return default if found is None else int(found)


def several(value: Any) -> list[Any]:
    """Return the values of an element that may hold one, many, or none."""
    return list(value) if isinstance(value, MultiValue) else [] if value is None else [value]


def numbers(value: Any, count: int) -> tuple[float, ...]:
    """Return exactly ``count`` numbers, or none."""
    if not isinstance(value, MultiValue | Sequence) or isinstance(value, str) or len(value) != count:
        return ()
    found = [number(item) for item in value]
    return tuple(item for item in found if item is not None) if None not in found else ()


def from_groups(data: Dataset, index: int, sequence: str, name: str) -> Any:
    """Return an attribute of a frame: per frame, shared by all frames, or of the image as a whole."""
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
