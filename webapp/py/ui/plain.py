"""A document without a browser, for tests of pages: look at what was patched, read it, click, type.

Its elements are nodes, so ``find``, ``find_all`` and ``text_of`` of ``webapp.py.ui.tree`` work on them.
Unlike the tree that a view returns, they show only what was drawn: a forgotten redraw fails a test.

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
"""Events that only the element itself hears."""
_DISABLED = ("button", "input", "select", "textarea")


class PlainText:
    """A piece of text on a plain page."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parent: PlainElement | None = None


class PlainElement(Node):
    """An element of a plain page. Code that is given it as a ``ref`` may set whatever else it needs."""

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
        """What is in it: elements and text."""
        return tuple(node.text if isinstance(node, PlainText) else node for node in self.nodes)

    @property
    def handlers(self) -> Mapping[str, Handler]:  # type: ignore[override]
        """What it listens for now."""
        return {name: handler for name, handler in self.tables.items() if handler is not ignore}

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Attributes, without properties."""
        return {name: value for name, value in self.attrs.items() if not name.startswith("prop:")}

    @property
    def isConnected(self) -> bool:
        """Whether it is on the page."""
        return self.document.body in self.path()

    @property
    def tagName(self) -> str:
        """The tag as browsers spell it."""
        return self.tag.upper()

    @property
    def ownerDocument(self) -> PlainDocument:
        """The document."""
        return self.document

    @property
    def textContent(self) -> str:
        """The text in it; setting it replaces what is in it."""
        return text_of(self)

    @textContent.setter
    def textContent(self, text: str) -> None:
        self.nodes = [PlainText(text)]

    def path(self) -> Iterator[PlainElement]:
        """Give the element itself and what it is in, from the inside out."""
        inside: PlainElement | None = self
        while inside is not None:
            yield inside
            inside = inside.parent

    def focus(self, **_options: Any) -> None:
        """Take the focus."""
        self.document.activeElement = self

    def showModal(self) -> None:
        """Open a dialog. Focus goes to the element with ``autofocus``, else to the first control.

        Raises
        ------
        RuntimeError
            When it is not on the page, or open already.
        """
        if not self.isConnected or "open" in self.attrs:
            raise RuntimeError(f"this {self.tag} can't be opened")
        self.attrs["open"] = ""
        controls = [node for node in walk(self) if node.tag in _DISABLED and "disabled" not in node.attrs]
        first = next((node for node in controls if "autofocus" in node.attrs), (controls or [self])[0])
        assert isinstance(first, PlainElement)
        first.focus()

    def select(self) -> None:
        """Select the text of a field; nothing shows it here."""

    def fire(self, event: str, **facts: Any) -> PlainEvent:
        """Let an event happen on the element: it and the elements around it hear it, from the inside out.

        Raises
        ------
        LookupError
            When the element has left the page, is disabled, or nothing on the way listens.
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
        """Click: a checkbox changes first, and a button that submits sends its form."""
        if self.attrs.get("type") in ("checkbox", "radio"):
            checked = self.attrs.get("type") == "radio" or not self.attrs.get("prop:checked")
            self.attrs["prop:checked"] = checked
            self.fire("change", checked=checked, value=str(self.attrs.get("value", "")))
        elif self.tag == "button" and self.attrs.get("type") == "submit" and "click" not in self.handlers:
            next(element for element in self.path() if element.tag == "form").fire("submit")
        else:
            self.fire("click")

    def type(self, text: str) -> None:
        """Replace what a field holds, as by typing, without leaving it."""
        self.focus()
        self.attrs["prop:value"] = text
        self.document.typed_in = self
        if any("input" in element.handlers for element in self.path()):
            self.fire("input", value=text)

    def leave(self) -> None:
        """Leave a field: what was typed or chosen counts."""
        self.document.typed_in = None
        if any("change" in element.handlers for element in self.path()):
            self.fire("change", value=str(self.attrs.get("prop:value", "")))

    def choose(self, value: str) -> None:
        """Choose one of what a select offers."""
        self.attrs["prop:value"] = value
        self.fire("change", value=value)


class PlainDocument:
    """The document of a plain page, for ``Patcher``."""

    def __init__(self) -> None:
        self.body = PlainElement(self, "body")
        self.activeElement = self.body
        self.typed_in: PlainElement | None = None
        self.started: list[Awaitable[Any]] = []
        """What handlers returned to be awaited."""

    def note(self, answer: object) -> None:
        """Keep what a handler returned, if it is to be awaited."""
        if inspect.isawaitable(answer):
            self.started.append(answer)

    def querySelector(self, selector: str) -> PlainElement | None:
        """Return the first element of a tag or ``.class``."""
        name = selector.removeprefix(".")
        sought = {"class_": name} if name != selector else {"tag": name}
        found = find_all(self.body, **sought)
        return found[0] if found else None  # type: ignore[return-value]

    def create(self, tag: str, svg: bool) -> PlainElement:
        """Make an element."""
        return PlainElement(self, tag, svg)

    def text(self, value: str) -> PlainText:
        """Make a piece of text."""
        return PlainText(value)

    def set_text(self, element: PlainText, value: str) -> None:
        """Change a piece of text."""
        element.text = value

    def set_attribute(self, element: PlainElement, name: str, value: str | None) -> None:
        """Set an attribute; None takes it away."""
        if value is None:
            element.attrs.pop(name, None)
        else:
            element.attrs[name] = value

    def set_property(self, element: PlainElement, name: str, value: Any) -> None:
        """Set a property."""
        element.attrs[f"prop:{name}"] = value

    def is_typed_in(self, element: PlainElement) -> bool:
        """Tell whether somebody is typing into a field and has not finished."""
        return element is self.typed_in

    def insert(
        self, parent: PlainElement, child: PlainElement | PlainText, before: PlainElement | PlainText | None
    ) -> None:
        """Put a child in front of another, at the end for None."""
        self._take_out(child)
        parent.nodes.insert(len(parent.nodes) if before is None else parent.nodes.index(before), child)
        child.parent = parent

    def remove(self, child: PlainElement | PlainText) -> None:
        """Take an element out of the page; a focus in it is lost."""
        if isinstance(child, PlainElement) and child in self.activeElement.path():
            self.activeElement = self.body
        self._take_out(child)

    def listen(self, element: PlainElement, event: str, handlers: Mapping[str, Handler]) -> None:
        """Hear an event of an element."""
        element.tables = handlers

    def forget(self, element: PlainElement) -> None:
        """Drop the handlers of an element that has gone."""
        element.tables = {}

    def _take_out(self, child: PlainElement | PlainText) -> None:
        if child.parent is not None:
            child.parent.nodes.remove(child)
            child.parent = None


class PlainPage:
    """A view on a plain document. Frames pass when somebody looks; until then nothing is drawn."""

    def __init__(self, view: Callable[[], Node]) -> None:
        self.document = PlainDocument()
        self.frames = 0
        """How many frames drew something."""
        self._is_frame_due = True
        self._root = ViewRoot(self.document, self.document.body, view, self._request_frame)

    def redraw(self) -> None:
        """Have the outermost part drawn at the next frame."""
        self._root.redraw()

    def frame(self) -> bool:
        """Let a frame pass; True when there was something to draw."""
        if not self._is_frame_due:
            return False
        self._is_frame_due = False
        self.frames += 1
        self._root.draw()
        return True

    @property
    def body(self) -> PlainElement:
        """The page as it is after the next frame."""
        self.frame()
        return self.document.body

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return text_of(self.body)

    def find(self, tag: str | None = None, text: str | None = None, **attrs: Any) -> PlainElement:
        """Return the one element that ``tree.find`` finds."""
        found = find(self.body, tag, text, **attrs)
        assert isinstance(found, PlainElement)
        return found

    def find_all(self, tag: str | None = None, text: str | None = None, **attrs: Any) -> list[PlainElement]:
        """Return the elements that ``tree.find_all`` finds."""
        found = find_all(self.body, tag, text, **attrs)
        return [element for element in found if isinstance(element, PlainElement)]

    async def settle(self) -> None:
        """Wait for what handlers have started, and let frames pass until nothing is to be drawn."""
        while self.document.started or self._is_frame_due:
            started, self.document.started = self.document.started, []
            for running in started:
                await running
            self.frame()

    def close(self) -> None:
        """Take the view off the page."""
        self._root.close()

    def _request_frame(self) -> None:
        self._is_frame_due = True
