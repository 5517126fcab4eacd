"""Remembering what was worked out of a shape, so that hovering over thousands of them stays quick."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Given = TypeVar("Given")
Found = TypeVar("Found")


def remembered(most: int) -> Callable[[Callable[[Given], Found]], Callable[[Given], Found]]:
    """Return a decorator that keeps the results of a function of one object, by the object's identity.

    Shapes and their lists have no hash; but they are never changed in place, so identity will do. What was
    given is kept alive too. When ``most`` results are kept, all are dropped and collecting begins again.

    Examples
    --------
    >>> @remembered(100)
    ... def total(numbers):
    ...     return sum(numbers)
    >>> total([1, 2, 3])
    6
    """

    def decorate(function: Callable[[Given], Found]) -> Callable[[Given], Found]:
        kept: dict[int, tuple[Any, Found]] = {}

        @wraps(function)
        def recall(given: Given) -> Found:
            entry = kept.get(id(given))
            if entry is not None:
                return entry[1]
            found = function(given)
            if len(kept) >= most:
                kept.clear()
            kept[id(given)] = (given, found)
            return found

        return recall

    return decorate
