"""A drawing that was dropped before it was complete, until Undo brings it back."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.py.workspace.history import Step
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.tool import Draft, Run


@dataclass(frozen=True, slots=True, eq=False)
class SetAside:
    """A gesture that waits, with what it showed last.

    ``undone`` says that Undo took back its first point, so that Redo brings it back; else Undo does.
    """

    run: Run
    drafts: tuple[Draft, ...]
    tool_id: str
    asset: int | None
    last: Step | None
    undone: bool

    @classmethod
    def of(cls, run: Run, session: ImageSession, tool_id: str, undone: bool) -> SetAside:
        """Return the gesture, with what must not change until it comes back."""
        return cls(run, run.drafts, tool_id, session.scope.asset, session.history.last, undone)

    def fits(self, session: ImageSession) -> bool:
        """Return whether it can come back: on its image, with no edit since."""
        here = session.scope.asset == self.asset and session.history.last is self.last
        return here and session.ready and session.closed is None and self.run.edits is None
