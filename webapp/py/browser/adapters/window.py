"""The browser window: address, theme, focus, sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import js
from pyodide.ffi import create_proxy

from webapp.py.browser import platform
from webapp.py.browser.keys import move_focus, step_focus


class WindowAdapter:
    """`webapp.py.pages.ports.window.WindowPort` in a browser."""

    def go(self, fragment: str, *, replace: bool = False) -> None:
        """Change the fragment of the address."""
        if replace:
            js.location.replace(fragment)
        else:
            js.location.hash = fragment

    def reload(self) -> None:
        """Reload the page."""
        platform.reload()

    def visible(self) -> bool:
        """Tell whether the page can be seen."""
        return str(js.document.visibilityState) == "visible"

    def set_title(self, title: str) -> None:
        """Set the title of the document."""
        js.document.title = title

    def watch_system_dark(self, heard: Callable[[bool], None]) -> bool:
        """Return whether the system prefers dark colors, and call ``heard`` when this changes."""
        query = js.matchMedia("(prefers-color-scheme: light)")
        query.addEventListener("change", create_proxy(lambda event: heard(not event.matches)))
        return not query.matches

    def paint_theme(self, dark: bool) -> None:
        """Use dark or light colors."""
        names = js.document.documentElement.classList
        names.toggle("dark", dark)
        names.toggle("light", not dark)

    def move_focus(self, parts: Sequence[str], by: int) -> None:
        """Move the focus ``by`` parts of the page forward."""
        move_focus(list(parts), by)

    def step_focus(self, lines: str, by: int) -> None:
        """Move the focus among the elements of a selector. 0 goes to the first one."""
        step_focus(lines, by)

    def reveal(self, element: Any) -> None:
        """Scroll until an element is visible."""
        platform.reveal(element)

    def watch_media(self, query: str, heard: Callable[[bool], None]) -> Callable[[], None]:
        """Call ``heard`` now, and whenever it changes, with whether a media query matches."""
        return platform.watch_media(query, heard)

    def watch_size(self, element: Any, heard: Callable[[float], None]) -> Callable[[], None]:
        """Call ``heard`` with the height of an element whenever its size changes."""
        return platform.watch_size(element, heard)
