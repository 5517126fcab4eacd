"""The wheel over a viewport: it zooms, goes through slices, or turns a setting of the tool with Shift."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.browser.pointer_target import PointerTarget
from webapp.py.workspace.settings import Slider
from webapp.py.workspace.tool import Pointer

_ZOOM = 0.0016
"""How much of a doubling one CSS pixel of wheel travel zooms."""
_NOTCH = 40.0
"""CSS pixels of wheel travel that go one slice on, at most one for an event: a notch of a mouse is more."""
_LINE = 24.0
"""CSS pixels of a wheel step that is counted in lines."""


class Wheel:
    """Takes the wheel's events for a target.

    Parameters
    ----------
    target
        Whose camera, slices and tool it turns.
    pointer_of
        Makes the hover of an event.
    """

    def __init__(self, target: PointerTarget, pointer_of: Callable[[Any], Pointer]) -> None:
        self._target, self._pointer_of = target, pointer_of
        self._travelled = 0.0

    def turned(self, event: Any) -> None:
        """Take one event."""
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
        elif event.ctrlKey or not target.on_scroll(self._notches(travel)):
            target.steer(target.view.zoomed(2.0 ** (-travel * _ZOOM), *pointer.screen))
        target.after_event()

    def _notches(self, travel: float) -> int:
        """Return how many notches the wheel went on; the small steps of a touchpad add up to them."""
        self._travelled = travel if abs(travel) >= _NOTCH else self._travelled + travel
        if abs(self._travelled) < _NOTCH:
            return 0
        self._travelled = 0.0
        return 1 if travel > 0 else -1
