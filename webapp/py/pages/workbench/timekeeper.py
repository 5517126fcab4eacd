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
"""Milliseconds after which what was counted is written."""
_TRUST_MS = 1_000
"""Milliseconds for which a tab with the focus takes it that the clock is still its own."""


class Timekeeper:
    """Keeps the time of one tab on one project; the workbench and the browser's events call it.

    Parameters
    ----------
    store
        The project's records.
    labeling
        Who works on which project.
    viewports
        The active one shows what the person works on.
    machine
        Has a clock, and remembers what was counted when the page closed.
    visible
        Whether the page can be seen.
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
        self._unbegun: list[TimeSpan] = []

    # --- what happens

    def input(self) -> None:
        """Note that the person did something on this page, which has the focus."""
        now = self._machine.now_ms()
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
        now = self._machine.now_ms()
        self._lose_clock(now)
        self._clock.show(visible, now)
        if not visible:
            self.flush()

    def look(self) -> None:
        """Take note of what is at hand; to be called whenever it may have changed."""
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
        """Take note that records changed; those that change as a gesture ends are what it did."""
        if not self._clock.in_gesture:
            return
        canvas = self._viewports.canvas
        if canvas is None or not canvas.gestures.busy:
            names = sorted(name for table, name in keys if table == "annotation")
            self._clock.end_gesture(names, self._machine.now_ms())

    def leave(self) -> None:
        """Note that the project is closed."""
        self._open(None, self._machine.now_ms())
        self._unbegun = []

    # --- what was counted

    def flush(self) -> None:
        """Record what was counted so far."""
        now = self._machine.now_ms()
        self._lose_clock(now)
        self._record(self._clock.take(now))

    def put_down(self) -> None:
        """Keep what was counted, as the page goes: there is no time left to write records."""
        now = self._machine.now_ms()
        self._lose_clock(now)
        kept = [*self._kept(), *self._records(self._clock.take(now))]
        if kept:
            self._machine.remember(self._place, msgspec.json.encode(kept).decode())

    def recover(self) -> None:
        """Record what was put down when a page went; to be called when a project is opened."""
        kept = self._kept()
        if kept:
            self._write([one for one in kept if self._store.get("activity", one["id"]) is None])
            self._machine.remember(self._place, None)

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

    def _record(self, spells: list[TimeSpan]) -> None:
        self._write(self._records(spells))

    def _records(self, spells: list[TimeSpan]) -> list[Fields]:
        """Return the records of spells, those kept from before work began included."""
        waiting, self._unbegun = [*self._unbegun, *spells], []
        records = []
        for spell in waiting:
            own = assignment_id(self._labeling.project, spell.asset, self._labeling.actor.person)
            if self._store.get("assignment", own) is None:
                self._unbegun.append(spell)
                continue
            fields = self._activity(spell, own)
            if fields is not None:
                records.append(fields)
        return records

    def _write(self, records: list[Fields]) -> None:
        # The op has the record's id: recorded by two tabs at once, it is still one op.
        ops = [Op(op_id=one["id"], table="activity", id=one["id"], fields=one) for one in records]
        granted = [op for op in ops if allowed(self._labeling.actor, op, None, None)]
        if granted:
            self._store.edit(granted)

    def _activity(self, spell: TimeSpan, own: str) -> Fields | None:
        """Return the record of a spell; None for an annotation that is not here any more."""
        asset, assignment = spell.asset, own
        if spell.annotation is not None:
            annotation = self._store.get_deleted("annotation", spell.annotation)
            if annotation is None:
                return None
            # In a stack it lies on a slice of its own, while the spell is about the stack.
            asset, assignment = annotation.get("asset", asset), annotation.get("assignment", own)
        record = Activity(
            id=new_id(),
            project=self._labeling.project,
            asset=asset,
            assignment=assignment,
            annotation=spell.annotation,
            person=self._labeling.actor.person,
            started=spell.started,
            active_ms=spell.active_ms,
            idle_ms=spell.idle_ms,
        )
        return encode(record)

    # --- whose clock it is

    def _take_clock(self, now: int) -> None:
        """Let this tab have the clock."""
        self._asked = now
        self._lose_clock(now)
        if not self._clock.counting:
            self._machine.remember(self._lease, f"{self._tab} {now}")
            self._clock.resume(now)

    def _lose_clock(self, now: int) -> None:
        """Stop where another tab took the clock over."""
        tab, _, since = (self._machine.recall(self._lease) or "").partition(" ")
        if self._clock.counting and tab != self._tab:
            self._clock.pause(min(int(since), now) if since.isdecimal() else now)

    @property
    def _lease(self) -> str:
        return f"limner.clock.{self._labeling.actor.person}"

    @property
    def _place(self) -> str:
        return f"limner.time.{self._labeling.project}.{self._labeling.actor.person}"
