"""Records time: events of the page go to the activity clock, and what it counts goes into the store.

Only one tab at a time counts a person's time: the one that was used last. When a tab takes the clock, it
stores its name and the time where all tabs of the browser can read them. A tab that finds another name there
stops at the stored time. So nothing is counted twice, even if several tabs show the same image. Of several
viewports, the active one counts. Two computers that one person uses at once don't know of each other.

Recorded time goes through the outbox like any other record, and into no undo history. An image that nobody
has worked on has no assignment for the time, so its time spans are kept in memory until work begins, and are
lost with the page if it never does. A time span is written at the first input after `FLUSH_MS`, when the
image changes, is submitted or skipped, and when the page is hidden. When the page closes, the remaining time
is stored in the browser's local storage and recorded when the project is opened again. A browser that is
killed loses the time since the last time span was written.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from webapp.py.domain.ids import assignment_id, new_id
from webapp.py.domain.model import Activity, Fields, encode
from webapp.py.domain.ops import Op
from webapp.py.domain.permissions import allowed
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.store.local import RecordKey
from webapp.py.store.store import Store
from webapp.py.workspace.activity import ActivityClock, TimeSpan
from webapp.py.workspace.labeling_state import LabelingState

FLUSH_MS = 120_000
"""Milliseconds after which the counted time is written."""
_TRUST_MS = 1_000
"""Milliseconds for which a focused tab assumes that it still has the clock."""


class Timekeeper:
    """Keeps the time of one tab in one project; called by the workbench and by the browser's events.

    Parameters
    ----------
    store
        The project's records.
    labeling
        The person and the project.
    viewports
        The active one shows the image that the person works on.
    machine
        Has a clock, and stores the counted time when the page closes.
    visible
        Whether the page is visible.
    """

    def __init__(
        self,
        store: Store,
        labeling: LabelingState,
        viewports: ViewportSet,
        machine: MachinePort,
        visible: bool,
    ) -> None:
        self._store, self._labeling, self._viewports, self._machine = store, labeling, viewports, machine
        self._clock = ActivityClock()
        self._tab = new_id()
        self._asked = 0
        self._visible = visible
        self._selected: tuple[str, ...] = ()
        self._before_work: list[TimeSpan] = []

    # --- what happens

    def input(self) -> None:
        """Count an input of the person on this page, which has the focus."""
        now = self._machine.now_ms()
        if not self._clock.counting or not 0 <= now - self._asked < _TRUST_MS:
            self._take_clock(now)
        self._clock.input(now)
        self.update()
        if self._clock.running_ms >= FLUSH_MS and not self._clock.in_gesture:
            self.flush()

    def come_back(self) -> None:
        """Count an input because the page got the focus; another tab may have had the clock."""
        self._asked = 0
        self.input()

    def show(self, visible: bool) -> None:
        """Set whether the page is visible; the counted time is written when it is hidden."""
        self._visible = visible
        now = self._machine.now_ms()
        self._lose_clock(now)
        self._clock.show(visible, now)
        if not visible:
            self.flush()

    def update(self) -> None:
        """Follow the current image, gesture and selection; call this whenever they may have changed."""
        session, canvas = self._viewports.session, self._viewports.canvas
        now = self._machine.now_ms()
        asset = session.anchor if session.asset is not None else None
        if asset != self._clock.asset:
            self._open(asset, now)
        busy = canvas is not None and canvas.gestures.busy
        if busy and not self._clock.in_gesture:
            self._clock.begin_gesture(now)
        elif not busy and self._clock.in_gesture:
            self._clock.end_gesture((), now)
        if session.selected != self._selected:
            self._selected = session.selected
            self._clock.select(session.selected[0] if len(session.selected) == 1 else None, now)

    def changed(self, keys: Iterable[RecordKey]) -> None:
        """Handle changed records; those that change when a gesture ends are what it did."""
        if not self._clock.in_gesture:
            return
        canvas = self._viewports.canvas
        if canvas is None or not canvas.gestures.busy:
            names = sorted(name for table, name in keys if table == "annotation")
            self._clock.end_gesture(names, self._machine.now_ms())

    def leave(self) -> None:
        """Write the counted time because the project is closed."""
        self._open(None, self._machine.now_ms())
        self._before_work = []

    # --- what was counted

    def flush(self) -> None:
        """Record the time counted so far."""
        now = self._machine.now_ms()
        self._lose_clock(now)
        self._record(self._clock.take(now))

    def put_down(self) -> None:
        """Store the counted time while the page closes; there is no time left to write records."""
        now = self._machine.now_ms()
        self._lose_clock(now)
        kept = [*self._kept(), *self._records(self._clock.take(now))]
        if kept:
            self._machine.remember(self._place, msgspec.json.encode(kept).decode())

    def recover(self) -> None:
        """Record the time stored when a page closed; call this when a project is opened."""
        kept = self._kept()
        if kept:
            self._write([one for one in kept if self._is_about_something(one)])
            self._machine.remember(self._place, None)

    def _is_about_something(self, activity: Fields) -> bool:
        """Return whether stored time is new, and its assignment and annotation were stored before the end.

        A browser that was killed may have kept the time of an annotation, but not the annotation. The server
        would refuse it for good.
        """
        about = {"assignment": activity["assignment"], "annotation": activity.get("annotation")}
        return self._store.get("activity", activity["id"]) is None and all(
            record is None or self._store.get_deleted(table, record) is not None
            for table, record in about.items()
        )

    def _kept(self) -> list[Fields]:
        try:
            text = self._machine.recall(self._place) or "[]"
            return [encode(one) for one in msgspec.json.decode(text, type=list[Activity])]
        except msgspec.MsgspecError:
            return []

    def _open(self, asset: int | None, now: int) -> None:
        self._lose_clock(now)
        self._clock.open(asset, now)
        self._selected = ()
        if asset is not None and self._visible and not self._clock.counting:
            self._take_clock(now)
        self._record(self._clock.take(now))

    def _record(self, spans: list[TimeSpan]) -> None:
        self._write(self._records(spans))

    def _records(self, spans: list[TimeSpan]) -> list[Fields]:
        """Return the records of time spans, including those from before work began."""
        unwritten, self._before_work = [*self._before_work, *spans], []
        records = []
        for span in unwritten:
            own = assignment_id(self._labeling.project, span.asset, self._labeling.actor.person)
            if self._store.get("assignment", own) is None:
                self._before_work.append(span)
                continue
            fields = self._activity(span, own)
            if fields is not None:
                records.append(fields)
        return records

    def _write(self, records: list[Fields]) -> None:
        # The op has the record's id, so that it is one op even if two tabs record it.
        ops = [Op(op_id=one["id"], table="activity", id=one["id"], fields=one) for one in records]
        granted = [op for op in ops if allowed(self._labeling.actor, op, None, None)]
        if granted:
            self._store.edit(granted)

    def _activity(self, span: TimeSpan, own: str) -> Fields | None:
        """Return the record of a time span; None if its annotation is gone."""
        asset, assignment = span.asset, own
        if span.annotation is not None:
            annotation = self._store.get_deleted("annotation", span.annotation)
            if annotation is None:
                return None
            # In a stack the annotation is on a slice of its own, and the time span is about the stack.
            asset, assignment = annotation.get("asset", asset), annotation.get("assignment", own)
        record = Activity(
            id=new_id(),
            project=self._labeling.project,
            asset=asset,
            assignment=assignment,
            annotation=span.annotation,
            person=self._labeling.actor.person,
            started=span.started,
            active_ms=span.active_ms,
            idle_ms=span.idle_ms,
        )
        return encode(record)

    # --- which tab has the clock

    def _take_clock(self, now: int) -> None:
        """Take the clock for this tab."""
        self._asked = now
        self._lose_clock(now)
        if not self._clock.counting:
            self._machine.remember(self._lease, f"{self._tab} {now}")
            self._clock.resume(now)

    def _lose_clock(self, now: int) -> None:
        """Stop at the time at which another tab took the clock."""
        tab, _, since = (self._machine.recall(self._lease) or "").partition(" ")
        if self._clock.counting and tab != self._tab:
            self._clock.pause(min(int(since), now) if since.isdecimal() else now)

    @property
    def _lease(self) -> str:
        return f"limner.clock.{self._labeling.actor.person}"

    @property
    def _place(self) -> str:
        return f"limner.time.{self._labeling.project}.{self._labeling.actor.person}"
