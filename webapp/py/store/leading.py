"""Several tabs of one person: one of them syncs, and tells the others how it goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from msgspec import Struct

SyncState = Literal["idle", "syncing", "offline", "signed_out", "outdated", "trouble"]
"""What the save status shows; ``idle`` after a successful run."""


class Standing(Struct, kw_only=True):
    """What the leading tab tells the others about its last run."""

    state: SyncState
    problem: str = ""
    rejected: dict[str, str] = {}


class SyncWish(Struct, kw_only=True):
    """What a tab asks of the leading one: to keep its open scopes up to date, and perhaps to sync now."""

    wished: list[str]
    """The scopes that are open in the tab. A wish holds for some minutes."""
    now: bool
    """Whether to sync now, and to tell the standing."""


class Leadership(Protocol):
    """Decides which tab sends. Two leaders at once only do needless work."""

    on_lead: Callable[[], None] | None
    """Called when this tab takes over from another one."""
    on_standing: Callable[[Standing], None] | None
    """Called with what the leading tab tells."""
    on_wish: Callable[[SyncWish], None] | None
    """Called with what another tab asks of the leading one."""

    async def lead(self) -> bool:
        """Return whether this tab sends now. It becomes the leader if there is none."""
        ...

    def step_down(self) -> None:
        """Let another tab lead. This one comes last in the row of those that wait to lead."""
        ...

    def tell(self, standing: Standing) -> None:
        """Tell the other tabs how the sync goes."""
        ...

    def wish(self, wish: SyncWish) -> None:
        """Ask the leading tab for something."""
        ...
