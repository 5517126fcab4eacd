"""Updates a page so that it matches a tree, in as few steps as possible.

It works on a ``Document``: the browser's (``webapp.py.browser.dom``) or, in tests, a plain one
(``webapp.py.ui.plain``). Each step in the browser is a call from Python to JavaScript. So equal nodes are not
touched, and a part is drawn again only when an argument or something that it read has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any, Protocol

from webapp.py.ui.matching import check_keys, is_alike, is_same_ref, longest_rise, match_children
from webapp.py.ui.signals import Reader
from webapp.py.ui.tree import Handler, Node, Part, Tree


class Document(Protocol):
    """What patching needs from a page."""

    def create(self, tag: str, svg: bool) -> Any:
        """Create an element."""

    def text(self, value: str) -> Any:
        """Create a text node."""

    def set_text(self, element: Any, value: str) -> None:
        """Change the text of a text node."""

    def set_attribute(self, element: Any, name: str, value: str | None) -> None:
        """Set an attribute. None removes it."""

    def set_property(self, element: Any, name: str, value: Any) -> None:
        """Set a property of an element."""

    def is_typed_in(self, element: Any) -> bool:
        """Return whether the person is typing in a field and has not left it."""

    def insert(self, parent: Any, child: Any, before: Any | None) -> None:
        """Insert or move a child in front of another. None means at the end."""

    def remove(self, child: Any) -> None:
        """Remove an element from the page."""

    def listen(self, element: Any, event: str, handlers: Mapping[str, Handler]) -> None:
        """Listen for an event. Its handler is looked up in ``handlers`` each time, because they change."""

    def forget(self, element: Any) -> None:
        """Release what ``listen`` keeps for an element that was removed."""


class Mounted:
    """A tree and its element on the page."""

    __slots__ = ("children", "drawing", "element", "handlers", "node", "parent", "svg", "tree")

    def __init__(self, tree: Tree, node: Node | str, element: Any, parent: Any, svg: bool) -> None:
        self.tree = tree
        self.node = node
        self.element = element
        self.parent = parent
        self.svg = svg
        self.children: list[Mounted] = []
        self.handlers: dict[str, Handler] | None = None
        self.drawing: Drawing | None = None


class Drawing(Reader):
    """A part on the page: what it read, and whether it must be drawn again."""

    def __init__(self, mark: Callable[[Drawing], None], number: int, svg: bool) -> None:
        self.why = ()
        self.number = number
        self.svg = svg
        self.must_draw = True
        self.mounted: Mounted | None = None
        self._sources = {}
        self._mark = mark
        self._is_on_page = True

    @property
    def is_active(self) -> bool:
        """Whether it is on the page."""
        return self._is_on_page

    def notify(self) -> None:
        """Ask to be drawn in the next frame."""
        self._mark(self)

    def draw(self, part: Part) -> Node:
        """Call the part's function and subscribe to what it reads."""
        self.must_draw = True  # until it succeeds
        node = self.capture(part.draw, drawing=part.name)
        self.must_draw = False
        return node

    def remove(self) -> None:
        """Unsubscribe from everything, because the part was removed from the page."""
        self._is_on_page = False
        self.release()


class Patcher:
    """Mounts and patches trees on one document.

    Parameters
    ----------
    document
        Where the elements are.
    request_frame
        Called when the first part becomes dirty. It must call ``flush`` soon.
    on_error
        Called with what a part's function or a ref raised. The part stays as it was, or empty, until
        something that it read changes. The others are drawn. Without it, the problems are raised at the end.
    """

    def __init__(
        self,
        document: Document,
        request_frame: Callable[[], object] = lambda: None,
        on_error: Callable[[Exception], object] | None = None,
    ) -> None:
        self.document = document
        self._request_frame = request_frame
        self._on_error = on_error
        self._numbers = count()
        self._dirty: set[Drawing] = set()
        self._refs: list[Callable[[], Any]] = []
        self._problems: list[Exception] = []

    def mount(self, parent: Any, tree: Tree) -> Mounted:
        """Add a tree at the end of an element. If its outermost part fails, add nothing and raise."""
        mounted = self._make(tree, parent, svg=False)
        if mounted.drawing is not None and mounted.drawing.must_draw:
            mounted.drawing.remove()
            raise self._problems.pop()
        self.document.insert(parent, mounted.element, None)
        self._finish()
        return mounted

    def patch(self, parent: Any, mounted: Mounted, tree: Tree) -> Mounted:
        """Update what is mounted to match a tree. Return what is mounted now."""
        result = mounted
        if is_alike(mounted.tree, tree):
            self._update(mounted, tree)
        else:
            result = self._make(tree, parent, svg=False)
            self.document.insert(parent, result.element, mounted.element)
            self._drop(mounted)
        self._finish()
        return result

    def unmount(self, mounted: Mounted) -> None:
        """Remove a tree from the page."""
        self._drop(mounted)
        self._finish()

    def redraw(self, mounted: Mounted) -> None:
        """Draw a part in the next frame, even if nothing that it read has changed."""
        if mounted.drawing is not None:
            mounted.drawing.must_draw = True
            self._mark(mounted.drawing)

    def flush(self) -> None:
        """Draw the dirty parts, outer ones first, because they may draw inner ones with new arguments."""
        drawn: set[Drawing] = set()
        # Parts that become dirty while this runs are drawn too, but no part twice in one frame.
        while waiting := self._dirty - drawn:
            drawn |= waiting
            for drawing in sorted(waiting, key=lambda drawing: drawing.number):
                if drawing in self._dirty and drawing.mounted is not None:
                    self._dirty.discard(drawing)
                    self._redraw_if_needed(drawing, drawing.mounted)
        if self._dirty:
            self._request_frame()
        self._finish()

    def _mark(self, drawing: Drawing) -> None:
        was_clean = not self._dirty
        self._dirty.add(drawing)
        if was_clean:
            self._request_frame()

    def _redraw_if_needed(self, drawing: Drawing, mounted: Mounted) -> None:
        try:
            if not drawing.must_draw and not drawing.has_news():
                return
        except Exception as problem:
            self._problems.append(problem)
            return
        self._redraw(drawing, mounted)

    def _redraw(self, drawing: Drawing, mounted: Mounted) -> None:
        self._dirty.discard(drawing)
        assert isinstance(mounted.tree, Part)
        try:
            node = drawing.draw(mounted.tree)
        except Exception as problem:
            self._problems.append(problem)
            return
        if isinstance(mounted.node, Node) and mounted.node.tag == node.tag:
            self._become(mounted, node)
        else:
            self._replace(mounted, node, drawing.svg)

    def _replace(self, mounted: Mounted, node: Node, svg: bool) -> None:
        """Replace the element of a part whose tag has changed."""
        gone = mounted.element
        self._forget_content(mounted)
        made = self._make(node, mounted.parent, svg)
        self.document.insert(mounted.parent, made.element, gone)
        self.document.remove(gone)
        mounted.node, mounted.element, mounted.svg = node, made.element, made.svg
        mounted.children, mounted.handlers = made.children, made.handlers

    def _make(self, tree: Tree, parent: Any, svg: bool) -> Mounted:
        if isinstance(tree, str):
            return Mounted(tree, tree, self.document.text(tree), parent, svg)
        if isinstance(tree, Part):
            return self._make_part(tree, parent, svg)
        svg = svg or tree.tag == "svg"
        element = self.document.create(tree.tag, svg)
        mounted = Mounted(tree, tree, element, parent, svg)
        inner = svg and tree.tag != "foreignObject"
        for child in tree.children:
            made = self._make(child, element, inner)
            self.document.insert(element, made.element, None)
            mounted.children.append(made)
        check_keys(tree)
        # After the children, because a select accepts its value only when it has its options.
        for name, value in tree.attrs.items():
            self._set(element, name, value)
        self._listen(mounted, tree)
        if tree.ref is not None:
            self._refs.append(partial(tree.ref, element))
        return mounted

    def _make_part(self, tree: Part, parent: Any, svg: bool) -> Mounted:
        drawing = Drawing(self._mark, next(self._numbers), svg)
        try:
            node = drawing.draw(tree)
        except Exception as problem:
            self._problems.append(problem)
            node = _EMPTY
        mounted = self._make(node, parent, svg)
        mounted.tree, mounted.drawing, drawing.mounted = tree, drawing, mounted
        return mounted

    def _update(self, mounted: Mounted, tree: Tree) -> None:
        before, mounted.tree = mounted.tree, tree
        if not isinstance(tree, Part):
            self._become(mounted, tree)
        elif (drawing := mounted.drawing) and (drawing.must_draw or not tree.same_as(before)):
            drawing.why = ("arguments",)
            self._redraw(drawing, mounted)

    def _become(self, mounted: Mounted, node: Node | str) -> None:
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
        if not is_same_ref(old.ref, node.ref):
            if old.ref is not None:
                self._refs.append(partial(old.ref, None))
            if node.ref is not None:
                self._refs.append(partial(node.ref, mounted.element))

    def _update_attributes(self, element: Any, old: Mapping[str, Any], node: Node) -> None:
        new = node.attrs
        for name in old:
            if name not in new and not name.startswith("prop:"):
                self.document.set_attribute(element, name, None)
        for name, value in new.items():
            # Typing changes these on the page itself, so they are set even if the tree is the same.
            live = name in _LIVE and not (name == "prop:value" and self._is_unfinished(element, node))
            if live or name not in old or (old[name] is not value and old[name] != value):
                self._set(element, name, value)

    def _is_unfinished(self, element: Any, node: Node) -> bool:
        """Return whether the person is typing in a field that reports its value only when they leave it."""
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
            table[name] = ignore
        for name, handler in node.handlers.items():
            table[name] = handler
            if name not in known:
                self.document.listen(mounted.element, name, table)

    def _update_children(self, mounted: Mounted, node: Node) -> None:
        old, new = mounted.children, node.children
        start = 0
        shortest = min(len(old), len(new))
        while start < shortest and is_alike(old[start].tree, new[start]):
            self._update(old[start], new[start])
            start += 1
        end = 0
        while end < shortest - start and is_alike(old[-1 - end].tree, new[-1 - end]):
            self._update(old[-1 - end], new[-1 - end])
            end += 1
        stale, fresh = old[start : len(old) - end], new[start : len(new) - end]
        if not stale and not fresh:
            return
        check_keys(node)
        following = old[len(old) - end].element if end else None
        made = self._rearrange(mounted, stale, fresh, following)
        mounted.children = old[:start] + made + old[len(old) - end :]

    def _rearrange(
        self, parent: Mounted, stale: Sequence[Mounted], fresh: Sequence[Tree], following: Any | None
    ) -> list[Mounted]:
        sources = match_children([one.tree for one in stale], fresh)
        kept = {index for index in sources if index is not None}
        for index, gone in enumerate(stale):
            if index not in kept:
                self._drop(gone)
        staying = longest_rise(sources)
        inner = parent.svg and isinstance(parent.node, Node) and parent.node.tag != "foreignObject"
        result: list[Mounted] = []
        for position in range(len(fresh) - 1, -1, -1):
            source = sources[position]
            if source is None:
                child = self._make(fresh[position], parent.element, inner)
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
        if mounted.drawing is not None:
            mounted.drawing.remove()
            self._dirty.discard(mounted.drawing)
        self._forget_content(mounted)

    def _forget_content(self, mounted: Mounted) -> None:
        if mounted.handlers is not None:
            self.document.forget(mounted.element)
        if isinstance(mounted.node, Node) and mounted.node.ref is not None:
            self._refs.append(partial(mounted.node.ref, None))
        for child in mounted.children:
            self._forget(child)

    def _finish(self) -> None:
        # Last, so that a ref can measure its element in the complete page. What it sets is drawn later.
        refs, self._refs = self._refs, []
        for call in refs:
            try:
                call()
            except Exception as problem:
                self._problems.append(problem)
        problems, self._problems = self._problems, []
        if self._on_error is not None:
            for each in problems:
                self._on_error(each)
        elif len(problems) == 1:
            raise problems[0]
        elif problems:
            raise ExceptionGroup("several parts could not be drawn", problems)


_LIVE = frozenset({"prop:value", "prop:checked", "prop:open"})
_EMPTY = Node("span", {"hidden": ""}, {}, (), None, None)
"""Shown in place of a part that failed at its first drawing."""


def ignore(_event: Any) -> None:
    """Take the place of a handler that the last tree no longer has."""
