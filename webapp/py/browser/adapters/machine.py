"""The machine: IndexedDB and its journal, small texts, files, clock and tasks."""

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
        Where the site is.
    on_error
        Called with what a background task raises.
    """

    def __init__(self, boot: BootInfo, on_error: Callable[[BaseException], None]) -> None:
        self._boot = boot
        self._on_error = on_error
        self._tasks: set[asyncio.Task[None]] = set()
        self.local: LocalStore | None = None
        """The open local store."""
        self.tabs: Tabs | None = None
        """What the tabs of its person tell each other."""

    async def open_local(
        self, person: str, heard: Callable[[News], None], recovered: Callable[[int], None]
    ) -> LocalStore:
        """Open the durable store of a person on this machine; other tabs' writes are told to ``heard``."""
        self.spawn(_ask_to_keep())
        self.tabs = Tabs(person)
        self.tabs.listen(heard)
        script = js.URL.new(self._boot.site["journal"], self._boot.base).href
        local = await open_store(person, script, solo=person == SOLO, recovered=recovered)
        local.on_change = self.tabs.tell
        self.local = local
        return local

    def recall(self, key: str) -> str | None:
        """Return a small text kept on this machine."""
        text = js.localStorage.getItem(key)
        return str(text) if text else None  # what is not there is JavaScript's null, which is not None

    def remember(self, key: str, value: str | None) -> None:
        """Keep a small text on this machine, or forget it."""
        if value is None:
            js.localStorage.removeItem(key)
        else:
            js.localStorage.setItem(key, value)

    def save_file(self, name: str, content: bytes, media_type: str) -> None:
        """Offer a file for download."""
        platform.download(name, content, media_type)

    async def pick_file(self, accept: str) -> bytes | None:
        """Let the person choose a file."""
        picked = await platform.pick_file(accept)
        return picked.content if picked is not None else None

    def now_ms(self) -> int:
        """Return the time in integer milliseconds UTC."""
        return int(js.Date.now())

    def spawn(self, work: Coroutine[Any, Any, None]) -> Callable[[], object]:
        """Run something beside; what it raises is reported. Returns how to call it off."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task.cancel

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call something later; returns how to call that off."""
        return asyncio.get_running_loop().call_later(seconds, call).cancel

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        problem = None if task.cancelled() else task.exception()
        if problem is not None:
            self._on_error(problem)


async def _ask_to_keep() -> None:
    await platform.ask_to_keep_storage()
