"""Settings that a tool declares, as data: the panel draws them and the session keeps their values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

Value = float | str | bool
"""The value of a setting: a number of a slider, an option of a choice, or the state of a switch."""
OF_VALUES = "of values"
"""As the unit of a slider: that of the image's values, such as HU; none where an image has none."""


@dataclass(frozen=True, slots=True)
class Slider:
    """A number from ``low`` to ``high``.

    ``keys`` are the keys that take it down and up; with ``wheel`` turning the wheel with Shift held does too.
    One such turn changes it by ``step``, or by the share ``ratio`` of its value where that is more.
    ``unit`` may be `OF_VALUES`.
    """

    name: str
    title: str
    default: float
    low: float
    high: float
    step: float = 1.0
    unit: str = ""
    keys: tuple[str, str] | None = None
    wheel: bool = False
    ratio: float = 0.0

    def clean(self, value: Any) -> float:
        """Return ``value`` brought into range, or the default when it is no number."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return self.default
        return min(max(value, self.low), self.high)

    def turned(self, value: float, steps: int) -> float:
        """Return the value after ``steps`` turns of the wheel or presses of a key; negative is down.

        Examples
        --------
        >>> radius = Slider("radius", "Radius", default=10, low=1, high=50, ratio=0.1)
        >>> radius.turned(4, 1), radius.turned(40, 1), radius.turned(49, 3)
        (5.0, 44.0, 50)
        """
        for _ in range(abs(steps)):
            change = max(self.step, round(abs(value) * self.ratio / self.step) * self.step)
            value = self.clean(value + math.copysign(change, steps))
        return value


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several options, each a value and what people call it; ``key`` goes to the next one."""

    name: str
    title: str
    default: str
    options: tuple[tuple[str, str], ...]
    key: str = ""

    def clean(self, value: Any) -> str:
        """Return ``value`` when it is one of the options, else the default."""
        return value if isinstance(value, str) and value in dict(self.options) else self.default

    def turned(self, value: str, steps: int) -> str:
        """Return the option ``steps`` further on, round and round."""
        names = [name for name, _ in self.options]
        return names[(names.index(self.clean(value)) + steps) % len(names)]


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off; ``key`` turns it over."""

    name: str
    title: str
    default: bool = False
    key: str = ""

    def clean(self, value: Any) -> bool:
        """Return ``value`` when it is a truth value, else the default."""
        return value if isinstance(value, bool) else self.default

    def turned(self, value: bool, steps: int) -> bool:
        """Return the state after ``steps`` presses of the key."""
        return value if steps % 2 == 0 else not value


Setting = Slider | Choice | Switch


def values(settings: tuple[Setting, ...], stored: dict[str, Any] | None = None) -> dict[str, Value]:
    """Return a value for every setting: the stored one where it is still valid, else the default.

    Examples
    --------
    >>> values((Slider("radius", "Radius", default=10, low=1, high=50),), {"radius": 80, "gone": 1})
    {'radius': 50}
    """
    return {
        setting.name: setting.clean((stored or {}).get(setting.name, setting.default)) for setting in settings
    }
