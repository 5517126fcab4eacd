"""Output for people: steps, sizes, progress bars, and error messages that say what to do."""

from __future__ import annotations

import sys
import time
from types import TracebackType


class Failure(Exception):
    """An error that you can act on. The message says what happened and what to do."""


def say(text: str) -> None:
    """Print one line and flush it."""
    print(text, flush=True)


def sized(count: float) -> str:
    """Format a number of bytes.

    >>> sized(2_916_023)
    '2.9 MB'
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count:.0f} B"


class Progress:
    """A progress bar on a terminal. Elsewhere, one line at the start and one at the end.

    ``unit`` is ``"bytes"`` or the name of what is counted, such as ``"files"``.
    """

    def __init__(self, label: str, total: int, unit: str = "bytes") -> None:
        self.label, self.total, self.unit = label, total, unit
        self.done = 0
        self._live = sys.stdout.isatty()
        self._drawn = 0.0
        self._began = time.monotonic()

    def __enter__(self) -> Progress:
        if self._live:
            self._draw()
        else:
            say(f"  {self.label} ({self._count(self.total)})")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._draw()
            sys.stdout.write("\n")
            sys.stdout.flush()
        elif kind is None and time.monotonic() - self._began > 5:
            say(f"  {self.label}: done in {time.monotonic() - self._began:.0f} s")

    def advance(self, count: int) -> None:
        """Add to the count."""
        self.done += count
        if self._live and time.monotonic() - self._drawn > 0.1:
            self._draw()

    def _count(self, value: int) -> str:
        return sized(value) if self.unit == "bytes" else f"{value} {self.unit}"

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        share = min(self.done / self.total, 1.0) if self.total else 0.0
        bar = "█" * round(share * 24)
        of = f" of {self._count(self.total)}" if self.total else ""
        sys.stdout.write(f"\r  {self.label[:44]:<44} {bar:·<24} {self._count(self.done)}{of}\x1b[K")
        sys.stdout.flush()
