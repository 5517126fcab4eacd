"""The port to viewport canvases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol

from webapp.py.pages.ports.images import Picture
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.key_pointer import KeyPointer
from webapp.py.workspace.messages import KeyPress, MoveCamera
from webapp.py.workspace.reference_lines import ReferenceLine
from webapp.py.workspace.viewport_overlay import OverlayOptions


class CanvasEvents(Protocol):
    """Gets what happens on a canvas. Points are in pixels of the image."""

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Show a toast, with an Undo button if ``undo`` is given."""

    def pointed(self, point: tuple[float, float] | None, zoom: float) -> None:
        """The pointer or the camera moved. ``point`` is None outside the image."""

    def camera_moved(self, camera: Camera) -> None:
        """The person moved the camera."""

    def appearance_changed(self) -> None:
        """The person dragged to change window/level, or brightness and contrast."""

    def menu_asked(self, point: tuple[float, float]) -> None:
        """The person opened the menu at a point."""

    def wheel_turned(self, steps: int) -> bool:
        """The wheel scrolls by this number of slices. Returns whether there are slices."""

    def aimed(self, point: tuple[float, float]) -> None:
        """The other viewports should show this point."""


class ViewportCanvas(Protocol):
    """The canvas of one viewport on the page."""

    opacity: float
    gestures: Gestures
    reading: str
    """What a tool reads under the pointer: the position and, in a second line, the value. May be empty."""

    @property
    def appearance(self) -> Appearance:
        """Brightness and contrast, or the window/level, of the image."""

    def set_appearance(self, appearance: Appearance) -> None:
        """Change the appearance without calling ``on_appearance``."""

    def set_overlay_options(self, overlay_options: OverlayOptions) -> None:
        """Show or hide the overlays of the image."""

    def set_references(self, lines: Sequence[ReferenceLine]) -> None:
        """Show the reference lines of other viewports."""

    def show_position(self, position: str) -> None:
        """Show the position of the image in its stack, or nothing if the text is empty."""

    @property
    def view(self) -> Camera | None:
        """The camera. None while no image is shown."""

    def move_camera(self, move: MoveCamera) -> None:
        """Move the camera, in image pixels."""

    def set_view(self, view: Camera) -> None:
        """Set the camera without calling ``on_camera``."""

    def turn(self, quarters: int) -> None:
        """Rotate the view clockwise by quarter turns."""

    def flip(self, way: Literal["horizontal", "vertical"]) -> None:
        """Mirror the view."""

    def show(self, picture: Picture, seen: tuple[Camera, Appearance] | None = None) -> None:
        """Show an image. Without ``seen``, it is fitted and appears as its file says."""

    def clear(self) -> None:
        """Show nothing."""

    def set_background(self, color: tuple[float, float, float]) -> None:
        """Set the color around the image."""

    def invalidate(self) -> None:
        """Draw in the next frame."""

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        """Zoom in or out, fit the image, or show its actual size."""

    def hold_space(self, down: bool) -> None:
        """Say whether Space is held, which makes the pointer pan."""

    @property
    def key_pointer(self) -> KeyPointer:
        """The pointer that is moved with keys."""

    def key(self, key: KeyPress) -> None:
        """Pass a key to the gesture or to the idle tool."""

    def destroy(self) -> None:
        """Release everything."""


class ViewportPort(Protocol):
    """Creates viewport canvases."""

    def make_canvas(
        self,
        element: Any,
        gestures_of: Callable[[Any], Gestures],
        events: CanvasEvents,
    ) -> ViewportCanvas:
        """Create a canvas in an element.

        ``gestures_of`` returns the gestures of the new canvas, and ``events`` gets what happens on it.
        """
