"""What the save status shows about one scope."""

from __future__ import annotations

from msgspec import Struct


class SaveStatus(Struct, kw_only=True, frozen=True):
    """How safe the edits of one scope are."""

    unsaved: int = 0
    """Ops that are not durable on this machine yet. A crash would lose only these."""
    unsynced: int = 0
    """Ops that are durable here, but not confirmed by the server."""
    refused: int = 0
    """Ops that the server rejected."""
    overwritten: int = 0
    """Values set here that someone else has replaced since."""
    quarantined: int = 0
    """Stored entries that cannot be read."""
    storage_problem: str | None = None
    """Why the last write failed, as a sentence; None while writes succeed."""

    @property
    def only_here(self) -> int:
        """How many stored entries the server does not have: unsynced, refused, or unreadable."""
        return self.unsynced + self.refused + self.quarantined

    @property
    def saved(self) -> bool:
        """Whether every edit is durable on this machine."""
        return self.unsaved == 0
