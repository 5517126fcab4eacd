"""The wheel over a viewport: it zooms, scrolls through slices, or changes a tool setting with Shift."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.browser.pointer_target import PointerTarget
from webapp.py.workspace.settings import Slider
from webapp.py.workspace.tool import Pointer

_ZOOM = 0.0016
"""Zoom per CSS pixel of wheel travel, as a power of two."""
_NOTCH = 40.0
"""CSS pixels of wheel travel per slice. One event, such as a notch of a mouse, moves one slice at most."""
_LINE = 24.0
"""CSS pixels of a line, for wheel events that count lines."""


class Wheel:
    """Handles wheel events over a viewport.

    Parameters
    ----------
    target
        The viewport.
    pointer_of
        Returns the hover event of a wheel event.
    """

    def __init__(self, target: PointerTarget, pointer_of: Callable[[Any], Pointer]) -> None:
        self._target, self._pointer_of = target, pointer_of
        self._travelled = 0.0

    def turned(self, event: Any) -> None:
        """Handle an event."""
        event.preventDefault()
        target = self._target
        if target.view is None:
            return
        pointer = self._pointer_of(event)
        travel = float(event.deltaY or event.deltaX) * (_LINE if event.deltaMode == 1 else 1.0)
        session = target.gestures.session
        slider = next((s for s in session.tool.settings if isinstance(s, Slider) and s.wheel), None)
        if event.shiftKey and slider is not None:
            value = session.settings_of(session.tool_id)[slider.name]
            turned = slider.turned(float(value), -1 if travel > 0 else 1)
            session.change_setting(session.tool_id, slider.name, turned)
            if not target.gestures.busy:
                target.gestures.handle(pointer, pointer.scale)
        elif event.ctrlKey or not target.events.wheel_turned(self._notches(travel)):
            target.steer(target.view.zoomed(2.0 ** (-travel * _ZOOM), *pointer.screen))
        target.after_event()

    def _notches(self, travel: float) -> int:
        """Return how many notches the wheel moved. The small steps of a touchpad add up."""
        self._travelled = travel if abs(travel) >= _NOTCH else self._travelled + travel
        if abs(self._travelled) < _NOTCH:
            return 0
        self._travelled = 0.0
        return 1 if travel > 0 else -1
