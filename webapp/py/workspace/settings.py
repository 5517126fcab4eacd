"""Settings that a tool declares as data: the panel draws them and the session keeps their values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

Value = float | str | bool
"""The value of a setting: the number of a slider, the option of a choice, or the state of a switch."""
OF_VALUES = "of values"
"""The unit of a slider that has the unit of the image's values, such as HU; none if the image has none."""


@dataclass(frozen=True, slots=True)
class Slider:
    """A number from ``low`` to ``high``.

    ``keys`` are the keys that decrease and increase it; with ``wheel``, Shift+scroll does the same. One step
    changes it by ``step``, or by the fraction ``ratio`` of its value if that is more. ``unit`` can be
    `OF_VALUES`.
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
        """Return ``value`` clamped to the range, or the default if it is not a number."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return self.default
        return min(max(value, self.low), self.high)

    def turned(self, value: float, steps: int) -> float:
        """Return the value after ``steps`` wheel steps or key presses; negative decreases it.

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
    """One of several options, each a value and a label; ``key`` selects the next one."""

    name: str
    title: str
    default: str
    options: tuple[tuple[str, str], ...]
    key: str = ""

    def clean(self, value: Any) -> str:
        """Return ``value`` if it is one of the options, else the default."""
        return value if isinstance(value, str) and value in dict(self.options) else self.default

    def turned(self, value: str, steps: int) -> str:
        """Return the option ``steps`` further, wrapping around."""
        names = [name for name, _ in self.options]
        return names[(names.index(self.clean(value)) + steps) % len(names)]


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off; ``key`` toggles it."""

    name: str
    title: str
    default: bool = False
    key: str = ""

    def clean(self, value: Any) -> bool:
        """Return ``value`` if it is a bool, else the default."""
        return value if isinstance(value, bool) else self.default

    def turned(self, value: bool, steps: int) -> bool:
        """Return the state after ``steps`` presses of the key."""
        return value if steps % 2 == 0 else not value


Setting = Slider | Choice | Switch


def values(settings: tuple[Setting, ...], stored: dict[str, Any] | None = None) -> dict[str, Value]:
    """Return a value for every setting: the stored one if it is still valid, else the default.

    Examples
    --------
    >>> values((Slider("radius", "Radius", default=10, low=1, high=50),), {"radius": 80, "gone": 1})
    {'radius': 50}
    """
    return {
        setting.name: setting.clean((stored or {}).get(setting.name, setting.default)) for setting in settings
    }
