"""The text over a medical image: orientation markers, scale bar and banner. It ignores pointers."""

from __future__ import annotations

from typing import Any

import js

from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.viewport_overlay import ScaleBar, ViewportOverlay, overlay_of

_EDGES = ("left", "top", "right", "bottom")
_CORNERS = ("patient", "series", "place", "window")


class OverlayLayer:
    """Orientation markers at the edges, a scale bar, and text in the corners. Only changes are written.

    Parameters
    ----------
    holder
        The element of the viewport.
    """

    def __init__(self, holder: Any) -> None:
        self._layer = js.document.createElement("div")
        self._layer.className = "image-overlay"
        self._parts = {name: self._part(name) for name in (*_EDGES, *_CORNERS)}
        for name in _EDGES:
            self._parts[name].ariaHidden = "true"  # single letters mean nothing when read aloud
        self._bar, self._label = js.document.createElement("i"), js.document.createElement("b")
        scale = js.document.createElement("div")
        scale.className = "scale none"
        scale.append(self._bar, self._label)
        self._lines = js.document.createElement("span")
        self._parts["place"].append(scale, self._lines)
        self._scale = scale
        self._asked: object = None
        self._shown: ViewportOverlay | None = None
        holder.append(self._layer)

    def draw(
        self,
        header: Header | None,
        frame: int,
        view: Camera,
        window: Window | None,
        position: str,
        banner: bool,
    ) -> None:
        """Show the overlay of an image, or none if it has no header. For the parameters see `overlay_of`."""
        asked = (id(header), frame, view, window, position, banner)
        if asked == self._asked:
            return
        self._asked = asked
        overlay = ViewportOverlay()
        if header is not None:
            overlay = overlay_of(header, frame, view, window, position, banner)
        if overlay == self._shown:
            return
        before, self._shown = self._shown or ViewportOverlay(), overlay
        for name in _EDGES:
            if getattr(overlay, name) != getattr(before, name):
                self._parts[name].textContent = getattr(overlay, name)
        for name in _CORNERS:
            if getattr(overlay, name) != getattr(before, name):
                lines = self._lines if name == "place" else self._parts[name]
                lines.textContent = "\n".join(getattr(overlay, name))
        if overlay.bar != before.bar:
            self._draw_bar(overlay.bar)

    def _draw_bar(self, bar: ScaleBar | None) -> None:
        self._scale.className = "scale" if bar is not None else "scale none"
        if bar is not None:
            self._bar.style.width = f"{bar.length:.2f}px"
            self._label.textContent = bar.label

    def _part(self, name: str) -> Any:
        part = js.document.createElement("div")
        part.dataset.at = name
        self._layer.append(part)
        return part
