"""The port to the browser window: address, theme, focus, sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol


class WindowPort(Protocol):
    """What pages need from the browser window."""

    def go(self, fragment: str, *, replace: bool = False) -> None:
        """Change the address's fragment. With ``replace``, Back leads past the address before."""

    def reload(self) -> None:
        """Reload the page."""

    def visible(self) -> bool:
        """Return whether the page is visible."""

    def set_title(self, title: str) -> None:
        """Set the title of the window or tab."""

    def watch_system_dark(self, heard: Callable[[bool], None]) -> bool:
        """Return whether the system prefers dark colors, and call ``heard`` when this changes."""

    def paint_theme(self, dark: bool) -> None:
        """Give the page dark or light colors."""

    def move_focus(self, parts: Sequence[str], by: int) -> None:
        """Move the focus ``by`` parts of the page. ``parts`` are CSS selectors."""

    def step_focus(self, lines: str, by: int) -> None:
        """Move the focus ``by`` elements among those that match a CSS selector. 0 goes to the first one."""

    def reveal(self, element: Any) -> None:
        """Scroll until an element is visible."""

    def watch_media(self, query: str, heard: Callable[[bool], None]) -> Callable[[], None]:
        """Call ``heard`` now and later with whether a CSS media query matches. Return what stops this."""

    def watch_size(self, element: Any, heard: Callable[[float], None]) -> Callable[[], None]:
        """Call ``heard`` with an element's height when it changes. Return a function that stops this."""
