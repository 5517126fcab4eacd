"""The benchmarks by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.bench.figures import Figure


@dataclass(frozen=True)
class Effort:
    """How often things are measured; a quick run shows that everything works, its figures are rough."""

    quick: bool = False

    def times(self, full: int, quick: int) -> int:
        return quick if self.quick else full


Measure = Callable[[Effort], list[Figure]]


@dataclass(frozen=True)
class Benchmark:
    name: str
    title: str
    measure: Measure


BENCHMARKS: dict[str, Benchmark] = {}


def benchmark(name: str, title: str) -> Callable[[Measure], Measure]:
    """Make a function known as the benchmark of this name."""

    def register(measure: Measure) -> Measure:
        if name in BENCHMARKS:
            raise ValueError(f"there are two benchmarks named {name}")
        BENCHMARKS[name] = Benchmark(name, title, measure)
        return measure

    return register


def chosen(names: Iterable[str]) -> list[Benchmark]:
    """The benchmarks of these names, all of them when none is given.

    Raises
    ------
    LookupError
        Says which name there is not, and which there are.
    """
    wanted = list(names) or list(BENCHMARKS)
    for name in wanted:
        if name not in BENCHMARKS:
            raise LookupError(f"There is no benchmark “{name}”. There are: {', '.join(BENCHMARKS)}.")
    return [BENCHMARKS[name] for name in wanted]


def run(
    benchmarks: Sequence[Benchmark], effort: Effort, say: Callable[[str], None]
) -> tuple[list[Figure], dict[str, str]]:
    """Measure one after the other; one that fails does not keep the others from being measured."""
    figures: list[Figure] = []
    failures: dict[str, str] = {}
    for one in benchmarks:
        say(f"— {one.title}")
        try:
            figures += one.measure(effort)
        except Exception as error:
            failures[one.name] = f"{type(error).__name__}: {error}"
    return figures, failures
