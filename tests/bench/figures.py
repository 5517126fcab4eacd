"""What a benchmark found: figures with units and budgets, and how they are printed."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Budget:
    """What a figure should keep to: at most or at least so much, in the unit of the figure."""

    sign: Literal["≤", "≥"]
    limit: float

    def met(self, value: float) -> bool:
        return value <= self.limit if self.sign == "≤" else value >= self.limit

    def __str__(self) -> str:
        return f"{self.sign} {self.limit:g}"


@dataclass(frozen=True)
class Figure:
    """One figure: ``value`` in ``unit``, taken from ``repeats`` samples between ``spread``'s two ends."""

    name: str
    value: float
    unit: str
    budget: Budget | None = None
    repeats: int = 1
    spread: tuple[float, float] | None = None

    @property
    def met(self) -> bool | None:
        return self.budget.met(self.value) if self.budget else None


def median_of(name: str, samples: Sequence[float], unit: str, budget: Budget | None = None) -> Figure:
    """The middle of the samples; the spread goes from the least to the largest."""
    return _figure(name, statistics.median(samples), samples, unit, budget)


def percentile_of(
    name: str, samples: Sequence[float], percent: int, unit: str, budget: Budget | None = None
) -> Figure:
    """The value that so many percent of the samples do not exceed."""
    cuts = statistics.quantiles(samples, n=100, method="inclusive")
    return _figure(f"{name}, p{percent}", cuts[percent - 1], samples, unit, budget)


def _figure(name: str, value: float, samples: Sequence[float], unit: str, budget: Budget | None) -> Figure:
    return Figure(name, value, unit, budget, len(samples), (min(samples), max(samples)))


def machine(chromium: str) -> dict[str, Any]:
    """Facts about this machine that every figure depends on."""
    load = os.getloadavg() if hasattr(os, "getloadavg") else (0.0, 0.0, 0.0)
    return {
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load_at_start": [round(one, 2) for one in load],
        "python": platform.python_version(),
        "chromium": chromium,
    }


def as_json(facts: dict[str, Any], figures: Sequence[Figure], failures: dict[str, str]) -> str:
    """The run as JSON, numbers as they were measured."""
    rows = [
        {
            **asdict(figure),
            "budget": asdict(figure.budget) if figure.budget else None,
            "met": figure.met,
        }
        for figure in figures
    ]
    return json.dumps({"machine": facts, "figures": rows, "failures": failures}, indent=2, ensure_ascii=False)


def as_table(facts: dict[str, Any], figures: Sequence[Figure], failures: dict[str, str]) -> str:
    """The run for people: one line a figure, columns aligned."""
    head = ("", "value", "", "budget", "", "lowest", "highest", "of")
    lines = [head, *(_cells(figure) for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    left = {0, 2, 3, 4}
    text = [f"{name}: {value}" for name, value in facts.items()]
    text.append("")
    for line in lines:
        cells = [
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        text.append("  ".join(cells).rstrip())
    text += [f"{name} could not be measured: {reason}" for name, reason in failures.items()]
    return "\n".join(text)


def _cells(figure: Figure) -> tuple[str, ...]:
    low, high = (_short(end) for end in figure.spread) if figure.spread else ("", "")
    met = {True: "met", False: "MISSED", None: ""}[figure.met]
    budget = str(figure.budget) if figure.budget else ""
    return figure.name, _short(figure.value), figure.unit, budget, met, low, high, str(figure.repeats)


def _short(value: float) -> str:
    """Three significant digits, and every digit before the point."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
