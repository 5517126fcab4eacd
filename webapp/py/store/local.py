"""The durable part of the store: what a machine must keep, as a protocol of complete transactions.

A local store belongs to **one person** (or to the solo workspace). Another person on the same machine has a
local store of their own, so what they see and send never mixes.

For each scope it keeps the *base* (records as the server last sent them), the *outbox* (ops that the server
has not confirmed, in order), the lists shown to the person (refused, overwritten, quarantined) and the
cursor. Every method is one transaction: all of it happens or nothing does, and it is durable on return.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Literal, Protocol

from msgspec import Struct

from webapp.py.domain.ops import Op
from webapp.py.domain.wire import AssetPage, SyncReply

RecordKey = tuple[str, str]
"""Table and id of a record."""

MOST_OVERWRITTEN = 200
"""Most notices of overwritten values per scope. The oldest are dropped first."""
MOST_NEWS_KEYS = 500
"""A write that changes more records than this is reported to other tabs as "everything"."""


class StorageProblem(Exception):
    """The browser's storage failed. The text is a sentence for the person.

    The failed transaction may have happened or not. All writes can be repeated safely.
    """

    def __init__(self, message: str, code: Literal["full", "closed", "blocked", "failed"] = "failed") -> None:
        super().__init__(message)
        self.code = code


class Row(Struct, kw_only=True):
    """A record of the base. ``fields`` is JSON text, which is decoded only when it is read."""

    table: str
    id: str
    fields: str
    asset: int | None = None
    mine: list[str] = []
    """Names of the fields whose current value was set on this machine."""

    @property
    def key(self) -> RecordKey:
        """Table and id."""
        return self.table, self.id


class UnsyncedOp(Struct, kw_only=True, frozen=True):
    """An op of the outbox. Ops are sent in the order of their positions."""

    position: int
    op: Op


class RefusedOp(Struct, kw_only=True, frozen=True):
    """An op that the server rejected, why, and when (in milliseconds UTC)."""

    op: Op
    reason: str
    at: int


class Overwritten(Struct, kw_only=True, frozen=True):
    """A value set on this machine that someone else has replaced since. It can be restored."""

    id: str
    table: str
    record: str
    field: str
    mine: Any
    theirs: Any
    at: int


class Quarantined(Struct, kw_only=True, frozen=True):
    """A stored entry that cannot be read: its raw text and the reason.

    ``id`` identifies it for `LocalStore.dismiss`. ``table`` and ``record`` are empty if they are unreadable.
    """

    id: str
    table: str
    record: str
    raw: str
    reason: str


class Stored(Struct, kw_only=True):
    """What is stored of a scope: everything, or some records (`LocalStore.load`)."""

    revision: int = 0
    cursor: str = ""
    rows: list[Row] = []
    outbox: list[UnsyncedOp] = []
    refused: list[RefusedOp] = []
    overwritten: list[Overwritten] = []
    quarantined: list[Quarantined] = []


class Outgoing(Struct, kw_only=True):
    """What to send to the server next, and the cursor to send with it."""

    revision: int
    cursor: str
    ops: list[Op]
    left: int
    """How many more ops of the scope are in the outbox after these."""


class Written(Struct, kw_only=True):
    """What a write changed."""

    revision: int
    """How many times the scope was written so far. Each write adds exactly one."""
    keys: list[RecordKey] = []
    """Records whose base or outbox changed."""
    unsynced: list[UnsyncedOp] = []
    """Ops that joined the outbox."""


class Applied(Struct, kw_only=True):
    """What a reply, or solo edits, changed. ``stale``: nothing, because another tab applied a reply first."""

    revision: int
    stale: bool = False
    reset: bool = False
    rows: list[Row] = []
    gone: list[str] = []
    """Ids of ops that left the outbox."""
    refused: list[RefusedOp] = []
    overwritten: list[Overwritten] = []


class News(Struct, kw_only=True):
    """What a tab tells the others after a write. ``keys`` None means that everything may have changed."""

    scope: str
    revision: int
    keys: list[RecordKey] | None


class LocalStore(Protocol):
    """The durable store of one person on one machine. Every failure is a `StorageProblem`.

    Every method that meets an unreadable row of the outbox moves its raw text to the quarantined entries.
    """

    on_change: Callable[[News], None] | None
    """Called after every write of a scope, to tell the other tabs."""

    async def load(self, scope: str, keys: Collection[RecordKey] | None = None) -> Stored:
        """Return what is stored of a scope; with ``keys``, only base and outbox of these records."""
        ...

    async def revision(self, scope: str) -> int:
        """Return how many times a scope was written so far."""
        ...

    async def count_from(self, revision: int) -> None:
        """Raise the number of writes of every scope to at least this."""
        ...

    async def scopes(self) -> list[str]:
        """Return the scopes that were ever written."""
        ...

    async def unsynced_scopes(self) -> list[str]:
        """Return the scopes whose outbox is not empty, open or not."""
        ...

    async def enqueue(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Written:
        """Append ops to the outbox, except those it has already, and take ``dismiss`` off the lists."""
        ...

    async def apply_locally(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Applied:
        """Apply ops to the base right away, for the solo workspace without a server."""
        ...

    async def outgoing(self, scope: str, most: int, most_bytes: int) -> Outgoing:
        """Return the first ops of the outbox: at most ``most`` or ``most_bytes`` of JSON, at least one."""
        ...

    async def apply_reply(self, scope: str, sent_cursor: str, reply: SyncReply) -> Applied:
        """Apply the server's reply to a request that was sent with ``sent_cursor``.

        A reply counts only while the stored cursor is still ``sent_cursor``. Otherwise it is stale and
        changes nothing: its ops are sent again, and the server reports them as done. So the cursor never goes
        back and older records never replace newer ones, however many tabs send.

        A reply that is ``rewound`` comes as a whole. Edits that the server had confirmed and has no longer
        join the refused ones.

        With ``reply.more``, done ops stay in the outbox, because their records may come with a later part. An
        edit must not disappear from the view in between.
        """
        ...

    async def dismiss(self, scope: str, entries: Collection[str]) -> Written:
        """Take entries off the lists: op ids of refused ops, ids of overwritten and quarantined entries."""
        ...

    async def get_meta(self, key: str) -> Any:
        """Return a small JSON value, or None if it was never set."""
        ...

    async def set_meta(self, key: str, value: Any) -> None:
        """Store a small JSON value."""
        ...

    async def get_assets(self, dataset: str, start: int) -> AssetPage | None:
        """Return the page of a dataset that starts at an ordinal, or None if it is not stored."""
        ...

    async def put_assets(self, page: AssetPage) -> None:
        """Store a page of a dataset, and replace the page with the same start."""
        ...

    async def all_assets(self) -> list[AssetPage]:
        """Return every stored page that can be read."""
        ...
