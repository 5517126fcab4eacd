"""Finds the few objects that differ between two long sequences."""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

FEW = 32
"""If at most this many objects change at once, only they are processed."""


def changed_places(before: Sequence[object], after: Sequence[object]) -> list[int] | None:
    """Return the indices where two sequences hold different objects.

    Returns None if their lengths differ or more than `FEW` objects do: then start over. Thousands of objects
    are compared without running Python code for each.

    Examples
    --------
    >>> cat, dog, bird = object(), object(), object()
    >>> changed_places([cat, dog], [cat, bird])
    [1]
    >>> changed_places([cat], [cat, dog])
    """
    if len(before) != len(after):
        return None
    same = bytes(map(is_, before, after))
    if same.count(0) > FEW:
        return None
    places, at = [], same.find(0)
    while at >= 0:
        places.append(at)
        at = same.find(0, at + 1)
    return places
