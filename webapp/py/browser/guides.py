"""Lines through the pointer, from edge to edge of the view: two elements that move without redrawing."""

from __future__ import annotations

from typing import Any

import js


class Guides:
    """Shows a horizontal and a vertical line through the pointer."""

    def __init__(self, holder: Any) -> None:
        self._lines = [js.document.createElement("div") for _ in range(2)]
        for line, name in zip(self._lines, ("guide across", "guide down"), strict=True):
            line.className = name
            line.hidden = True
            holder.append(line)
        self._at: tuple[float, float] | None = None

    def show(self, at: tuple[float, float] | None) -> None:
        """Show the lines at a point of the view, or hide them."""
        if at == self._at:
            return
        if (at is None) != (self._at is None):
            for line in self._lines:
                line.hidden = at is None
        self._at = at
        if at is not None:
            self._lines[0].style.transform = f"translateY({at[1]:.1f}px)"
            self._lines[1].style.transform = f"translateX({at[0]:.1f}px)"
