"""How the viewports show their images: camera, turning, light, windows, opacity of masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Literal

from msgspec import structs

from webapp.py.imaging.dicom_header import Window
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.viewports.style import ViewportStyle
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.brightness_contrast import BrightnessContrast
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.linking import followed
from webapp.py.workspace.viewport_overlay import OverlayOptions

_HIDDEN = "limner.hidden-extras"
PAUSE = 0.2
"""Seconds without a change after which the numbers of the menu follow."""


def remembered_options(machine: MachinePort) -> OverlayOptions:
    """Return what is shown over images, as this machine remembers it."""
    hidden = (machine.recall(_HIDDEN) or "").split()
    return OverlayOptions(**{one.name: one.name not in hidden for one in fields(OverlayOptions)})


class Display:
    """Does what buttons and keys ask of the active viewport; none of it changes an annotation.

    Parameters
    ----------
    viewports
        The viewports that this is about.
    style
        What all viewports share of how they show images.
    ports
        The world outside.
    appearance_changed
        Called when the active viewport shows its values through another window.
    """

    def __init__(
        self,
        viewports: ViewportSet,
        style: ViewportStyle,
        ports: Ports,
        appearance_changed: Callable[[], None],
    ) -> None:
        self._viewports, self._style, self._ports = viewports, style, ports
        self._appearance_changed = appearance_changed
        self._call_off: Callable[[], None] = lambda: None

    @property
    def overlay_options(self) -> OverlayOptions:
        """What is shown over an image beside annotations."""
        return self._style.overlay_options

    @property
    def opacity(self) -> float:
        """How strongly masks cover the image, from 0 to 1."""
        return self._style.opacity

    def camera_moved(self, leader: Viewport, view: Camera) -> None:
        """Let the other viewports look where this one looks, when they are linked."""
        for viewport in self._viewports.all if self._viewports.linked else ():
            if viewport is not leader and viewport.canvas is not None and viewport.canvas.view is not None:
                viewport.canvas.set_view(followed(view, viewport.canvas.view))

    def align(self) -> None:
        """Let the other viewports look where the active one does, when they are linked: an image has come."""
        leader = self._viewports.current
        if leader.canvas is not None and leader.canvas.view is not None:
            self.camera_moved(leader, leader.canvas.view)

    def turn(self, quarters: int) -> None:
        """Turn the view clockwise by quarters."""
        if self._viewports.canvas is not None:
            self._viewports.canvas.turn(quarters)

    def flip(self, way: Literal["horizontal", "vertical"]) -> None:
        """Mirror the view."""
        if self._viewports.canvas is not None:
            self._viewports.canvas.flip(way)

    @property
    def light(self) -> BrightnessContrast:
        """Brightness and contrast of the active viewport."""
        return self._appearance.brightness_contrast

    def set_light(self, light: BrightnessContrast) -> None:
        """Set brightness and contrast of the active viewport, its window from the one there was at first."""
        self._set_appearance(self._appearance.with_brightness_contrast(light))

    @property
    def window(self) -> Window | None:
        """Which values the active viewport shows; None unless its image is a gray one with values."""
        return self._appearance.window

    @property
    def own_windows(self) -> list[Window]:
        """The windows that the file of the active viewport brings, each with a name."""
        header = self._viewports.current.header
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
        """Show these values of a gray image."""
        self._set_appearance(replace(self._appearance, window=window))

    def invert(self) -> None:
        """Show low values white, or black again."""
        look = self._appearance
        if look.window is not None:
            self._set_appearance(replace(look, inverted=not look.inverted))

    def appearance_changed(self) -> None:
        """Show the numbers of an image that is dragged to another look, once the drag pauses."""
        self._call_off()
        self._call_off = self._ports.machine.later(PAUSE, self._ports.render)
        self._appearance_changed()

    @property
    def _appearance(self) -> Appearance:
        return self._viewports.canvas.appearance if self._viewports.canvas is not None else Appearance()

    def _set_appearance(self, appearance: Appearance) -> None:
        if self._viewports.canvas is not None:
            self._viewports.canvas.set_appearance(appearance)
            self._appearance_changed()
            self._ports.render()

    def toggle_extra(self, name: Literal["banner", "overlay", "references", "measures"]) -> None:
        """Show or hide something over the image; this machine remembers it."""
        before = self._style.overlay_options
        self._style.overlay_options = replace(before, **{name: not getattr(before, name)})
        hidden = " ".join(
            one.name for one in fields(OverlayOptions) if not getattr(self.overlay_options, one.name)
        )
        self._ports.machine.remember(_HIDDEN, hidden or None)
        for view in self._viewports.views:
            if view.canvas is not None:
                view.canvas.set_overlay_options(self.overlay_options)
        self._ports.render()

    def change_opacity(self, opacity: float) -> None:
        """Set how strongly masks cover the image."""
        self._style.opacity = opacity
        for view in self._viewports.views:
            if view.canvas is not None:
                view.canvas.opacity = opacity
                view.canvas.invalidate()

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        """Change the camera."""
        if self._viewports.canvas is not None:
            self._viewports.canvas.zoom(change)

    def hold_space(self, down: bool) -> None:
        """Pan while the space bar is held."""
        if self._viewports.canvas is not None:
            self._viewports.canvas.hold_space(down)
