"""Mouse, pen and fingers over a viewport: which events draw, move the camera, or are ignored.

One finger draws, two pan and zoom, more do nothing. From the first contact of a pen on, only the pen draws,
and one finger pans. While a pen is near, touches are the resting palm and ignored. A long press opens the
menu. The press of a finger is delayed for a moment, so that the first of two fingers does not start a
gesture.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pyodide.ffi import create_proxy, to_js

from webapp.py.browser.pointer_target import PointerTarget
from webapp.py.browser.wheel import Wheel
from webapp.py.workspace.key_pointer import KeyPointer
from webapp.py.workspace.tool import Pointer

Place = tuple[float, float]
_DEVICES: dict[str, Literal["mouse", "pen", "touch"]] = {"pen": "pen", "touch": "touch"}
_TWICE_MS, _TWICE_FAR = 400.0, 8.0
"""Longest time and largest distance between the presses of a double click."""
_HOLD_S, _HOLD_FAR = 0.5, 10.0
"""Duration and largest movement of a long press."""
_LATE_S = 0.1
"""A timer this late means that the page was busy, and that touch events are still queued."""
_SETTLE_S, _SETTLE_FAR = 0.08, 5.0
"""How long, and up to which movement, the press of a finger waits for a second finger."""
_PALM_MS = 700.0
"""How long after the last pen event touches still count as the palm."""


@dataclass(slots=True)
class Devices:
    """What all viewports know of the devices in use: ``pen`` is whether a pen has touched one."""

    pen: bool = False


class Pointers:
    """Sends pointer events over a viewport to its gestures and its camera.

    ``device`` is the kind of pointer used last. ``keyed`` is the keyboard pointer.
    """

    def __init__(self, target: PointerTarget, add: Callable[[str, Any, Any], None], devices: Devices) -> None:
        self._devices = devices
        self.device = "mouse"
        self.keyed = KeyPointer(target.gestures, self._steered)
        self._was_keyed = False
        self._at: Place | None = None
        self.space = False
        self._target = target
        self._panning: Place | None = None
        self._drawing: int | None = None
        self._fingers: dict[int, Place] = {}
        self._palms: set[int] = set()
        self._spent = False
        self._began = False
        self._pen_heard = -math.inf
        self._pen_down = False
        self._waiting: tuple[Any, Pointer] | None = None
        self._held_at: Place = (0.0, 0.0)
        self._timers: list[asyncio.TimerHandle] = []
        self._last_press = (-math.inf, (0.0, 0.0))
        self._last: Any = None
        for name, handler in (
            ("pointerdown", self._pressed),
            ("pointermove", self._moved),
            ("pointerup", self._released),
            ("pointercancel", self._cancelled),
            ("lostpointercapture", self._let_go),
            ("pointerleave", self._left),
            ("contextmenu", self._asked_for_menu),
        ):
            add(name, create_proxy(handler), None)
        firm = to_js({"passive": False})
        wheel = Wheel(target, lambda event: self._event("hover", event))
        add("wheel", create_proxy(wheel.turned), firm)
        # iPadOS scrolls, zooms and selects on touchmove in spite of the style sheet.
        add("touchmove", create_proxy(_keep), firm)

    @property
    def at(self) -> Place | None:
        """The position of the pointer in view coordinates, or None if there is none."""
        return self.keyed.place if self.keyed.on else self._at

    @property
    def panning(self) -> bool:
        """Whether the image is being dragged with the middle button or the space bar."""
        return self._panning is not None

    def close(self) -> None:
        """Cancel pending timers."""
        self._stop_timers()

    def _steered(self) -> None:
        """Show the keyboard pointer, which takes the focus when it appears."""
        if self.keyed.on and not self._was_keyed:
            self._target.element.focus(preventScroll=True)
        self._was_keyed = self.keyed.on
        self._target.tell()
        self._target.after_event()

    # --- press

    def _pressed(self, event: Any) -> None:
        target, place, name = self._target, _place(event), int(event.pointerId)
        if target.view is None:
            return
        target.element.focus(preventScroll=True)
        self.keyed.stop()
        self._capture(name)
        self.device = _DEVICES.get(str(event.pointerType), "mouse")
        if self.device == "pen":
            self._take_pen(event, down=True)
        if self.device == "touch":
            self._press_finger(event, name, place)
            return
        if event.button == 1 or (event.button == 0 and self.space):
            event.preventDefault()
            self._panning = place
        elif event.button == 0:
            self._begin(name, self._event("press", event))
        target.after_event()

    def _press_finger(self, event: Any, name: int, place: Place) -> None:
        if self._palm_rests(event):
            self._palms.add(name)
            return
        self._fingers[name] = place
        if len(self._fingers) > 1:
            self._become_pinch()
        elif self.space or (self._devices.pen and not self._spent):
            self._panning = self._held_at = place
            self._began = False
            if not self.space and not self._target.gestures.busy:
                self._await_hold(_HOLD_S)
        elif not self._spent:
            self._held_at = place
            self._waiting = (event, self._event("press", event))
            self._began = not self._target.gestures.busy
            if self._began:  # else it waits for a move or release: a pinch must not change the gesture
                self._later(_SETTLE_S, self._deliver_press)
                self._await_hold(_HOLD_S)
        self._target.after_event()

    def _deliver_press(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._begin(int(waiting[0].pointerId), waiting[1])
            self._target.after_event()

    def _begin(self, name: int, press: Pointer) -> None:
        self._drawing = name
        self._target.gestures.handle(press, press.scale)

    def _become_pinch(self) -> None:
        """Let two fingers control the camera, and undo what the first one started."""
        self._stop_timers()
        if self._waiting is None and self._drawing is not None and self._began:
            self._target.gestures.cancel()
        self._waiting = self._drawing = self._panning = None
        self._spent = True

    # --- move

    def _moved(self, event: Any) -> None:
        target, place, name = self._target, _place(event), int(event.pointerId)
        if target.view is None or name in self._palms or self.keyed.on:
            return
        device = _DEVICES.get(str(event.pointerType), "mouse")
        if device == "pen":
            self._take_pen(event, down=self._pen_down)
        self._at, self.device = place, device
        if name in self._fingers:
            self._move_finger(event, name, place)
        elif self._panning is not None:
            self._pan(place)
        else:
            if self._drawing is not None and name == self._drawing and not event.buttons:
                self._finish(event)  # it was released outside the window
            if self._drawing is None or name == self._drawing:
                self._move(event)
        target.tell()
        target.after_event()

    def _move_finger(self, event: Any, name: int, place: Place) -> None:
        before, self._fingers[name] = self._fingers[name], place
        if self._spent:
            if len(self._fingers) == 2:
                (other,) = (at for finger, at in self._fingers.items() if finger != name)
                view = self._target.view
                assert view is not None
                self._target.steer(view.pinched((before, other), (place, other)))
            return
        if math.dist(place, self._held_at) > _SETTLE_FAR and self._waiting is not None:
            self._deliver_press()
        if math.dist(place, self._held_at) > _HOLD_FAR:
            self._stop_timers()
        if self._panning is not None:
            self._pan(place)
        elif self._waiting is None:
            self._move(event)

    def _move(self, event: Any) -> None:
        self._last = event
        gestures = self._target.gestures
        pointer = self._event("move" if gestures.busy else "hover", event)
        gestures.handle(pointer, pointer.scale)

    def _pan(self, place: Place) -> None:
        view, before = self._target.view, self._panning
        if view is not None and before is not None:
            self._panning = place
            self._target.steer(view.panned(place[0] - before[0], place[1] - before[1]))

    # --- release

    def _released(self, event: Any) -> None:
        name = int(event.pointerId)
        if str(event.pointerType) == "pen":
            self._take_pen(event, down=False)
        if self._forget(name):
            return
        if self._panning is not None:
            self._panning = None
        else:
            self._deliver_press()
            if name == self._drawing and event.button in (0, -1):
                self._finish(event)
        self._stop_timers()
        self._target.after_event()

    def _finish(self, event: Any) -> None:
        self._drawing = None
        if self._target.view is not None:
            release = self._event("release", event)
            self._target.gestures.handle(release, release.scale)

    def _cancelled(self, event: Any) -> None:
        """Handle a pointer that the browser took over: undo a finger's gesture, finish that of others."""
        name = int(event.pointerId)
        touch = name in self._fingers
        if str(event.pointerType) == "pen":
            self._take_pen(event, down=False)
        if self._forget(name):
            return
        self._stop_timers()
        self._waiting = self._panning = None
        if name == self._drawing:
            if touch or self._last is None:
                self._drawing = None
                if not touch or self._began:
                    self._target.gestures.cancel()
            else:
                self._finish(self._last)
        self._target.after_event()

    def _let_go(self, event: Any) -> None:
        """Finish when the capture ends without a release, such as when a dialog opens."""
        name = int(event.pointerId)
        if name == self._drawing and name not in self._fingers:
            self._finish(self._last or event)
            self._target.after_event()
        self._fingers.pop(name, None)

    def _forget(self, name: int) -> bool:
        """Forget a finger. Returns whether its events are ignored."""
        self._fingers.pop(name, None)
        idle = name in self._palms or self._spent
        self._palms.discard(name)
        if not self._fingers:
            self._spent = False
        return idle

    def _left(self, event: Any) -> None:
        if str(event.pointerType) == "pen" and not self._pen_down:
            self._pen_heard = float(event.timeStamp)
        if not self._target.gestures.busy:
            self._at = None
            self._target.tell()
            self._target.after_event()

    # --- menu, pen

    def _await_hold(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + seconds

        def check() -> None:
            if loop.time() - due > _LATE_S:
                self._await_hold(_LATE_S)
            else:
                self._open_menu()

        self._later(seconds, check)

    def _open_menu(self) -> None:
        """Open the menu for a long press, and undo what the press started."""
        view = self._target.view
        if len(self._fingers) == 1 and not self._spent and view is not None:
            self._waiting = self._drawing = self._panning = None
            if self._began:
                self._target.gestures.cancel()
            self._spent = True
            self._target.events.menu_asked(view.to_image(*self._held_at))
            self._target.after_event()

    def _asked_for_menu(self, event: Any) -> None:
        event.preventDefault()
        view = self._target.view
        # Some browsers also send this after a long press, which is handled above.
        if view is not None and str(getattr(event, "pointerType", "") or "mouse") != "touch":
            self._target.events.menu_asked(view.to_image(*_place(event)))

    def _take_pen(self, event: Any, down: bool) -> None:
        """Note that the pen is near. Fingers that already touch the screen are the palm."""
        self._pen_heard, self._pen_down = float(event.timeStamp), down
        self._devices.pen = self._devices.pen or down
        if down and self._fingers:
            if self._drawing in self._fingers:
                self._drawing = None
                self._target.gestures.cancel()
            self._palms.update(self._fingers)
            self._fingers.clear()
            self._stop_timers()
            self._waiting, self._spent = None, False

    def _palm_rests(self, event: Any) -> bool:
        return self._pen_down or float(event.timeStamp) - self._pen_heard < _PALM_MS

    # --- inside

    def _event(self, kind: Literal["press", "move", "release", "hover"], event: Any) -> Pointer:
        view, place = self._target.view, _place(event)
        assert view is not None
        x, y = view.to_image(*place)
        if kind == "press":
            self._at = place
        return Pointer(
            kind,
            x,
            y,
            scale=view.scale,
            button=max(int(event.button), 0),
            shift=bool(event.shiftKey),
            ctrl=bool(event.ctrlKey or event.metaKey),
            alt=bool(event.altKey),
            pressure=float(getattr(event, "pressure", 0.0) or 0.0),
            device=_DEVICES.get(str(getattr(event, "pointerType", "")), "mouse"),
            clicks=self._clicks(event, place) if kind == "press" else 1,
            seen=place,
        )

    def _clicks(self, event: Any, place: Place) -> int:
        before, where = self._last_press
        now = float(event.timeStamp)
        again = now - before < _TWICE_MS and math.dist(place, where) < _TWICE_FAR
        self._last_press = (-math.inf if again else now, place)
        return 2 if again else 1

    def _capture(self, name: int) -> None:
        self._target.element.setPointerCapture(name)

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, call))

    def _stop_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers = []


def _place(event: Any) -> Place:
    return float(event.offsetX), float(event.offsetY)


def _keep(event: Any) -> None:
    if event.cancelable:
        event.preventDefault()
