"""Brings what is on the page to what a tree says, with as few steps as it can.

Knows no browser: it speaks to a ``Document``, which is the real one in ``dom`` and made of lists in the
tests. Each step on the real one costs a call out of Python, so equal parts are never touched.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from webapp.py.ui.tree import Handler, Node, NodeKey, Part, Tree


class Document(Protocol):
    """What patching needs of a page."""

    def create(self, tag: str, svg: bool) -> Any:
        """Make an element."""

    def text(self, value: str) -> Any:
        """Make a piece of text."""

    def set_text(self, element: Any, value: str) -> None:
        """Change a piece of text."""

    def set_attribute(self, element: Any, name: str, value: str | None) -> None:
        """Set an attribute; None takes it away."""

    def set_property(self, element: Any, name: str, value: Any) -> None:
        """Set a property of the element itself."""

    def is_typed_in(self, element: Any) -> bool:
        """Tell whether somebody is typing into a field and has not finished."""

    def insert(self, parent: Any, child: Any, before: Any | None) -> None:
        """Put a child in front of another, at the end for None; one that is in the page already moves."""

    def remove(self, child: Any) -> None:
        """Take an element out of the page."""

    def listen(self, element: Any, event: str, handlers: Mapping[str, Handler]) -> None:
        """Hear this event; the handler is looked up in the table, which changes, each time."""

    def forget(self, element: Any) -> None:
        """Drop what ``listen`` keeps of an element that has gone."""


class Mounted:
    """A tree's node together with its element on the page."""

    __slots__ = ("children", "element", "handlers", "node", "part", "svg")

    def __init__(self, part: Tree, node: Node | str, element: Any, svg: bool) -> None:
        self.part = part
        self.node = node
        self.element = element
        self.svg = svg
        self.children: list[Mounted] = []
        self.handlers: dict[str, Handler] | None = None


class Patcher:
    """Mounts and patches trees on one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._refs: list[tuple[Callable[[Any], Any], Any]] = []

    def mount(self, parent: Any, tree: Tree) -> Mounted:
        """Put a tree at the end of an element."""
        mounted = self._make(tree, svg=False)
        self.document.insert(parent, mounted.element, None)
        self._call_refs()
        return mounted

    def patch(self, parent: Any, mounted: Mounted, tree: Tree) -> Mounted:
        """Bring what is mounted to what the tree says; returns what is mounted now."""
        if _alike(mounted, tree):
            self._update(mounted, tree)
            result = mounted
        else:
            result = self._make(tree, svg=False)
            self.document.insert(parent, result.element, mounted.element)
            self._drop(mounted)
        self._call_refs()
        return result

    def unmount(self, mounted: Mounted) -> None:
        """Take a tree off the page."""
        self._drop(mounted)
        self._call_refs()

    def _make(self, tree: Tree, svg: bool) -> Mounted:
        node = tree.node if isinstance(tree, Part) else tree
        if isinstance(node, str):
            return Mounted(tree, node, self.document.text(node), svg)
        svg = svg or node.tag == "svg"
        element = self.document.create(node.tag, svg)
        mounted = Mounted(tree, node, element, svg)
        inner = svg and node.tag != "foreignObject"
        for child in node.children:
            made = self._make(child, inner)
            self.document.insert(element, made.element, None)
            mounted.children.append(made)
        _check_keys(node)
        # After the children: a select takes its value only when its options are there.
        for name, value in node.attrs.items():
            self._set(element, name, value)
        self._listen(mounted, node)
        if node.ref is not None:
            self._refs.append((node.ref, element))
        return mounted

    def _update(self, mounted: Mounted, tree: Tree) -> None:
        if tree is mounted.part:
            return
        if isinstance(tree, Part):
            if tree.same_as(mounted.part):
                return
            node: Node | str = tree.node
        else:
            node = tree
        mounted.part = tree
        old, mounted.node = mounted.node, node
        if node is old:
            return
        if isinstance(node, str) or isinstance(old, str):
            if node != old:
                self.document.set_text(mounted.element, str(node))
            return
        self._update_children(mounted, node)
        self._update_attributes(mounted.element, old.attrs, node)
        if node.handlers or mounted.handlers:
            self._listen(mounted, node)
        if old.ref is None and node.ref is not None:
            self._refs.append((node.ref, mounted.element))
        elif old.ref is not None and node.ref is None:
            self._refs.append((old.ref, None))

    def _update_attributes(self, element: Any, old: Mapping[str, Any], node: Node) -> None:
        new = node.attrs
        for name in old:
            if name not in new and not name.startswith("prop:"):
                self.document.set_attribute(element, name, None)
        for name, value in new.items():
            # What a person types changes these behind our back, so the page is compared, not the last tree.
            live = name in _LIVE and not (name == "prop:value" and self._is_unfinished(element, node))
            if live or name not in old or (old[name] is not value and old[name] != value):
                self._set(element, name, value)

    def _is_unfinished(self, element: Any, node: Node) -> bool:
        """Tell whether a field is being typed in that says what it holds only at the end of that."""
        return "input" not in node.handlers and self.document.is_typed_in(element)

    def _set(self, element: Any, name: str, value: Any) -> None:
        if name.startswith("prop:"):
            self.document.set_property(element, name[5:], value)
        else:
            self.document.set_attribute(element, name, value)

    def _listen(self, mounted: Mounted, node: Node) -> None:
        if mounted.handlers is None:
            if not node.handlers:
                return
            mounted.handlers = {}
        table = mounted.handlers
        known = set(table)
        for name in known - node.handlers.keys():
            table[name] = _ignore
        for name, handler in node.handlers.items():
            table[name] = handler
            if name not in known:
                self.document.listen(mounted.element, name, table)

    def _update_children(self, mounted: Mounted, node: Node) -> None:
        old, new = mounted.children, node.children
        start = 0
        shortest = min(len(old), len(new))
        while start < shortest and _alike(old[start], new[start]):
            self._update(old[start], new[start])
            start += 1
        end = 0
        while end < shortest - start and _alike(old[-1 - end], new[-1 - end]):
            self._update(old[-1 - end], new[-1 - end])
            end += 1
        stale, fresh = old[start : len(old) - end], new[start : len(new) - end]
        if not stale and not fresh:
            return
        _check_keys(node)
        following = old[len(old) - end].element if end else None
        made = self._rearrange(mounted, stale, fresh, following)
        mounted.children = old[:start] + made + old[len(old) - end :]

    def _rearrange(
        self, parent: Mounted, stale: Sequence[Mounted], fresh: Sequence[Tree], following: Any | None
    ) -> list[Mounted]:
        sources = _match(stale, fresh)
        kept = {index for index in sources if index is not None}
        for index, gone in enumerate(stale):
            if index not in kept:
                self._drop(gone)
        staying = _longest_rise(sources)
        inner = parent.svg and isinstance(parent.node, Node) and parent.node.tag != "foreignObject"
        result: list[Mounted] = []
        for position in range(len(fresh) - 1, -1, -1):
            source = sources[position]
            if source is None:
                child = self._make(fresh[position], inner)
                self.document.insert(parent.element, child.element, following)
            else:
                child = stale[source]
                self._update(child, fresh[position])
                if position not in staying:
                    self.document.insert(parent.element, child.element, following)
            following = child.element
            result.append(child)
        result.reverse()
        return result

    def _drop(self, mounted: Mounted) -> None:
        self.document.remove(mounted.element)
        self._forget(mounted)

    def _forget(self, mounted: Mounted) -> None:
        if mounted.handlers is not None:
            self.document.forget(mounted.element)
        if isinstance(mounted.node, Node) and mounted.node.ref is not None:
            self._refs.append((mounted.node.ref, None))
        for child in mounted.children:
            self._forget(child)

    def _call_refs(self) -> None:
        # Only now: the whole tree stands, so a ref can measure its element. One call may render again.
        waiting, self._refs = self._refs, []
        for ref, element in waiting:
            ref(element)


_LIVE = frozenset({"prop:value", "prop:checked", "prop:open"})


def _ignore(_event: Any) -> None:
    """Stand in for a handler that the last tree no longer has."""


def _key(tree: Tree) -> NodeKey | None:
    return None if isinstance(tree, str) else tree.key


def _kind(tree: Tree) -> object:
    """What must be equal for one to become the other: a node's tag, a part's function."""
    if isinstance(tree, str):
        return str
    return tree.function if isinstance(tree, Part) else tree.tag


def _alike(mounted: Mounted, tree: Tree) -> bool:
    """Whether the mounted element can become what the tree says."""
    part = mounted.part
    if part is tree:
        return True
    if _kind(part) != _kind(tree) or _key(part) != _key(tree):
        return False
    if not isinstance(tree, Part) or tree.same_as(part):
        return True
    return isinstance(mounted.node, Node) and mounted.node.tag == tree.node.tag


def _check_keys(node: Node) -> None:
    seen: set[NodeKey] = set()
    for child in node.children:
        key = None if isinstance(child, str) else child.key
        if key is None:
            continue
        if key in seen:
            raise ValueError(f"two children of one <{node.tag}> have the key {key!r}")
        seen.add(key)


def _match(stale: Sequence[Mounted], fresh: Sequence[Tree]) -> list[int | None]:
    """Say for each new child which old one it takes over: keyed ones by key, others in order by kind."""
    waiting: dict[tuple[NodeKey | None, object], list[int]] = {}
    for index in range(len(stale) - 1, -1, -1):
        part = stale[index].part
        waiting.setdefault((_key(part), _kind(part)), []).append(index)
    sources: list[int | None] = []
    for tree in fresh:
        same = waiting.get((_key(tree), _kind(tree)))
        source = same.pop() if same else None
        sources.append(source if source is not None and _alike(stale[source], tree) else None)
    return sources


def _longest_rise(sources: Sequence[int | None]) -> set[int]:
    """Return the positions of a longest rising run of sources: these need not move.

    Examples
    --------
    >>> sorted(_longest_rise([2, 0, None, 1]))
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
