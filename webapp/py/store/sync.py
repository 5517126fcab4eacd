"""When to send and what to make of the answer. The network itself is passed in as a transport."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol

from webapp.py.domain.wire import SyncReply, SyncRequest
from webapp.py.store.local import LocalStore
from webapp.py.store.store import Store

State = Literal["idle", "syncing", "offline", "signed_out", "outdated", "trouble"]
"""What the save display shows: ``idle`` after a run that succeeded."""

Transport = Callable[[SyncRequest], Awaitable[SyncReply]]
"""Sends one request. Raises `Offline`, `SignedOut`, `ProtocolMismatch`, `Rejected` or `ServerTrouble`."""


class SyncProblem(Exception):
    """Why a request had no usable answer; the text is a plain sentence for the person."""


class Offline(SyncProblem):
    """The server could not be reached, or the answer was lost on the way."""


class SignedOut(SyncProblem):
    """The sign-in has expired (401); the outbox waits for the same person to sign in again."""


class ProtocolMismatch(SyncProblem):
    """Page and server speak different protocols; the page must be reloaded, the outbox waits."""


class ServerTrouble(SyncProblem):
    """The server answered 5xx, 429 or something that is no reply."""


class Rejected(SyncProblem):
    """The server refused the whole request (another 4xx), and said why; ``status`` is the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Leadership(Protocol):
    """Which tab sends. Two leaders at once do no harm, only needless work."""

    async def lead(self) -> bool:
        """Tell whether this tab is to send now, becoming the leader when nobody is."""
        ...


def delay(failures: int, jitter: float) -> float:
    """Return the seconds to wait after ``failures`` failed runs in a row; ``jitter`` is drawn from [0, 1).

    Doubles from 2 s to 2 min, each time between half and the whole of it, so that the pages of an office do
    not come back in step.

    Examples
    --------
    >>> [delay(failures, 0.0) for failures in (1, 2, 3, 20)]
    [1.0, 2.0, 4.0, 60.0]
    """
    whole = min(120.0, 2.0 * 2.0 ** (min(failures, 10) - 1))
    return whole * (0.5 + jitter / 2)


class Sync:
    """Sends the outbox of every scope and takes in what changed in the scopes that are open."""

    state: State
    problem: str
    """Why the last run failed, as a sentence; empty after one that succeeded."""
    synced_at: int | None
    """When a run last succeeded, ms UTC."""
    failures: int

    def __init__(
        self,
        local: LocalStore,
        transport: Transport,
        client_id: str,
        *,
        leadership: Leadership | None = None,
    ) -> None:
        raise NotImplementedError

    def watch(self, store: Store) -> None:
        """Keep an open scope up to date from now on."""
        raise NotImplementedError

    def unwatch(self, store: Store) -> None:
        """Stop asking for news of a scope; its outbox is still sent."""
        raise NotImplementedError

    async def run_once(self) -> None:
        """Bring all scopes up to date once. Runs never overlap; outcomes are state, nothing is raised."""
        raise NotImplementedError

    def wake(self) -> None:
        """Make `run_forever` run now: after an edit, on a server's event, when the network comes back."""
        raise NotImplementedError

    async def run_forever(self) -> None:
        """Run whenever woken, after a back-off when a run failed, and once a minute; until cancelled."""
        raise NotImplementedError

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` whenever ``state`` or ``problem`` changed."""
        raise NotImplementedError
