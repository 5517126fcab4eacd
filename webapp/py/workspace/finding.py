"""Finding things by a few typed letters: which titles match, and in which order."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

MOST_SCANNED = 20_000
"""The maximum number of entries searched for one query."""
MOST_FOUND = 50
"""The maximum number of results."""


@dataclass(slots=True)
class Finder:
    """The state of a search: the query, the chosen result, and what was used recently."""

    query: str = ""
    cursor: int = 0
    recent: list[str] = field(default_factory=list)


class Findable(Protocol):
    """Something that can be found: ``id`` identifies it, ``title`` is matched first."""

    @property
    def id(self) -> str:
        """Unique among the entries."""

    @property
    def title(self) -> str:
        """Its name for people."""

    @property
    def group(self) -> str:
        """The kind of thing it is."""


E = TypeVar("E", bound=Findable)


def rank(query: str, title: str, more: str = "") -> int | None:
    """Return how well a text matches, 0 being best, or None if it does not.

    Every word of the query must be in the title or in ``more``. Titles that start with the query come first,
    then those with all words at the starts of words, then those that contain them anywhere.

    Examples
    --------
    >>> rank("zoom", "Zoom in"), rank("in", "Zoom in"), rank("oo", "Zoom in"), rank("view", "Zoom in", "View")
    (0, 1, 2, 3)
    >>> rank("fit", "Zoom in") is None
    True
    """
    query, title, more = query.casefold().strip(), title.casefold(), more.casefold()
    words = query.split()
    if not all(word in title for word in words):
        return 3 if all(word in title or word in more for word in words) else None
    if title.startswith(query):
        return 0
    padded = f" {title}".replace("-", " ").replace("_", " ").replace("/", " ")
    return 1 if all(f" {word}" in padded for word in words) else 2


def find(entries: Iterable[E], query: str, recent: Sequence[str] = ()) -> list[E]:
    """Return the entries that match, best first; equal ones by recent use, then in their order.

    An empty query finds everything, recently used first.
    """
    places = {name: place for place, name in enumerate(recent)}
    found: list[tuple[int, int, int, E]] = []
    for number, entry in enumerate(entries):
        if number >= MOST_SCANNED:
            break
        score = rank(query, entry.title, entry.group)
        if score is not None:
            found.append((score, places.get(entry.id, len(places)), number, entry))
    return [entry for *_, entry in heapq.nsmallest(MOST_FOUND, found, key=lambda one: one[:3])]


def remembered(recent: Sequence[str], used: str, most: int = 8) -> list[str]:
    """Return the list of recently used ids after ``used`` was used.

    Examples
    --------
    >>> remembered(["a", "b"], "b")
    ['b', 'a']
    """
    return [used, *(name for name in recent if name != used)][:most]
