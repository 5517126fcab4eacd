"""One scope as the page sees it: the base with the outbox replayed, held in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import SyncReply
from webapp.py.store.local import Aside, Key, LocalStore, News, Overwritten, Refused, Settled
from webapp.py.store.status import Status

Listener = Callable[[frozenset[Key]], None]


class Store:
    """One scope's records, ready to read and to edit; `open` makes it."""

    local: LocalStore
    scope: str
    solo: bool

    @classmethod
    async def open(cls, local: LocalStore, scope: str, *, solo: bool = False) -> Store:
        """Load a scope. With ``solo`` there is no server: edits go straight into the base."""
        raise NotImplementedError

    @property
    def status(self) -> Status:
        """How safe the edits are."""
        raise NotImplementedError

    @property
    def refused(self) -> list[Refused]:
        """Ops that the server did not accept, oldest first."""
        raise NotImplementedError

    @property
    def overwritten(self) -> list[Overwritten]:
        """Values set here that somebody else replaced and that still stand replaced, oldest first."""
        raise NotImplementedError

    @property
    def aside(self) -> list[Aside]:
        """Stored things that could not be read."""
        raise NotImplementedError

    def get(self, table: str, record_id: str) -> Fields | None:
        """Return a record, None when there is none or it is deleted. It is not yours to change."""
        raise NotImplementedError

    def get_deleted(self, table: str, record_id: str) -> Fields | None:
        """Return a record even when it is deleted, for undo."""
        raise NotImplementedError

    def records(self, table: str) -> Mapping[str, Fields]:
        """Return the records of a table by id, without the deleted; ask again after a change."""
        raise NotImplementedError

    def of_asset(self, table: str, asset: int) -> list[Fields]:
        """Return the records of a table that are about one asset, in the order of their ids."""
        raise NotImplementedError

    def edit(self, ops: Sequence[Op]) -> None:
        """Change the view at once, tell listeners, and queue the durable write.

        Raises
        ------
        Invalid
            When a record would not be valid after an op; then nothing at all has changed.
        """
        raise NotImplementedError

    async def settled(self) -> None:
        """Wait until every queued write is durable or has failed (see ``status.storage_problem``)."""
        raise NotImplementedError

    async def retry(self) -> None:
        """Try failed writes again; call it on a timer while ``status.storage_problem`` is set."""
        raise NotImplementedError

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with the changed keys after each change; empty when only the status changed."""
        raise NotImplementedError

    async def refresh(self, news: News | None = None) -> None:
        """Take in what other tabs wrote: what ``news`` names, or whatever changed."""
        raise NotImplementedError

    async def settle(self, sent_cursor: str, reply: SyncReply) -> Settled:
        """Take in a server's reply, durable first (see `LocalStore.settle`)."""
        raise NotImplementedError

    async def dismiss(self, entries: Collection[str]) -> None:
        """Take entries off the refused, overwritten and aside lists."""
        raise NotImplementedError

    def send_again(self, op_ids: Collection[str]) -> None:
        """Send refused ops once more, as new ops, in their old order."""
        raise NotImplementedError

    def bring_back(self, entry: str) -> None:
        """Set an overwritten value again, as a new op, and drop its notice."""
        raise NotImplementedError
