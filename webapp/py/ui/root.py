"""A view that stays on a page: drawn as the outermost part, its dirty parts once a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.ui.patching import Document, Mounted, Patcher
from webapp.py.ui.tree import Node, part


class ViewRoot:
    """Shows one view in one element.

    Parameters
    ----------
    document, element
        Where the view is shown.
    view
        Drawn again when something that it read has changed; parts in it are drawn on their own.
    request_frame
        Has to have ``draw`` called at the next frame; asked once for each.
    on_error
        Is given what parts and refs raise. Without it, ``draw`` raises it.
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
        """Draw the view itself at the next frame, whether or not something that it read has changed."""
        if self._mounted is None:
            self._request()
        else:
            self._patcher.redraw(self._mounted)

    def draw(self) -> None:
        """Draw now what is dirty; the first time, everything."""
        self._is_requested = False
        if self._mounted is None:
            self._mounted = self._patcher.mount(self._element, part(self._view))
        else:
            self._patcher.flush()

    def close(self) -> None:
        """Take the view off the page."""
        if self._mounted is not None:
            self._patcher.unmount(self._mounted)
            self._mounted = None

    def _request(self) -> None:
        if not self._is_requested:
            self._is_requested = True
            self._request_frame()
