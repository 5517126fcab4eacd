"""Undo and redo of one image.

A step is what one gesture did: a list of ops. Undoing a step makes new ops, which are saved and synced like
any others. So undo works across saves, and everyone sees its effect.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from webapp.py.domain.model import Fields
from webapp.py.domain.ops import Op, apply, changes_nothing, inverse, make_op

MOST_STEPS = 1_000
"""The maximum number of steps; the oldest are forgotten first."""

Lookup = Callable[[str, str], Fields | None]
"""Returns the current fields of a record, deleted or not: ``get(table, id)``."""
Step = tuple[Op, ...]


class History:
    """The steps of one image that can be undone and redone.

    Undoing an op sets only the fields that it set. If another person has since changed other fields of the
    same record, their change stays.
    """

    def __init__(self, most: int = MOST_STEPS) -> None:
        self._undo: deque[Step] = deque(maxlen=most)
        self._redo: list[Step] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo."""
        return bool(self._redo)

    def record(self, ops: Sequence[Op], get: Lookup) -> Step:
        """Remember how to undo ``ops``, and return those of them that change something.

        Call it before the ops are applied: ``get`` must return the records as they were. Steps that were
        undone before can no longer be redone.
        """
        done, back = _walk(ops, get)
        if done:
            self._undo.append(back)
            self._redo.clear()
        return done

    @property
    def last(self) -> Step | None:
        """The ops that undo the last step, or None."""
        return self._undo[-1] if self._undo else None

    def take_over(self, other: History) -> None:
        """Append the steps of another image; steps that were undone there can be redone here."""
        self._undo.extend(other._undo)
        self._redo.extend(other._redo)

    def join(self) -> None:
        """Merge the last two steps, such as when an answer was typed with a pause."""
        later, earlier = self._undo.pop(), self._undo.pop()
        # The earlier step is undone last, so it overrides what both set.
        again = {(op.table, op.id, *op.fields) for op in earlier}
        kept = tuple(op for op in later if (op.table, op.id, *op.fields) not in again)
        self._undo.append((*kept, *earlier))

    def undo(self, get: Lookup) -> Step | None:
        """Return new ops that undo the last step, or None if there is none. The caller applies them.

        A step with nothing left to change (another person undid it or deleted its record) is skipped.
        """
        while self._undo:
            done, back = _walk(_renewed(self._undo.pop(), get), get)
            if done:
                self._redo.append(back)
                return done
        return None

    def redo(self, get: Lookup) -> Step | None:
        """Return new ops that redo the last undone step, or None if there is none."""
        while self._redo:
            done, back = _walk(_renewed(self._redo.pop(), get), get)
            if done:
                self._undo.append(back)
                return done
        return None


def _renewed(ops: Sequence[Op], get: Lookup) -> Step:
    """Return ``ops`` with new ids, without those whose record is deleted.

    An op that restores a record stays, and so do the ops after it in the step.
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
    """Return those of ``ops``, in order, that change something, and the ops that undo them."""
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
