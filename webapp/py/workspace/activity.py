"""How long somebody is busy with an image, and with each annotation of it: a clock without a browser.

Time is told to the clock from outside, in milliseconds; one that runs backwards is taken to stand still.

* While an image is open, every moment is either **active** or **idle**. It is active while the page is
  visible and the last input is less than `IDLE_AFTER_MS` ago; so the first half minute after an input counts
  as work (looking is work), and a hidden page is idle at once.
* A moment is **an annotation's** when it lies in a gesture that made or changed this one annotation and no
  other, from the press to the end, or else when this annotation is the only one selected. The time of a
  gesture that changed nothing belongs to what was selected; that of one which changed several belongs to the
  image alone. So at no moment there is more than one annotation at hand, and over all spans the sums of the
  annotations never exceed what the image has.
* `pause` and `resume` say that the clock is in another tab's hands: what lies between counts nowhere here.

`take` gives what was counted since the last time, as spans: one of the image, which begins at ``started``
and has no gaps, and one for each annotation that was at hand in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

IDLE_AFTER_MS = 30_000
"""Milliseconds without input after which somebody is no longer taken to work."""


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Time on an image, or the part of it that went into one annotation. All times in milliseconds."""

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
    """Counts one tab's time. Every method takes the present time as its last argument."""

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
        """The image that is open."""
        return self._asset

    @property
    def counting(self) -> bool:
        """Whether the clock is in this tab's hands."""
        return self._counting

    @property
    def in_gesture(self) -> bool:
        """Whether a gesture is under way."""
        return self._in_gesture

    @property
    def running_ms(self) -> int:
        """What was counted on the image since the last `take`, until the last event."""
        return self._image.active + self._image.idle

    def open(self, asset: int | None, now: int) -> None:
        """Go to an image, or to none; to go is an input."""
        self._advance(now)
        self._close()
        self._asset, self._selected, self._in_gesture = asset, None, False
        self._gesture = _Tally()
        self._input = self._now

    def input(self, now: int) -> None:
        """Note that the person did something."""
        self._advance(now)
        self._input = self._now

    def show(self, visible: bool, now: int) -> None:
        """Say whether the page can be seen."""
        self._advance(now)
        self._visible = visible

    def pause(self, now: int) -> None:
        """Stop counting: another tab has the clock since ``now``."""
        self._advance(now)
        self._close()
        self._counting = False

    def resume(self, now: int) -> None:
        """Count from ``now`` on."""
        self._advance(now)
        self._counting = True

    def select(self, annotation: str | None, now: int) -> None:
        """Say which annotation is the only one selected."""
        self._advance(now)
        self._selected = annotation

    def begin_gesture(self, now: int) -> None:
        """Note the press that begins a gesture."""
        self._advance(now)
        self._in_gesture, self._gesture = True, _Tally()

    def end_gesture(self, changed: Sequence[str], now: int) -> None:
        """Note the end of a gesture, and the annotations that it made or changed."""
        self._advance(now)
        owner = changed[0] if len(changed) == 1 else None if changed else self._selected
        spent, self._in_gesture, self._gesture = self._gesture, False, _Tally()
        if owner is not None and (spent.active or spent.idle):
            tally = self._annotations.setdefault(owner, _Tally())
            tally.add(spent.started, spent.active, spent.idle)
            tally.started = min(tally.started, spent.started)

    def take(self, now: int) -> list[TimeSpan]:
        """Return what was counted since the last time; a gesture under way comes with its end."""
        self._advance(now)
        self._close()
        spans, self._done = self._done, []
        return spans

    def _advance(self, now: int) -> None:
        """Count the time since the last event, in which nothing happened."""
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
        """End the spans under way."""
        tallies = [(None, self._image), *self._annotations.items()]
        self._image, self._annotations = _Tally(), {}
        if self._asset is not None:
            self._done += [
                TimeSpan(self._asset, name, tally.started, tally.active, tally.idle)
                for name, tally in tallies
                if tally.active or tally.idle
            ]
