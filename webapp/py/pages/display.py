"""How the viewports show their images: camera, turning, light, windows, opacity of masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from webapp.py.imaging.dicom_header import Window
from webapp.py.workspace.light import Light
from webapp.py.workspace.linking import followed
from webapp.py.workspace.viewport import Viewport

if TYPE_CHECKING:
    from webapp.py.pages.desk import Desk
    from webapp.py.pages.pane import Pane


class Display:
    """Does what buttons and keys ask of the active viewport; none of it changes an annotation.

    Parameters
    ----------
    desk
        Whose viewports these are.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def camera_moved(self, leader: Pane, view: Viewport) -> None:
        """Let the other viewports look where this one looks, when they are linked."""
        for pane in self._desk.work.panes if self._desk.work.linked else ():
            if pane is not leader and pane.stage is not None and pane.stage.view is not None:
                pane.stage.set_view(followed(view, pane.stage.view))

    def turn(self, quarters: int) -> None:
        """Turn the view clockwise by quarters."""
        if self._desk.stage is not None:
            self._desk.stage.turn(quarters)

    def flip(self, way: Literal["horizontal", "vertical"]) -> None:
        """Mirror the view."""
        if self._desk.stage is not None:
            self._desk.stage.flip(way)

    @property
    def light(self) -> Light:
        """Brightness and contrast of the active viewport."""
        return self._desk.stage.light if self._desk.stage is not None else Light()

    def set_light(self, light: Light) -> None:
        """Set brightness and contrast of the active viewport."""
        if self._desk.stage is not None:
            self._desk.stage.set_light(light)
            self._desk.edges.render()

    @property
    def window(self) -> Window | None:
        """Which values the active viewport shows; None unless its image is a grey one with values."""
        return self._desk.stage.window if self._desk.stage is not None else None

    @property
    def own_windows(self) -> list[Window]:
        """The windows that the file of the active viewport brings, each with a name."""
        header = self._desk.work.pane.header
        found = header.windows if header is not None else []
        return [
            Window(center=one.center, width=one.width, name=one.name or f"Of the file, {number}")
            for number, one in enumerate(found, 1)
        ]

    @property
    def inverted(self) -> bool:
        """Whether low values are shown white."""
        return self._desk.stage is not None and self._desk.stage.inverted

    def set_window(self, window: Window) -> None:
        """Show these values of a grey image."""
        if self._desk.stage is not None:
            self._desk.stage.set_window(window, self._desk.stage.inverted)
            self._desk.edges.render()

    def invert(self) -> None:
        """Show low values white, or black again."""
        if self._desk.stage is not None and self._desk.stage.window is not None:
            self._desk.stage.set_window(self._desk.stage.window, not self._desk.stage.inverted)
            self._desk.edges.render()

    def change_opacity(self, opacity: float) -> None:
        """Set how strongly masks cover the image."""
        self._desk.work.opacity = opacity
        for pane in self._desk.work.panes:
            if pane.stage is not None:
                pane.stage.opacity = opacity
                pane.stage.invalidate()

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        """Change the camera."""
        if self._desk.stage is not None:
            self._desk.stage.zoom(change)

    def hold_space(self, down: bool) -> None:
        """Pan while the space bar is held."""
        if self._desk.stage is not None:
            self._desk.stage.hold_space(down)
