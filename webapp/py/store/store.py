"""One scope as the page sees it: the base with the outbox replayed, held in memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from webapp.py.domain import model, ops
from webapp.py.domain.model import Fields, Invalid
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import SyncReply
from webapp.py.store.local import (
    MOST_OVERWRITTEN,
    Applied,
    LocalStore,
    News,
    Overwritten,
    Quarantined,
    RecordKey,
    RefusedOp,
    StorageProblem,
    Stored,
)
from webapp.py.store.status import SaveStatus
from webapp.py.store.view import View, key_of

Listener = Callable[[frozenset[RecordKey]], None]
_log = logging.getLogger(__name__)
_NOTHING: frozenset[RecordKey] = frozenset()


class Store:
    """One scope's records, ready to read and to edit; `open` makes it.

    Reading and `edit` are synchronous. Everything that touches the local store runs one at a time behind one
    lock, so what is in memory never runs ahead of, or behind, what this tab itself has written.
    """

    def __init__(self, local: LocalStore, scope: str, *, solo: bool = False) -> None:
        self.local = local
        self.scope = scope
        self.solo = solo
        self._view = View()
        self._refused: dict[str, RefusedOp] = {}
        self._overwritten: dict[str, Overwritten] = {}
        self._quarantined: dict[str, Quarantined] = {}
        self._hidden: set[str] = set()
        self._dismissing: list[str] = []
        self._problem: str | None = None
        self._seen = 0
        self._ahead: set[int] = set()
        self._lock = asyncio.Lock()
        self._writer: asyncio.Future[None] | None = None
        self._listeners: list[Listener] = []
        self._last_status = SaveStatus()

    @classmethod
    async def open(cls, local: LocalStore, scope: str, *, solo: bool = False) -> Store:
        """Load a scope. With ``solo`` there is no server: edits go straight into the base.

        Raises
        ------
        StorageProblem
            When this machine's storage cannot be read.
        """
        store = cls(local, scope, solo=solo)
        store._take_over(await local.load(scope), None)
        store._last_status = store.status
        return store

    @property
    def status(self) -> SaveStatus:
        """How safe the edits are."""
        return SaveStatus(
            unsaved=len(self._view.unsaved),
            unsynced=len(self._view.unsynced),
            refused=len(self._refused),
            overwritten=len(self.overwritten),
            quarantined=len(self.quarantined),
            storage_problem=self._problem,
        )

    @property
    def refused(self) -> list[RefusedOp]:
        """Ops that the server did not accept, oldest first."""
        return list(self._refused.values())

    @property
    def overwritten(self) -> list[Overwritten]:
        """Values set here that somebody else replaced and that still stand replaced, oldest first."""

        def stands(entry: Overwritten) -> bool:
            record = self._view.value((entry.table, entry.record))
            return record is not None and record.get(entry.field) == entry.theirs

        return [entry for entry in self._overwritten.values() if stands(entry)]

    @property
    def quarantined(self) -> list[Quarantined]:
        """Stored things that could not be read (records show up here once somebody asked for them)."""
        entries = [*self._quarantined.values(), *self._view.broken.values()]
        return [entry for entry in entries if entry.id not in self._hidden]

    def get(self, table: str, record_id: str) -> Fields | None:
        """Return a record, None when there is none or it is deleted. It is not yours to change."""
        return self._view.live(table, record_id)

    def get_deleted(self, table: str, record_id: str) -> Fields | None:
        """Return a record even when it is deleted, for undo."""
        return self._view.value((table, record_id))

    def records(self, table: str) -> Mapping[str, Fields]:
        """Return the records of a table by id, without the deleted; ask again after a change."""
        return self._view.records(table)

    def of_asset(self, table: str, asset: int) -> list[Fields]:
        """Return the records of a table that are about one asset, in the order of their ids."""
        return self._view.of_asset(table, asset)

    def edit(self, new: Sequence[Op]) -> None:
        """Change the view at once, tell listeners, and queue the durable write.

        Raises
        ------
        Invalid
            When a record would not be valid after an op; then nothing at all has changed.
        """
        self._edit(new, ())

    async def flushed(self) -> None:
        """Wait until every queued write is durable or has failed (see ``status.storage_problem``)."""
        while self._writer is not None and not self._writer.done():
            await asyncio.wait([self._writer])

    async def retry(self) -> None:
        """Try failed writes again; call it on a timer while ``status.storage_problem`` is set."""
        self._start_writing()
        await self.flushed()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with the changed keys after each change; empty when only the status changed."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    async def refresh(self, news: News | None = None) -> None:
        """Take in what other tabs wrote: what ``news`` names, or whatever changed."""
        async with self._lock:
            try:
                if news is None:
                    await self._catch_up()
                elif news.revision > self._seen and news.revision not in self._ahead:
                    self._take_over(await self.local.load(self.scope, news.keys), news.keys)
                    self._note(news.revision)
            except StorageProblem as problem:
                self._problem = str(problem)
            else:
                if not self._view.unsaved:
                    self._problem = None
            self._tell(_NOTHING)

    async def apply_reply(self, sent_cursor: str, reply: SyncReply) -> Applied:
        """Take in a server's reply, durable first (see `LocalStore.apply_reply`)."""
        async with self._lock:
            applied = await self.local.apply_reply(self.scope, sent_cursor, reply)
            await self._take_in(applied)
            return applied

    async def dismiss(self, entries: Collection[str]) -> None:
        """Take entries off the refused, overwritten and aside lists.

        The notice of a record that cannot be read is hidden until the page is opened again; the record stays.

        Raises
        ------
        StorageProblem
            When this machine's storage did not take it.
        """
        async with self._lock:
            written = await self.local.dismiss(self.scope, entries)
            self._hidden.update(entries)
            self._forget(entries)
            self._note(written.revision)
        self._tell(_NOTHING)

    def send_again(self, op_ids: Collection[str]) -> None:
        """Send refused ops once more, as new ops, in their old order.

        Raises
        ------
        Invalid
            When a record would not be valid after one of them; then nothing at all has changed.
        """
        again = [entry.op for entry in self._refused.values() if entry.op.op_id in op_ids]
        renewed = [ops.make_op(op.table, op.id, op.fields) for op in again]
        self._edit(renewed, [op.op_id for op in again])

    def bring_back(self, entry: str) -> None:
        """Set an overwritten value again, as a new op, and drop its notice."""
        lost = self._overwritten.get(entry)
        if lost is not None:
            self._edit([ops.make_op(lost.table, lost.record, {lost.field: lost.mine})], [entry])

    def _edit(self, new: Sequence[Op], dismiss: Collection[str]) -> None:
        checked = self._check(new)
        self._dismissing.extend(dismiss)
        self._forget(dismiss)
        keys = self._view.add_unsaved(checked)
        self._start_writing()
        self._tell(keys)

    def _check(self, new: Sequence[Op]) -> list[Op]:
        """Return the ops as JSON will give them back, so that nothing changes when they are read again."""
        checked: list[Op] = []
        after: dict[RecordKey, Fields | None] = {}
        for op in new:
            try:
                copy = msgspec.json.decode(msgspec.json.encode(op), type=Op)
            except (msgspec.ValidationError, TypeError) as error:
                raise Invalid(f"{op.table}: {error}") from None
            key = key_of(copy)
            before = after[key] if key in after else self._view.value(key)
            after[key] = ops.apply(before, copy)
            model.decode(copy.table, after[key] or {})
            checked.append(copy)
        return checked

    def _start_writing(self) -> None:
        if (self._view.unsaved or self._dismissing) and (self._writer is None or self._writer.done()):
            self._writer = asyncio.ensure_future(self._write())

    async def _write(self) -> None:
        """Write what is not durable, batch after batch, until nothing is left or a write fails."""
        while self._view.unsaved or self._dismissing:
            async with self._lock:
                batch, dismiss = list(self._view.unsaved.values()), list(self._dismissing)
                try:
                    await self._write_batch(batch, dismiss)
                except StorageProblem as problem:
                    self._problem = str(problem)
                except Exception:
                    _log.exception("writing on this machine failed")
                    self._problem = (
                        "Saving on this machine failed for an unknown reason. Keep this page open."
                    )
                else:
                    del self._dismissing[: len(dismiss)]
                    self._problem = None
            self._tell(_NOTHING)
            if self._problem is not None:
                return

    async def _write_batch(self, batch: list[Op], dismiss: list[str]) -> None:
        if self.solo:
            applied = await self.local.apply_locally(self.scope, batch, dismiss)
            await self._take_in(applied)
            self._tell(self._view.drop(op.op_id for op in batch))
            return
        written = await self.local.enqueue(self.scope, batch, dismiss)
        self._view.confirm(written.unsynced)
        if written.revision <= self._seen:
            await self._start_over()
            return
        self._note(written.revision)
        if len(written.unsynced) < len(batch):
            self._take_over(await self.local.load(self.scope, written.keys), written.keys)

    async def _take_in(self, applied: Applied) -> None:
        if not applied.stale and applied.revision <= self._seen:
            await self._start_over()
            return
        if applied.stale or applied.revision != self._seen + 1 or self._ahead:
            await self._catch_up()
            return
        self._note(applied.revision)
        keys = self._view.put_rows(applied.rows, reset=applied.reset) | self._view.drop(applied.gone)
        self._refused.update((entry.op.op_id, entry) for entry in applied.refused)
        self._overwritten.update((entry.id, entry) for entry in applied.overwritten)
        for oldest in list(self._overwritten)[:-MOST_OVERWRITTEN]:
            del self._overwritten[oldest]
        self._tell(keys)

    async def _catch_up(self) -> None:
        """Load everything again when others have written what this tab has not heard of."""
        revision = await self.local.revision(self.scope)
        if revision < self._seen:
            await self._start_over()
        elif revision > self._seen:
            self._take_over(await self.local.load(self.scope), None)

    async def _start_over(self) -> None:
        """The storage was emptied under the page: write what waits in memory once more."""
        unsynced = [one.op for one in self._view.unsynced.values()]
        self._take_over(await self.local.load(self.scope), None)
        self._tell(self._view.add_unsaved(unsynced))
        self._start_writing()

    def _take_over(self, stored: Stored, keys: Collection[RecordKey] | None) -> None:
        touched = self._view.replace(stored, keys)
        self._refused = {entry.op.op_id: entry for entry in stored.refused}
        self._overwritten = {entry.id: entry for entry in stored.overwritten}
        self._quarantined = {entry.id: entry for entry in stored.quarantined}
        self._forget(self._dismissing)
        if keys is None:
            self._seen = stored.revision
            self._ahead.clear()
        self._tell(touched)

    def _note(self, revision: int) -> None:
        """Remember a write that this tab has taken in; they may come to its ears out of order."""
        if revision > self._seen:
            self._ahead.add(revision)
        while self._seen + 1 in self._ahead:
            self._seen += 1
            self._ahead.discard(self._seen)

    def _forget(self, entries: Iterable[str]) -> None:
        for entry in entries:
            for listed in (self._refused, self._overwritten, self._quarantined):
                listed.pop(entry, None)

    def _tell(self, keys: frozenset[RecordKey]) -> None:
        status = self.status
        if not keys and status == self._last_status:
            return
        self._last_status = status
        for listener in list(self._listeners):
            try:
                listener(keys)
            except Exception:
                _log.exception("a listener of the store failed")
