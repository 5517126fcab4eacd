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
from webapp.py.store import listeners, texts
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

Read = tuple[str, str | int | None]
"""What was read: a record (table, id), the records of an image (table, asset), a table (table, None)."""
Listener = Callable[[frozenset[RecordKey]], None]
_log = logging.getLogger(__name__)


class Store:
    """The records of one scope, ready to read and to edit. Make one with `open`.

    Reading and `edit` are synchronous. Everything that touches the local store runs one at a time behind a
    lock, so the records in memory always match what this tab has written.
    """

    on_read: Callable[[Read], None] | None
    """Called with everything that is read. With `affected`, this is what reactive views need to subscribe."""

    def __init__(self, local: LocalStore, scope: str, *, solo: bool = False) -> None:
        self.local = local
        self.scope = scope
        self.solo = solo
        self._view = View(texts.UNREADABLE if solo else texts.FETCHED_AGAIN)
        self._refused: dict[str, RefusedOp] = {}
        self._overwritten: dict[str, Overwritten] = {}
        self._quarantined: dict[str, Quarantined] = {}
        self._hidden: set[str] = set()
        self._dismissing: list[str] = []
        self._problem: str | None = None
        self.on_read = None
        self._seen = 0
        self._ahead: set[int] = set()
        self._lock = asyncio.Lock()
        self._writer: asyncio.Future[None] | None = None
        self._listeners: list[Listener] = []
        self._status_listeners: list[Callable[[], None]] = []
        self._last_status = SaveStatus()
        self._mending: asyncio.Future[None] | None = None
        self._view.on_damage = self._mend_soon

    @classmethod
    async def open(cls, local: LocalStore, scope: str, *, solo: bool = False) -> Store:
        """Load a scope. With ``solo`` there is no server, and edits go straight to the base.

        Raises
        ------
        StorageProblem
            If the browser's storage cannot be read.
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
        """Ops that the server rejected, oldest first."""
        return list(self._refused.values())

    @property
    def unsynced(self) -> list[Op]:
        """Ops of the durable outbox, oldest first."""
        return [one.op for one in sorted(self._view.unsynced.values(), key=lambda one: one.position)]

    @property
    def overwritten(self) -> list[Overwritten]:
        """Values set here that someone else replaced, oldest first, without those replaced again since."""

        def still_theirs(entry: Overwritten) -> bool:
            record = self._view.value((entry.table, entry.record))
            return record is not None and record.get(entry.field) == entry.theirs

        return [entry for entry in self._overwritten.values() if still_theirs(entry)]

    @property
    def quarantined(self) -> list[Quarantined]:
        """Stored entries that cannot be read. A record is added when it is first asked for."""
        entries = [*self._quarantined.values(), *self._view.broken.values()]
        return [entry for entry in entries if entry.id not in self._hidden]

    def get(self, table: str, record_id: str) -> Fields | None:
        """Return a record, or None if it does not exist or is deleted. Do not change it."""
        if self.on_read is not None:
            self.on_read((table, record_id))
        return self._view.live(table, record_id)

    def get_deleted(self, table: str, record_id: str) -> Fields | None:
        """Return a record even if it is deleted, for undo."""
        if self.on_read is not None:
            self.on_read((table, record_id))
        return self._view.value((table, record_id))

    def records(self, table: str) -> Mapping[str, Fields]:
        """Return the records of a table by id, without deleted ones. Ask again after a change."""
        if self.on_read is not None:
            self.on_read((table, None))
        return self._view.records(table)

    def of_asset(self, table: str, asset: int) -> list[Fields]:
        """Return the records of a table that belong to one asset, ordered by id."""
        if self.on_read is not None:
            self.on_read((table, asset))
        return self._view.of_asset(table, asset)

    def affected(self, reads: Iterable[Read], changed: frozenset[RecordKey]) -> list[Read]:
        """Return the reads whose answer may differ after the records in ``changed`` have changed."""
        tables = {table for table, _ in changed}
        return [
            (table, what)
            for table, what in reads
            if table in tables
            and (
                what is None
                or (table, what) in changed
                or (isinstance(what, int) and self._view.is_about(table, what, changed))
            )
        ]

    def edit(self, new: Sequence[Op]) -> None:
        """Change the view right away, notify listeners, and queue the durable write.

        Raises
        ------
        Invalid
            If an op would make its record invalid. Then nothing has changed.
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
        """Call ``listener`` with the keys of changed records after each change; return how to stop."""
        return listeners.add(self._listeners, listener)

    def subscribe_status(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when `status` changed, after the listeners of records; return how to stop."""
        return listeners.add(self._status_listeners, listener)

    async def refresh(self, news: News | None = None) -> None:
        """Load what other tabs wrote: the records that ``news`` names, or everything that changed."""
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
            self._notify()

    async def apply_reply(self, sent_cursor: str, reply: SyncReply) -> Applied:
        """Apply a server's reply, to the durable store first (see `LocalStore.apply_reply`)."""
        async with self._lock:
            applied = await self.local.apply_reply(self.scope, sent_cursor, reply)
            await self._take_in(applied)
            return applied

    async def dismiss(self, entries: Collection[str]) -> None:
        """Take entries off the lists of refused ops, overwritten values and quarantined entries.

        The notice of an unreadable record is hidden until the page is reopened. The record itself stays.

        Raises
        ------
        StorageProblem
            If the browser's storage fails.
        """
        async with self._lock:
            written = await self.local.dismiss(self.scope, entries)
            self._hidden.update(entries)
            self._forget(entries)
            self._note(written.revision)
        self._notify()

    def send_again(self, op_ids: Collection[str]) -> None:
        """Send refused ops again, as new ops, in their original order.

        Raises
        ------
        Invalid
            If an op would make its record invalid. Then nothing has changed.
        """
        again = [entry.op for entry in self._refused.values() if entry.op.op_id in op_ids]
        renewed = [ops.make_op(op.table, op.id, op.fields) for op in again]
        self._edit(renewed, [op.op_id for op in again])

    def bring_back(self, entry: str) -> None:
        """Restore an overwritten value with a new op, and drop its notice."""
        lost = self._overwritten.get(entry)
        if lost is not None:
            self._edit([ops.make_op(lost.table, lost.record, {lost.field: lost.mine})], [entry])

    def _edit(self, new: Sequence[Op], dismiss: Collection[str]) -> None:
        checked = self._check(new)
        self._dismissing.extend(dismiss)
        self._forget(dismiss)
        keys = self._view.add_unsaved(checked)
        self._start_writing()
        self._notify(keys)

    def _check(self, new: Sequence[Op]) -> list[Op]:
        """Return the ops as JSON returns them, so that records look the same before and after a reload."""
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
        """Write unsaved ops, batch after batch, until none is left or a write fails."""
        while self._view.unsaved or self._dismissing:
            async with self._lock:
                batch, dismiss = list(self._view.unsaved.values()), list(self._dismissing)
                try:
                    await self._write_batch(batch, dismiss)
                except StorageProblem as problem:
                    self._problem = str(problem)
                except Exception:
                    _log.exception("writing on this machine failed")
                    self._problem = texts.SAVING_FAILED
                else:
                    del self._dismissing[: len(dismiss)]
                    self._problem = None
            self._notify()
            if self._problem is not None:
                return

    async def _write_batch(self, batch: list[Op], dismiss: list[str]) -> None:
        if self.solo:
            applied = await self.local.apply_locally(self.scope, batch, dismiss)
            await self._take_in(applied, [op.op_id for op in batch])
            return
        written = await self.local.enqueue(self.scope, batch, dismiss)
        self._view.confirm(written.unsynced)
        if written.revision <= self._seen:
            await self._start_over()
            return
        self._note(written.revision)
        if len(written.unsynced) < len(batch):
            self._take_over(await self.local.load(self.scope, written.keys), written.keys)

    async def _take_in(self, applied: Applied, done: Collection[str] = ()) -> None:
        """Follow a write of this tab; the ops ``done`` are in the base now, whatever else happens."""
        if not applied.stale and applied.revision <= self._seen:
            await self._start_over()
        elif applied.stale or applied.revision != self._seen + 1 or self._ahead:
            await self._catch_up()
        else:
            self._note(applied.revision)
            keys = self._view.follow(applied.rows, [*applied.gone, *done], reset=applied.reset)
            self._refused.update((entry.op.op_id, entry) for entry in applied.refused)
            self._overwritten.update((entry.id, entry) for entry in applied.overwritten)
            for oldest in list(self._overwritten)[:-MOST_OVERWRITTEN]:
                del self._overwritten[oldest]
            self._notify(keys)
            return
        self._notify(self._view.drop(done))

    async def _catch_up(self) -> None:
        """Load the scope again if other tabs have written something that this tab did not hear of."""
        revision = await self.local.revision(self.scope)
        if revision < self._seen:
            await self._start_over()
        elif revision > self._seen:
            self._take_over(await self.local.load(self.scope), None)

    async def _start_over(self) -> None:
        """Write the ops in memory again: the storage was emptied under the open page."""
        unsynced = [one.op for one in self._view.unsynced.values()]
        self._take_over(await self.local.load(self.scope), None)
        self._notify(self._view.add_unsaved(unsynced))
        self._start_writing()

    def _take_over(self, stored: Stored, keys: Collection[RecordKey] | None) -> None:
        touched = self._view.replace(stored, keys)
        self._refused = {entry.op.op_id: entry for entry in stored.refused}
        self._overwritten = {entry.id: entry for entry in stored.overwritten}
        self._quarantined = {entry.id: entry for entry in stored.quarantined}
        self._forget(self._dismissing)
        self._view.check_suspects()
        if keys is None:
            self._seen = stored.revision
            self._ahead.clear()
        self._notify(touched)

    def _mend_soon(self) -> None:
        """Fetch the scope again because a record of the base is damaged. The server has it."""
        if not self.solo and (self._mending is None or self._mending.done()):
            self._mending = asyncio.ensure_future(self._mend())

    async def _mend(self) -> None:
        async with self._lock:
            try:
                written = await self.local.fetch_again(self.scope)
            except StorageProblem as problem:
                _log.warning("damaged records could not be fetched again: %s", problem)
            else:
                self._note(written.revision)
        self._notify()

    def _note(self, revision: int) -> None:
        """Remember a write that this tab has taken in. News of writes may arrive out of order."""
        if revision > self._seen:
            self._ahead.add(revision)
        while self._seen + 1 in self._ahead:
            self._seen += 1
            self._ahead.discard(self._seen)

    def _forget(self, entries: Iterable[str]) -> None:
        for entry in entries:
            for listed in (self._refused, self._overwritten, self._quarantined):
                listed.pop(entry, None)

    def _notify(self, keys: frozenset[RecordKey] = frozenset()) -> None:
        """Tell listeners which records changed, then whether the status did."""
        if keys:
            listeners.call(self._listeners, keys)
        status = self.status
        if status != self._last_status:
            self._last_status = status
            listeners.call(self._status_listeners)
