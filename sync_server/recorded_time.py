"""Bounds of recorded time, whatever the clock of a device has shown."""

from __future__ import annotations

import msgspec

from webapp.py.domain.ops import Op

HOUR_MS = 3_600_000
MOST_ACTIVE_MS = 12 * HOUR_MS
"""A page writes active time every two minutes. Nobody works for longer than this without a pause."""
MOST_IDLE_MS = 7 * 24 * HOUR_MS
"""An image may stay open over a weekend and more."""


def bounded(op: Op, now: int) -> Op:
    """Return an op whose recorded time is possible: not begun after ``now``, and not endless.

    Parameters
    ----------
    op
        Any op. Only new records of time are changed.
    now
        The server's time, in milliseconds UTC.
    """
    if op.table != "activity":
        return op
    most = {"started": now, "active_ms": MOST_ACTIVE_MS, "idle_ms": MOST_IDLE_MS}
    beyond = {
        name: bound
        for name, bound in most.items()
        if isinstance(value := op.fields.get(name), int) and value > bound
    }
    return msgspec.structs.replace(op, fields={**op.fields, **beyond}) if beyond else op
