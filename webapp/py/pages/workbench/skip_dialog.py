"""The dialog that asks why an image is skipped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from webapp.py.pages.workbench import texts
from webapp.py.ui.parts import button, dialog
from webapp.py.ui.reactive import reactive
from webapp.py.ui.tree import Event, Node, h

MOST_TEXT = 500
"""Most characters of a reason."""


class SkipDialog:
    """The open dialog: a click on a reason skips, and so does Enter, with what was typed.

    Parameters
    ----------
    name
        The name of the image.
    skip
        Skips the image for a reason, which may be empty.
    close
        Closes the dialog.
    """

    _typed = reactive("")

    def __init__(self, name: str, skip: Callable[[str], object], close: Callable[[], object]) -> None:
        self._name, self._skip, self._close = name, skip, close

    def view(self) -> Node:
        """Return the dialog."""
        return dialog(
            texts.skip_image(self._name),
            self._close,
            h("p", {"class": "muted"}, texts.SKIP_HELP),
            h(
                "div",
                {"class": "reasons"},
                [button(reason, partial(self._skip, reason)) for reason in texts.SKIP_REASONS],
            ),
            h(
                "label",
                {"class": "field"},
                texts.OTHER_REASON,
                h(
                    "input",
                    {
                        "type": "text",
                        "autofocus": True,
                        "autocomplete": "off",
                        "maxlength": MOST_TEXT,
                        "prop:value": self._typed,
                        "on_input": self._type,
                        "on_keydown": self._press,
                    },
                ),
            ),
            h(
                "div",
                {"class": "row end"},
                button(texts.CANCEL_SKIP, self._close),
                button(texts.SKIP_WITH_REASON if self._typed.strip() else texts.SKIP_ONLY, self._done,
                       kind="primary"),
            ),
        )  # fmt: skip

    def _type(self, event: Event) -> None:
        self._typed = event.value

    def _press(self, event: Event) -> None:
        if event.key == "Enter" and not bool(getattr(event.raw, "isComposing", False)):
            event.prevent()
            event.stop()
            self._done()

    def _done(self) -> None:
        self._skip(self._typed.strip())
