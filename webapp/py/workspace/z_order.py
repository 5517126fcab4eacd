"""The z-order of annotations, and how it is changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

Move = Literal["front", "forward", "backward", "back"]


def reordered(ordered: Sequence[tuple[str, int]], chosen: Collection[str], move: Move) -> dict[str, int]:
    """Return the new order numbers of the annotations whose number changes.

    Parameters
    ----------
    ordered
        Ids with their order numbers, bottom to top. Numbers can be equal; then ids decide.
    chosen
        The ids to move; they keep their order among themselves.
    move
        To the front or back, or past the next one in that direction.

    Examples
    --------
    >>> reordered([("a", 0), ("b", 1), ("c", 2)], {"a"}, "front")
    {'a': 3}
    >>> reordered([("a", 0), ("b", 1), ("c", 2)], {"a"}, "forward")
    {'b': 0, 'a': 1}
    """
    names = [name for name, _ in ordered]
    moved = _moved(names, set(chosen), move)
    if moved == names:
        return {}
    places = dict(ordered)
    movers = [name for name in moved if name in chosen]
    if move == "front":
        top = ordered[-1][1]
        return {name: top + step for step, name in enumerate(movers, 1)}
    if move == "back":
        bottom = ordered[0][1]
        return {name: bottom - step for step, name in enumerate(reversed(movers), 1)}
    numbers = [place for _, place in ordered]
    if len(set(numbers)) < len(numbers):
        numbers = list(range(len(numbers)))
    return {name: number for name, number in zip(moved, numbers, strict=True) if places[name] != number}


def _moved(names: Sequence[str], chosen: Collection[str], move: Move) -> list[str]:
    others = [name for name in names if name not in chosen]
    movers = [name for name in names if name in chosen]
    if move == "front":
        return others + movers
    if move == "back":
        return movers + others
    order = list(names) if move == "backward" else list(reversed(names))
    for place in range(1, len(order)):
        if order[place] in chosen and order[place - 1] not in chosen:
            order[place - 1], order[place] = order[place], order[place - 1]
    return order if move == "backward" else list(reversed(order))
