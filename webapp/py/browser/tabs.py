"""Several tabs of one browser: which of them syncs, and how they notify each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import js
import msgspec
from pyodide.ffi import create_once_callable, create_proxy, to_js

from webapp.py.store.leading import Standing, SyncWish
from webapp.py.store.local import News

_T = TypeVar("_T")


class Tabs:
    """One of the tabs of a person. It is the `webapp.py.store.leading.Leadership` of a browser.

    In browsers with Web Locks (secure contexts) the first tab that asks leads until it closes or steps down.
    In others every tab leads. Two senders do no harm, because the server knows each op by its id.

    Parameters
    ----------
    person
        Whose tabs these are. Tabs of other people are separate.
    """

    on_lead: Callable[[], None] | None = None
    on_standing: Callable[[Standing], None] | None = None
    on_wish: Callable[[SyncWish], None] | None = None

    def __init__(self, person: str) -> None:
        self._name = f"limner-{person}"
        self._channel = js.BroadcastChannel.new(self._name)
        self._leads = False
        self._first: asyncio.Future[None] | None = None
        self._release: Callable[[Any], Any] | None = None
        self._heard: Callable[[News], Any] = lambda news: None
        self._channel.addEventListener("message", create_proxy(self._on_message))

    def tell_news(self, news: News) -> None:
        """Notify the other tabs of what this one wrote."""
        self._post(news)

    def listen(self, heard: Callable[[News], Any]) -> None:
        """Call ``heard`` with what other tabs wrote."""
        self._heard = heard

    def tell(self, standing: Standing) -> None:
        """See `Leadership.tell`."""
        self._post(standing)

    def wish(self, wish: SyncWish) -> None:
        """See `Leadership.wish`."""
        self._post(wish)

    def _post(self, message: News | Standing | SyncWish) -> None:
        self._channel.postMessage(msgspec.json.encode(message).decode())

    def _on_message(self, event: Any) -> None:
        # Each kind has a field that the others lack. A tab of another version may know only some of them.
        text = str(event.data)
        if (news := _read(text, News)) is not None:
            self._heard(news)
        elif (standing := _read(text, Standing)) is not None:
            if self.on_standing is not None:
                self.on_standing(standing)
        elif (wish := _read(text, SyncWish)) is not None and self.on_wish is not None:
            self.on_wish(wish)

    async def lead(self) -> bool:
        """See `Leadership.lead`."""
        if not hasattr(js.navigator, "locks"):
            return True
        if self._first is None:
            self._first = asyncio.get_running_loop().create_future()
            now = to_js({"ifAvailable": True}, dict_converter=js.Object.fromEntries)
            asked = js.navigator.locks.request(self._name, now, create_once_callable(self._answered))
            asked.catch(create_proxy(self._failed))
        await self._first
        return self._leads

    def step_down(self) -> None:
        """See `Leadership.step_down`."""
        release, self._release = self._release, None
        if release is not None:
            self._leads = False
            self._wait_in_line()
            release(None)

    def _wait_in_line(self) -> None:
        js.navigator.locks.request(self._name, create_once_callable(self._take_over))

    def _failed(self, _reason: Any) -> None:
        """Lead, like every tab in a browser without locks."""
        self._leads = True
        if self._first is not None and not self._first.done():
            self._first.set_result(None)

    def _answered(self, lock: Any) -> Any:
        assert self._first is not None
        held = None
        if lock:
            held = self._hold()
        else:
            self._wait_in_line()
        self._first.set_result(None)
        return held

    def _take_over(self, _lock: Any) -> Any:
        held = self._hold()
        if self.on_lead is not None:
            self.on_lead()
        return held

    def _hold(self) -> Any:
        """Lead until the returned promise is resolved: when this tab steps down or is closed."""

        def begin(resolve: Any, _reject: Any) -> None:
            self._release = resolve

        self._leads = True
        return js.Promise.new(create_once_callable(begin))


def _read(text: str, kind: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError:
        return None
