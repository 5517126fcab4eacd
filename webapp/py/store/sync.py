"""When to sync, and what to do with the reply. The network is passed in as a transport."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable

import msgspec

from webapp.py.domain.ids import now_ms
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import MOST_OPS, PROTOCOL, SETUP, ErrorReply, Refusal, SyncReply, SyncRequest
from webapp.py.store import texts
from webapp.py.store.leading import Leadership, Standing, SyncState, SyncWish
from webapp.py.store.local import Applied, LocalStore, Outgoing, StorageProblem
from webapp.py.store.store import Store

MOST_BYTES = 4 * 1024 * 1024
"""Largest size of the ops in one request, as JSON. A single larger op is sent alone."""
_MOST_STALE = 5
_EVERY_S = 60.0
_WISH_MS = 180_000
"""How long the wish of another tab holds. It is renewed with each run there."""
_log = logging.getLogger(__name__)

Transport = Callable[[SyncRequest], Awaitable[SyncReply]]
"""Sends one request. Raises `Offline`, `SignedOut`, `ProtocolMismatch`, `Rejected` or `ServerTrouble`."""


class SyncProblem(Exception):
    """Why a request had no usable reply, as a sentence for the person."""


class Offline(SyncProblem):
    """The server could not be reached, or its reply was lost."""


class SignedOut(SyncProblem):
    """The session has expired (401). The outbox waits until the same person signs in again."""


class ProtocolMismatch(SyncProblem):
    """Page and server use different protocols. The outbox waits until the page is reloaded."""


class ServerTrouble(SyncProblem):
    """The server answered 5xx, 429 or with something that is not a reply."""


class Rejected(SyncProblem):
    """The server rejected the whole request (another 4xx) and said why; ``status`` is the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def read_reply(status: int, body: bytes) -> SyncReply:
    """Return the reply in an HTTP response to ``POST api/sync``.

    Raises
    ------
    SyncProblem
        `SignedOut`, `ProtocolMismatch`, `Rejected` or `ServerTrouble`, if the response is anything else.
    """
    if status in (200, 201):
        try:
            return msgspec.json.decode(body, type=SyncReply)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise ServerTrouble(texts.NOT_A_REPLY) from None
    try:
        problem = msgspec.json.decode(body, type=ErrorReply)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        problem = ErrorReply(code="", message="")
    if status == 401:
        raise SignedOut(problem.message or texts.SIGNED_OUT)
    if problem.code == "protocol":
        raise ProtocolMismatch(problem.message)
    if 400 <= status < 500 and status not in (404, 408, 425, 429) and problem.code:
        raise Rejected(problem.message, status)
    raise ServerTrouble(problem.message or texts.server_unavailable(status))


def delay(failures: int, jitter: float) -> float:
    """Return the seconds to wait after ``failures`` failed runs in a row.

    The delay doubles from 2 s to 2 min. ``jitter``, drawn from [0, 1), picks a time between half and all of
    it, so that the pages of an office do not all return at once.

    Examples
    --------
    >>> [delay(failures, 0.0) for failures in (1, 2, 3, 20)]
    [1.0, 2.0, 4.0, 60.0]
    """
    whole = min(120.0, 2.0 * 2.0 ** (min(failures, 10) - 1))
    return whole * (0.5 + jitter / 2)


class Sync:
    """Sends the outbox of every scope, and fetches what changed in the open scopes.

    Parameters
    ----------
    local
        The local store of the signed-in person.
    transport
        Sends one request; see `Transport`.
    client_id
        Names this browser in the server's op log.
    leadership
        Decides which tab sends; None if there is only one.
    """

    state: SyncState
    problem: str
    """Why the last run failed, as a sentence; empty after a successful one."""
    problems: dict[str, str]
    """The scopes that the last run could not sync although the server answered, and why."""
    rejected: dict[str, str]
    """Those of ``problems`` that the server does not let this person sync, and why."""
    synced_at: int | None
    """When the last successful run ended, in milliseconds UTC."""
    failures: int
    """How many runs in a row have failed."""

    def __init__(
        self,
        local: LocalStore,
        transport: Transport,
        client_id: str,
        *,
        leadership: Leadership | None = None,
    ) -> None:
        self.state = "idle"
        self.problem = ""
        self.problems = {}
        self.rejected = {}
        self.synced_at = None
        self.failures = 0
        self._local = local
        self._transport = transport
        self._client_id = client_id
        self._leadership = leadership
        self._stores: dict[str, Store] = {}
        self._unsubscribe: dict[str, Callable[[], None]] = {}
        self._lock = asyncio.Lock()
        self._woken = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []
        self._leads = leadership is None
        self._told: set[str] = set()
        self._wished: dict[str, int] = {}
        if leadership is not None:
            leadership.on_lead, leadership.on_standing = self._take_over, self._follow
            leadership.on_wish = self._grant

    def watch(self, store: Store) -> None:
        """Keep an open scope up to date, and send its edits as soon as they are durable."""
        self.unwatch(self._stores.get(store.scope, store))
        self._stores[store.scope] = store
        status = store.status

        def changed() -> None:
            nonlocal status
            before, status = status, store.status
            # Damaged records are fetched again. After a failure, all wait for the next try.
            more = status.unsynced > before.unsynced or status.quarantined > before.quarantined
            if more and not self.failures:
                self.wake()

        self._unsubscribe[store.scope] = store.subscribe_status(changed)
        self.wake()

    def unwatch(self, store: Store) -> None:
        """Stop fetching changes of a scope. Its outbox is still sent."""
        if self._stores.get(store.scope) is store:
            del self._stores[store.scope]
            self._unsubscribe.pop(store.scope)()

    async def run_once(self) -> None:
        """Sync all scopes once. Runs never overlap. The outcome is in `state`; nothing is raised."""
        async with self._lock:
            self._woken.clear()
            try:
                if self._leadership is not None and not await self._may_lead(self._leadership):
                    for store in list(self._stores.values()):
                        await store.refresh()
                    return
                self._become("syncing", self.problem)
                await self._run()
            except Rejected as problem:
                # One project that this person may not access must not slow down the others.
                self.failures = 0
                self._become("trouble", str(problem))
            except (SyncProblem, StorageProblem) as problem:
                self.failures += 1
                self._become(_state_after(problem), str(problem))
                if isinstance(problem, ProtocolMismatch):
                    self._step_down()
            except Exception:
                _log.exception("syncing failed")
                self.failures += 1
                self._become("trouble", texts.SYNCING_FAILED)
            else:
                self.failures = 0
                self.synced_at = now_ms()
                self._become("idle", "")

    async def fetch(self, scope: str) -> None:
        """Sync one scope now, also in a tab that does not lead.

        Raises
        ------
        SyncProblem
            If the server cannot be asked.
        StorageProblem
            If the browser's storage fails.
        """
        async with self._lock:
            await self._sync(scope, fetch=True)

    def wake(self) -> None:
        """Make `run_forever` run now: after an edit, on a server event, when the network is back."""
        self._woken.set()

    def sync_now(self) -> None:
        """Make the tab that sends run now, whichever it is: because the person asks, or has signed in."""
        self.wake()
        self._wish(now=True)

    async def run_forever(self) -> None:
        """Run when woken, after a back-off if a run failed, and once a minute, until cancelled."""
        while True:
            await self.run_once()
            seconds = delay(self.failures, random.random()) if self.failures else _EVERY_S
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), seconds)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when `state` or `problem` changed; return how to stop."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    # --- several tabs

    async def _may_lead(self, leadership: Leadership) -> bool:
        self._leads = await leadership.lead()
        if not self._leads:
            # What has just been opened here, the leading tab may not have read for long.
            self._wish(now=not self._told >= set(self._stores))
        return self._leads

    def _wish(self, *, now: bool) -> None:
        if self._leadership is not None:
            self._told = set(self._stores)
            self._leadership.wish(SyncWish(wished=sorted(self._stores), now=now))

    def _take_over(self) -> None:
        # An outdated tab can only try again later.
        if self.state != "outdated":
            self.wake()

    def _follow(self, standing: Standing) -> None:
        """Show what the leading tab shows, unless this tab must be reloaded itself."""
        if not self._leads and self.state != "outdated":
            self.rejected = standing.rejected
            self._become(standing.state, standing.problem)

    def _grant(self, wish: SyncWish) -> None:
        self._wished.update(dict.fromkeys(wish.wished, now_ms()))
        if self._leads and wish.now:
            self._tell()
            self.wake()

    def _open_scopes(self) -> set[str]:
        """Return the scopes that are open in this tab or, not long ago, in others."""
        latest = now_ms() - _WISH_MS
        return {*self._stores, *(scope for scope, at in self._wished.items() if at > latest)}

    def _tell(self) -> None:
        # That this tab is outdated says nothing about the others.
        if self._leadership is not None and self._leads and self.state != "outdated":
            standing = Standing(state=self.state, problem=self.problem, rejected=self.rejected)
            self._leadership.tell(standing)

    def _step_down(self) -> None:
        """Let another tab send, which may be newer. Edits of this one are in the outbox that all share."""
        if self._leadership is not None:
            self._leads = False
            self._leadership.step_down()

    async def _run(self) -> None:
        """Sync the set-up first: work may need a class or project that is still in its outbox.

        A problem with one scope does not hold up the others.
        """
        opened = self._open_scopes()
        scopes = {*opened, *await self._local.unsynced_scopes()}
        found: dict[str, Rejected | ServerTrouble] = {}
        for scope in sorted(scopes, key=lambda scope: (scope != SETUP, scope)):
            try:
                await self._sync(scope, fetch=scope in opened)
            except (Rejected, ServerTrouble) as problem:
                found[scope] = problem
        self.problems = {scope: str(problem) for scope, problem in found.items()}
        self.rejected = {scope: str(one) for scope, one in found.items() if isinstance(one, Rejected)}
        if found:
            raise min(found.values(), key=lambda problem: isinstance(problem, Rejected))

    async def _sync(self, scope: str, *, fetch: bool) -> None:
        most, stale = MOST_OPS, 0
        while True:
            store = self._stores.get(scope)
            if store is not None:
                await store.refresh()
            out = await self._local.outgoing(scope, most, MOST_BYTES)
            if not fetch and not out.ops:
                return
            try:
                reply = await self._ask(scope, out.cursor, out.ops)
            except Rejected as problem:
                if not out.ops or problem.status == 403:
                    raise
                if len(out.ops) > 1:
                    most = len(out.ops) // 2
                    continue
                reply = await self._refuse(scope, out, problem)
            applied = await self._apply_reply(scope, out.cursor, reply)
            stale = stale + 1 if applied.stale else 0
            if stale > _MOST_STALE:
                return
            if not applied.stale and not reply.more and not out.left:
                return

    async def _ask(self, scope: str, cursor: str, ops: list[Op]) -> SyncReply:
        """Send one request. A reply that would keep the loop running forever raises `ServerTrouble`."""
        request = SyncRequest(
            protocol=PROTOCOL, client_id=self._client_id, scope=scope, cursor=cursor, ops=ops
        )
        reply = await self._transport(request)
        if reply.rewound:
            reply = await self._whole(scope, reply)
        if reply.more and reply.cursor == cursor:
            raise ServerTrouble(texts.REPLY_WITHOUT_END)
        answered = {*reply.done, *(refusal.op_id for refusal in reply.refused)}
        if any(op.op_id not in answered for op in ops):
            raise ServerTrouble(texts.UNANSWERED_EDITS)
        return reply

    async def _whole(self, scope: str, reply: SyncReply) -> SyncReply:
        """Return a reply in parts as one. Only then it shows which records the server has no longer."""
        changes = list(reply.changes)
        cursor, more = reply.cursor, reply.more
        while more:
            part = await self._ask(scope, cursor, [])
            changes = part.changes if part.reset else [*changes, *part.changes]
            cursor, more = part.cursor, part.more
        return msgspec.structs.replace(reply, cursor=cursor, changes=changes, more=False)

    async def _refuse(self, scope: str, out: Outgoing, problem: Rejected) -> SyncReply:
        """Return a reply that refuses the only op of a rejected request.

        The same request is sent without the op first. If that is rejected too, the op is not the cause: the
        problem is raised and the op stays in the outbox.
        """
        reply = await self._ask(scope, out.cursor, [])
        reply.refused = [Refusal(op_id=op.op_id, reason=str(problem)) for op in out.ops]
        return reply

    async def _apply_reply(self, scope: str, cursor: str, reply: SyncReply) -> Applied:
        store = self._stores.get(scope)
        return await (
            store.apply_reply(cursor, reply) if store else self._local.apply_reply(scope, cursor, reply)
        )

    def _become(self, state: SyncState, problem: str) -> None:
        if (state, problem) == (self.state, self.problem):
            return
        self.state, self.problem = state, problem
        self._tell()
        for listener in list(self._listeners):
            try:
                listener()
            except Exception:
                _log.exception("a listener of syncing failed")


def _state_after(problem: Exception) -> SyncState:
    if isinstance(problem, Offline):
        return "offline"
    if isinstance(problem, SignedOut):
        return "signed_out"
    return "outdated" if isinstance(problem, ProtocolMismatch) else "trouble"
