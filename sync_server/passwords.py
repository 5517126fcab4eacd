"""Passwords: hashing that costs an attacker memory and time, and a limit on guesses."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sync_server import texts
from sync_server.errors import ApiError, invalid

SHORTEST = 10
LONGEST = 200
_MOST_TRACKED = 10_000


class Passwords:
    """Creates and checks argon2id hashes, one at a time, so that memory stays bounded."""

    def __init__(self, memory_kib: int, rounds: int) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._turn = asyncio.Semaphore(1)
        self._nobody: str | None = None

    def hash_now(self, password: str) -> str:
        """Return the hash of a password, blocking."""
        return self._hasher.hash(password)

    async def hash(self, password: str) -> str:
        """Return the hash of a password."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def check(self, stored: str | None, password: str) -> bool:
        """Tell whether a password matches a stored hash. Without one, the work is the same."""
        async with self._turn:
            return await asyncio.to_thread(self._check, stored, password)

    def _check(self, stored: str | None, password: str) -> bool:
        if self._nobody is None:
            self._nobody = self._hasher.hash(secrets.token_hex())
        try:
            return self._hasher.verify(stored or self._nobody, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def check_new_password(password: str) -> None:
    """Reject a new password that is too short or too long.

    Raises
    ------
    ApiError
        With 400.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise invalid(texts.password_length(SHORTEST, LONGEST))


def random_password() -> str:
    """Return a password that people can type: four groups of four letters and digits (about 80 bits)."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


class Attempts:
    """Counts sign-ins per account and address, and rejects too many."""

    def __init__(self, most: int, window_s: int) -> None:
        self._most = most
        self._window = window_s
        self._times: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def count(self, email: str, address: str) -> None:
        """Count one attempt, before its password is checked.

        Raises
        ------
        ApiError
            With 429 and Retry-After, when there were too many in the window.
        """
        now = time.monotonic()
        key = (email.casefold(), address)
        recent = [at for at in self._times.pop(key, []) if at > now - self._window]
        blocked = len(recent) >= self._most
        self._times[key] = recent if blocked else [*recent, now]
        while len(self._times) > _MOST_TRACKED:
            self._times.popitem(last=False)
        if blocked:
            wait = max(1, round(recent[0] + self._window - now))
            raise ApiError(
                429,
                "too-many-attempts",
                texts.too_many_attempts(wait),
                {"Retry-After": str(wait)},
            )

    def forget(self, email: str, address: str) -> None:
        """Forget the attempts of an account after it signed in."""
        self._times.pop((email.casefold(), address), None)
