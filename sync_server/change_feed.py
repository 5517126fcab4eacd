"""Who is listening for changes, and notifying them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from msgspec import Struct

MOST_NAMED = 1000
"""Most records that are remembered of a scope whose changes have not been sent. More count as any."""


class Changed(Struct, frozen=True):
    """What changed in a scope: these records, which belong to the work of these people. None: any record."""

    records: frozenset[str] | None = None
    owners: frozenset[str] = frozenset()

    def __or__(self, other: Changed) -> Changed:
        """Return what changed in both."""
        if self.records is None or other.records is None:
            return ANYTHING
        records = self.records | other.records
        return Changed(records, self.owners | other.owners) if len(records) <= MOST_NAMED else ANYTHING


ANYTHING = Changed()


class Listener:
    """One open event stream: whose it is, and the changed scopes it has not sent yet."""

    def __init__(self, person: str, digest: bytes, client_id: str) -> None:
        self.person = person
        self.digest = digest
        self.client_id = client_id
        self.closed = False
        self._scopes: dict[str, Changed] = {}
        self._woken = asyncio.Event()

    def notify(self, scope: str, what: Changed) -> None:
        """Remember that a scope changed. Many changes before the next event are one."""
        self._scopes[scope] = self._scopes[scope] | what if scope in self._scopes else what
        self._woken.set()

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self._woken.set()

    async def wait(self, seconds: float) -> Mapping[str, Changed]:
        """Wait at most ``seconds`` and return the scopes that changed, none of them when nothing did."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return {}
        self._woken.clear()
        scopes, self._scopes = self._scopes, {}
        return scopes


class ChangeFeed:
    """All listeners of this process. Use it on the thread of the event loop only."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._closed = False

    def add(self, listener: Listener) -> None:
        """Start to notify a listener."""
        self._listeners.add(listener)
        if self._closed:
            listener.close()

    def remove(self, listener: Listener) -> None:
        """Stop notifying a listener."""
        self._listeners.discard(listener)

    def streams(self, person: str) -> int:
        """Return how many streams a person has open."""
        return sum(listener.person == person for listener in self._listeners)

    def changed(self, scope: str, what: Changed, *, by_client: str = "") -> None:
        """Notify everyone but the client that made the change. Access is checked when the event is sent."""
        for listener in self._listeners:
            if not by_client or listener.client_id != by_client:
                listener.notify(scope, what)

    def access_changed(self, person: str, scopes: list[str]) -> None:
        """Notify one person that what they may see has changed."""
        for listener in self._listeners:
            if listener.person == person:
                for scope in scopes:
                    listener.notify(scope, ANYTHING)

    def end(self, digest: bytes) -> None:
        """Close the streams of one session or key."""
        for listener in self._listeners:
            if listener.digest == digest:
                listener.close()

    def end_others(self, person: str, digest: bytes) -> None:
        """Close the streams of a person, except those of one session."""
        for listener in self._listeners:
            if listener.person == person and listener.digest != digest:
                listener.close()

    def close(self) -> None:
        """Close all streams, for good."""
        self._closed = True
        for listener in self._listeners:
            listener.close()
