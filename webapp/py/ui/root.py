"""Keeps a view on a page up to date: parts that changed are drawn once per frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.ui.patching import Document, Mounted, Patcher
from webapp.py.ui.tree import Node, part


class ViewRoot:
    """Shows a view in an element.

    Parameters
    ----------
    document, element
        Where the view is shown.
    view
        Drawn again when something that it read has changed. Parts inside it are drawn independently.
    request_frame
        Called once per frame that is needed. It must call ``draw`` in the next frame.
    on_error
        Called with what parts and refs raise. Without it, ``draw`` raises.
    """

    def __init__(
        self,
        document: Document,
        element: Any,
        view: Callable[[], Node],
        request_frame: Callable[[], object],
        on_error: Callable[[Exception], object] | None = None,
    ) -> None:
        self._element = element
        self._view = view
        self._request_frame = request_frame
        self._is_requested = False
        self._patcher = Patcher(document, self._request, on_error)
        self._mounted: Mounted | None = None

    @property
    def is_shown(self) -> bool:
        """Whether the view has been drawn."""
        return self._mounted is not None

    def redraw(self) -> None:
        """Draw the view in the next frame, even if nothing that it read has changed."""
        if self._mounted is None:
            self._request()
        else:
            self._patcher.redraw(self._mounted)

    def draw(self) -> None:
        """Draw the dirty parts now. The first time, draw everything."""
        self._is_requested = False
        if self._mounted is None:
            self._mounted = self._patcher.mount(self._element, part(self._view))
        else:
            self._patcher.flush()

    def close(self) -> None:
        """Remove the view from the page."""
        if self._mounted is not None:
            self._patcher.unmount(self._mounted)
            self._mounted = None

    def _request(self) -> None:
        if not self._is_requested:
            self._is_requested = True
            self._request_frame()
