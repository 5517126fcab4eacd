"""The port to what is drawn: makes the canvas of a viewport."""

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

    def say(self, text: str) -> None:
        """Show a sentence to the person."""

    def pointed(self, point: tuple[float, float] | None, zoom: float) -> None:
        """The pointer or the camera moved; ``point`` is None outside the image."""

    def camera_moved(self, camera: Camera) -> None:
        """The person moved the camera."""

    def appearance_changed(self) -> None:
        """The person dragged to another window, or brightness and contrast."""

    def menu_asked(self, point: tuple[float, float]) -> None:
        """The person asked for the menu at a point."""

    def wheel_turned(self, steps: int) -> bool:
        """The wheel asks for other slices; returns whether there are slices."""

    def aimed(self, point: tuple[float, float]) -> None:
        """Other views are to show a point."""


class ViewportCanvas(Protocol):
    """The viewport on the page."""

    opacity: float
    gestures: Gestures
    problem: str | None
    reading: str
    """What a tool reads under the pointer: the place, and in a second line the value; or nothing."""

    @property
    def appearance(self) -> Appearance:
        """Brightness and contrast of the image, or the window that its values are shown through."""

    def set_appearance(self, appearance: Appearance) -> None:
        """Show the image so; tells nobody."""

    def set_overlay_options(self, overlay_options: OverlayOptions) -> None:
        """Show what lies over the image beside annotations, or hide it."""

    def set_references(self, lines: Sequence[ReferenceLine]) -> None:
        """Show where the images of other viewports cross this one."""

    def show_position(self, position: str) -> None:
        """Show the position of the image in its stack in the banner, or none."""

    @property
    def view(self) -> Camera | None:
        """The camera; None while no image is shown."""

    def move_camera(self, move: MoveCamera) -> None:
        """Move the camera, in image pixels."""

    def set_view(self, view: Camera) -> None:
        """Take over a camera; tells nobody."""

    def turn(self, quarters: int) -> None:
        """Turn the view clockwise by quarters."""

    def flip(self, way: Literal["horizontal", "vertical"]) -> None:
        """Mirror the view."""

    def show(self, picture: Picture, seen: tuple[Camera, Appearance] | None = None) -> None:
        """Show an image, fitted, as its file wants it to be seen; or as one of its size was seen before."""

    def clear(self) -> None:
        """Show nothing."""

    def set_background(self, color: tuple[float, float, float]) -> None:
        """Set the color around the image."""

    def invalidate(self) -> None:
        """Draw at the next frame."""

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        """Change the camera."""

    def hold_space(self, down: bool) -> None:
        """Pan while the space bar is held."""

    @property
    def key_pointer(self) -> KeyPointer:
        """The pointer that keys move."""

    def key(self, key: KeyPress) -> None:
        """Give a key to the gesture or to the idle tool."""

    def destroy(self) -> None:
        """Let go of everything."""


class ViewportPort(Protocol):
    """Makes viewport canvases."""

    def make_canvas(
        self,
        element: Any,
        gestures_of: Callable[[Any], Gestures],
        events: CanvasEvents,
    ) -> ViewportCanvas:
        """Make a canvas in an element."""
