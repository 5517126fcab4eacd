"""Several tabs of one browser: which of them syncs, and how they notify each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import js
import msgspec
from pyodide.ffi import create_proxy, to_js

from webapp.py.store.local import News


class Tabs:
    """One of the tabs of a person.

    In browsers with Web Locks (secure contexts) the first tab that asks leads until it is closed. In others
    every tab leads. Two senders do no harm, because the server knows each op by its id.

    Parameters
    ----------
    person
        Whose tabs these are. Tabs of other people are separate.
    """

    def __init__(self, person: str) -> None:
        self._name = f"limner-{person}"
        self._channel = js.BroadcastChannel.new(self._name)
        self._leads = False
        self._first: asyncio.Future[None] | None = None

    def tell(self, news: News) -> None:
        """Notify the other tabs of what this one wrote."""
        self._channel.postMessage(msgspec.json.encode(news).decode())

    def listen(self, heard: Callable[[News], Any]) -> None:
        """Call ``heard`` with what other tabs wrote."""

        def on_message(event: Any) -> None:
            try:
                news = msgspec.json.decode(str(event.data), type=News)
            except msgspec.DecodeError:
                return  # a tab of another version, whose changes come with the next sync
            heard(news)

        self._channel.addEventListener("message", create_proxy(on_message))

    async def lead(self) -> bool:
        """Return whether this tab syncs. See `webapp.py.store.sync.Leadership`."""
        if not hasattr(js.navigator, "locks"):
            return True
        if self._first is None:
            self._first = asyncio.get_running_loop().create_future()
            now = to_js({"ifAvailable": True}, dict_converter=js.Object.fromEntries)
            asked = js.navigator.locks.request(self._name, now, create_proxy(self._answered))
            asked.catch(create_proxy(self._failed))
        await self._first
        return self._leads

    def _failed(self, _reason: Any) -> None:
        """Lead, like every tab in a browser without locks."""
        self._leads = True
        if self._first is not None and not self._first.done():
            self._first.set_result(None)

    def _answered(self, lock: Any) -> Any:
        assert self._first is not None
        if not lock:
            # Another tab leads. This one takes over when it is closed.
            js.navigator.locks.request(self._name, create_proxy(self._granted))
            self._first.set_result(None)
            return None
        held = self._granted(lock)
        self._first.set_result(None)
        return held

    def _granted(self, _lock: Any) -> Any:
        self._leads = True
        # The lock is held until this promise is resolved, which is never: until the tab is closed.
        return js.Promise.new(create_proxy(lambda *_: None))
