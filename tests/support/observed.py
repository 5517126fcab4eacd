"""What the tests of observed state share: a cart to observe, and an effect that writes down what it sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.ui.reactive import (
    Signal,
    computed,
    effect,
    reactive,
)


class Cart:
    prices: reactive[tuple[int, ...]] = reactive(())
    discount = reactive(0)
    notes: reactive[list[str]] = reactive(factory=list)
    owner: reactive[str] = reactive()

    def __init__(self, owner: str = "Ada") -> None:
        self.owner = owner
        self.computed = 0

    @computed
    def total(self) -> int:
        """What is to be paid."""
        self.computed += 1
        return sum(self.prices) - self.discount

    @computed
    def is_free(self) -> bool:
        return self.total <= 0


class Log:
    """An effect that writes down what it sees."""

    def __init__(self, look: Callable[[], object], schedule: Any = None) -> None:
        self.seen: list[object] = []
        self.effect = effect(lambda: self.seen.append(look()), schedule)


def readers_of(*signals: Signal[Any]) -> int:
    return sum(len(signal._readers) for signal in signals)


def signals_of(owner: object) -> list[Signal[Any]]:
    return [value for value in vars(owner).values() if isinstance(value, Signal)]


# Attributes
