"""The document: mounts and patches trees, dispatches events, renders once a frame."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import js
from pyodide.ffi import create_proxy, to_js

from webapp.py.ui.root import ViewRoot
from webapp.py.ui.tree import Handler, Node

_SVG = "http://www.w3.org/2000/svg"
_NUMBER = "limnerNumber"
_COMPARED = frozenset({"value", "checked", "open"})
_TYPING = ("input", "change", "focusout")
"""The first means that the person is typing in a field, the others that they have finished."""

OnError = Callable[[BaseException], Any]


class BrowserEvent:
    """A browser event for handlers. Its facts are read on demand."""

    __slots__ = ("raw",)

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    @property
    def type(self) -> str:
        """The name of the event."""
        return str(self.raw.type)

    @property
    def value(self) -> str:
        """The value of the field."""
        value = getattr(self.raw.target, "value", None)
        return value if isinstance(value, str) else str(value or "")

    @property
    def checked(self) -> bool:
        """Whether the checkbox is checked."""
        return bool(getattr(self.raw.target, "checked", False))

    @property
    def key(self) -> str:
        """The key that was pressed."""
        return str(getattr(self.raw, "key", None) or "")

    @property
    def shift(self) -> bool:
        """Whether Shift was held."""
        return bool(getattr(self.raw, "shiftKey", False))

    @property
    def ctrl(self) -> bool:
        """Whether Ctrl, or Command on a Mac, was held."""
        return bool(getattr(self.raw, "ctrlKey", False) or getattr(self.raw, "metaKey", False))

    @property
    def alt(self) -> bool:
        """Whether Alt was held."""
        return bool(getattr(self.raw, "altKey", False))

    def prevent(self) -> None:
        """Prevent the default action of the browser."""
        self.raw.preventDefault()

    def stop(self) -> None:
        """Stop the event from reaching outer elements."""
        self.raw.stopPropagation()


class BrowserDocument:
    """The document, for ``patching``.

    One proxy handles every event of every element: an element carries a number, and the number leads to its
    handlers. So removing an element releases nothing, and a new handler needs no call into the browser.
    """

    def __init__(self, on_error: OnError) -> None:
        self._document = js.document
        self._on_error = on_error
        self._tables: dict[int, Mapping[str, Handler]] = {}
        self._next = 0
        self._running: set[asyncio.Future[Any]] = set()
        self._hear = create_proxy(self._dispatch)
        self._typed_in: Any = None
        self._note = create_proxy(self._note_typing)
        for event in _TYPING:
            self._document.addEventListener(event, self._note, True)

    def create(self, tag: str, svg: bool) -> Any:
        """Create an element."""
        return self._document.createElementNS(_SVG, tag) if svg else self._document.createElement(tag)

    def text(self, value: str) -> Any:
        """Create a text node."""
        return self._document.createTextNode(value)

    def set_text(self, element: Any, value: str) -> None:
        """Change a text node."""
        element.data = value

    def set_attribute(self, element: Any, name: str, value: str | None) -> None:
        """Set an attribute, or remove it with None."""
        if value is None:
            element.removeAttribute(name)
        else:
            element.setAttribute(name, value)

    def set_property(self, element: Any, name: str, value: Any) -> None:
        """Set a property. The caret of a field stays where it is."""
        if name in _COMPARED and getattr(element, name, None) == value:
            return
        if isinstance(value, (list, dict)):
            value = to_js(value, dict_converter=js.Object.fromEntries)
        caret = _caret(element) if name == "value" and element == self._document.activeElement else None
        setattr(element, name, value)
        if caret is not None:
            element.setSelectionRange(*caret)

    def is_typed_in(self, element: Any) -> bool:
        """Return whether the person is typing in a field."""
        return self._typed_in is not None and bool(self._typed_in == element)

    def _note_typing(self, event: Any) -> None:
        self._typed_in = event.target if str(event.type) == "input" else None

    def insert(self, parent: Any, child: Any, before: Any | None) -> None:
        """Insert a child before another, or at the end with None."""
        if before is None:
            parent.appendChild(child)
        else:
            parent.insertBefore(child, before)

    def remove(self, child: Any) -> None:
        """Remove an element from the document."""
        child.remove()

    def listen(self, element: Any, event: str, handlers: Mapping[str, Handler]) -> None:
        """Listen to an event of an element."""
        number = getattr(element, _NUMBER, None)
        if number is None:
            self._next += 1
            number = self._next
            setattr(element, _NUMBER, number)
            self._tables[number] = handlers
        element.addEventListener(event, self._hear)

    def forget(self, element: Any) -> None:
        """Remove the handlers of an element that was removed."""
        self._tables.pop(getattr(element, _NUMBER, 0), None)

    def close(self) -> None:
        """Stop listening."""
        self._tables.clear()
        self._hear.destroy()
        for event in _TYPING:
            self._document.removeEventListener(event, self._note, True)
        self._note.destroy()

    def _dispatch(self, raw: Any) -> None:
        table = self._tables.get(getattr(raw.currentTarget, _NUMBER, 0))
        handler = table.get(str(raw.type)) if table is not None else None
        if handler is None:
            return
        try:
            answer = handler(BrowserEvent(raw))
        except Exception as problem:
            self._on_error(problem)
            return
        if inspect.isawaitable(answer):
            task = asyncio.ensure_future(answer)
            self._running.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Future[Any]) -> None:
        self._running.discard(task)
        problem = None if task.cancelled() else task.exception()
        if problem is not None:
            self._on_error(problem)


class Root:
    """One place on the page that shows a view, whose dirty parts are drawn once a frame.

    Parameters
    ----------
    element
        Where the view is shown; what is in it is removed when the view is drawn for the first time.
    view
        Drawn as the outermost part.
    on_error
        Is given what a handler, a part or a ref raised.
    """

    def __init__(self, element: Any, view: Callable[[], Node], on_error: OnError) -> None:
        self._element = element
        self._on_error = on_error
        self._document = BrowserDocument(on_error)
        self._frame = create_proxy(self._on_frame)
        self._root = ViewRoot(self._document, element, view, self._request_frame, on_error)

    def render(self) -> None:
        """Draw the outermost part and all that is dirty now."""
        self._root.redraw()
        self._draw()

    def schedule(self) -> None:
        """Draw the outermost part at the next frame, whether or not something that it read has changed."""
        self._root.redraw()

    def close(self) -> None:
        """Take the view off the page and stop hearing events."""
        self._root.close()
        self._document.close()

    def _request_frame(self) -> None:
        js.requestAnimationFrame(self._frame)

    def _on_frame(self, _time: float) -> None:
        try:
            self._draw()
        except Exception as problem:
            self._on_error(problem)

    def _draw(self) -> None:
        if not self._root.is_shown:
            before = list(self._element.childNodes)
            self._root.draw()
            for node in before:
                node.remove()
            return
        focused = js.document.activeElement
        self._root.draw()
        # An element that is moved loses the focus; most frames move none, and some give it to another.
        if focused and js.document.activeElement == js.document.body and focused.isConnected:
            _focus_again(focused)


def _focus_again(element: Any) -> None:
    caret = _caret(element)
    element.focus(preventScroll=True)
    if caret is not None:
        element.setSelectionRange(*caret)


def _caret(element: Any) -> tuple[int, int] | None:
    """Return the selection in a text field, or None for other elements."""
    start, end = getattr(element, "selectionStart", None), getattr(element, "selectionEnd", None)
    return (start, end) if isinstance(start, int) and isinstance(end, int) else None
