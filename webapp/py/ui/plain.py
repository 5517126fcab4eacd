"""A document without a browser, for tests of pages: read what was drawn, click, type.

Its elements are nodes, so ``find``, ``find_all`` and ``text_of`` of ``webapp.py.ui.tree`` work on them.
Unlike the tree that a view returns, they show only what was drawn, so a forgotten redraw fails a test.

Examples
--------
>>> from webapp.py.ui.reactive import reactive
>>> from webapp.py.ui.tree import find, h, text_of
>>> class Counter:
...     count = reactive(0)
...     def add(self, event):
...         self.count += 1
...     def view(self):
...         return h("button", {"on_click": self.add}, self.count)
>>> page = PlainPage(Counter().view)
>>> page.find("button").click()
>>> page.text
'1'
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from webapp.py.ui.patching import ignore
from webapp.py.ui.root import ViewRoot
from webapp.py.ui.tree import Handler, Node, PlainEvent, find, find_all, text_of, walk

_STAYS = frozenset(
    {"focus", "blur", "scroll", "load", "error", "toggle", "mouseenter", "mouseleave", "close"}
)
"""Events that only the element itself gets."""
_DISABLED = ("button", "input", "select", "textarea")


class PlainText:
    """A text node on a plain page."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parent: PlainElement | None = None


class PlainElement(Node):
    """An element of a plain page. Code that gets it as a ``ref`` may set further attributes."""

    def __init__(self, document: PlainDocument, tag: str, svg: bool = False) -> None:
        self.document = document
        self.tag = tag
        self.svg = svg
        self.attrs: dict[str, Any] = {}
        self.nodes: list[PlainElement | PlainText] = []
        self.parent: PlainElement | None = None
        self.tables: Mapping[str, Handler] = {}
        self.key = None
        self.ref = None
        self.clientHeight = 600
        self.scrollTop = 0.0

    @property
    def children(self) -> tuple[PlainElement | str, ...]:  # type: ignore[override]
        """Its child elements and text."""
        return tuple(node.text if isinstance(node, PlainText) else node for node in self.nodes)

    @property
    def handlers(self) -> Mapping[str, Handler]:  # type: ignore[override]
        """Its present handlers, by event."""
        return {name: handler for name, handler in self.tables.items() if handler is not ignore}

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Its attributes, without properties."""
        return {name: value for name, value in self.attrs.items() if not name.startswith("prop:")}

    @property
    def isConnected(self) -> bool:
        """Whether it is on the page."""
        return self.document.body in self.path()

    @property
    def tagName(self) -> str:
        """The tag in upper case, as in browsers."""
        return self.tag.upper()

    @property
    def ownerDocument(self) -> PlainDocument:
        """The document."""
        return self.document

    @property
    def textContent(self) -> str:
        """Its text. Setting it replaces all children."""
        return text_of(self)

    @textContent.setter
    def textContent(self, text: str) -> None:
        self.nodes = [PlainText(text)]

    def path(self) -> Iterator[PlainElement]:
        """Yield the element and its ancestors, from the inside out."""
        inside: PlainElement | None = self
        while inside is not None:
            yield inside
            inside = inside.parent

    def focus(self, **_options: Any) -> None:
        """Move the focus to this element."""
        self.document.activeElement = self

    def showModal(self) -> None:
        """Open a dialog. The focus moves to the element with ``autofocus`` or else to the first control.

        Raises
        ------
        RuntimeError
            If it is not on the page or is already open.
        """
        if not self.isConnected or "open" in self.attrs:
            raise RuntimeError(f"this {self.tag} can't be opened")
        self.attrs["open"] = ""
        controls = [node for node in walk(self) if node.tag in _DISABLED and "disabled" not in node.attrs]
        first = next((node for node in controls if "autofocus" in node.attrs), (controls or [self])[0])
        assert isinstance(first, PlainElement)
        first.focus()

    def select(self) -> None:
        """Select the text of a field. This has no effect here."""

    def fire(self, event: str, **facts: Any) -> PlainEvent:
        """Fire an event on the element. It bubbles to the elements around it.

        Raises
        ------
        LookupError
            If the element was removed or is disabled, or nothing handles the event.
        """
        if not self.isConnected:
            raise LookupError(f"this {self.tag} is no longer on the page: find it again")
        if self.tag in _DISABLED and "disabled" in self.attrs:
            raise LookupError(f"this {self.tag} is disabled: {text_of(self)!r}")
        given = PlainEvent(type=event, **facts)
        way = [self] if event in _STAYS else list(self.path())
        heard = [handler for element in way if (handler := element.handlers.get(event)) is not None]
        if not heard:
            raise LookupError(f"{self.tag} does not listen for {event}, only for {sorted(self.handlers)}")
        for handler in heard:
            if not given.stopped:
                self.document.note(handler(given))
        return given

    def click(self) -> None:
        """Click. A checkbox changes first, and a submit button submits its form."""
        if self.attrs.get("type") in ("checkbox", "radio"):
            checked = self.attrs.get("type") == "radio" or not self.attrs.get("prop:checked")
            self.attrs["prop:checked"] = checked
            self.fire("change", checked=checked, value=str(self.attrs.get("value", "")))
        elif self.tag == "button" and self.attrs.get("type") == "submit" and "click" not in self.handlers:
            next(element for element in self.path() if element.tag == "form").fire("submit")
        else:
            self.fire("click")

    def type(self, text: str) -> None:
        """Replace the value of a field by typing, without leaving the field."""
        self.focus()
        self.attrs["prop:value"] = text
        self.document.typed_in = self
        if any("input" in element.handlers for element in self.path()):
            self.fire("input", value=text)

    def leave(self) -> None:
        """Leave a field, which fires ``change``."""
        self.document.typed_in = None
        if any("change" in element.handlers for element in self.path()):
            self.fire("change", value=str(self.attrs.get("prop:value", "")))

    def choose(self, value: str) -> None:
        """Choose an option of a select."""
        self.attrs["prop:value"] = value
        self.fire("change", value=value)


class PlainDocument:
    """The document of a plain page, for ``Patcher``."""

    def __init__(self) -> None:
        self.body = PlainElement(self, "body")
        self.activeElement = self.body
        self.typed_in: PlainElement | None = None
        self.started: list[Awaitable[Any]] = []
        """Awaitables that handlers returned."""

    def note(self, answer: object) -> None:
        """Keep what a handler returned, if it is awaitable."""
        if inspect.isawaitable(answer):
            self.started.append(answer)

    def querySelector(self, selector: str) -> PlainElement | None:
        """Return the first element of a tag or ``.class``."""
        name = selector.removeprefix(".")
        sought = {"class_": name} if name != selector else {"tag": name}
        found = find_all(self.body, **sought)
        return found[0] if found else None  # type: ignore[return-value]

    def create(self, tag: str, svg: bool) -> PlainElement:
        """Create an element."""
        return PlainElement(self, tag, svg)

    def text(self, value: str) -> PlainText:
        """Create a text node."""
        return PlainText(value)

    def set_text(self, element: PlainText, value: str) -> None:
        """Change the text of a text node."""
        element.text = value

    def set_attribute(self, element: PlainElement, name: str, value: str | None) -> None:
        """Set an attribute. None removes it."""
        if value is None:
            element.attrs.pop(name, None)
        else:
            element.attrs[name] = value

    def set_property(self, element: PlainElement, name: str, value: Any) -> None:
        """Set a property of an element."""
        element.attrs[f"prop:{name}"] = value

    def is_typed_in(self, element: PlainElement) -> bool:
        """Return whether the person is typing in a field and has not left it."""
        return element is self.typed_in

    def insert(
        self, parent: PlainElement, child: PlainElement | PlainText, before: PlainElement | PlainText | None
    ) -> None:
        """Insert or move a child in front of another. None means at the end."""
        self._take_out(child)
        parent.nodes.insert(len(parent.nodes) if before is None else parent.nodes.index(before), child)
        child.parent = parent

    def remove(self, child: PlainElement | PlainText) -> None:
        """Remove an element from the page. If the focus is in it, the focus is lost."""
        if isinstance(child, PlainElement) and child in self.activeElement.path():
            self.activeElement = self.body
        self._take_out(child)

    def listen(self, element: PlainElement, event: str, handlers: Mapping[str, Handler]) -> None:
        """Listen for an event of an element."""
        element.tables = handlers

    def forget(self, element: PlainElement) -> None:
        """Release the handlers of an element that was removed."""
        element.tables = {}

    def _take_out(self, child: PlainElement | PlainText) -> None:
        if child.parent is not None:
            child.parent.nodes.remove(child)
            child.parent = None


class PlainPage:
    """A view on a plain document. It is drawn when a test reads it, as if a frame had passed."""

    def __init__(self, view: Callable[[], Node]) -> None:
        self.document = PlainDocument()
        self.frames = 0
        """Number of frames that drew something."""
        self._is_frame_due = True
        self._root = ViewRoot(self.document, self.document.body, view, self._request_frame)

    def redraw(self) -> None:
        """Draw the outermost part in the next frame."""
        self._root.redraw()

    def frame(self) -> bool:
        """Let a frame pass. Return whether there was something to draw."""
        if not self._is_frame_due:
            return False
        self._is_frame_due = False
        self.frames += 1
        self._root.draw()
        return True

    @property
    def body(self) -> PlainElement:
        """The page after the next frame."""
        self.frame()
        return self.document.body

    @property
    def text(self) -> str:
        """All text on the page."""
        return text_of(self.body)

    def find(self, tag: str | None = None, text: str | None = None, **attrs: Any) -> PlainElement:
        """Return the element that ``tree.find`` finds."""
        found = find(self.body, tag, text, **attrs)
        assert isinstance(found, PlainElement)
        return found

    def find_all(self, tag: str | None = None, text: str | None = None, **attrs: Any) -> list[PlainElement]:
        """Return the elements that ``tree.find_all`` finds."""
        found = find_all(self.body, tag, text, **attrs)
        return [element for element in found if isinstance(element, PlainElement)]

    async def settle(self) -> None:
        """Wait for what handlers have started, and let frames pass until nothing is left to draw."""
        while self.document.started or self._is_frame_due:
            started, self.document.started = self.document.started, []
            for running in started:
                await running
            self.frame()

    def close(self) -> None:
        """Remove the view from the page."""
        self._root.close()

    def _request_frame(self) -> None:
        self._is_frame_due = True
