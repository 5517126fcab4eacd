"""Finds which old child each new child of a tree reuses, and which of them must move."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import partial

from webapp.py.ui.tree import Node, NodeKey, Part, Tree


def key_of(tree: Tree) -> NodeKey | None:
    """Return the key of a child, or None."""
    return None if isinstance(tree, str) else tree.key


def kind_of(tree: Tree) -> object:
    """Return what must be equal to reuse an element: a node's tag, a part's function."""
    if isinstance(tree, str):
        return str
    return tree.function if isinstance(tree, Part) else tree.tag


def is_alike(mine: Tree, tree: Tree) -> bool:
    """Return whether the element of one tree can be reused for the other."""
    return mine is tree or (kind_of(mine) == kind_of(tree) and key_of(mine) == key_of(tree))


def is_same_ref(one: object, other: object) -> bool:
    """Return whether two refs are the same. Partials are compared by what they call."""
    if isinstance(one, partial) and isinstance(other, partial):
        return (one.func, one.args, one.keywords) == (other.func, other.args, other.keywords)
    return one == other


def check_keys(node: Node) -> None:
    """Raise ValueError if two children have the same key."""
    seen: set[NodeKey] = set()
    for child in node.children:
        key = None if isinstance(child, str) else child.key
        if key is None:
            continue
        if key in seen:
            raise ValueError(f"two children of one <{node.tag}> have the key {key!r}")
        seen.add(key)


def match_children(stale: Sequence[Tree], fresh: Sequence[Tree]) -> list[int | None]:
    """Return the old child that each new one reuses: by key, or else in order among those of its kind."""
    unused: dict[tuple[NodeKey | None, object], list[int]] = {}
    for index in range(len(stale) - 1, -1, -1):
        tree = stale[index]
        unused.setdefault((key_of(tree), kind_of(tree)), []).append(index)
    sources: list[int | None] = []
    for tree in fresh:
        same = unused.get((key_of(tree), kind_of(tree)))
        sources.append(same.pop() if same else None)
    return sources


def longest_rise(sources: Sequence[int | None]) -> set[int]:
    """Return the positions of a longest increasing subsequence of sources. These need not move.

    Examples
    --------
    >>> sorted(longest_rise([2, 0, None, 1]))
    [1, 3]
    """
    tails: list[int] = []
    places: list[int] = []
    before: dict[int, int | None] = {}
    for position, source in enumerate(sources):
        if source is None:
            continue
        at = bisect_left(tails, source)
        before[position] = places[at - 1] if at else None
        if at == len(tails):
            tails.append(source)
            places.append(position)
        else:
            tails[at] = source
            places[at] = position
    staying: set[int] = set()
    place = places[-1] if places else None
    while place is not None:
        staying.add(place)
        place = before[place]
    return staying
