"""How long a person is busy with an image and with each of its annotations: a clock that knows no browser.

Every method takes the current time in milliseconds; a time that runs backwards counts as no time passing.

* While an image is open, every moment is either **active** or **idle**. It is active while the page is
  visible and the last input was less than `IDLE_AFTER_MS` ago. So the first half minute after an input counts
  as work (looking is work), and a hidden page is idle at once.
* A moment belongs to **an annotation** if it is part of a gesture that created or changed this annotation and
  no other, or else if this annotation is the only one selected. The time of a gesture that changed nothing
  belongs to the selection; the time of a gesture that changed several annotations belongs only to the image.
  So at most one annotation is active at a time, and the sum over annotations never exceeds the image's time.
* `pause` and `resume` say that another tab counts the time: what passes in between is not counted here.

`take` returns what was counted since the last call, as time spans: one for the image, which begins at
``started`` and has no gaps, and one for each annotation that was active during it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

IDLE_AFTER_MS = 30_000
"""Milliseconds without input after which a person counts as idle."""


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Time spent on an image, or the part of it spent on one annotation. All times in milliseconds."""

    asset: int
    annotation: str | None
    started: int
    active_ms: int
    idle_ms: int


@dataclass(slots=True)
class _Tally:
    started: int = 0
    active: int = 0
    idle: int = 0

    def add(self, started: int, active: int, idle: int) -> None:
        if not self.active and not self.idle:
            self.started = started
        self.active += active
        self.idle += idle


@dataclass(slots=True)
class ActivityClock:
    """Counts the time of one tab. Every method takes the current time as its last argument."""

    _now: int = 0
    _asset: int | None = None
    _counting: bool = False
    _visible: bool = True
    _input: int = -IDLE_AFTER_MS
    _selected: str | None = None
    _in_gesture: bool = False
    _image: _Tally = field(default_factory=_Tally)
    _annotations: dict[str, _Tally] = field(default_factory=dict)
    _gesture: _Tally = field(default_factory=_Tally)
    _done: list[TimeSpan] = field(default_factory=list)

    @property
    def asset(self) -> int | None:
        """The open image."""
        return self._asset

    @property
    def counting(self) -> bool:
        """Whether this tab counts the time."""
        return self._counting

    @property
    def in_gesture(self) -> bool:
        """Whether a gesture is in progress."""
        return self._in_gesture

    @property
    def running_ms(self) -> int:
        """The time counted for the image from the last `take` to the last event."""
        return self._image.active + self._image.idle

    def open(self, asset: int | None, now: int) -> None:
        """Open an image, or close it with None; this counts as input."""
        self._advance(now)
        self._close()
        self._asset, self._selected, self._in_gesture = asset, None, False
        self._gesture = _Tally()
        self._input = self._now

    def input(self, now: int) -> None:
        """Record an input."""
        self._advance(now)
        self._input = self._now

    def show(self, visible: bool, now: int) -> None:
        """Set whether the page is visible."""
        self._advance(now)
        self._visible = visible

    def pause(self, now: int) -> None:
        """Stop counting: another tab counts from ``now`` on."""
        self._advance(now)
        self._close()
        self._counting = False

    def resume(self, now: int) -> None:
        """Start counting at ``now``."""
        self._advance(now)
        self._counting = True

    def select(self, annotation: str | None, now: int) -> None:
        """Set the annotation that is the only one selected, or None."""
        self._advance(now)
        self._selected = annotation

    def begin_gesture(self, now: int) -> None:
        """Record the press that starts a gesture."""
        self._advance(now)
        self._in_gesture, self._gesture = True, _Tally()

    def end_gesture(self, changed: Sequence[str], now: int) -> None:
        """Record the end of a gesture, and the annotations that it created or changed."""
        self._advance(now)
        owner = changed[0] if len(changed) == 1 else None if changed else self._selected
        spent, self._in_gesture, self._gesture = self._gesture, False, _Tally()
        if owner is not None and (spent.active or spent.idle):
            tally = self._annotations.setdefault(owner, _Tally())
            tally.add(spent.started, spent.active, spent.idle)
            tally.started = min(tally.started, spent.started)

    def take(self, now: int) -> list[TimeSpan]:
        """Return the time spans since the last call; a gesture in progress is counted when it ends."""
        self._advance(now)
        self._close()
        spans, self._done = self._done, []
        return spans

    def _advance(self, now: int) -> None:
        """Count the time since the last event."""
        before, self._now = self._now, max(now, self._now)
        if self._asset is None or not self._counting:
            return
        until = min(self._now, self._input + IDLE_AFTER_MS) if self._visible else before
        active = max(until - before, 0)
        idle = self._now - before - active
        if not active and not idle:
            return
        self._image.add(before, active, idle)
        if self._in_gesture:
            self._gesture.add(before, active, idle)
        elif self._selected is not None:
            self._annotations.setdefault(self._selected, _Tally()).add(before, active, idle)

    def _close(self) -> None:
        """End the current time spans."""
        tallies = [(None, self._image), *self._annotations.items()]
        self._image, self._annotations = _Tally(), {}
        if self._asset is not None:
            self._done += [
                TimeSpan(self._asset, name, tally.started, tally.active, tally.idle)
                for name, tally in tallies
                if tally.active or tally.idle
            ]
