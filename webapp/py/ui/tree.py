"""What a page looks like, as data: nodes made by ``h``, put on the screen by ``webapp.py.browser.dom``.

A page is a function from state to a tree, so it is tested without a browser: ``find`` a node, ``fire`` its
handler, read ``text_of``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MethodType
from typing import Any, Protocol, TypeAlias

NodeKey: TypeAlias = str | int


class Event(Protocol):
    """What a handler is given: the few facts of a browser event that pages use."""

    @property
    def type(self) -> str:
        """Name of the event, such as ``click``."""

    @property
    def value(self) -> str:
        """Value of the field that it happened on."""

    @property
    def checked(self) -> bool:
        """Whether the box that it happened on is ticked."""

    @property
    def key(self) -> str:
        """Key that was pressed, ``""`` for other events."""

    @property
    def shift(self) -> bool:
        """Whether Shift was held."""

    @property
    def ctrl(self) -> bool:
        """Whether Ctrl (or Command) was held."""

    @property
    def alt(self) -> bool:
        """Whether Alt was held."""

    @property
    def raw(self) -> Any:
        """The browser's own event, for the rare thing that is not here; None in tests."""

    def prevent(self) -> None:
        """Keep the browser from doing what it would do by itself."""

    def stop(self) -> None:
        """Keep elements further out from hearing of it."""


@dataclass
class PlainEvent:
    """An event without a browser, for tests."""

    type: str = "click"
    value: str = ""
    checked: bool = False
    key: str = ""
    shift: bool = False
    ctrl: bool = False
    alt: bool = False
    raw: Any = None
    prevented: bool = field(default=False, init=False)
    stopped: bool = field(default=False, init=False)

    def prevent(self) -> None:
        """Note that the browser's own answer was not wanted."""
        self.prevented = True

    def stop(self) -> None:
        """Note that it should go no further."""
        self.stopped = True


Handler: TypeAlias = Callable[[Event], Any]


class Node:
    """One element: its tag, attributes, handlers and children. Made by ``h``, never changed."""

    __slots__ = ("attrs", "children", "handlers", "key", "ref", "tag")

    def __init__(
        self,
        tag: str,
        attrs: Mapping[str, Any],
        handlers: Mapping[str, Handler],
        children: tuple[Tree, ...],
        key: NodeKey | None,
        ref: Callable[[Any], Any] | None,
    ) -> None:
        self.tag = tag
        self.attrs = attrs
        self.handlers = handlers
        self.children = children
        self.key = key
        self.ref = ref

    def __repr__(self) -> str:
        return f"<{self.tag} {dict(self.attrs)!r} {list(self.children)!r}>"


class Part:
    """A piece of the page that is drawn on its own. Made by ``part``."""

    __slots__ = ("_node", "arguments", "function", "key")

    def __init__(
        self, function: Callable[..., Node], arguments: tuple[Any, ...], key: NodeKey | None
    ) -> None:
        self.function = function
        self.arguments = arguments
        self.key = key
        self._node: Node | None = None

    @property
    def name(self) -> str:
        """Name of the function, for messages."""
        return str(getattr(self.function, "__qualname__", self.function))

    @property
    def node(self) -> Node:
        """What the function says; it is called at the first look."""
        return self.draw() if self._node is None else self._node

    def draw(self) -> Node:
        """Call the function."""
        self._node = self.function(*self.arguments)
        return self._node

    def same_as(self, other: object) -> bool:
        """Whether the other calls the same function with the very same arguments."""
        return (
            isinstance(other, Part)
            and other.function == self.function
            and len(other.arguments) == len(self.arguments)
            and all(_same(a, b) for a, b in zip(other.arguments, self.arguments, strict=True))
        )


Tree: TypeAlias = Node | Part | str


def h(tag: str, attrs: Mapping[str, Any] | None = None, *children: Any) -> Node:
    """Make a node.

    Parameters
    ----------
    tag
        Element name; ``svg`` and what lies in it become SVG elements.
    attrs
        Plain names are attributes (True: present, False or None: absent; ``aria-`` ones say true or false).
        ``on_click`` and the like are handlers. ``prop:value`` sets a property. ``key`` tells children of one
        parent apart when they change places. ``ref`` is called with the element when it is on the page and
        with None when it has gone.
    children
        Nodes, strings, numbers, lists of these; None and False are left out.

    Examples
    --------
    >>> text_of(h("p", {"class": "note"}, "Saved ", 3, [" times", None]))
    'Saved 3 times'
    """
    plain: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    handlers: dict[str, Handler] = {}
    key: NodeKey | None = None
    ref: Callable[[Any], Any] | None = None
    for name, value in (attrs or {}).items():
        if name == "key":
            key = value
        elif name == "ref":
            ref = value
        elif name.startswith("on_"):
            if value is not None:
                handlers[name[3:]] = value
        elif name.startswith("prop:"):
            properties[name] = value
        elif isinstance(value, bool) and name.startswith("aria-"):
            plain[name] = "true" if value else "false"
        elif value is not None and value is not False:
            plain[name] = "" if value is True else str(value)
    # Attributes first: a slider clamps its value to the bounds that it has by then.
    plain.update(properties)
    return Node(tag, plain, handlers, _flat(children), key, ref)


def part(function: Callable[..., Node], *arguments: Any, key: NodeKey | None = None) -> Part:
    """Make a part: its function is called again when an argument, or anything observed that it read, changes.

    Parts are independent. When only what an inner part read has changed, the outer one is not drawn again;
    when the outer one is drawn again, inner ones with the same arguments stay as they are.

    Arguments are compared by identity; strings, numbers and the like by value, methods by what they are
    methods of. So give it records that are replaced when they change, and no function made on the spot.
    """
    return Part(function, arguments, key)


def classes(*names: str | bool | None) -> str | None:
    """Join the class names that hold; None when there is none.

    Examples
    --------
    >>> classes("row", True and "chosen", False)
    'row chosen'
    """
    return " ".join(name for name in names if isinstance(name, str) and name) or None


def walk(tree: Tree) -> Iterator[Node]:
    """Give each node of a tree, from the outside in."""
    if isinstance(tree, Part):
        tree = tree.node
    if isinstance(tree, Node):
        yield tree
        for child in tree.children:
            yield from walk(child)


def text_of(tree: Tree) -> str:
    """Return the text of a tree, as a reader would see it run together."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Part):
        tree = tree.node
    return "".join(text_of(child) for child in tree.children)


def find_all(tree: Tree, tag: str | None = None, text: str | None = None, **attrs: Any) -> list[Node]:
    """Return the nodes that have this tag, contain this text and carry these attributes.

    In an attribute's name ``_`` stands for ``-`` and a ``_`` at the end is dropped: ``aria_label=``,
    ``class_=``. A class matches when it is one of the node's. True matches any value, ``key=`` the key.
    """
    return [node for node in walk(tree) if _matches(node, tag, text, attrs)]


def find(tree: Tree, tag: str | None = None, text: str | None = None, **attrs: Any) -> Node:
    """Return the one node that ``find_all`` finds; by text, the innermost of nodes within each other.

    Raises
    ------
    LookupError
        When there is none, or more than one.
    """
    found = find_all(tree, tag, text, **attrs)
    if text is not None:
        found = [node for node in found if not any(inner in found for inner in list(walk(node))[1:])]
    if len(found) != 1:
        sought = {"tag": tag, "text": text, **attrs}
        raise LookupError(f"{len(found)} nodes match {sought} in: {text_of(tree)!r}")
    return found[0]


def fire(node: Node, event: str, **facts: Any) -> PlainEvent:
    """Call a node's handler as the browser would, and return the event that it was given.

    Raises
    ------
    LookupError
        When the node does not listen for it.
    """
    if event not in node.handlers:
        raise LookupError(f"{node.tag} does not listen for {event}, only for {sorted(node.handlers)}")
    given = PlainEvent(type=event, **facts)
    node.handlers[event](given)
    return given


def _matches(node: Node, tag: str | None, text: str | None, attrs: Mapping[str, Any]) -> bool:
    if (tag is not None and node.tag != tag) or (text is not None and text not in text_of(node)):
        return False
    for name, wanted in attrs.items():
        if name == "key":
            if node.key != wanted:
                return False
            continue
        attribute = name.removesuffix("_").replace("_", "-")
        value = node.attrs.get(attribute, node.attrs.get(f"prop:{attribute}"))
        if attribute == "class" and isinstance(wanted, str):
            if wanted not in str(value or "").split():
                return False
        elif wanted is True:
            if value is None or value is False:
                return False
        elif wanted in (None, False):
            if value not in (None, False):
                return False
        elif value != wanted and str(value) != str(wanted):
            return False
    return True


def _flat(children: Iterable[Any]) -> tuple[Tree, ...]:
    flat: list[Tree] = []
    for child in children:
        if child is None or child is False or child is True or child == "":
            continue
        if isinstance(child, (Node, Part)):
            flat.append(child)
        elif isinstance(child, (str, int, float)):
            if flat and isinstance(flat[-1], str):
                flat[-1] += str(child)
            else:
                flat.append(str(child))
        else:
            for inner in _flat(child):
                if isinstance(inner, str) and flat and isinstance(flat[-1], str):
                    flat[-1] += inner
                else:
                    flat.append(inner)
    return tuple(flat)


_BY_VALUE = (str, int, float, bytes, frozenset, MethodType)


def _same(a: object, b: object) -> bool:
    return a is b or (type(a) is type(b) and isinstance(a, _BY_VALUE) and a == b)
