"""The side panels: which are open, how wide they are, and drawers in narrow windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.ports.window import WindowPort
from webapp.py.ui.reactive import reactive

Side = Literal["left", "right"]
SIDES: tuple[Side, ...] = ("left", "right")
NARROW = "(max-width: 900px)"
"""Windows in which the panels are drawers over the image, of which one is open at a time."""
WIDE = "(min-width: 1900px)"
WIDTHS: dict[Side, tuple[float, float]] = {"left": (248.0, 300.0), "right": (284.0, 340.0)}
"""Width of a panel that nobody has resized, in CSS pixels: in most windows and in wide ones."""
LEAST, MOST = 184.0, 560.0
"""Width of the narrowest and widest panel, in CSS pixels."""
COLLAPSES = 110.0
"""A panel that is dragged to less than this closes."""
_KEY = "limner.panels"


class _Remembered(msgspec.Struct, omit_defaults=True):
    """What this browser stores."""

    closed: list[Side] = []
    widths: dict[Side, float] = {}


class Panels:
    """The state of both panels; this browser stores it.

    Parameters
    ----------
    window
        Watches the width of the window.
    machine
        Stores texts.
    """

    narrow = reactive(False)
    wide = reactive(False)
    drawer = reactive[Side | None](None)
    """The drawer that is open; only in narrow windows."""
    closed = reactive[frozenset[Side]](frozenset())
    """The panels that are closed in windows that are not narrow."""
    _own = reactive[tuple[float | None, float | None]]((None, None))
    _focus: Side | None = None

    def __init__(self, window: WindowPort, machine: MachinePort) -> None:
        self._machine = machine
        stored = _stored(machine.recall(_KEY))
        self.closed = frozenset(stored.closed)
        self._own = stored.widths.get("left"), stored.widths.get("right")
        self._stops = [window.watch_media(NARROW, self._narrowed), window.watch_media(WIDE, self._widened)]

    def close(self) -> None:
        """Stop watching the window."""
        for stop in self._stops:
            stop()

    def shown(self, side: Side) -> bool:
        """Return whether a panel is on the page."""
        return self.drawer == side if self.narrow else side not in self.closed

    def width(self, side: Side) -> float:
        """Return the width of a panel, in CSS pixels."""
        own = self._own[SIDES.index(side)]
        return own if own is not None else WIDTHS[side][self.wide]

    def toggle(self, side: Side) -> None:
        """Open or close a panel."""
        if self.narrow:
            self.drawer = None if self.drawer == side else side
        else:
            self.closed = self.closed ^ {side}
            self._remember()

    def press(self, side: Side) -> None:
        """Open or close a panel by its button, and give the focus to the button that does the opposite."""
        self._focus = side
        self.toggle(side)

    def reveal(self, side: Side) -> None:
        """Open a panel if it is closed."""
        if not self.shown(side):
            self.toggle(side)

    def hide_drawer(self, side: Side) -> None:
        """Close a drawer."""
        if self.drawer == side:
            self.drawer = None

    def resize(self, side: Side, width: float | None) -> None:
        """Set the width of a panel; None is its first width, and a very small one closes the panel."""
        if width is not None and width < COLLAPSES:
            self.toggle(side)
            return
        left, right = self._own
        given = None if width is None else min(max(width, LEAST), MOST)
        self._own = (given, right) if side == "left" else (left, given)
        self._remember()

    def focus_of(self, side: Side) -> Callable[[Any], None] | None:
        """Return the ``ref`` of a panel's button if it gets the focus."""
        return self._take_focus if self._focus == side else None

    def _take_focus(self, element: Any) -> None:
        if element is not None:
            self._focus = None
            element.focus()

    def _narrowed(self, narrow: bool) -> None:
        self.narrow, self.drawer = narrow, None

    def _widened(self, wide: bool) -> None:
        self.wide = wide

    def _remember(self) -> None:
        widths = {side: width for side, width in zip(SIDES, self._own, strict=True) if width is not None}
        text = msgspec.json.encode(_Remembered(sorted(self.closed), widths)).decode()
        self._machine.remember(_KEY, None if text == "{}" else text)


def _stored(text: str | None) -> _Remembered:
    try:
        return msgspec.json.decode(text or "{}", type=_Remembered)
    except msgspec.DecodeError:
        return _Remembered()
