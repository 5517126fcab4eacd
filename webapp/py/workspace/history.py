"""Undo and redo of one image.

A step is what one gesture did, a list of ops. Taking it back is done by new ops, which are saved and synced
like any others; so undo reaches over saves, and what it does is seen by everyone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op, apply, changes_nothing, inverse, make_op

MOST_STEPS = 1_000
"""Steps kept; beyond, the oldest is forgotten."""

Lookup = Callable[[str, str], Fields | None]
"""Returns the fields of a record as it is now, deleted or not: ``get(table, id)``."""
Step = tuple[Op, ...]


class History:
    """The steps of one image that can be taken back and made again.

    An op of a step sets only the fields that it set first; where somebody else has changed other fields of
    the same record since, their change stays.
    """

    def __init__(self, most: int = MOST_STEPS) -> None:
        self._undo: deque[Step] = deque(maxlen=most)
        self._redo: list[Step] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to make again."""
        return bool(self._redo)

    def record(self, ops: Sequence[Op], get: Lookup) -> Step:
        """Remember how to take ``ops`` back, and return those of them that change something.

        To be called before they are applied: ``get`` must still return the records as they were. What had
        been taken back before can then no longer be made again.
        """
        done, back = _walk(ops, get)
        if done:
            self._undo.append(back)
            self._redo.clear()
        return done

    @property
    def last(self) -> Step | None:
        """What takes the last step back; None when there is none."""
        return self._undo[-1] if self._undo else None

    def take_over(self, other: History) -> None:
        """Add the steps of another image, as later ones; what it had taken back can be made again, too."""
        self._undo.extend(other._undo)
        self._redo.extend(other._redo)

    def join(self) -> None:
        """Make the last two steps one, as when an answer was written with a pause in between."""
        later, earlier = self._undo.pop(), self._undo.pop()
        # Taken back last, the earlier one overrides what both set.
        again = {(op.table, op.id, *op.fields) for op in earlier}
        kept = tuple(op for op in later if (op.table, op.id, *op.fields) not in again)
        self._undo.append((*kept, *earlier))

    def undo(self, get: Lookup) -> Step | None:
        """Return new ops that take the last step back, None when there is none. The caller applies them.

        A step that has nothing left to change (somebody else undid it, or deleted its record) is passed over.
        """
        while self._undo:
            done, back = _walk(_renewed(self._undo.pop(), get), get)
            if done:
                self._redo.append(back)
                return done
        return None

    def redo(self, get: Lookup) -> Step | None:
        """Return new ops that make the last undone step again, None when there is none."""
        while self._redo:
            done, back = _walk(_renewed(self._redo.pop(), get), get)
            if done:
                self._undo.append(back)
                return done
        return None


def _renewed(ops: Sequence[Op], get: Lookup) -> Step:
    """Return ``ops`` under ids of their own, without those whose record is gone.

    An op that brings a record back stays, and so do those after it in the step.
    """
    alive: set[tuple[str, str]] = set()
    kept: list[Op] = []
    for op in ops:
        place = (op.table, op.id)
        record = get(*place)
        if "deleted" in op.fields or (record is not None and not record.get("deleted")):
            alive.add(place)
        if place in alive:
            kept.append(make_op(op.table, op.id, op.fields))
    return tuple(kept)


def _walk(ops: Sequence[Op], get: Lookup) -> tuple[Step, Step]:
    """Return those of ``ops``, in order, that change something, and the ops that take them back."""
    now: dict[tuple[str, str], Fields | None] = {}
    done: list[Op] = []
    back: list[Op] = []
    for op in ops:
        place = (op.table, op.id)
        before = now[place] if place in now else get(*place)
        if changes_nothing(before, op):
            continue
        done.append(op)
        back.append(inverse(before, op))
        now[place] = apply(before, op)
    return tuple(done), tuple(reversed(back))
