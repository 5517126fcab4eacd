"""The marks of a medical image on the page: text over the viewport that lets every pointer through."""

from __future__ import annotations

from typing import Any

import js

from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.viewport_overlay import ScaleBar, ViewportOverlay, overlay_of

_EDGES = ("left", "top", "right", "bottom")
_CORNERS = ("patient", "series", "place", "window")


class OverlayLayer:
    """Letters at the edges, a scale bar and lines in the corners; only what changed is written.

    Parameters
    ----------
    holder
        The viewport's element.
    """

    def __init__(self, holder: Any) -> None:
        self._layer = js.document.createElement("div")
        self._layer.className = "marks"
        self._parts = {name: self._part(name) for name in (*_EDGES, *_CORNERS)}
        for name in _EDGES:
            self._parts[name].ariaHidden = "true"  # single letters, read aloud, say nothing
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
        stands: str,
        banner: bool,
    ) -> None:
        """Show the marks of an image, or none where it has no header; as `overlay_of`."""
        asked = (id(header), frame, view, window, stands, banner)
        if asked == self._asked:
            return
        self._asked = asked
        marks = (
            overlay_of(header, frame, view, window, stands, banner)
            if header is not None
            else ViewportOverlay()
        )
        if marks == self._shown:
            return
        before, self._shown = self._shown or ViewportOverlay(), marks
        for name in _EDGES:
            if getattr(marks, name) != getattr(before, name):
                self._parts[name].textContent = getattr(marks, name)
        for name in _CORNERS:
            if getattr(marks, name) != getattr(before, name):
                lines = self._lines if name == "place" else self._parts[name]
                lines.textContent = "\n".join(getattr(marks, name))
        if marks.bar != before.bar:
            self._draw_bar(marks.bar)

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
