"""Who labels which images of which project: everything that editing needs to know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from webapp.py.domain.ids import assignment_id
from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op
from webapp.py.domain.permissions import Actor, refusal, work_of


class Records(Protocol):
    """What labeling needs of the store."""

    def get(self, table: str, record_id: str) -> Fields | None:
        """Return the fields of a record, or None if it does not exist or is deleted."""

    def get_deleted(self, table: str, record_id: str) -> Fields | None:
        """Return the fields of a record, deleted or not."""

    def of_asset(self, table: str, asset: int) -> Iterable[Fields]:
        """Return the records of a table that belong to an asset, without deleted ones."""

    def edit(self, ops: Sequence[Op]) -> None:
        """Apply ops to the view at once and store them durably."""


@dataclass(frozen=True, slots=True)
class LabelingScope:
    """The images that are open in a viewport, and who labels them.

    Parameters
    ----------
    records
        The project's store.
    actor
        The person, with their role in the project.
    project
        The project's id.
    asset
        The current image, by ordinal; None while no image is open.
    assets
        The current image, or all slices of its stack in order; empty while no image is open.
    anchor
        The image that answers, status and time are recorded for: the current one, or one that represents its
        whole stack.
    width, height
        The size of the current image in pixels as displayed; 0 until it is loaded.
    """

    records: Records
    actor: Actor
    project: str
    asset: int | None = None
    assets: tuple[int, ...] = ()
    anchor: int = -1
    width: int = 0
    height: int = 0

    def assignment_id(self, asset: int) -> str:
        """Return the id of the person's assignment on an image."""
        return assignment_id(self.project, asset, self.actor.person)

    def assignment(self) -> Fields | None:
        """Return the person's assignment on the current image (its stack); None before work starts."""
        if self.asset is None:
            return None
        return self.records.get("assignment", self.assignment_id(self.anchor))

    def refusal(self, op: Op) -> str | None:
        """Return why the person cannot make a change, or None if they can."""
        record = self.records.get_deleted(op.table, op.id)
        own = work_of(op, record)
        work = self.records.get_deleted("assignment", own) if own is not None else None
        return refusal(self.actor, op, record, work)
