"""Passwords: hashing that costs an attacker memory and time, and a limit on guesses."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import time
from collections import OrderedDict

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sync_server import texts
from sync_server.errors import ApiError, invalid
from sync_server.turns import Turns

SHORTEST = 10
LONGEST = 200
_MOST_TRACKED = 10_000
_WAITING_EACH, _WAITING_ALL = 20, 200
"""Checks of passwords that may wait, of one address and of all. One takes about 50 ms."""


class Passwords:
    """Creates and checks argon2id hashes, one at a time, so that memory stays bounded."""

    def __init__(self, memory_kib: int, rounds: int) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._turns = Turns(_WAITING_EACH, _WAITING_ALL)
        self._nobody: str | None = None

    def hash_now(self, password: str) -> str:
        """Return the hash of a password, blocking."""
        return self._hasher.hash(password)

    async def hash(self, password: str, owner: str) -> str:
        """Return the hash of a password. ``owner`` is the person or address who asks for it."""
        async with self._turns.turn(owner):
            return await asyncio.to_thread(self._hasher.hash, password)

    async def check(self, stored: str | None, password: str, owner: str) -> bool:
        """Tell whether a password matches a stored hash. Without one, the work is the same."""
        async with self._turns.turn(owner):
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


def network_of(address: str) -> str:
    """Return what attempts are counted by: an address, or the network that one user of IPv6 has alone.

    Examples
    --------
    >>> network_of("192.0.2.7"), network_of("2001:db8:1:2:3:4:5:6")
    ('192.0.2.7', '2001:db8:1:2::/64')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found.packed[:8] + bytes(8), 64)))


class Attempts:
    """Counts sign-ins that fail, by address and by account and address, and rejects too many.

    Parameters
    ----------
    most
        Attempts at one account from one address.
    most_of_address
        Attempts from one address at any accounts.
    window_s
        The seconds in which they count.
    """

    def __init__(self, most: int, most_of_address: int, window_s: int) -> None:
        self._most = most
        self._most_of_address = most_of_address
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
        account, anyone = _keys(email, address)
        waits = []
        for key, most in ((account, self._most), (anyone, self._most_of_address)):
            recent = self._times[key] = [at for at in self._times.pop(key, []) if at > now - self._window]
            if len(recent) >= most:
                waits.append(max(1, round(recent[0] + self._window - now)))
        if not waits:
            self._times[account].append(now)
            self._times[anyone].append(now)
        while len(self._times) > _MOST_TRACKED:
            self._times.popitem(last=False)
        if waits:
            raise ApiError(
                429,
                "too-many-attempts",
                texts.too_many_attempts(max(waits)),
                {"Retry-After": str(max(waits))},
            )

    def forget(self, email: str, address: str) -> None:
        """Forget the attempts at an account after it signed in, also among those of its address."""
        account, anyone = _keys(email, address)
        times = self._times.pop(account, [])
        for at in times:
            if at in self._times.get(anyone, []):
                self._times[anyone].remove(at)


def _keys(email: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    network = network_of(address)
    return (email.casefold(), network), ("", network)
