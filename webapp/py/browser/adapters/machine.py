"""The computer: IndexedDB and its journal, settings, files, the clock and tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import js

from webapp.py.browser import platform
from webapp.py.browser.boot import BootInfo
from webapp.py.browser.journal import open_store
from webapp.py.browser.tabs import Tabs
from webapp.py.pages.ports.machine import SOLO
from webapp.py.store.local import LocalStore, News


class MachineAdapter:
    """`webapp.py.pages.ports.machine.MachinePort` in a browser.

    Parameters
    ----------
    boot
        Knows the address of the site.
    on_error
        Called with exceptions of background tasks.
    """

    def __init__(self, boot: BootInfo, on_error: Callable[[BaseException], None]) -> None:
        self._boot = boot
        self._on_error = on_error
        self._tasks: set[asyncio.Task[None]] = set()
        self.local: LocalStore | None = None
        """The local store, once it is open."""
        self.tabs: Tabs | None = None
        """The channel between the tabs of the same person."""

    async def open_local(
        self, person: str, heard: Callable[[News], None], recovered: Callable[[int], None]
    ) -> LocalStore:
        """Open the durable store of a person. ``heard`` is called when another tab writes to it."""
        self.spawn(_ask_to_keep())
        self.tabs = Tabs(person)
        self.tabs.listen(heard)
        script = js.URL.new(self._boot.site["journal"], self._boot.base).href
        local = await open_store(person, script, solo=person == SOLO, recovered=recovered)
        local.on_change = self.tabs.tell_news
        self.local = local
        return local

    def recall(self, key: str) -> str | None:
        """Return a setting kept on this computer."""
        text = js.localStorage.getItem(key)
        return str(text) if text else None  # a missing key is JavaScript's null, which is not None

    def remember(self, key: str, value: str | None) -> None:
        """Keep a setting on this computer, or remove it with None."""
        if value is None:
            js.localStorage.removeItem(key)
        else:
            js.localStorage.setItem(key, value)

    def save_file(self, name: str, content: bytes, media_type: str) -> None:
        """Offer a file as a download."""
        platform.download(name, content, media_type)

    async def pick_file(self, accept: str) -> bytes | None:
        """Let the person choose a file. Returns its content, or None."""
        picked = await platform.pick_file(accept)
        return picked.content if picked is not None else None

    def now_ms(self) -> int:
        """Return the time in milliseconds since 1970 (UTC)."""
        return int(js.Date.now())

    def spawn(self, work: Coroutine[Any, Any, None]) -> Callable[[], object]:
        """Run something in the background and report its exceptions. Returns a function that cancels it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task.cancel

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call something later. Returns a function that cancels the call."""
        return asyncio.get_running_loop().call_later(seconds, call).cancel

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        problem = None if task.cancelled() else task.exception()
        if problem is not None:
            self._on_error(problem)


async def _ask_to_keep() -> None:
    await platform.ask_to_keep_storage()
