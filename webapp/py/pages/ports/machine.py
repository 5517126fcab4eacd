"""The port to this computer: storage, files, clock, tasks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from webapp.py.store.local import LocalStore, News

SOLO = "solo"
"""The person of a workspace that has no server."""


class MachinePort(Protocol):
    """What pages need from the computer that they run on."""

    async def open_local(
        self, person: str, heard: Callable[[News], None], recovered: Callable[[int], None]
    ) -> LocalStore:
        """Open the local store of a person.

        ``heard`` is called with what other tabs write. ``recovered`` is called with the number of changes
        that were restored after the browser lost its database.
        """

    def recall(self, key: str) -> str | None:
        """Return a small text that is stored on this computer, or None."""

    def remember(self, key: str, value: str | None) -> None:
        """Store a small text on this computer, or delete it with None."""

    def save_file(self, name: str, content: bytes, media_type: str) -> None:
        """Offer a file for download."""

    async def pick_file(self, accept: str) -> bytes | None:
        """Let the person choose a file. Return its content, or None if they cancel."""

    def now_ms(self) -> int:
        """Return the time in integer milliseconds UTC since the Unix epoch."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> Callable[[], object]:
        """Run a coroutine in the background and report what it raises. Return a function that cancels it."""

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call a function later. Return a function that cancels this."""
