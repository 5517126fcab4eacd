"""What the save display shows about one scope."""

from __future__ import annotations

from msgspec import Struct


class SaveStatus(Struct, kw_only=True, frozen=True):
    """How safe the edits of one scope are."""

    unsaved: int = 0
    """Ops not durable on this machine yet: the only ones that a crash would lose."""
    unsynced: int = 0
    """Ops durable here and not confirmed by the server."""
    refused: int = 0
    """Ops that the server did not accept."""
    overwritten: int = 0
    """Values set here that somebody else has replaced since."""
    quarantined: int = 0
    """Stored things that could not be read and are kept aside."""
    storage_problem: str | None = None
    """Why the last durable write failed, as a sentence; None while writes succeed."""

    @property
    def saved(self) -> bool:
        """Whether every edit is durable on this machine."""
        return self.unsaved == 0
