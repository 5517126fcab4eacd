"""The page that runs the Python of tests, which files leave to each other: its Python starts once."""

from __future__ import annotations

import contextlib
from typing import Any

from playwright.sync_api import Browser, Error, Page

from tests.browser.pages import PATIENCE_MS, run_python, wait_for_boot

FORGET = """
for one in set(globals()) - {"__builtins__", "boot", "one"}:
    del globals()[one]
"""


class Harness:
    """A page of the harness in a profile of its own."""

    def __init__(self, browser: Browser, options: dict[str, Any], address: str) -> None:
        self._browser, self._options, self._address = browser, options, address
        self._page: Page | None = None

    def page(self) -> Page:
        """The page, on which nothing of the tests before has a name. One that is broken is replaced."""
        if self._page is not None:
            try:
                run_python(self._page, FORGET)
            except Error:
                self.close()
        if self._page is None:
            context = self._browser.new_context(**self._options)
            context.set_default_timeout(PATIENCE_MS)
            self._page = context.new_page()
            self._page.goto(self._address)
            wait_for_boot(self._page)
        return self._page

    def close(self) -> None:
        """Close the profile."""
        if self._page is not None:
            with contextlib.suppress(Error):
                self._page.context.close()
            self._page = None
