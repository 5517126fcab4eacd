"""Started pages that one test leaves to the next: the app is built anew on the Python that is there.

A start of the page's Python takes seconds, building the app takes a fraction of one. Between two tests
everything that belongs to the old app goes: its tasks, timers, listeners, locks, connections and storage,
what it drew, and what the test changed of the browser. A page of which that is not known is discarded.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page

from tests.browser.pages import PATIENCE_MS, wait_for_boot

ON_PAGE = Path(__file__).with_name("started.js").read_text()
IN_PYTHON = Path(__file__).with_name("started_main.py").read_text()
MOST_FREE = 2
"""Pages that wait for a test; each has two Pythons in memory."""
MOST_USES = 30
"""Tests of one page; what Python does not free adds up."""
AS_IT_WAS: dict[str, Any] = {
    "media": "null",
    "color_scheme": "null",
    "reduced_motion": "null",
    "forced_colors": "null",
}


class StartedPage:
    """A page in a browser profile of its own on which the app can be built again and again."""

    def __init__(self, browser: Browser, options: dict[str, Any], address: str) -> None:
        self.address = address
        self.uses = 0
        self._options = options
        self._context = browser.new_context(**options)
        self._context.set_default_timeout(PATIENCE_MS)
        self._context.add_init_script(ON_PAGE)
        self.page = self._context.new_page()
        self._failures: list[str] = []
        self.page.on("pageerror", lambda error: self._failures.append(str(error)))
        self.page.on("crash", lambda _page: self._failures.append("crash"))
        for thing in (self.page, self._context):
            thing.add_init_script = _refuse  # type: ignore[method-assign]

    def begin(self, fragment: str, email: str, password: str, prepare: Callable[[Page], None]) -> None:
        """Show the app as if the address was opened in a fresh profile, signed in if there is an e-mail."""
        prepare(self.page)
        if email:
            headers = {"X-Limner": "1", "Origin": self.address.rstrip("/")}
            answer = self._context.request.post(
                f"{self.address}api/session", data={"email": email, "password": password}, headers=headers
            )
            assert answer.ok, answer.text()
        if self.uses == 0:
            self.page.goto(self.address + fragment)
            wait_for_boot(self.page)
        else:
            self.page.evaluate("fragment => limnerTests.begin(fragment)", fragment)
        self.uses += 1

    def end(self) -> bool:
        """Take everything of the test off the page. False if the page cannot be used again."""
        if self._failures or self.page.is_closed() or self.uses >= MOST_USES:
            return False
        for other in self._context.pages:
            if other is not self.page:
                other.close()
        self.page.unroute_all(behavior="ignoreErrors")
        self._context.unroute_all(behavior="ignoreErrors")
        self._context.set_offline(False)
        self._context.clear_permissions()
        self.page.emulate_media(**AS_IT_WAS)
        self.page.set_viewport_size(self._options["viewport"])
        ended = self.page.url.startswith(self.address) and bool(
            self.page.evaluate("code => globalThis.limnerTests?.end(code) ?? false", IN_PYTHON)
        )
        self.page.mouse.move(0, 0)
        self._context.clear_cookies()
        return ended and not self._failures

    def close(self) -> None:
        """Close the profile."""
        with contextlib.suppress(Error):
            self._context.close()


class StartedPages:
    """The started pages of this process."""

    def __init__(self, browser: Browser, options: dict[str, Any]) -> None:
        self._browser, self._options = browser, options
        self._free: list[StartedPage] = []

    def take(
        self,
        address: str,
        fragment: str = "#/",
        email: str = "",
        password: str = "",
        prepare: Callable[[Page], None] = lambda page: None,
    ) -> StartedPage:
        """Open the app for one test, on a page that waits or on a new one."""
        found = next((one for one in self._free if one.address == address), None)
        if found is None:
            found = StartedPage(self._browser, self._options, address)
        else:
            self._free.remove(found)
        try:
            found.begin(fragment, email, password, prepare)
        except BaseException:
            found.close()
            raise
        return found

    def put_back(self, page: StartedPage, *, failed: bool) -> None:
        """Keep a page for the next test, unless this one broke it."""
        ended = False
        if not failed:
            try:
                ended = page.end()
            except Error as problem:
                # The next test starts a page of its own, which nobody would notice otherwise.
                warnings.warn(f"A page could not be ended for the next test: {problem}", stacklevel=2)
        if not ended:
            page.close()
            return
        self._free.append(page)
        while len(self._free) > MOST_FREE:
            # Of two pages of one site the next test takes one; of another site it needs its own.
            sites = [one.address for one in self._free]
            spare = next((one for one in self._free if sites.count(one.address) > 1), self._free[0])
            self._free.remove(spare)
            spare.close()

    def close(self) -> None:
        """Close all that wait."""
        while self._free:
            self._free.pop().close()


def _refuse(*_given: Any, **_more: Any) -> None:
    raise AssertionError("A script before the page would stay for the next test: use a page of your own.")
