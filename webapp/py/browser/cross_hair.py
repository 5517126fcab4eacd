"""The keyboard pointer: how it looks, and what screen readers announce about it."""

from __future__ import annotations

import asyncio
from typing import Any

import js

from webapp.py.workspace.key_pointer import KeyPointer

_QUIET_S = 0.2
"""How long the keyboard pointer rests before its position is announced."""


class CrossHair:
    """Two crossed lines over the viewport, with a ring while its button is held."""

    def __init__(self, holder: Any) -> None:
        self._cross = js.document.createElement("div")
        self._cross.className = "cross-hair"
        self._cross.hidden = True
        self._status = js.document.createElement("div")
        self._status.className = "visually-hidden"
        self._status.setAttribute("role", "status")
        holder.append(self._cross, self._status)
        self._said = ""
        self._timer: asyncio.TimerHandle | None = None

    def show(self, pointer: KeyPointer) -> None:
        """Show the pointer at its position."""
        place = pointer.place
        if place is not None:
            x, y = (round(part * 2) / 2 for part in place)
            self._cross.style.transform = f"translate({x}px,{y}px)"
            self._cross.classList.toggle("held", pointer.held)
        if bool(self._cross.hidden) != (place is None):
            self._cross.hidden = place is None
        if pointer.announcement != self._said:
            self._said = pointer.announcement
            self.close()
            self._timer = asyncio.get_running_loop().call_later(_QUIET_S, self._say)

    def close(self) -> None:
        """Stop announcing."""
        if self._timer is not None:
            self._timer.cancel()

    def _say(self) -> None:
        self._status.textContent = self._said
