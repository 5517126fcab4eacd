"""Recording time: what happens on the page goes to the activity clock, what it counted into the store.

A person's clock is in the hands of one tab at a time: the one that was used last. Each tab writes down when
it took the clock over, where all tabs of the browser can read it, and one that finds another's name there
stops at the moment written. So nothing is counted twice, however many tabs show the same image; of several
viewports the active one counts. Two machines used by one person at once do not know of each other.

Recorded time goes through the outbox like any other record, and into no undo history. An image on which no
work has begun has no assignment that time could belong to: its spells are kept until work begins there, and
go with the page when it never does. A spell is written at the latest at the first input after `FLUSH_MS`,
when the image changes, is submitted or skipped, and when the page is hidden. What is counted when the page
goes is put down at once among this browser's small texts and recorded when the project is opened again. A
browser that is killed loses what was counted since the last spell was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from webapp.py.domain.ids import assignment_id, new_id
from webapp.py.domain.model import Activity, Fields, encode
from webapp.py.domain.ops import Op
from webapp.py.domain.permissions import allowed
from webapp.py.store.local import RecordKey
from webapp.py.workspace.activity import ActivityClock, TimeSpan

if TYPE_CHECKING:
    from webapp.py.pages.shell.state import Work
    from webapp.py.pages.workbench.workbench import Workbench

FLUSH_MS = 120_000
"""Milliseconds after which what was counted is written."""
_TRUST_MS = 1_000
"""Milliseconds for which a tab with the focus takes it that the clock is still its own."""


class Timekeeper:
    """Keeps one tab's time; the desk and the browser's events call it."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench
        self._clock = ActivityClock()
        self._tab = new_id()
        self._asked = 0
        self._visible = True
        self._selected: tuple[str, ...] = ()
        self._unbegun: list[TimeSpan] = []

    # --- what happens

    def input(self) -> None:
        """Note that the person did something on this page, which has the focus."""
        if self._workbench.state.work is None:
            return
        now = self._workbench.ports.machine.now_ms()
        if not self._clock.counting or not 0 <= now - self._asked < _TRUST_MS:
            self._take_clock(now)
        self._clock.input(now)
        self.look()
        if self._clock.running_ms >= FLUSH_MS and not self._clock.in_gesture:
            self.flush()

    def come_back(self) -> None:
        """Note that the page got the focus: another tab may have had the clock."""
        self._asked = 0
        self.input()

    def show(self, visible: bool) -> None:
        """Say whether the page can be seen; what was counted is written when it cannot."""
        self._visible = visible
        now = self._workbench.ports.machine.now_ms()
        self._lose_clock(now)
        self._clock.show(visible, now)
        if not visible:
            self.flush()

    def look(self) -> None:
        """Take note of what is at hand; to be called whenever it may have changed."""
        work = self._workbench.state.work
        if work is None:
            return
        session, canvas = work.session, work.viewport.canvas
        now = self._workbench.ports.machine.now_ms()
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
        """Take note that records changed; those that change as a gesture ends are what it did."""
        work = self._workbench.state.work
        if work is None or not self._clock.in_gesture:
            return
        canvas = work.viewport.canvas
        if canvas is None or not canvas.gestures.busy:
            names = sorted(name for table, name in keys if table == "annotation")
            self._clock.end_gesture(names, self._workbench.ports.machine.now_ms())

    def leave(self) -> None:
        """Note that the project is closed."""
        if self._workbench.state.work is not None:
            self._open(None, self._workbench.ports.machine.now_ms())
            self._unbegun = []

    # --- what was counted

    def flush(self) -> None:
        """Record what was counted so far."""
        work = self._workbench.state.work
        if work is not None:
            self._lose_clock(self._workbench.ports.machine.now_ms())
            self._record(work, self._clock.take(self._workbench.ports.machine.now_ms()))

    def put_down(self) -> None:
        """Keep what was counted, as the page goes: there is no time left to write records."""
        work = self._workbench.state.work
        if work is None:
            return
        now = self._workbench.ports.machine.now_ms()
        self._lose_clock(now)
        kept = [*self._kept(work), *self._records(work, self._clock.take(now))]
        if kept:
            self._workbench.ports.machine.remember(_place(work), msgspec.json.encode(kept).decode())

    def recover(self) -> None:
        """Record what was put down when a page went; to be called when a project is opened."""
        work = self._workbench.state.work
        if work is None:
            return
        kept = self._kept(work)
        if kept:
            self._write(work, [one for one in kept if work.store.get("activity", one["id"]) is None])
            self._workbench.ports.machine.remember(_place(work), None)

    def _kept(self, work: Work) -> list[Fields]:
        try:
            text = self._workbench.ports.machine.recall(_place(work)) or "[]"
            return [encode(one) for one in msgspec.json.decode(text, type=list[Activity])]
        except msgspec.MsgspecError:
            return []

    def _open(self, asset: int | None, now: int) -> None:
        self._lose_clock(now)
        self._clock.open(asset, now)
        self._selected = ()
        if asset is not None and self._visible and not self._clock.counting:
            self._take_clock(now)
        work = self._workbench.state.work
        if work is not None:
            self._record(work, self._clock.take(now))

    def _record(self, work: Work, spells: list[TimeSpan]) -> None:
        self._write(work, self._records(work, spells))

    def _records(self, work: Work, spells: list[TimeSpan]) -> list[Fields]:
        """Return the records of spells, those kept from before work began included."""
        waiting, self._unbegun = [*self._unbegun, *spells], []
        records = []
        for spell in waiting:
            own = assignment_id(work.project.id, spell.asset, work.labeling.actor.person)
            if work.store.get("assignment", own) is None:
                self._unbegun.append(spell)
                continue
            fields = _activity(work, spell, own)
            if fields is not None:
                records.append(fields)
        return records

    def _write(self, work: Work, records: list[Fields]) -> None:
        # The op has the record's id: recorded by two tabs at once, it is still one op.
        ops = [Op(op_id=one["id"], table="activity", id=one["id"], fields=one) for one in records]
        granted = [op for op in ops if allowed(work.labeling.actor, op, None, None)]
        if granted:
            work.store.edit(granted)

    # --- whose clock it is

    def _take_clock(self, now: int) -> None:
        """Let this tab have the clock."""
        self._asked = now
        self._lose_clock(now)
        if not self._clock.counting:
            self._workbench.ports.machine.remember(self._lease, f"{self._tab} {now}")
            self._clock.resume(now)

    def _lose_clock(self, now: int) -> None:
        """Stop where another tab took the clock over."""
        tab, _, since = (self._workbench.ports.machine.recall(self._lease) or "").partition(" ")
        if self._clock.counting and tab != self._tab:
            self._clock.pause(min(int(since), now) if since.isdecimal() else now)

    @property
    def _lease(self) -> str:
        work = self._workbench.state.work
        return f"limner.clock.{work.labeling.actor.person if work is not None else ''}"


def _place(work: Work) -> str:
    return f"limner.time.{work.project.id}.{work.labeling.actor.person}"


def _activity(work: Work, spell: TimeSpan, own: str) -> Fields | None:
    """Return the record of a spell; None for an annotation that is not here any more."""
    asset, assignment = spell.asset, own
    if spell.annotation is not None:
        annotation = work.store.get_deleted("annotation", spell.annotation)
        if annotation is None:
            return None
        # In a stack it lies on a slice of its own, while the spell is about the stack.
        asset, assignment = annotation.get("asset", asset), annotation.get("assignment", own)
    record = Activity(
        id=new_id(),
        project=work.project.id,
        asset=asset,
        assignment=assignment,
        annotation=spell.annotation,
        person=work.labeling.actor.person,
        started=spell.started,
        active_ms=spell.active_ms,
        idle_ms=spell.idle_ms,
    )
    return encode(record)
