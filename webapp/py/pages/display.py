"""How the viewports show their images: camera, turning, light, windows, opacity of masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Literal

from msgspec import structs

from webapp.py.imaging.dicom_header import Window
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.light import Light
from webapp.py.workspace.linking import followed
from webapp.py.workspace.marks import Extras
from webapp.py.workspace.viewport import Viewport

if TYPE_CHECKING:
    from webapp.py.pages.desk import Desk
    from webapp.py.pages.pane import Pane

_HIDDEN = "limner.hidden-extras"
PAUSE = 0.2
"""Seconds without a change after which the numbers of the menu follow."""


class Display:
    """Does what buttons and keys ask of the active viewport; none of it changes an annotation.

    Parameters
    ----------
    desk
        Whose viewports these are.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._call_off: Callable[[], None] = lambda: None
        hidden = (desk.edges.recall(_HIDDEN) or "").split()
        self.extras = Extras(**{one.name: one.name not in hidden for one in fields(Extras)})

    def camera_moved(self, leader: Pane, view: Viewport) -> None:
        """Let the other viewports look where this one looks, when they are linked."""
        for pane in self._desk.work.panes if self._desk.work.linked else ():
            if pane is not leader and pane.stage is not None and pane.stage.view is not None:
                pane.stage.set_view(followed(view, pane.stage.view))

    def align(self) -> None:
        """Let the other viewports look where the active one does, when they are linked: an image has come."""
        leader = self._desk.work.pane
        if leader.stage is not None and leader.stage.view is not None:
            self.camera_moved(leader, leader.stage.view)

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
        return self._appearance.light

    def set_light(self, light: Light) -> None:
        """Set brightness and contrast of the active viewport, its window from the one there was at first."""
        self._set_appearance(self._appearance.lit(light))

    @property
    def window(self) -> Window | None:
        """Which values the active viewport shows; None unless its image is a grey one with values."""
        return self._appearance.window

    @property
    def own_windows(self) -> list[Window]:
        """The windows that the file of the active viewport brings, each with a name."""
        header = self._desk.work.pane.header
        found = header.windows if header is not None else []
        return [
            structs.replace(one, name=one.name or f"Of the file, {number}")
            for number, one in enumerate(found, 1)
        ]

    @property
    def inverted(self) -> bool:
        """Whether low values are shown white."""
        return self._appearance.inverted

    def set_window(self, window: Window) -> None:
        """Show these values of a grey image."""
        self._set_appearance(replace(self._appearance, window=window))

    def invert(self) -> None:
        """Show low values white, or black again."""
        look = self._appearance
        if look.window is not None:
            self._set_appearance(replace(look, inverted=not look.inverted))

    def appearance_changed(self) -> None:
        """Show the numbers of an image that is dragged to another look, once the drag pauses."""
        self._call_off()
        self._call_off = self._desk.edges.later(PAUSE, self._desk.edges.render)
        self._desk.multiplanar.look_changed()

    @property
    def _appearance(self) -> Appearance:
        return self._desk.stage.appearance if self._desk.stage is not None else Appearance()

    def _set_appearance(self, appearance: Appearance) -> None:
        if self._desk.stage is not None:
            self._desk.stage.set_appearance(appearance)
            self._desk.multiplanar.look_changed()
            self._desk.edges.render()

    def toggle_extra(self, name: Literal["banner", "overlay", "references", "measures"]) -> None:
        """Show or hide something over the image; this machine remembers it."""
        self.extras = replace(self.extras, **{name: not getattr(self.extras, name)})
        hidden = " ".join(one.name for one in fields(Extras) if not getattr(self.extras, one.name))
        self._desk.edges.remember(_HIDDEN, hidden or None)
        for view in self._desk.views:
            if view.stage is not None:
                view.stage.set_extras(self.extras)
        self._desk.edges.render()

    def change_opacity(self, opacity: float) -> None:
        """Set how strongly masks cover the image."""
        self._desk.work.opacity = opacity
        for view in self._desk.views:
            if view.stage is not None:
                view.stage.opacity = opacity
                view.stage.invalidate()

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        """Change the camera."""
        if self._desk.stage is not None:
            self._desk.stage.zoom(change)

    def hold_space(self, down: bool) -> None:
        """Pan while the space bar is held."""
        if self._desk.stage is not None:
            self._desk.stage.hold_space(down)
