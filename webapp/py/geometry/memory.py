"""Caching of what was computed from a shape, so that hovering over thousands of them stays fast."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Given = TypeVar("Given")
Found = TypeVar("Found")


def remembered(most: int) -> Callable[[Callable[[Given], Found]], Callable[[Given], Found]]:
    """Return a decorator that caches the results of a function of one object, by the identity of the object.

    Shapes and their lists have no hash, but they never change in place, so identity is enough. The objects
    are kept alive, too. Once ``most`` results are cached, all are dropped.

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
