"""Who is listening for "something changed", and telling them."""

from __future__ import annotations

import asyncio


class Listener:
    """One open event stream: whose it is, and the scopes it has yet to be told of."""

    def __init__(self, person: str, digest: bytes, client_id: str) -> None:
        self.person = person
        self.digest = digest
        self.client_id = client_id
        self.closed = False
        self._scopes: dict[str, None] = {}
        self._woken = asyncio.Event()

    def tell(self, scope: str) -> None:
        """Remember that a scope changed; many changes before the next look are one."""
        self._scopes[scope] = None
        self._woken.set()

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self._woken.set()

    async def wait(self, seconds: float) -> list[str]:
        """Return the scopes that changed, after at most ``seconds``; an empty list when none did."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return []
        self._woken.clear()
        scopes, self._scopes = list(self._scopes), {}
        return scopes


class Hub:
    """All listeners of this process. Used on the event loop's thread only."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._closed = False

    def add(self, listener: Listener) -> None:
        """Begin to tell a listener."""
        self._listeners.add(listener)
        if self._closed:
            listener.close()

    def remove(self, listener: Listener) -> None:
        """Stop telling a listener."""
        self._listeners.discard(listener)

    def changed(self, scope: str, *, by_client: str = "") -> None:
        """Tell all but the client that made the change; who may know is decided on delivery."""
        for listener in self._listeners:
            if not by_client or listener.client_id != by_client:
                listener.tell(scope)

    def access_changed(self, person: str, scopes: list[str]) -> None:
        """Tell one person that what they may see has changed."""
        for listener in self._listeners:
            if listener.person == person:
                for scope in scopes:
                    listener.tell(scope)

    def end(self, digest: bytes) -> None:
        """Close the streams of one session or key."""
        for listener in self._listeners:
            if listener.digest == digest:
                listener.close()

    def end_others(self, person: str, digest: bytes) -> None:
        """Close the streams of a person but those of one session."""
        for listener in self._listeners:
            if listener.person == person and listener.digest != digest:
                listener.close()

    def close(self) -> None:
        """Close all streams, for good."""
        self._closed = True
        for listener in self._listeners:
            listener.close()
