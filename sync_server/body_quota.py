"""How many bytes of request bodies are held at once, for each person and for all."""

from __future__ import annotations

from collections import Counter

from sync_server import texts
from sync_server.errors import ApiError

MOST_OF_PERSON = 64 * 1024 * 1024
"""Bytes of one person. Two of the largest requests fit."""
MOST_OF_NOBODY = 4 * 1024 * 1024
"""Bytes of one address, of requests without a sign-in."""
MOST_OF_ALL = 256 * 1024 * 1024


class BodyQuota:
    """Counts the bytes of bodies whose requests have not been answered."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()
        self._all = 0

    def take(self, owner: str, size: int, most: int) -> None:
        """Count bytes of an owner.

        Raises
        ------
        ApiError
            With 429, when they are too many.
        """
        if self._held[owner] + size > most or self._all + size > MOST_OF_ALL:
            raise ApiError(429, "too-much-at-once", texts.TOO_MUCH_AT_ONCE, {"Retry-After": "5"})
        self._held[owner] += size
        self._all += size

    def give_back(self, owner: str, size: int) -> None:
        """Forget bytes of an owner."""
        self._held[owner] -= size
        self._all -= size
        if not self._held[owner]:
            del self._held[owner]


class Share:
    """What one request has of the quota."""

    def __init__(self, quota: BodyQuota) -> None:
        self._quota = quota
        self._taken: list[tuple[str, int]] = []

    def add(self, owner: str, signed_in: bool, size: int) -> None:
        """Count bytes that have arrived.

        Raises
        ------
        ApiError
            With 429, when their owner has too many under way.
        """
        if size:
            self._quota.take(owner, size, MOST_OF_PERSON if signed_in else MOST_OF_NOBODY)
            self._taken.append((owner, size))

    def give_back(self) -> None:
        """Forget the request."""
        for owner, size in self._taken:
            self._quota.give_back(owner, size)
        self._taken.clear()
