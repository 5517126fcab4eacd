"""The durable part of the store: what a machine must keep, as a protocol of whole transactions.

One local store belongs to **one person** (or to the solo workspace): what a second person on the same machine
may see or send is never mixed up with it, because they have a local store of their own.

Per scope it keeps the *base* (records as the server last said), the *outbox* (ops that the server has not
confirmed, in order), the lists shown to the person (refused, overwritten, aside) and the cursor. Every method
is one transaction: it happens wholly or not at all, and when it returns it has happened durably.
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
"""Most notices of overwritten values kept per scope; the oldest go first."""
MOST_NEWS_KEYS = 500
"""A write that touches more records than this is told to other tabs as "everything"."""


class StorageProblem(Exception):
    """The machine's storage did not do what was asked; the text is a plain sentence for the person.

    Nothing of the failed transaction can be counted on, in either direction: all writes may be repeated.
    """

    def __init__(self, message: str, code: Literal["full", "closed", "blocked", "failed"] = "failed") -> None:
        super().__init__(message)
        self.code = code


class Row(Struct, kw_only=True):
    """A record of the base. ``fields`` is JSON text, decoded only when somebody looks at it."""

    table: str
    id: str
    fields: str
    asset: int | None = None
    mine: list[str] = []
    """Names of fields whose present value was set from this machine."""

    @property
    def key(self) -> RecordKey:
        """Table and id."""
        return self.table, self.id


class UnsyncedOp(Struct, kw_only=True, frozen=True):
    """An op of the outbox; ops go to the server in the order of their positions."""

    position: int
    op: Op


class RefusedOp(Struct, kw_only=True, frozen=True):
    """An op that the server did not accept, why, and when (ms UTC)."""

    op: Op
    reason: str
    at: int


class Overwritten(Struct, kw_only=True, frozen=True):
    """A value set on this machine that somebody else has since replaced; it can be brought back."""

    id: str
    table: str
    record: str
    field: str
    mine: Any
    theirs: Any
    at: int


class Quarantined(Struct, kw_only=True, frozen=True):
    """Something stored that could not be read: kept as the raw text it is, with the reason.

    ``id`` names it for `LocalStore.dismiss`; ``table`` and ``record`` are empty when unreadable too.
    """

    id: str
    table: str
    record: str
    raw: str
    reason: str


class Stored(Struct, kw_only=True):
    """What is stored of one scope: all of it, or only some records (`LocalStore.load`)."""

    revision: int = 0
    cursor: str = ""
    rows: list[Row] = []
    outbox: list[UnsyncedOp] = []
    refused: list[RefusedOp] = []
    overwritten: list[Overwritten] = []
    quarantined: list[Quarantined] = []


class Outgoing(Struct, kw_only=True):
    """What is to go to the server next, with the cursor that it must go with."""

    revision: int
    cursor: str
    ops: list[Op]
    left: int
    """How many more ops of the scope are in the outbox behind these."""


class Written(Struct, kw_only=True):
    """What one write changed."""

    revision: int
    """The scope's number of writes so far; each write raises it by exactly one."""
    keys: list[RecordKey] = []
    """Records whose base or outbox changed."""
    unsynced: list[UnsyncedOp] = []
    """Ops that joined the outbox."""


class Applied(Struct, kw_only=True):
    """What settling a reply changed; ``stale`` means nothing, for another tab had applied one in between."""

    revision: int
    stale: bool = False
    reset: bool = False
    rows: list[Row] = []
    gone: list[str] = []
    """Ids of ops that left the outbox."""
    refused: list[RefusedOp] = []
    overwritten: list[Overwritten] = []


class News(Struct, kw_only=True):
    """What one tab tells the others after a write. ``keys`` None means "everything may have changed"."""

    scope: str
    revision: int
    keys: list[RecordKey] | None


class LocalStore(Protocol):
    """The durable store of one person on one machine. Every failure is a `StorageProblem`.

    An outbox row that cannot be read is moved to the aside list, raw, by whoever meets it.
    """

    on_change: Callable[[News], None] | None
    """Called after every write of a scope, to tell the other tabs."""

    async def load(self, scope: str, keys: Collection[RecordKey] | None = None) -> Stored:
        """Return what is stored of a scope; with ``keys``, base and outbox of these records only."""
        ...

    async def revision(self, scope: str) -> int:
        """Return the number of writes of a scope so far."""
        ...

    async def count_from(self, revision: int) -> None:
        """Let the number of writes of every scope go on from here, where it is lower."""
        ...

    async def scopes(self) -> list[str]:
        """Return the scopes that were ever written."""
        ...

    async def unsynced_scopes(self) -> list[str]:
        """Return the scopes whose outbox is not empty, whether or not anybody has them open."""
        ...

    async def enqueue(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Written:
        """Append ops to the outbox (known op ids are skipped) and take ``dismiss`` off the lists."""
        ...

    async def apply_locally(self, scope: str, ops: Sequence[Op], dismiss: Collection[str] = ()) -> Applied:
        """Apply ops to the base at once: the solo workspace, which has no server to confirm them."""
        ...

    async def outgoing(self, scope: str, most: int, most_bytes: int) -> Outgoing:
        """Return the first ops of the outbox: at most ``most`` or ``most_bytes`` of JSON, at least one."""
        ...

    async def apply_reply(self, scope: str, sent_cursor: str, reply: SyncReply) -> Applied:
        """Take in the server's reply to a request that was sent with ``sent_cursor``.

        A reply counts only while the stored cursor still is ``sent_cursor``; otherwise it is stale and
        changes nothing (its ops are sent again, and the server answers them as done). So however many tabs
        send, the cursor never goes back and older records never replace newer ones.

        With ``reply.more`` the done ops stay in the outbox, for the records that they changed may only come
        with a later part: an edit must not vanish from the view in between.
        """
        ...

    async def dismiss(self, scope: str, entries: Collection[str]) -> Written:
        """Take entries (op ids of refused ops, ids of overwritten and aside entries) off the lists."""
        ...

    async def get_meta(self, key: str) -> Any:
        """Return a small JSON value, None when it was never set."""
        ...

    async def set_meta(self, key: str, value: Any) -> None:
        """Keep a small JSON value."""
        ...

    async def get_assets(self, dataset: str, start: int) -> AssetPage | None:
        """Return the page of a dataset that begins at ordinal ``start``, None when it is not here."""
        ...

    async def put_assets(self, page: AssetPage) -> None:
        """Keep a page of a dataset, in place of the page with the same start."""
        ...

    async def all_assets(self) -> list[AssetPage]:
        """Return every page that is kept and can be read."""
        ...
