"""When the page gives up on its compute worker, and which calculations it does not ask for again."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

How = Literal["crashed", "hung"]
"""How a worker ended: by an error, or by giving no sign of life."""
MOST_DEATHS = 2
"""A calculation that ended this many workers is not asked for again."""
START_SECONDS = 120.0
"""Longest time that the start of Python may block a worker, on a slow computer."""
WAITING_SECONDS = 1200.0
"""Longest time until a worker begins its next step, even if it waits for a download and nothing blocks it."""


@dataclass(frozen=True, eq=False)
class Question:
    """A call as it is sent to the worker: the name of the function and its packed arguments."""

    name: str
    text: str
    arrays: Sequence[NDArray[Any]] = ()

    def digest(self) -> int:
        """Return a checksum of the arrays.

        Examples
        --------
        >>> Question("grow", "{}").digest()
        0
        """
        found = 0
        for array in self.arrays:
            found = zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data, found)
        return found


class Deaths:
    """Calculations during which a worker ended, and how often.

    Calculations are the same if their arguments are. A result clears a calculation: then something else,
    such as a lack of memory, ended the worker.

    Examples
    --------
    >>> deaths = Deaths()
    >>> bomb = Question("dicom_image", '{"address": "bomb.dcm"}')
    >>> deaths.add(bomb, "crashed")
    >>> deaths.verdict(bomb) is None
    True
    >>> deaths.add(bomb, "crashed")
    >>> deaths.verdict(Question("dicom_image", '{"address": "bomb.dcm"}'))
    'crashed'
    """

    def __init__(self) -> None:
        self._ways: dict[tuple[str, str], dict[int, list[How]]] = {}

    def add(self, question: Question, how: How) -> None:
        """Note that a worker ended while it calculated this."""
        ways = self._ways.setdefault((question.name, question.text), {})
        ways.setdefault(question.digest(), []).append(how)

    def clear(self, question: Question) -> None:
        """Note that this calculation has a result."""
        # Arrays are checked only for a suspect: a checksum of a large one takes long.
        ways = self._ways.get((question.name, question.text))
        if ways is not None:
            ways.pop(question.digest(), None)

    def verdict(self, question: Question) -> How | None:
        """Return how this calculation last ended a worker if it must not be asked for again, else None."""
        ways = self._ways.get((question.name, question.text), {})
        found = ways.get(question.digest(), []) if ways else []
        return found[-1] if len(found) >= MOST_DEATHS else None


class Silence:
    """How long a worker has given no sign of life.

    Time is added look by look. A look counts at most ``most`` seconds, because a computer that was asleep, or
    a page that was busy itself, has not listened for longer than that.

    Parameters
    ----------
    most
        Most seconds that one look counts.

    Examples
    --------
    >>> silence = Silence(most=2.0)
    >>> for _ in range(40):
    ...     silence.add(1.0)
    >>> silence.longer_than(30.0)
    True
    >>> silence.heard()
    >>> silence.add(8 * 3600.0)
    >>> silence.longer_than(30.0)
    False
    """

    def __init__(self, most: float) -> None:
        self._most = most
        self.blocked = 0.0
        """Seconds since the worker sent a message."""
        self._waited = 0.0

    def heard(self) -> None:
        """Note that the worker sent a message, so nothing blocks it."""
        self.blocked = 0.0

    def advanced(self) -> None:
        """Note that the worker has begun its next step."""
        self.blocked = self._waited = 0.0

    def add(self, seconds: float) -> None:
        """Add the time since the last look."""
        self.blocked += min(seconds, self._most)
        self._waited += min(seconds, self._most)

    def longer_than(self, seconds: float) -> bool:
        """Return whether a step blocked the worker for longer than these seconds, or it waited too long."""
        return self.blocked > seconds or self._waited > WAITING_SECONDS
