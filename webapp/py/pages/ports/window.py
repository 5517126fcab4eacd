"""The port to the browser window: address, theme, focus, sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol


class WindowPort(Protocol):
    """What pages need of the window that shows them."""

    def go(self, fragment: str) -> None:
        """Change the address's fragment."""

    def reload(self) -> None:
        """Reload the page."""

    def visible(self) -> bool:
        """Tell whether the page can be seen."""

    def paint_theme(self, dark: bool) -> None:
        """Give the page dark or light colors."""

    def move_focus(self, parts: Sequence[str], by: int) -> None:
        """Move the focus to the next part of the page, or the one ``by`` further; parts are CSS selectors."""

    def step_focus(self, lines: str, by: int) -> None:
        """Move the focus among the elements that a CSS selector finds; 0 goes to the first one."""

    def watch_size(self, element: Any, heard: Callable[[float], None]) -> Callable[[], None]:
        """Report the height of an element whenever its size changes; returns how to stop that."""
