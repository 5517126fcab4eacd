"""A pointer that keys move: whatever a mouse draws is drawn by its events, too.

It stands on whole image pixels and stays there when the camera moves; a gesture that moves the camera
(panning) leaves it where it is in the view, as a mouse would stay. What leaves the view is brought back.

* Arrow keys move it by an image pixel, or by a screen pixel where that is more; with Shift ten times as far.
* Enter presses and holds, or lets go. Between the clicks of a gesture Enter is the gesture's, which it ends.
* Space clicks; with Shift, Ctrl or Alt as the mouse does with them. It lets go of what is held, too.
* Escape cancels the gesture under way; without one it puts the pointer away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import copysign
from typing import Literal

from webapp.py.domain.shapes import Point
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.tool import KeyPress, MoveCamera, Pointer

STEPS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}
"""Ways in the view, to the right and down."""
FAR = 10
"""How many times as far with Shift."""
MARGIN = 32.0
"""CSS pixels between the pointer and the edge of the view, as far as the image allows."""
HELP = "Arrows move, Enter takes hold and lets go, Space clicks, Esc ends."


class KeyPointer:
    """The pointer of one viewport; it is off until `start`.

    Parameters
    ----------
    gestures
        Where its events go, and whose stage has the camera.
    changed
        Called whenever it has moved, pressed, come or gone.
    """

    def __init__(self, gestures: Gestures, changed: Callable[[], None] = lambda: None) -> None:
        self.on = False
        self.announcement = ""
        """What happened last, for those who do not see it."""
        self._gestures, self._changed = gestures, changed
        self._point: Point | None = None
        self._pressed = False

    @property
    def held(self) -> bool:
        """Whether its button is held down in a gesture."""
        return self.on and self._pressed and self._gestures.busy

    @property
    def place(self) -> Point | None:
        """Where it stands in the view, in CSS pixels; None while it is off or there is no image."""
        view = self._gestures.canvas.view
        return view.to_view(*self._standing(view)) if self.on and view is not None else None

    def start(self) -> None:
        """Show it where it was, or in the middle of the view when that is out of sight."""
        view = self._gestures.canvas.view
        if view is None:
            return
        self.on = True
        x, y = view.to_view(*self._standing(view))
        if not (0 <= x <= view.width and 0 <= y <= view.height):
            self._point = None
        self._hover()
        self._say("Pointer on")

    def stop(self) -> None:
        """Let go of what it holds and put it away."""
        if not self.on:
            return
        if self.held:
            self._send("release")
        self.on = self._pressed = False
        self.announcement = "Pointer off"
        self._changed()

    def refresh(self) -> None:
        """Hover where it stands: the tool, its settings or the image may be other ones now."""
        if self.on:
            self._hover()
            self._changed()

    def take(self, key: KeyPress) -> bool:
        """Do what a key says; False when it is none of the pointer's."""
        if not self.on:
            return False
        if key.key in STEPS and not (key.ctrl or key.alt):
            self._move(key)
        elif key.key == " ":
            self._click(key)
        elif key.combination in ("Enter", "shift+Enter") and (self.held or not self._gestures.busy):
            self._take_hold(key)
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
        x, y = self._standing(view)
        self._point = _kept((round(x) + _whole(x1 - x0) * times, round(y) + _whole(y1 - y0) * times), view)
        self._follow(view)
        self._send("move" if self._gestures.busy else "hover")
        self._say()

    def _click(self, key: KeyPress) -> None:
        if key.repeat or self._gestures.canvas.view is None:
            return
        if not self.held:
            self._send("press", key)
        self._pressed = False
        self._send("release", key)
        self._hover()
        self._say("Clicked")

    def _take_hold(self, key: KeyPress) -> None:
        if key.repeat or self._gestures.canvas.view is None:
            return
        letting_go = self.held
        self._send("release" if letting_go else "press", key)
        self._pressed = not letting_go
        self._hover()
        self._say("Pressed" if self.held else "Let go" if letting_go else "Clicked")

    def _follow(self, view: Camera) -> None:
        """Move the camera so that the pointer is in sight."""
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
        x, y = self._standing(view)
        place = view.to_view(x, y)
        event = Pointer(kind, x, y, scale=view.scale, seen=place)
        if key is not None:
            event = replace(event, shift=key.shift, ctrl=key.ctrl, alt=key.alt)
        gestures.handle(event, view.scale)
        moved = gestures.canvas.view
        if moved is not None and moved is not view:
            self._point = moved.to_image(*place)  # the gesture has moved the image under the pointer

    def _standing(self, view: Camera) -> Point:
        """Return the image point that it stands on: whole pixels, but after a gesture moved the camera."""
        if self._point is None:
            x, y = view.to_image(view.width / 2, view.height / 2)
            self._point = (round(x), round(y))
        self._point = _kept(self._point, view)
        return self._point

    def _say(self, what: str = "") -> None:
        view, session = self._gestures.canvas.view, self._gestures.session
        if view is not None:
            x, y = self._standing(view)
            over = next((one for one in session.annotations if one.id == self._gestures.hovered), None)
            known = session.label_class(over.class_id) if over is not None else None
            under = f"on {known.name}" if known is not None and not self._gestures.busy else ""
            self.announcement = ", ".join(part for part in (what, f"x {x:.0f}", f"y {y:.0f}", under) if part)
        self._changed()


def _whole(step: float) -> int:
    """Return a way of one screen pixel, in image pixels, as whole ones: at least one."""
    if abs(step) < 1e-9:
        return 0
    return round(copysign(max(1, round(abs(step))), step))


def _kept(point: Point, view: Camera) -> Point:
    """Return the point, or the nearest one of the image."""
    x, y = point
    return float(min(max(x, 0.0), view.image_width)), float(min(max(y, 0.0), view.image_height))
