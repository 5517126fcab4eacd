"""Identifiers: time-ordered ids for new records, and derived ids on which two devices agree."""

from __future__ import annotations

import os
import threading
import time
import uuid
from functools import lru_cache

_ASSIGNMENTS = uuid.UUID("6ba7b815-9dad-11d1-80b4-00c04fd430c8")
_lock = threading.Lock()
_last = 0


def now_ms() -> int:
    """Return the current time in integer milliseconds UTC since the Unix epoch."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """Return a new UUIDv7 (RFC 9562, section 5.7), strictly increasing within this process.

    The 12 bits after the version hold a fraction of the millisecond (method 3 of section 6.2), so that
    consecutive ids sort in the order in which they were made, even while the clock does not advance.

    Examples
    --------
    >>> first, second = new_id(), new_id()
    >>> first < second
    True
    >>> uuid.UUID(first).version
    7
    """
    global _last
    nanoseconds = time.time_ns()
    stamp = (nanoseconds // 1_000_000) << 12 | (nanoseconds % 1_000_000) * 4096 // 1_000_000
    with _lock:
        _last = stamp = max(stamp, _last + 1)
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random
    return str(uuid.UUID(int=value))


def time_of(identifier: str) -> int:
    """Return the milliseconds UTC at which a UUIDv7 was made.

    Examples
    --------
    >>> time_of("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")  # the example of RFC 9562, appendix A.6
    1645557742000
    """
    return uuid.UUID(identifier).int >> 80


def assignment_id(project: str, asset: int, person: str) -> str:
    """Return the id of the assignment of a person to an asset of a project.

    It is derived (UUIDv5), not random, so that a person who starts the same image on two offline devices
    makes one assignment, not two.
    """
    return _assignment(f"{project}/{asset}/{person}")


@lru_cache(maxsize=1024)
def _assignment(name: str) -> str:
    # Every annotation of an image needs the same one.
    return str(uuid.uuid5(_ASSIGNMENTS, name))
