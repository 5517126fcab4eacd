"""Who may keep how many connections open, and a log that an attack cannot fill."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Log = Callable[..., Any]
"""Writes one line: what happened, and fields as keyword arguments."""

_MOST_FILES = 65_536
_SPARE_FILES = 100
"""Files that a server needs besides its connections: the database, what it serves, logs."""
_QUIET_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a connection may take before its request is complete.

    The times are those that Apache's mod_reqtimeout is set to at first: for a body, ``body_s`` and one second
    more for every ``body_rate`` bytes.
    """

    per_address: int = 1000
    """Connections of one address. Everybody behind a proxy has the address of the proxy."""
    header_bytes: int = 64 * 1024
    header_s: float = 20.0
    body_bytes: int = 64 * 1024
    """Most bytes of a body, whatever the application thinks of it."""
    body_s: float = 20.0
    body_rate: float = 500.0


class Gate:
    """Counts the connections of a server, and says which are too many.

    Parameters
    ----------
    limits
        What is allowed.
    log
        Is told of connections that were turned away.
    total
        Connections of all addresses together. Default: as many as this process may have files.
    """

    def __init__(self, limits: Limits, log: Log, total: int | None = None) -> None:
        self.limits = limits
        self._log = log
        self._total = _files() - _SPARE_FILES if total is None else total
        self._open: Counter[str] = Counter()
        self._silent_until: dict[str, float] = {}
        self._unsaid: Counter[str] = Counter()

    def admit(self, address: str) -> bool:
        """Count a connection, or return False if it is one too many."""
        if self._open[address] >= self.limits.per_address:
            self.complain("too many connections from one address", address)
            return False
        if self._open.total() >= self._total:
            self.complain("too many connections", address)
            return False
        self._open[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Forget a connection that was admitted."""
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]

    def complain(self, reason: str, address: str) -> None:
        """Log that a connection was closed, at most once in ten seconds for each reason."""
        now = time.monotonic()
        if now < self._silent_until.get(reason, 0):
            self._unsaid[reason] += 1
            return
        self._silent_until[reason] = now + _QUIET_S
        self._log("connection closed", reason=reason, address=address, unlogged=self._unsaid.pop(reason, 0))


def _files() -> int:
    """Return how many files this process may have open, after asking for as many as it may ask for."""
    if sys.platform == "win32":
        return 512
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return _MOST_FILES if soft == resource.RLIM_INFINITY else min(soft, _MOST_FILES)
