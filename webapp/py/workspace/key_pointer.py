"""A pointer that the keyboard moves; its events draw whatever a mouse can draw.

It stays on whole image pixels when the camera moves. A gesture that moves the camera (panning) leaves it at
its position in the view, like a mouse. If it leaves the view, the camera follows.

* Arrow keys move it by an image pixel, or by a screen pixel if that is more; with Shift, ten times as far.
* Enter presses and holds, or releases. Between the clicks of a gesture, Enter goes to the gesture and ends
  it.
* Space clicks, with Shift, Ctrl or Alt like a mouse. It also releases.
* Escape cancels the current gesture; without one it turns off the pointer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import copysign
from typing import Literal

from webapp.py.domain.shapes import Point
from webapp.py.workspace import texts
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.tool import KeyPress, MoveCamera, Pointer

STEPS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}
"""Directions in the view, to the right and down."""
FAR = 10
"""The factor for steps with Shift."""
MARGIN = 32.0
"""Minimum distance of the pointer from the edge of the view, in CSS pixels."""


class KeyPointer:
    """The pointer of one viewport; it is off until `start`.

    Parameters
    ----------
    gestures
        Receives its events; its canvas has the camera.
    changed
        Called when it moves, presses, appears or disappears.
    """

    def __init__(self, gestures: Gestures, changed: Callable[[], None] = lambda: None) -> None:
        self.on = False
        self.announcement = ""
        """What happened last, for screen readers."""
        self._gestures, self._changed = gestures, changed
        self._point: Point | None = None
        self._pressed = False

    @property
    def held(self) -> bool:
        """Whether its button is pressed in a gesture."""
        return self.on and self._pressed and self._gestures.busy

    @property
    def place(self) -> Point | None:
        """Its position in the view, in CSS pixels; None while it is off or there is no image."""
        view = self._gestures.canvas.view
        return view.to_view(*self._position(view)) if self.on and view is not None else None

    def start(self) -> None:
        """Show it where it was, or at the center of the view if that is out of sight."""
        view = self._gestures.canvas.view
        if view is None:
            return
        self.on = True
        x, y = view.to_view(*self._position(view))
        if not (0 <= x <= view.width and 0 <= y <= view.height):
            self._point = None
        self._hover()
        self._announce(texts.POINTER_ON)

    def stop(self) -> None:
        """Release what it holds, and turn it off."""
        if not self.on:
            return
        if self.held:
            self._send("release")
        self.on = self._pressed = False
        self.announcement = texts.POINTER_OFF
        self._changed()

    def refresh(self) -> None:
        """Hover again, such as after the tool, its settings or the image changed."""
        if self.on:
            self._hover()
            self._changed()

    def take(self, key: KeyPress) -> bool:
        """Handle a key; return False if the pointer does not use it."""
        if not self.on:
            return False
        if key.key in STEPS and not (key.ctrl or key.alt):
            self._move(key)
        elif key.key == " ":
            self._click(key)
        elif key.combination in ("Enter", "shift+Enter") and (self.held or not self._gestures.busy):
            self._press_or_release(key)
        elif key.combination == "Escape" and not self._gestures.busy:
            self.stop()
        else:
            return False
        return True

    def _move(self, key: KeyPress) -> None:
        view = self._gestures.canvas.view
        if view is None:
            return
        right, down = STEPS[key.key]
        times = FAR if key.shift else 1
        (x0, y0), (x1, y1) = view.to_image(0.0, 0.0), view.to_image(float(right), float(down))
        x, y = self._position(view)
        self._point = _kept((round(x) + _whole(x1 - x0) * times, round(y) + _whole(y1 - y0) * times), view)
        self._follow(view)
        self._send("move" if self._gestures.busy else "hover")
        self._announce()

    def _click(self, key: KeyPress) -> None:
        if key.repeat or self._gestures.canvas.view is None:
            return
        if not self.held:
            self._send("press", key)
        self._pressed = False
        self._send("release", key)
        self._hover()
        self._announce(texts.POINTER_CLICKED)

    def _press_or_release(self, key: KeyPress) -> None:
        if key.repeat or self._gestures.canvas.view is None:
            return
        releasing = self.held
        self._send("release" if releasing else "press", key)
        self._pressed = not releasing
        self._hover()
        action = texts.POINTER_RELEASED if releasing else texts.POINTER_CLICKED
        self._announce(texts.POINTER_PRESSED if self.held else action)

    def _follow(self, view: Camera) -> None:
        """Move the camera so that the pointer is visible."""
        assert self._point is not None
        x, y = view.to_view(*self._point)
        across, down = min(MARGIN, view.width / 2), min(MARGIN, view.height / 2)
        seen = min(max(x, across), view.width - across), min(max(y, down), view.height - down)
        if seen != (x, y):
            there = view.to_image(*seen)
            self._gestures.canvas.move_camera(
                MoveCamera(there[0] - self._point[0], there[1] - self._point[1])
            )

    def _hover(self) -> None:
        if not self._gestures.busy:
            self._send("hover")

    def _send(self, kind: Literal["press", "move", "release", "hover"], key: KeyPress | None = None) -> None:
        gestures, view = self._gestures, self._gestures.canvas.view
        if view is None:
            return
        x, y = self._position(view)
        place = view.to_view(x, y)
        event = Pointer(kind, x, y, scale=view.scale, seen=place)
        if key is not None:
            event = replace(event, shift=key.shift, ctrl=key.ctrl, alt=key.alt)
        gestures.handle(event, view.scale)
        moved = gestures.canvas.view
        if moved is not None and moved is not view:
            self._point = moved.to_image(*place)  # the gesture moved the image under the pointer

    def _position(self, view: Camera) -> Point:
        """Return its image point: a whole pixel, except after a gesture moved the camera."""
        if self._point is None:
            x, y = view.to_image(view.width / 2, view.height / 2)
            self._point = (round(x), round(y))
        self._point = _kept(self._point, view)
        return self._point

    def _announce(self, action: str = "") -> None:
        view, session = self._gestures.canvas.view, self._gestures.session
        if view is not None:
            x, y = self._position(view)
            over = next((one for one in session.annotations if one.id == self._gestures.hovered), None)
            known = session.label_class(over.class_id) if over is not None else None
            label = known.name if known is not None and not self._gestures.busy else ""
            self.announcement = texts.pointer_status(action, x, y, label)
        self._changed()


def _whole(step: float) -> int:
    """Return a step of one screen pixel as whole image pixels, at least one."""
    if abs(step) < 1e-9:
        return 0
    return round(copysign(max(1, round(abs(step))), step))


def _kept(point: Point, view: Camera) -> Point:
    """Return the nearest point within the image."""
    x, y = point
    return float(min(max(x, 0.0), view.image_width)), float(min(max(y, 0.0), view.image_height))
