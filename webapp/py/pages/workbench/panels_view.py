"""Buttons that open and close the side panels, and splitters that resize them."""

from __future__ import annotations

from functools import partial
from typing import Any

from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.panels import LEAST, MOST, Panels, Side
from webapp.py.ui.parts import does, icon
from webapp.py.ui.tree import Event, Node, h

_STEP = 16.0
"""CSS pixels by which an arrow key resizes a panel."""


def panel_button(panels: Panels, side: Side, keys: str) -> Node:
    """Return the button that opens or closes a panel."""
    title = texts.HIDE_PANEL[side] if panels.shown(side) else texts.SHOW_PANEL[side]
    return h(
        "button",
        {
            "type": "button",
            "class": "tool",
            "key": f"panel {side}",
            "aria-label": title,
            "aria-expanded": panels.shown(side),
            "aria-keyshortcuts": keys,
            "data-tip": title,
            "data-keys": keys,
            "data-tip-side": "start" if side == "left" else "end",
            "ref": panels.focus_of(side),
            "on_click": does(partial(panels.press, side)),
        },
        icon(f"panel-{side}"),
    )


def splitter(panels: Panels, side: Side) -> Node:
    """Return the edge of a panel, which resizes it by dragging and by keys; drawers have none."""
    if panels.narrow:
        return h("i", {"hidden": True})
    drag = _Drag(panels, side)
    return h(
        "div",
        {
            "class": f"splitter {side}",
            "key": f"splitter {side}",
            "role": "separator",
            "tabindex": "0",
            "aria-orientation": "vertical",
            "aria-label": texts.PANEL_WIDTH[side],
            "aria-valuenow": round(panels.width(side)),
            "aria-valuemin": round(LEAST),
            "aria-valuemax": round(MOST),
            "title": texts.RESIZE,
            "on_pointerdown": drag.begin,
            "on_pointermove": drag.move,
            "on_pointerup": drag.end,
            "on_pointercancel": drag.cancel,
            "on_dblclick": does(partial(panels.resize, side, None)),
            "on_keydown": partial(_pressed, panels, side),
        },
    )


def _pressed(panels: Panels, side: Side, event: Event) -> None:
    outwards = 1.0 if side == "left" else -1.0
    steps = {"ArrowLeft": -outwards, "ArrowRight": outwards}
    if event.ctrl or event.alt or event.shift:
        return
    if event.key in steps:
        panels.resize(side, max(panels.width(side) + steps[event.key] * _STEP, LEAST))
    elif event.key == "Home":
        panels.resize(side, LEAST)
    elif event.key == "End":
        panels.resize(side, MOST)
    elif event.key == "Enter":
        panels.press(side)
    else:
        return
    event.prevent()
    event.stop()


class _Drag:
    """One drag of a splitter. While it lasts, only a style property changes: nothing is drawn again."""

    def __init__(self, panels: Panels, side: Side) -> None:
        self._panels, self._side = panels, side
        self._from: float | None = None
        self._width = 0.0

    def begin(self, event: Event) -> None:
        raw = event.raw
        if raw.button == 0:
            raw.currentTarget.setPointerCapture(raw.pointerId)
            self._from, self._width = float(raw.clientX), self._panels.width(self._side)

    def move(self, event: Event) -> None:
        if self._from is not None:
            self._show(event.raw.currentTarget, min(max(self._now(event), LEAST), MOST))

    def end(self, event: Event) -> None:
        if self._from is None:
            return
        width, moved = self._now(event), abs(float(event.raw.clientX) - self._from) > 2.0
        self.cancel(event)
        if moved:
            self._panels.resize(self._side, width)

    def cancel(self, event: Event) -> None:
        if self._from is not None:
            self._from = None
            self._show(event.raw.currentTarget, self._width)

    def _now(self, event: Event) -> float:
        assert self._from is not None
        way = float(event.raw.clientX) - self._from
        return self._width + (way if self._side == "left" else -way)

    def _show(self, element: Any, width: float) -> None:
        element.closest(".workspace").style.setProperty(f"--{self._side}", f"{width:g}px")
