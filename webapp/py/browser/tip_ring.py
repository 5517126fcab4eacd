"""The outline of a brush around the pointer: an element that moves without anything being drawn anew."""

from __future__ import annotations

from typing import Any

import js

from webapp.py.workspace.camera import Camera
from webapp.py.workspace.tool import Cursor

LINE = 1.25
"""CSS pixels that the line is wide; its middle goes around what the brush covers."""
LEAST = 1.5
"""CSS pixels from the pointer to the line, however small the brush is."""


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
        """Show the outline around a place of the view, or nothing where the tool has no brush."""
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
    """Return how far an outline reaches to the side and down, in CSS pixels.

    ``radius`` is in image pixels, which are as wide and high as the view shows them.
    """
    across, down = radius * view.zoom, radius * view.zoom * view.aspect
    if view.sideways:
        across, down = down, across
    return max(across, LEAST), max(down, LEAST)
