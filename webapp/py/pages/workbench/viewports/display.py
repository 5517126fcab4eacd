"""How viewports show their images: camera, rotation, brightness, contrast, windows and mask opacity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Literal

from msgspec import structs

from webapp.py.imaging.dicom_header import Window
from webapp.py.pages.ports.machine import MachinePort
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.viewports import texts
from webapp.py.pages.workbench.viewports.style import ViewportStyle
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.ui.reactive import reactive
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.brightness_contrast import BrightnessContrast
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.linking import followed
from webapp.py.workspace.viewport_overlay import OverlayOptions

_HIDDEN, _SHOWN = "limner.hidden-extras", "limner.shown-extras"
"""Where this browser stores the names of overlay options that differ from their defaults: off, and on."""
OverlayOption = Literal[
    "banner", "overlay", "references", "measures", "names", "guides", "smooth_scans", "smooth_photos"
]
PAUSE = 0.2
"""Seconds without a change after which the numbers in the menu are updated."""


def remembered_options(machine: MachinePort) -> OverlayOptions:
    """Return what is shown over images, as stored in this browser."""
    changed = {*(machine.recall(_HIDDEN) or "").split(), *(machine.recall(_SHOWN) or "").split()}
    return OverlayOptions(
        **{one.name: bool(one.default) != (one.name in changed) for one in fields(OverlayOptions)}
    )


class Display:
    """Changes how the active viewport shows its image; none of this changes an annotation.

    Parameters
    ----------
    viewports
        The viewports to change.
    style
        What all viewports share.
    ports
        The machine, with timers and stored settings.
    appearance_changed
        Called when window, brightness or contrast of the active viewport have changed.
    """

    _drags = reactive(0)

    def __init__(
        self,
        viewports: ViewportSet,
        style: ViewportStyle,
        ports: Ports,
        appearance_changed: Callable[[], None],
    ) -> None:
        self._viewports, self._style, self._ports = viewports, style, ports
        self._appearance_changed = appearance_changed
        self._cancel_update: Callable[[], None] = lambda: None

    @property
    def overlay_options(self) -> OverlayOptions:
        """What is shown over an image in addition to annotations."""
        return self._style.overlay_options

    @property
    def opacity(self) -> float:
        """Opacity of masks, from 0 to 1."""
        return self._style.opacity

    def camera_moved(self, leader: Viewport, view: Camera) -> None:
        """Move the cameras of the other viewports to that of this one, if they are linked."""
        for viewport in self._viewports.all if self._viewports.linked else ():
            if viewport is not leader and viewport.canvas is not None and viewport.canvas.view is not None:
                viewport.canvas.set_view(followed(view, viewport.canvas.view))

    def align(self) -> None:
        """Move the cameras of the other viewports to that of the active one, if they are linked."""
        leader = self._viewports.current
        if leader.canvas is not None and leader.canvas.view is not None:
            self.camera_moved(leader, leader.canvas.view)

    def turn(self, quarters: int) -> None:
        """Rotate the view clockwise by quarter turns."""
        if self._viewports.canvas is not None:
            self._viewports.canvas.turn(quarters)

    def flip(self, way: Literal["horizontal", "vertical"]) -> None:
        """Flip the view."""
        if self._viewports.canvas is not None:
            self._viewports.canvas.flip(way)

    @property
    def brightness_contrast(self) -> BrightnessContrast:
        """Brightness and contrast of the active viewport."""
        return self._appearance.brightness_contrast

    def set_brightness_contrast(self, wanted: BrightnessContrast) -> None:
        """Set brightness and contrast of the active viewport; a window is derived from its initial one."""
        self._set_appearance(self._appearance.with_brightness_contrast(wanted))

    @property
    def window(self) -> Window | None:
        """The window of the active viewport; None unless its image has gray values."""
        return self._appearance.window

    @property
    def file_windows(self) -> list[Window]:
        """The windows in the file of the active viewport, each with a name."""
        header = self._viewports.current.header
        found = header.windows if header is not None else []
        return [
            structs.replace(one, name=one.name or texts.window_from_file(number))
            for number, one in enumerate(found, 1)
        ]

    @property
    def inverted(self) -> bool:
        """Whether low values are white."""
        return self._appearance.inverted

    def set_window(self, window: Window) -> None:
        """Set the window of a gray image."""
        self._set_appearance(replace(self._appearance, window=window))

    def invert(self) -> None:
        """Switch between low values in black and low values in white."""
        before = self._appearance
        if before.window is not None:
            self._set_appearance(replace(before, inverted=not before.inverted))

    def appearance_changed(self) -> None:
        """Update the numbers in the menu once a drag that changes the appearance pauses."""
        self._cancel_update()
        self._cancel_update = self._ports.machine.later(PAUSE, self._show_numbers)
        self._appearance_changed()

    def _show_numbers(self) -> None:
        """Redraw the numbers of window, brightness and contrast."""
        self._drags += 1

    @property
    def _appearance(self) -> Appearance:
        # The canvas has it; what reads it here is redrawn when a drag pauses or a button sets it.
        self._drags  # noqa: B018
        self._viewports.session  # noqa: B018
        return self._viewports.canvas.appearance if self._viewports.canvas is not None else Appearance()

    def _set_appearance(self, appearance: Appearance) -> None:
        if self._viewports.canvas is not None:
            self._viewports.canvas.set_appearance(appearance)
            self._appearance_changed()
            self._show_numbers()

    def toggle_overlay_option(self, name: OverlayOption) -> None:
        """Show or hide something over the image; this browser stores the choice."""
        before = self._style.overlay_options
        self._style.overlay_options = replace(before, **{name: not getattr(before, name)})
        options = self.overlay_options
        changed = [one for one in fields(OverlayOptions) if getattr(options, one.name) != one.default]
        for place, default in ((_HIDDEN, True), (_SHOWN, False)):
            names = " ".join(one.name for one in changed if one.default is default)
            self._ports.machine.remember(place, names or None)

    @property
    def smooth(self) -> bool:
        """Whether the pixels of images like that of the active viewport are smooth when enlarged."""
        return bool(getattr(self.overlay_options, self._smooth_option))

    def toggle_smooth(self) -> None:
        """Switch between smooth pixels and squares, for medical images or for all others."""
        self.toggle_overlay_option(self._smooth_option)

    @property
    def _smooth_option(self) -> OverlayOption:
        return "smooth_scans" if self._viewports.current.header is not None else "smooth_photos"

    def change_opacity(self, opacity: float) -> None:
        """Set the opacity of masks."""
        self._style.opacity = opacity

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        """Zoom the active viewport."""
        if self._viewports.canvas is not None:
            self._viewports.canvas.zoom(change)

    def hold_space(self, down: bool) -> None:
        """Pan while the space bar is held."""
        if self._viewports.canvas is not None:
            self._viewports.canvas.hold_space(down)
