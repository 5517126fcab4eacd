"""Splits images at the same places into stacks with one image at each place, by what distinguishes them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from webapp.py.imaging import texts
from webapp.py.imaging.dicom_header import Header

_MANY = 0.5
"""Share of the places with several images from which these are volumes, not repeated slices."""


@dataclass(frozen=True, slots=True)
class Member:
    """An image of a series: its item (file), its header, and which of the places it is at, counted from 0."""

    item: int
    header: Header
    place: int


@dataclass(frozen=True, slots=True)
class Part:
    """Images of one stack in order of their places, its name, and images that repeat others."""

    name: str
    kept: tuple[Member, ...]
    repeated: tuple[Member, ...] = ()


def in_time(header: Header, item: int) -> tuple[object, ...]:
    """Return by what images at one place are ordered: dimension index, number, then file.

    Examples
    --------
    >>> in_time(Header(rows=1, columns=1, instance_number=7), 2)
    ((), 7, 2)
    """
    return header.dimensions, header.instance_number, item


def split(members: Sequence[Member]) -> list[Part]:
    """Return the stacks that images form, in the order of what distinguishes them.

    Parameters
    ----------
    members
        Parallel images of one series with at least two places.

    Examples
    --------
    >>> def at(place, echo): return Member(0, Header(rows=1, columns=1, traits={"echo_time": echo}), place)
    >>> [part.name for part in split([at(0, 5.0), at(1, 5.0), at(0, 9.5), at(1, 9.5)])]
    ['Echo time 5 ms', 'Echo time 9.5 ms']
    """
    if len({member.place for member in members}) == len(members):
        return [Part("", tuple(sorted(members, key=lambda member: member.place)))]
    names = _distinguishing(members)
    groups = _grouped(members, lambda member: _traits_of(member, names))
    parts = [part for group in groups for part in _parts(group, names)]
    return sorted(parts, key=lambda part: min(_order(member, names) for member in part.kept))


def _distinguishing(members: Sequence[Member]) -> list[str]:
    """Return the traits that separate images at the same place, as few as it takes."""
    at_place = _grouped(members, lambda member: member.place)
    # What differs from slice to slice, such as a time of the clock, does not tell volumes apart.
    most = max(max(len(group) for group in at_place), len(at_place) // 2)
    found: list[str] = []
    left = len(members)
    for name in dict.fromkeys(name for member in members for name in member.header.traits):
        different = len({_trait(member, name) for member in members})
        if not left or not 1 < different <= most:
            continue
        if all(len({_trait(member, name) for member in group}) == 1 for group in at_place):
            continue
        after = _doubled(members, [*found, name])
        if after < left:
            found.append(name)
            left = after
    return found


def _parts(group: list[Member], names: Sequence[str]) -> list[Part]:
    """Return the stacks of images with the same traits: volumes, or one stack with repeated slices."""
    at_place = _grouped(group, lambda member: member.place)
    ordered = [sorted(one, key=lambda member: in_time(member.header, member.item)) for one in at_place]
    ordered.sort(key=lambda one: one[0].place)
    title = texts.stack_name({name: _trait(group[0], name) for name in names})
    doubled = sum(len(one) > 1 for one in ordered)
    if doubled < 2 or doubled < _MANY * len(ordered):
        kept = tuple(one[0] for one in ordered)
        return [Part(title, kept, tuple(member for one in ordered for member in one[1:]))]
    return [
        Part(
            " · ".join(filter(None, (title, texts.volume_number(rank + 1)))),
            tuple(one[rank] for one in ordered if rank < len(one)),
        )
        for rank in range(max(len(one) for one in ordered))
    ]


def _doubled(members: Sequence[Member], names: Sequence[str]) -> int:
    """Return how many images are not alone at their place among those with the same traits."""
    counts = Counter((member.place, _traits_of(member, names)) for member in members)
    return sum(count for count in counts.values() if count > 1)


def _traits_of(member: Member, names: Sequence[str]) -> tuple[float | str, ...]:
    return tuple(_trait(member, name) for name in names)


def _trait(member: Member, name: str) -> float | str:
    return member.header.traits.get(name, "")


def _order(member: Member, names: Sequence[str]) -> tuple[object, ...]:
    values = (_trait(member, name) for name in names)
    numbered = tuple((isinstance(one, str), 0.0 if isinstance(one, str) else one) for one in values)
    return member.header.dimensions, numbered, member.header.instance_number, member.item


def _grouped(members: Sequence[Member], key: Callable[[Member], Hashable]) -> list[list[Member]]:
    groups: dict[Hashable, list[Member]] = defaultdict(list)
    for member in members:
        groups[key(member)].append(member)
    return list(groups.values())
