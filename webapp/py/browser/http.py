"""Requests to the sync server, and its "something changed" events."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urljoin

import js
import msgspec
from pyodide.ffi import JsException, create_proxy, to_js

from webapp.py.domain.wire import ErrorReply, SyncReply, SyncRequest
from webapp.py.store.sync import Offline, delay, read_reply

TIMEOUT_MS = 60_000


@dataclass(frozen=True)
class HttpResponse:
    """What a server answered, whatever its status."""

    status: int
    content_type: str
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    @property
    def is_json(self) -> bool:
        """Whether the body says that it is JSON; a static host answers with a page of its own."""
        return self.content_type.split(";")[0].strip().lower() == "application/json"

    def problem(self) -> ErrorReply:
        """Return what went wrong, as the server says it, or in general words."""
        try:
            return msgspec.json.decode(self.body, type=ErrorReply)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return ErrorReply(code="", message=f"The server answered with an error ({self.status}).")


class Http:
    """Speaks to the server that the page came from.

    Parameters
    ----------
    base
        Address of the site's folder; paths are relative to it.
    """

    def __init__(self, base: str) -> None:
        self._base = base

    def url(self, path: str) -> str:
        """Return the absolute address of a path such as ``api/session``."""
        return urljoin(self._base, path)

    async def ask(self, method: str, path: str, body: Any = None) -> HttpResponse:
        """Send one request; ``body`` becomes JSON unless it is bytes already.

        Raises
        ------
        Offline
            When no answer came.
        """
        headers = {"Accept": "application/json"}
        options: dict[str, Any] = {"method": method, "headers": headers, "cache": "no-store"}
        options["credentials"] = "same-origin"
        if method not in ("GET", "HEAD"):
            headers["X-Limner"] = "1"
        if body is not None:
            headers["Content-Type"] = "application/json"
            options["body"] = to_js(body if isinstance(body, bytes) else msgspec.json.encode(body))
        options["signal"] = js.AbortSignal.timeout(TIMEOUT_MS)
        try:
            response = await js.fetch(self.url(path), to_js(options, dict_converter=js.Object.fromEntries))
            content = (await response.arrayBuffer()).to_bytes()
        except JsException:
            raise Offline("The server cannot be reached. Your work is kept on this machine.") from None
        return HttpResponse(int(response.status), str(response.headers.get("Content-Type") or ""), content)

    async def send(self, request: SyncRequest) -> SyncReply:
        """Send one sync request: the transport of ``webapp.py.store.sync``.

        Raises
        ------
        SyncProblem
            `Offline`, `SignedOut`, `ProtocolMismatch`, `Rejected` or `ServerTrouble`.
        """
        answer = await self.ask("POST", "api/sync", request)
        return read_reply(answer.status, answer.body)


class Changes:
    """Hears that something changed on the server; carries no data, it means "sync now".

    The browser connects again by itself after a break, but gives up when the server answers with an error (it
    restarts, or the sign-in has expired): then this tries again, at longer and longer intervals.

    Parameters
    ----------
    url
        Address of the events.
    on_change
        Called for each event, and after each new connection, since events may have been missed before it.
    on_state
        Told ``open`` and ``lost``.
    """

    def __init__(
        self,
        url: str,
        on_change: Callable[[], Any],
        on_state: Callable[[Literal["open", "lost"]], Any] = lambda state: None,
    ) -> None:
        self._url = url
        self._on_change = on_change
        self._on_state = on_state
        self._source: Any = None
        self._failures = 0
        self._again: asyncio.TimerHandle | None = None
        self._closed = False
        self._opened = create_proxy(self._when_open)
        self._failed = create_proxy(self._when_failed)
        self._told = create_proxy(lambda event: self._on_change())
        self._connect()

    def close(self) -> None:
        """Hear no more."""
        self._closed = True
        if self._again is not None:
            self._again.cancel()
        self._drop()
        for proxy in (self._opened, self._failed, self._told):
            proxy.destroy()

    def _connect(self) -> None:
        self._again = None
        self._source = js.EventSource.new(self._url)
        self._source.addEventListener("open", self._opened)
        self._source.addEventListener("error", self._failed)
        for name in ("message", "changed"):
            self._source.addEventListener(name, self._told)

    def _drop(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None

    def _when_open(self, _event: Any) -> None:
        self._failures = 0
        self._on_state("open")
        self._on_change()

    def _when_failed(self, _event: Any) -> None:
        self._on_state("lost")
        if self._source is None or self._source.readyState != js.EventSource.CLOSED or self._closed:
            return
        self._drop()
        self._failures += 1
        loop = asyncio.get_running_loop()
        self._again = loop.call_later(delay(self._failures, random.random()), self._connect)
