"""Bounds of recorded time, whatever the clock of a device has shown."""

from __future__ import annotations

import msgspec

from webapp.py.domain.ops import Op

HOUR_MS = 3_600_000
MOST_ACTIVE_MS = 12 * HOUR_MS
"""A page writes active time every two minutes. Nobody works for longer than this without a pause."""
MOST_IDLE_MS = 7 * 24 * HOUR_MS
"""An image may stay open over a weekend and more."""

MOST_AHEAD_MS = 24 * HOUR_MS
"""A clock may be wrong by hours. Moving each start to now would make the records of such a device overlap."""


def bounded(op: Op, now: int) -> Op:
    """Return an op whose recorded time is possible: not begun in a later day, and not endless.

    Parameters
    ----------
    op
        Any op. Only new records of time are changed.
    now
        The server's time, in milliseconds UTC.
    """
    if op.table != "activity":
        return op
    beyond = {
        name: bound
        for name, most, bound in (
            ("started", now + MOST_AHEAD_MS, now),
            ("active_ms", MOST_ACTIVE_MS, MOST_ACTIVE_MS),
            ("idle_ms", MOST_IDLE_MS, MOST_IDLE_MS),
        )
        if isinstance(value := op.fields.get(name), int) and value > most
    }
    return msgspec.structs.replace(op, fields={**op.fields, **beyond}) if beyond else op
