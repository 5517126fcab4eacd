"""A field that can be focused before it is on the page."""

from __future__ import annotations

from typing import Any


class Field:
    """A text field of the panel, which may be closed: then the field is focused once the panel opens.

    Parameters
    ----------
    select
        Whether its text is selected, too.
    """

    def __init__(self, *, select: bool = False) -> None:
        self._select = select
        self._element: Any = None
        self._wanted = False

    def attach(self, element: Any) -> None:
        """Keep the element; None when it is removed."""
        self._element = element
        if self._wanted and element is not None:
            self.focus()

    def focus(self) -> None:
        """Focus the field, now or as soon as it is on the page."""
        self._wanted = self._element is None
        if self._element is not None:
            self._element.focus()
            if self._select:
                self._element.select()
