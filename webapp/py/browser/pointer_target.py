"""What pointer and wheel events act on: the part of a viewport that `Pointers` and `Wheel` use."""

from __future__ import annotations

from typing import Any, Protocol

from webapp.py.pages.ports.viewport import CanvasEvents
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures


class PointerTarget(Protocol):
    """A viewport that shows an image and takes pointer events."""

    element: Any
    """The DOM element that receives the events."""
    gestures: Gestures
    events: CanvasEvents
    """Gets what pointers and the wheel ask for."""

    @property
    def view(self) -> Camera | None:
        """The camera, or None while no image is shown."""

    def steer(self, view: Camera) -> None:
        """Move the camera on behalf of the person."""

    def after_event(self) -> None:
        """Update the cursor and draw the next frame."""

    def tell(self) -> None:
        """Report the pointer position to the status line."""
