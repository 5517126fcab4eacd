"""The outline of a brush around the pointer: an element that moves without redrawing anything."""

from __future__ import annotations

from typing import Any

import js

from webapp.py.workspace.camera import Camera
from webapp.py.workspace.tool import Cursor

LINE = 1.25
"""Line width in CSS pixels. The center of the line is the edge of the brush."""
LEAST = 1.5
"""Smallest radius in CSS pixels, even for smaller brushes."""


class TipRing:
    """Shows where a brush would paint."""

    def __init__(self, holder: Any) -> None:
        self._ring = js.document.createElement("div")
        self._ring.className = "tip"
        self._ring.hidden = True
        self._hidden = True
        self._size: tuple[str, float, float] = ("", 0.0, 0.0)
        holder.append(self._ring)

    def show(self, cursor: Cursor | None, view: Camera, at: tuple[float, float] | None) -> None:
        """Show the outline at a point of the view, or hide it if the tool has no brush."""
        hidden = at is None or cursor is None or cursor.kind not in ("circle", "square")
        if hidden != self._hidden:
            self._hidden = self._ring.hidden = hidden
        if hidden or at is None or cursor is None:
            return
        across, down = ring(cursor.radius, view)
        style = self._ring.style
        if (cursor.kind, across, down) != self._size:
            self._size = cursor.kind, across, down
            style.width, style.height = f"{2 * across + LINE}px", f"{2 * down + LINE}px"
            style.borderRadius = "50%" if cursor.kind == "circle" else "0"
        left, top = at[0] - across - LINE / 2, at[1] - down - LINE / 2
        style.transform = f"translate({left:.2f}px,{top:.2f}px)"


def ring(radius: float, view: Camera) -> tuple[float, float]:
    """Return the horizontal and vertical radius of an outline, in CSS pixels.

    ``radius`` is in image pixels, with their width and height in the view.
    """
    across, down = radius * view.zoom, radius * view.zoom * view.aspect
    if view.sideways:
        across, down = down, across
    return max(across, LEAST), max(down, LEAST)
