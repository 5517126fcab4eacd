"""What a page looks like, as data: nodes that ``h`` creates and ``webapp.py.browser.dom`` shows.

A page is a function from state to a tree, so tests need no browser: ``find`` a node, ``fire`` its handler,
read ``text_of``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MethodType
from typing import Any, Protocol, TypeAlias

NodeKey: TypeAlias = str | int


class Event(Protocol):
    """The argument of a handler: what pages use of a browser event."""

    @property
    def type(self) -> str:
        """Name of the event, such as ``click``."""

    @property
    def value(self) -> str:
        """Value of the field that fired it."""

    @property
    def checked(self) -> bool:
        """Whether the checkbox that fired it is checked."""

    @property
    def key(self) -> str:
        """Key that was pressed. Empty for other events."""

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
        """The browser's event, for what is missing here. None in tests."""

    def prevent(self) -> None:
        """Prevent the browser's default action."""

    def stop(self) -> None:
        """Stop the event, so that outer elements do not get it."""


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
        """Record that the default action was prevented."""
        self.prevented = True

    def stop(self) -> None:
        """Record that the event was stopped."""
        self.stopped = True


Handler: TypeAlias = Callable[[Event], Any]


class Node:
    """One element: its tag, attributes, handlers and children. ``h`` creates it, and it never changes."""

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
    """A piece of the page that is drawn independently. ``part`` creates it."""

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
        """The node that the function returns. It is called at the first access."""
        return self.draw() if self._node is None else self._node

    def draw(self) -> Node:
        """Call the function and return its node."""
        self._node = self.function(*self.arguments)
        return self._node

    def same_as(self, other: object) -> bool:
        """Return whether the other part calls the same function with the same arguments."""
        return (
            isinstance(other, Part)
            and other.function == self.function
            and len(other.arguments) == len(self.arguments)
            and all(_same(a, b) for a, b in zip(other.arguments, self.arguments, strict=True))
        )


Tree: TypeAlias = Node | Part | str


def h(tag: str, attrs: Mapping[str, Any] | None = None, *children: Any) -> Node:
    """Create a node.

    Parameters
    ----------
    tag
        Element name. ``svg`` and everything inside it become SVG elements.
    attrs
        Plain names are attributes: True is present, False or None is absent, and ``aria-`` attributes become
        "true" or "false". ``on_click`` is the handler of ``click``.
        ``prop:value`` sets a property. ``key`` identifies a child when children change their order. ``ref``
        is called with the element when it is on the page, and with None when it is removed.
    children
        Nodes, strings, numbers, or lists of these. None and False are left out.

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
    # Attributes first, because a slider clamps its value to the bounds that it has at that time.
    plain.update(properties)
    return Node(tag, plain, handlers, _flat(children), key, ref)


def part(function: Callable[..., Node], *arguments: Any, key: NodeKey | None = None) -> Part:
    """Create a part: its function is called again when an argument or a reactive value that it read changes.

    Parts are independent. If something that only an inner part read changes, the outer part is not drawn
    again. If the outer part is drawn again, inner parts with the same arguments are not.

    Arguments are compared by identity, except that strings, numbers and methods are compared by value. So
    pass records that are replaced when they change, and no lambda.
    """
    return Part(function, arguments, key)


def classes(*names: str | bool | None) -> str | None:
    """Join the class names that are strings. Return None if there are none.

    Examples
    --------
    >>> classes("row", True and "chosen", False)
    'row chosen'
    """
    return " ".join(name for name in names if isinstance(name, str) and name) or None


def walk(tree: Tree) -> Iterator[Node]:
    """Yield each node of a tree, outer nodes first."""
    if isinstance(tree, Part):
        tree = tree.node
    if isinstance(tree, Node):
        yield tree
        for child in tree.children:
            yield from walk(child)


def text_of(tree: Tree) -> str:
    """Return all text of a tree in one string."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Part):
        tree = tree.node
    return "".join(text_of(child) for child in tree.children)


def find_all(tree: Tree, tag: str | None = None, text: str | None = None, **attrs: Any) -> list[Node]:
    """Return the nodes with this tag, this text and these attributes.

    In names of attributes, ``_`` stands for ``-`` and a ``_`` at the end is dropped: ``aria_label=``,
    ``class_=``. A class matches if the node has it, possibly among others. True matches any value, and
    ``key=`` matches the key.
    """
    return [node for node in walk(tree) if _matches(node, tag, text, attrs)]


def find(tree: Tree, tag: str | None = None, text: str | None = None, **attrs: Any) -> Node:
    """Return the one node that ``find_all`` finds. By text, it is the innermost of nested nodes.

    Raises
    ------
    LookupError
        If there is none, or more than one.
    """
    found = find_all(tree, tag, text, **attrs)
    if text is not None:
        found = [node for node in found if not any(inner in found for inner in list(walk(node))[1:])]
    if len(found) != 1:
        sought = {"tag": tag, "text": text, **attrs}
        raise LookupError(f"{len(found)} nodes match {sought} in: {text_of(tree)!r}")
    return found[0]


def fire(node: Node, event: str, **facts: Any) -> PlainEvent:
    """Call a node's handler as the browser would, and return the event.

    Raises
    ------
    LookupError
        If the node has no handler for the event.
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
